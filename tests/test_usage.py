"""What a reply of the simulator counts, says of how it ran, and where it ends (contract, 8.7 and 9.1)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
QUESTION = "What is the capital of France?"


def ask(request: Json, path: str = "/v1/messages", **more: str) -> tuple[int, bytes]:
    headers = {**HEADERS, **{name.replace("_", "-"): value for name, value in more.items()}}
    plan = Simulator().respond("POST", path, headers, json.dumps(request).encode())
    return plan.status, b"".join(step for step in plan.steps if isinstance(step, bytes))


def message(request: Json, **more: str) -> Any:
    status, data = ask(request, **more)
    assert status == 200, data
    return json.loads(data)


def body(words: str = QUESTION, **more: Any) -> Json:
    said = [{"role": "user", "content": words}]
    return {"model": "claude-haiku-4-5", "max_tokens": 500, "messages": said, **more}


def counted(request: Json) -> int:
    _, data = ask({name: request[name] for name in ("model", "messages")}, "/v1/messages/count_tokens")
    tokens: int = json.loads(data)["input_tokens"]
    return tokens


@pytest.mark.parametrize("streamed", [False, True])
def test_a_prompt_over_the_context_is_refused_with_the_tokens_it_counts(streamed: bool) -> None:
    request = body(QUESTION * 24_000, stream=streamed)
    status, data = ask(request)
    told = f"prompt is too long: {counted(request)} tokens > 200000 maximum"
    assert (status, json.loads(data)["error"]["message"]) == (400, told)


def test_a_refused_prompt_is_not_in_the_cache() -> None:
    simulator = Simulator()
    mark = {"type": "text", "text": QUESTION * 2000, "cache_control": {"type": "ephemeral"}}
    long, short = ([mark, {"type": "text", "text": QUESTION * times}] for times in (24_000, 1))
    plans = [
        simulator.respond("POST", "/v1/messages", HEADERS, json.dumps(body(words)).encode())  # type: ignore[arg-type]
        for words in (long, short)
    ]
    assert [plan.status for plan in plans] == [400, 200]
    usage = json.loads(b"".join(step for step in plans[1].steps if isinstance(step, bytes)))["usage"]
    assert usage["cache_read_input_tokens"] == 0
    assert usage["cache_creation_input_tokens"] > 4096


def test_a_model_with_room_takes_the_same_prompt() -> None:
    request = body(QUESTION * 24_000, model="claude-opus-4-8")
    assert message(request)["usage"]["input_tokens"] == counted(request)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, {"inference_geo": "global"}),
        ({"model": "claude-haiku-4-5"}, {"inference_geo": "not_available"}),
        ({"inference_geo": "us"}, {"inference_geo": "us"}),
        ({"speed": "fast"}, {"inference_geo": "global", "speed": "fast"}),
        ({"speed": "standard"}, {"inference_geo": "global", "speed": "standard"}),
    ],
)
def test_usage_says_how_it_ran(asked: Json, told: Json) -> None:
    request = body(**{"model": "claude-opus-5", **asked})
    usage = message(request, anthropic_beta="fast-mode-2026-02-01")["usage"]
    assert {name: usage[name] for name in ("inference_geo", "speed") if name in usage} == told
    assert usage["service_tier"] == "standard"


def test_prewarming_says_nothing_and_counts_the_prompt() -> None:
    told = message(body(max_tokens=0))
    assert (told["content"], told["stop_reason"]) == ([], "max_tokens")
    assert (told["usage"]["output_tokens"], told["usage"]["input_tokens"]) == (0, counted(body()))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["claude-haiku-4-5", "claude-opus-5", "claude-opus-5-5", "claude-sonnet-4-6"]),
    st.integers(1, 60),
    st.lists(st.sampled_from(["ari", "capital of", "is **P", "zzz", "."]), max_size=2),
)
def test_it_ends_in_time_and_the_same_way_streamed(model: str, most: int, sequences: list[str]) -> None:
    request = body(model=model, max_tokens=most, stop_sequences=sequences)
    whole = message(request)
    _, data = ask({**request, "stream": True})
    events = [json.loads(line[6:]) for line in data.split(b"\n") if line.startswith(b"data: ")]
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    text = "".join(delta.get("text", "") for delta in deltas)
    last = next(event for event in events if event["type"] == "message_delta")
    assert text == "".join(block.get("text", "") for block in whole["content"])
    assert last["usage"].items() <= whole["usage"].items()
    assert last["delta"]["stop_reason"] == whole["stop_reason"]
    assert last["delta"]["stop_sequence"] == whole["stop_sequence"]
    assert whole["usage"]["output_tokens"] <= most
    assert not any(sequence in text for sequence in sequences)


@pytest.mark.parametrize("streamed", [False, True])
def test_what_ran_fast_has_limits_of_its_own(streamed: bool) -> None:
    headers = {**HEADERS, "anthropic-beta": "fast-mode-2026-02-01"}
    for speed, model, has in (
        ("fast", "claude-opus-5", True),
        ("standard", "claude-opus-5", False),
        ("fast", "claude-opus-4-6", False),  # which takes it and stays as it is
    ):
        request = body(model=model, speed=speed, stream=streamed)
        plan = Simulator().respond("POST", "/v1/messages", headers, json.dumps(request).encode())
        assert plan.status == 200
        assert ("anthropic-fast-output-tokens-remaining" in plan.headers) == has
        assert "anthropic-ratelimit-output-tokens-remaining" in plan.headers
