"""Scenarios: what is written down is what is said, to the requests that it is for, and mistakes are told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from nbkit import cli
from nbkit.errors import APIError, UsageError
from nbkit.rules.validator import check
from nbkit.sim.plan import Dropped
from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble
from nbkit.wire.sse_events import SSEEvents

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
TOOL: Json = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


def user(content: Any) -> Json:
    return {"role": "user", "content": content}


def assistant(content: Any) -> Json:
    return {"role": "assistant", "content": content}


def results(reply: Json, content: Any, *, is_error: bool = False) -> list[Json]:
    """The reply, and a result for each of its calls."""
    failed = {"is_error": True} if is_error else {}
    calls = [block for block in reply["content"] if block["type"] == "tool_use"]
    answers = [
        {"type": "tool_result", "tool_use_id": call["id"], "content": content, **failed} for call in calls
    ]
    return [assistant(reply["content"]), user(answers)]


def body(*messages: Json, **fields: Any) -> Json:
    return {
        "model": "claude-sonnet-5",
        "max_tokens": 500,
        "tools": [TOOL],
        "messages": [*messages] or [user("What is the weather in Paris?")],
        **fields,
    }


def ask(scenario: Any, request: Json | None = None, **headers: str) -> tuple[int, bytes]:
    simulator = scenario if isinstance(scenario, Simulator) else Simulator(scenario=scenario)
    sent = json.dumps(request or body()).encode()
    plan = simulator.respond("POST", "/v1/messages", {**HEADERS, **headers}, sent)
    data: list[bytes] = []
    try:
        data.extend(step for step in plan.steps if isinstance(step, bytes))
    except Dropped:
        data.append(b"(cut)")
    return plan.status, b"".join(data)


def whole(scenario: Any, request: Json | None = None, **headers: str) -> Json:
    status, data = ask(scenario, request, **headers)
    assert status == 200, data
    message: Json = json.loads(data)
    return message


def streamed(scenario: Any, request: Json | None = None) -> Json:
    status, data = ask(scenario, {**(request or body()), "stream": True})
    assert status == 200, data
    return assemble(data).to_wire()


def text(scenario: Any, request: Json | None = None) -> str:
    return "".join(block.get("text", "") for block in whole(scenario, request)["content"])


def scenario(*replies: Json) -> Scenario:
    return Scenario(list(replies))


def says(reply: Json, request: Json) -> bool:
    """Whether a reply with these conditions is given."""
    return text(scenario({**reply, "say": "It fits."}, {"say": "no"}), request) == "It fits."


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


MISTAKES = """\
titel: A typo
replies:
  - when: {usr: hi, turn: soon}
    say:
      - tool_us: f
      - 12
      - text: "{resutl.x}"
    stop_reason: tool_user
  - fault: overlaoded
  - when: {user: /(/}
  - events:
      - blok: 1
"""


def test_every_mistake_is_told_with_its_line_what_is_allowed_and_the_nearest() -> None:
    with pytest.raises(UsageError) as raised:
        Scenario.parse(MISTAKES, "mine.yaml")
    lines = str(raised.value).splitlines()
    expected = [
        (1, "titel", "did you mean 'title'?"),
        (3, "usr", "did you mean 'user'?"),
        (3, "turn", "a whole number"),
        (4, "say", "{resutl} names nothing"),
        (5, "say.0", "did you mean 'tool_use'?"),
        (6, "say.1", "put numbers in quotes"),
        (8, "stop_reason", "did you mean 'tool_use'?"),
        (9, "fault", "did you mean 'overloaded'?"),
        (10, "replies.2", "needs one of say, events, fault"),
        (10, "user", "not a regular expression"),
        (12, "events.0", "did you mean 'block'?"),
    ]
    assert len(lines) == len(expected)
    for line, (number, where, said) in zip(lines, expected, strict=True):
        assert line.startswith(f"mine.yaml:{number}: "), line
        assert where in line
        assert said in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "mine.yaml:1: not YAML"),
        ("", "mine.yaml:1: a scenario is a mapping of title"),
        ("- 1", "not a list"),
        ("title: x", "a list of replies"),
        ("replies: []", "at least one"),
        ("request: []\nbetas: x\nreplies:\n- say: x", "mine.yaml:2: betas: should be a list of names"),
        ("request: [a]\nreplies:\n- say: x", "mine.yaml:1: request: should be fields of a request"),
        ("title: a\ntitle: b", "mine.yaml:2: 'title' is there twice"),
        ("title: &x a", "anchors (&x) are not read"),
        ("title: !!python/object/apply:os.system ['true']", "tags (tag:yaml.org,2002:python"),
        ("a: " + "[" * 100 + "]" * 100, "nested more than"),
        ("a: [" + "1," * 30000 + "]", "more than 20,000 values"),
        ("#" * 600_000, "characters"),
        ("title: \x07", "not YAML"),
    ],
)
def test_what_is_no_scenario_is_told(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        Scenario.parse(text, "mine.yaml")
    assert said in str(raised.value)
    assert "Traceback" not in str(raised.value)


def test_mistakes_in_python_are_told_by_their_path() -> None:
    with pytest.raises(UsageError, match=r"Scenario: replies.0.wen: unknown key; did you mean 'when'"):
        scenario({"wen": {}, "say": "x"})
    with pytest.raises(UsageError, match=r"no scenario 'one_cal'.*did you mean 'one_call'"):
        Simulator(scenario="one_cal")
    with pytest.raises(UsageError, match="not an int"):
        Simulator(scenario=3)  # type: ignore[arg-type]


def test_words_of_yaml_are_read_as_they_look() -> None:
    made = Scenario.parse(
        "replies:\n  - say: {tool_use: f, input: {a: no, b: 12:30, c: 2026-01-01, d: 010}}\n"
    )
    given = whole(made)["content"][0]["input"]
    assert given == {"a": "no", "b": "12:30", "c": "2026-01-01", "d": "010"}


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


def test_a_request_names_a_scenario_of_the_library_for_itself() -> None:
    simulator = Simulator()
    named = {"x-nbkit-scenario": "one_call"}
    assert whole(simulator, None, **named) == whole("one_call")
    status, data = ask(simulator, None, **{"x-nbkit-scenario": "/etc/passwd"})
    assert status == 400
    assert b"one_call" in data
    assert httpx.Client(transport=simulator.transport()).post(
        "http://simulated/v1/messages", json=body(), headers={**HEADERS, **named}
    ).json() == whole("one_call")


# The library

BREAKS = {
    "broken_twice": "RemoteProtocolError",
    "rate_limited": "429",
    "overloaded_then_fine": "529",
    "stream_16_error_midway": "529",
    "stream_17_connection_lost": "RemoteProtocolError",
    "stream_24_exception_frame": "429",
}
# Their last turn is not for sending back: that is what they teach.
KEPT_OUT = {"max_tokens_in_json", "stream_13_max_tokens_in_json", "stream_18_unknown_things"}


def walk(name: str, *, stream: bool) -> tuple[list[Json], Json, list[Json]]:
    """Ask what the scenario proposes, run what is called, and give the replies and the last array."""
    found = Scenario.load(name)
    asked = {**body(user(found.prompt)), "tools": [], "max_tokens": 1000, **found.request}
    messages = asked["messages"] = [*asked["messages"]]
    headers = {**HEADERS, "anthropic-beta": ",".join(found.betas)} if found.betas else HEADERS
    replies: list[Json] = []
    with httpx.Client(transport=Simulator(scenario=name).transport()) as client:
        while len(replies) < 20:
            sent = {**asked, "stream": stream}
            response = client.post("http://simulated/v1/messages", json=sent, headers=headers)
            response.raise_for_status()
            reply = assemble(response.content).to_wire() if stream else response.json()
            replies.append(reply)
            if reply["stop_reason"] not in ("tool_use", "pause_turn"):
                break
            if reply.get("container"):
                asked["container"] = reply["container"]["id"]
            added = results(reply, "22 degrees")
            messages += added[: 1 + bool(added[1]["content"])]
    return replies, {**asked, "headers": headers}, messages


@pytest.mark.parametrize("name", Scenario.names())
def test_each_scenario_of_the_library_says_what_it_teaches(name: str) -> None:
    found = Scenario.load(name)
    assert found.title
    assert 40 < len(found.teaches) < 400
    assert found.prompt
    assert repr(found) == f"Scenario({name!r})"


@pytest.mark.parametrize("name", [name for name in Scenario.names() if name not in BREAKS])
def test_each_scenario_runs_to_its_end_and_is_legal_to_send_back(name: str) -> None:
    replies, asked, messages = walk(name, stream=False)
    streams, _, _ = walk(name, stream=True)
    last = replies[-1]
    assert last["stop_reason"] not in ("tool_use", "pause_turn")
    assert len(streams) == len(replies)
    if name != "stream_18_unknown_things":
        assert streams == replies
    headers = asked.pop("headers")
    if not last["content"] or name in KEPT_OUT:
        return
    again = {**asked, "messages": [*messages, assistant(last["content"]), user("And then?")]}
    assert [problem.message for problem in check(again, headers=headers) if problem.level != "warning"] == []


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_breaks_as_it_says(name: str) -> None:
    with pytest.raises(httpx.HTTPError) as raised:
        walk(name, stream=False)
    assert BREAKS[name] in f"{type(raised.value).__name__} {raised.value}"
    if name == "stream_16_error_midway":
        with pytest.raises(APIError, match="overloaded_error"):
            walk(name, stream=True)


def test_there_is_one_for_every_stream_that_the_contract_lists() -> None:
    numbers = [int(name.split("_")[1]) for name in Scenario.names() if name.startswith("stream_")]
    assert numbers == list(range(1, 25))


def stream_types(name: str) -> list[str]:
    data = ask(name, body(**Scenario.load(name).request, stream=True))[1]
    return [event.type for event in SSEEvents().feed(data)]


def test_streams_are_what_they_are_called() -> None:
    assert stream_types("stream_02_pings").count("ping") > 4
    assert "content_block_delta" not in stream_types("stream_04_call_without_delta")
    assert stream_types("stream_19_usage_grows").count("message_delta") == 2
    assert stream_types("stream_22_no_blocks") == ["message_start", "ping", "message_delta", "message_stop"]
    assert stream_types("stream_16_error_midway")[-1] == "error"
    assert "future_event" in stream_types("stream_18_unknown_things")
    assert b"\r\n\r\n" in ask("stream_23_crlf", body(stream=True))[1]
    assert streamed("stream_05_split_characters")["content"][1]["input"] == {"city": "Orléans — 🗼 東京"}
    assert streamed("stream_03_first_fragment_empty")["content"][0]["input"] == {"city": "Paris"}


@pytest.mark.parametrize("name", [name for name in Scenario.names() if name.startswith("stream_")])
def test_each_stream_comes_as_frames_of_bedrock_too(name: str) -> None:
    request = {
        **body(user("Hello")),
        **Scenario.load(name).request,
        "anthropic_version": "bedrock-2023-05-31",
    }
    request.pop("model")
    if name in ("stream_10_search_and_pause", "stream_12_server_and_client_call", "stream_20_called_by_code"):
        request["tools"] = []
    if name in ("stream_06_thinking", "stream_07_omitted_thinking"):
        request["thinking"] = {"type": "disabled"}
    if name == "stream_21_compaction":
        request.pop("context_management")
    model = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    plan = Simulator(scenario=name).respond(
        "POST",
        f"{model}/invoke-with-response-stream",
        {"authorization": "Bearer k"},
        json.dumps(request).encode(),
    )
    assert (plan.status, plan.headers["content-type"]) == (200, "application/vnd.amazon.eventstream")
    data: list[bytes] = []
    broken = name in ("stream_16_error_midway", "stream_17_connection_lost", "stream_24_exception_frame")
    try:
        data.extend(step for step in plan.steps if isinstance(step, bytes))
    except Dropped:
        assert broken
    if not broken:
        assert assemble(b"".join(data), "aws").stop_reason
    elif name != "stream_17_connection_lost":
        with pytest.raises(APIError, match=r"throttlingException|serviceUnavailableException"):
            assemble(b"".join(data), "aws")


def test_the_list_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "--list"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n{name}: " in shown for name in Scenario.names())
    assert "x-nbkit-fault" in shown
    assert max(map(len, shown.splitlines())) < 120


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no device without an end here")
def test_a_file_without_an_end_is_not_read_to_it(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").symlink_to("/dev/zero")
    with pytest.raises(UsageError, match="at most"):
        Scenario.load(tmp_path / "long.yaml")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_an_address_that_can_not_be_written_is_told_in_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "nbkit", "serve", "--port", "0"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr.decode().count("\n")) == (2, 1)
