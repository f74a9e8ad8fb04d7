"""Scenarios: what is written down is what is said, to the requests that it is for, and mistakes are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbkit.errors import UsageError
from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.simulator import Simulator
from played import HEADERS, ask, assistant, body, results, says, scenario, streamed, text, user, whole

Json = dict[str, Any]


# When


def test_the_first_reply_that_fits_is_given() -> None:
    two = scenario({"when": {"user": "weather"}, "say": "one"}, {"say": "two"})
    assert text(two) == "one"
    assert text(two, body(user("Hello"))) == "two"


def test_where_nothing_fits_the_brain_answers() -> None:
    never = scenario({"when": {"user": "never said"}, "say": "x"})
    assert whole(never) == whole(Simulator())


def test_a_text_holds_a_part_of_any_case_or_fits_an_expression() -> None:
    asked = body(user([{"type": "text", "text": "Weather in"}, {"type": "text", "text": "PARIS?"}]))
    assert says({"when": {"user": "paris"}}, asked)
    assert says({"when": {"user": r"/in\s+p.ris/"}}, asked)
    assert says({"when": {"user": ["rome", "paris"]}}, asked)
    assert not says({"when": {"user": "rome"}}, asked)
    assert says({"when": {"model": "sonnet", "system": "brief"}}, body(system="Be brief."))
    assert not says({"when": {"system": "brief"}}, body())


def test_turns_and_rounds_are_counted_on_the_array() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "mild"}
    asked = body(user("Hi"), assistant("Hello"), user("Weather?"), assistant([call]), user([result]))
    assert says({"when": {"turn": 2, "round": 1, "results": 1}}, asked)
    assert says({"when": {"round": [1, 2]}}, asked)
    assert not says({"when": {"round": 2}}, asked)
    assert says({"when": {"turn": 0, "round": 0, "results": 0}}, body())
    assert says({"when": {"turn": 1, "round": 0}}, body(user("Hi"), assistant("Hello"), user("And?")))


def test_results_are_known_by_tool_error_and_content() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
    failed = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "Timed out", "is_error": True}
    asked = body(user("Weather?"), assistant([call]), user([failed]))
    assert says({"when": {"result": "get_weather"}}, asked)
    assert says({"when": {"result": {"is_error": True, "contains": "timed"}}}, asked)
    assert not says({"when": {"result": {"is_error": False}}}, asked)
    assert not says({"when": {"result": "other"}}, asked)
    assert not says({"when": {"result": {}}}, body())


def test_tools_streams_attempts_and_pauses() -> None:
    assert says({"when": {"tools": "get_weather"}}, body())
    assert not says({"when": {"tools": ["get_weather", "other"]}}, body())
    assert says({"when": {"tools": []}}, body(tools=[]))
    assert says({"when": {"stream": False, "paused": False}}, body())
    once = scenario({"when": {"attempt": 0}, "fault": "overloaded"}, {"say": "there"})
    assert ask(once)[0] == 529
    assert ask(once, None, **{"x-stainless-retry-count": "1"})[0] == 200


def test_from_python_conditions_and_replies_may_be_functions() -> None:
    def echo(request: Json) -> list[Any]:
        return [f"{len(request['messages'])} message", {"tool_use": "f", "input": {"a": 1}}]

    made = scenario({"when": lambda request: request["max_tokens"] == 7, "say": "seven"}, {"say": echo})
    assert text(made, body(max_tokens=7)) == "seven"
    assert [block["type"] for block in whole(made)["content"]] == ["text", "tool_use"]


# Say


def test_blocks_have_ids_and_reasons_and_are_the_same_whole_and_streamed() -> None:
    made = scenario(
        {"say": ["Both.", {"tool_use": "get_weather", "input": {"city": "Rome"}}, {"tool_use": "f"}]}
    )
    message = whole(made)
    first, second = message["content"][1:]
    assert first["id"].startswith("toolu_01")
    assert first["id"] != second["id"]
    assert (first["input"], second["input"]) == ({"city": "Rome"}, {})
    assert message["stop_reason"] == "tool_use"
    assert message == streamed(made)
    assert message == whole(made)
    assert whole(made, body(user("Other")))["content"][1]["id"] != first["id"]


def test_thinking_is_signed_so_that_it_can_be_sent_back() -> None:
    made = scenario(
        {"when": {"round": 0}, "say": [{"thinking": "First."}, {"tool_use": "get_weather"}]},
        {"say": [{"thinking": "Then."}, "Mild."]},
    )
    for model in ("claude-sonnet-5", "claude-opus-5-5"):
        asked = body(model=model, thinking={"type": "adaptive", "display": "summarized"})
        reply = whole(made, asked)
        assert reply["content"][0]["thinking"] == "First."
        assert reply == streamed(made, asked)
        again = {**asked, "messages": [*asked["messages"], *results(reply, "mild")]}
        assert whole(made, again)["content"][1]["text"] == "Mild."
        reply["content"][0]["thinking"] = "Second."
        broken = {**asked, "messages": [*asked["messages"], *results(reply, "mild")]}
        assert ask(made, broken)[0] == 400


def test_thinking_is_left_out_or_hidden_as_the_request_wants() -> None:
    made = scenario({"say": [{"thinking": "Hm."}, "Yes."]})
    assert [block["type"] for block in whole(made, body(thinking={"type": "disabled"}))["content"]] == [
        "text"
    ]
    hidden = whole(made, body(thinking={"type": "adaptive", "display": "omitted"}))["content"][0]
    assert hidden["thinking"] == ""
    assert hidden["signature"]


def test_limits_of_the_request_cut_what_is_said() -> None:
    made = scenario({"say": "One two three. STOP Four five six."})
    short = whole(made, body(max_tokens=2))
    assert (short["stop_reason"], short["usage"]["output_tokens"]) == ("max_tokens", 2)
    stopped = whole(made, body(stop_sequences=["STOP"]))
    assert (stopped["stop_reason"], stopped["stop_sequence"]) == ("stop_sequence", "STOP")
    torn = scenario({"say": [{"tool_use": "f", "input": {"text": "a long one " * 20}}], "max_tokens": 20})
    assert whole(torn)["stop_reason"] == "max_tokens"


def test_values_of_the_request_stand_in_the_reply() -> None:
    made = scenario(
        {
            "when": {"user": "/weather in (?P<city>\\w+)/", "round": 0},
            "say": [
                '{match.city}! {{not}} {"json": 1}',
                {"tool_use": "get_weather", "input": {"n": "{turn}"}},
            ],
        },
        {"say": "{result.now.temperature} and {result.list.1}, {result.none}, {results.get_weather.list}"},
    )
    reply = whole(made)
    assert reply["content"][0]["text"] == 'Paris! {not} {"json": 1}'
    assert reply["content"][1]["input"] == {"n": 0}
    value = {"now": {"temperature": 21.5}, "list": ["a", "b"]}
    asked = body(*body()["messages"], *results(reply, json.dumps(value)))
    assert text(made, asked) == '21.5 and b, {result.none}, ["a", "b"]'


def test_a_placeholder_in_what_a_user_says_is_not_filled() -> None:
    assert text(scenario({"say": "You said: {user}"}), body(user("{system} {0}"))) == "You said: {system} {0}"


def test_a_value_alone_is_written_as_json_is() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}

    def said(content: str) -> str:
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": content}
        return text(scenario({"say": "{result}"}), body(user("?"), assistant([call]), user([result])))

    for value in ('{"a": [1, null]}', "0", "false", "plain"):
        assert said(value) == value


def test_a_function_that_fails_is_told_with_its_place() -> None:
    def broken(request: Json) -> Any:
        return request["nothing"]

    for made in (scenario({"say": broken}), scenario({"when": broken, "say": "x"})):
        status, data = ask(made)
        assert status == 500
        assert b"test_scenario.py" in data
        assert b"KeyError: 'nothing'" in data
    status, data = ask(scenario({"say": lambda request: [{"tool_us": "f"}]}))
    assert status == 500
    assert b"did you mean 'tool_use'?" in data


def test_a_scenario_comes_before_the_person_and_leaves_the_rest_to_them() -> None:
    made = Simulator(
        brain="person", patience=0, scenario=scenario({"when": {"user": "weather"}, "say": "scripted"})
    )
    assert text(made) == "scripted"
    plan = made.respond("POST", "/v1/messages", HEADERS, json.dumps(body(user("Hello"))).encode())
    assert plan.pending is not None
    plan.pending.close()


# Events and faults


def test_events_go_out_as_they_are_written() -> None:
    made = scenario(
        {
            "events": [
                "message_start",
                "ping",
                {"start": {"text": ""}},
                {"delta": {"text": "Hel"}},
                {"delta": {"text": "lo"}},
                "stop",
                {"block": {"tool_use": "f", "input": {"a": 1}}},
                {"event": {"type": "future_event"}},
                {"message_delta": {"stop_reason": "tool_use", "usage": {"output_tokens": 9}}},
                "message_stop",
            ]
        }
    )
    message = streamed(made)
    assert [block["type"] for block in message["content"]] == ["text", "tool_use"]
    assert message["content"][0]["text"] == "Hello"
    assert message["usage"]["output_tokens"] == 9
    assert b"event: future_event" in ask(made, body(stream=True))[1]
    assert whole(made) == message


def test_events_may_break_off_or_be_nonsense() -> None:
    made = scenario({"events": ["message_start", {"bytes": "data: {no JSON\n\n"}, {"wait": 0.5}, "cut"]})
    data = ask(made, body(stream=True))[1]
    assert data.endswith(b"data: {no JSON\n\n(cut)")
    assert ask(made)[1].endswith(b"(cut)")
    failing = scenario({"events": ["message_start", {"error": {"type": "overloaded_error"}}]})
    assert b"overloaded_error" in ask(failing, body(stream=True))[1]
    assert ask(failing)[0] == 529


def test_faults_and_delays_come_with_a_reply_or_with_the_brains() -> None:
    assert ask(scenario({"fault": "rate_limit; retry-after=3"}))[0] == 429
    assert ask(scenario({"fault": {"cut": {"at": 10}}, "say": "x"}))[1].endswith(b"(cut)")
    brain = ask(Simulator(), body(stream=True))[1]
    assert ask(scenario({"fault": ["crlf"]}), body(stream=True))[1] == brain.replace(b"\n", b"\r\n")
    plan = Simulator(scenario=scenario({"delay": 2, "say": "x"})).respond(
        "POST", "/v1/messages", HEADERS, json.dumps(body()).encode()
    )
    assert next(plan.steps) == 2


# Mistakes


# Files and names


def test_a_scenario_comes_from_a_file_and_a_python_file_runs_because_it_is_named(tmp_path: Path) -> None:
    plain = tmp_path / "mine.yaml"
    plain.write_text("replies:\n  - say: from the file\n", encoding="utf-8")
    assert text(plain) == "from the file"
    assert text(str(plain)) == "from the file"
    python = tmp_path / "mine.py"
    python.write_text('from nbkit import Scenario\nscenario = Scenario([{"say": "from Python"}])\n')
    assert text(python) == "from Python"
    python.write_text("\nscenario = 1 / 0\n")
    with pytest.raises(UsageError, match=r"mine\.py:2: ZeroDivisionError"):
        Scenario.load(python)
    python.write_text("scenario = None\n")
    with pytest.raises(UsageError, match="has no Scenario named"):
        Scenario.load(python)


# The library
