"""Whether the simulated model thinks: by the loop that is open (R48), by its budget, and by its mode."""

import json
from typing import Any

import pytest

from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

TOOL = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
ASKED = {"role": "user", "content": "What is the weather in Paris?"}
OFF, ADAPTIVE = {"type": "disabled"}, {"type": "adaptive", "display": "summarized"}


def reply(request: Json, simulator: Simulator | None = None) -> Json:
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    plan = (simulator or Simulator()).respond("POST", "/v1/messages", headers, json.dumps(request).encode())
    message: Json = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))
    assert plan.status == 200, message
    return message


def body(*messages: Json, thinking: Json | None, model: str = "claude-sonnet-5") -> Json:
    said = {"model": model, "max_tokens": 2000, "tools": [TOOL], "messages": [ASKED, *messages]}
    return said if thinking is None else {**said, "thinking": thinking}


def begun(thinking: Json, model: str = "claude-sonnet-5") -> list[Json]:
    """A call that was made with this thinking, and its result."""
    content = reply(body(thinking=thinking, model=model))["content"]
    result = {"type": "tool_result", "tool_use_id": content[-1]["id"], "content": "sunny, 21 °C"}
    return [{"role": "assistant", "content": content}, {"role": "user", "content": [result]}]


def thinks(message: Json) -> bool:
    return any(block["type"] == "thinking" for block in message["content"])


@pytest.mark.parametrize(
    ("before", "now", "does"),
    [
        (OFF, ADAPTIVE, False),
        (OFF, None, False),  # which is adaptive, too
        (OFF, OFF, False),
        (ADAPTIVE, ADAPTIVE, True),
        (ADAPTIVE, OFF, False),
    ],
)
def test_thinking_stays_as_it_was_when_the_loop_began(before: Json, now: Json | None, does: bool) -> None:
    assert thinks(reply(body(*begun(before), thinking=now))) == does


def test_it_stays_off_to_the_end_of_the_loop_and_comes_back_with_the_next_question() -> None:
    loop = begun(OFF)
    answer = reply(body(*loop, thinking=ADAPTIVE))
    said = [*loop, {"role": "assistant", "content": answer["content"]}]
    assert thinks(reply(body(*said, {"role": "user", "content": "And in Oslo?"}, thinking=ADAPTIVE)))


def test_a_loop_that_is_ended_by_words_is_not_open() -> None:
    call, results = begun(OFF)
    results = {"role": "user", "content": [*results["content"], {"type": "text", "text": "In short?"}]}
    assert thinks(reply(body(call, results, thinking=ADAPTIVE)))


def test_a_model_that_always_thinks_does_so_in_a_loop_of_anybody() -> None:
    model = "claude-fable-5"
    call, results = begun(OFF)
    assert thinks(reply(body(call, results, thinking=ADAPTIVE, model=model)))


def test_notes_between_tools_are_thinking_though_the_loop_began_without() -> None:
    model = "claude-sonnet-5-5"
    between = {"type": "between_tools"}
    loop = begun(between, model)
    assert not thinks({"content": loop[0]["content"]})
    assert thinks(reply(body(*loop, thinking=between, model=model)))


@pytest.mark.parametrize("words", ["a long thought ", ["pieces ", "of it "]])
def test_a_scripted_thought_is_no_longer_than_its_budget(words: Any) -> None:
    long = words * 2000
    simulator = Simulator(scenario=Scenario([{"say": [{"thinking": long}, "Well."]}]))
    manual = {"type": "enabled", "budget_tokens": 1024}
    request = body(thinking=manual, model="claude-haiku-4-5") | {"max_tokens": 4000}
    message = reply(request, simulator)
    assert message["usage"]["output_tokens_details"]["thinking_tokens"] == 1024
    thought, said = message["content"]
    assert "".join(long).startswith(thought["thinking"])
    assert said["text"] == "Well."
    assert message["stop_reason"] == "end_turn"
    again = [{"role": "assistant", "content": message["content"]}, {"role": "user", "content": "Go on."}]
    assert reply({**request, "messages": [ASKED, *again]}, simulator)["content"]  # its signature verifies


def test_two_scripted_thoughts_share_a_budget() -> None:
    thoughts = [{"thinking": words * 400} for words in ("one thought ", "another one ", "and a third ")]
    says = [thoughts[0], "First.", thoughts[1], "Second.", thoughts[2], "Third."]
    simulator = Simulator(scenario=Scenario([{"say": says}]))
    manual = {"type": "enabled", "budget_tokens": 2000}
    request = body(thinking=manual, model="claude-haiku-4-5") | {"max_tokens": 8000}
    message = reply(request, simulator)
    assert message["usage"]["output_tokens_details"]["thinking_tokens"] == 2000
    assert [block["type"] for block in message["content"]] == ["thinking", "text", "thinking", "text", "text"]


def test_what_is_said_between_tools_comes_as_thinking_on_the_newest_models() -> None:
    other = {**TOOL, "name": "get_tides", "description": "The tides of a harbour."}
    asked = {"role": "user", "content": "What is the weather in Paris? If it fails try again."}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "Timeout, try again", "is_error": True}
    use = {"type": "tool_use", "id": "t1", "name": "get_weather", "input": {"city": "Paris"}}
    kinds = {}
    for model in ("claude-opus-5-5", "claude-fable-5"):
        request = {"model": model, "max_tokens": 2000, "tools": [TOOL, other], "thinking": ADAPTIVE}
        said = [asked, {"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
        kinds[model] = [block["type"] for block in reply({**request, "messages": said})["content"]]
    assert kinds == {
        "claude-opus-5-5": ["thinking", "tool_use"],
        "claude-fable-5": ["thinking", "text", "tool_use"],
    }


def test_updates_show_what_is_thought_between_tools_only() -> None:
    model, display = "claude-opus-5-5", {"type": "adaptive", "display": "updates"}
    simulator = Simulator()

    def shown(messages: list[Json]) -> str:
        headers = {
            "x-api-key": "k",
            "anthropic-version": "2026-10-21",
            "anthropic-beta": "thinking-display-updates-2026-08-18",
        }
        data = json.dumps(body(*messages, thinking=display, model=model)).encode()
        plan = simulator.respond("POST", "/v1/messages", headers, data)
        message = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))
        return str(message["content"][0]["thinking"])

    assert shown([]) == ""
    assert shown(begun(ADAPTIVE, model)) != ""


@pytest.mark.parametrize("display", ["omitted", "summarized"])
def test_a_beta_estimates_hidden_thinking_as_it_goes(display: str) -> None:
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    request = body(thinking={"type": "adaptive", "display": display}) | {"stream": True}
    deltas = {}
    for beta in ("", "thinking-token-count-2026-05-13"):
        data = json.dumps(request).encode()
        plan = Simulator().respond("POST", "/v1/messages", {**headers, "anthropic-beta": beta}, data)
        lines = b"".join(step for step in plan.steps if isinstance(step, bytes)).decode().splitlines()
        events = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
        found = [event["delta"] for event in events if event["type"] == "content_block_delta"]
        deltas[beta] = [delta for delta in found if delta["type"] == "thinking_delta"]
        thought = events[-2]["usage"]["output_tokens_details"]["thinking_tokens"]
    plain, told = deltas.values()
    assert not any("estimated_tokens" in delta for delta in plain)
    estimates = [delta["estimated_tokens"] for delta in told]
    if display == "omitted":
        assert plain == []
        assert len(set(estimates)) == 1
        assert 0.5 * thought < sum(estimates) <= 1.1 * thought
        assert {delta["thinking"] for delta in told} == {""}
    else:
        assert [delta["thinking"] for delta in told] == [delta["thinking"] for delta in plain]
        assert set(estimates) == {None}


def test_a_binding_that_stands_alone_leaves_the_mode_as_it_is() -> None:
    headers = {
        "x-api-key": "k",
        "anthropic-version": "2026-10-21",
        "anthropic-beta": "thinking-binding-controls-2026-08-01",
    }
    binding = {"block_binding": {"prefix_mismatch_behavior": "drop_block"}}
    data = json.dumps(body(thinking=binding, model="claude-opus-5-5")).encode()
    plan = Simulator().respond("POST", "/v1/messages", headers, data)
    message = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))
    assert plan.status == 200
    assert thinks(message)
