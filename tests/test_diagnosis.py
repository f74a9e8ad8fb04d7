"""`diagnostics`: why a prompt could not be read from the cache of the one before (contract, 9.4)."""

import json
from typing import Any

import pytest

from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble

Json = dict[str, Any]

SYSTEM = "You are a guide to lighthouses. " * 20
TOOL = {"name": "get_weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}


def user(text: str) -> Json:
    return {"role": "user", "content": text}


@pytest.fixture
def simulator() -> Simulator:
    return Simulator()


def post(simulator: Simulator, request: Json, key: str = "k") -> Json:
    headers = {"x-api-key": key, "anthropic-version": "2026-10-21"}
    plan = simulator.respond("POST", "/v1/messages", headers, json.dumps(request).encode())
    message: Json = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))
    assert plan.status == 200, message
    return message


def body(*messages: Json, before: str | None = None, **more: Any) -> Json:
    said = {"model": "claude-sonnet-5", "max_tokens": 300, "system": SYSTEM, "tools": [TOOL]}
    return {**said, "messages": [*messages], "diagnostics": {"previous_message_id": before}, **more}


def begun(simulator: Simulator) -> tuple[str, list[Json]]:
    """The id of a first reply, and the messages of the next turn."""
    reply = post(simulator, body(user("Hello")))
    assert reply["diagnostics"] is None
    return reply["id"], [user("Hello"), {"role": "assistant", "content": reply["content"]}, user("And now?")]


def reason(simulator: Simulator, request: Json) -> Json | None:
    diagnostics: Json | None = post(simulator, request)["diagnostics"]
    return diagnostics and diagnostics["cache_miss_reason"]


def test_who_does_not_ask_is_told_nothing(simulator: Simulator) -> None:
    assert "diagnostics" not in post(simulator, {**body(user("Hello")), "diagnostics": None})


def test_a_turn_that_only_adds_has_no_reason(simulator: Simulator) -> None:
    before, messages = begun(simulator)
    assert reason(simulator, body(*messages, before=before)) is None


@pytest.mark.parametrize(
    ("change", "type"),
    [
        ({"model": "claude-opus-5"}, "model_changed"),
        ({"system": SYSTEM + "Be brief."}, "system_changed"),
        ({"tools": [{**TOOL, "description": "The weather"}]}, "tools_changed"),
        ({"tools": [TOOL, {**TOOL, "name": "other"}]}, "tools_changed"),
        ({"tools": []}, "tools_changed"),
        ({"messages": [user("Good day"), user("And now?")]}, "messages_changed"),
        ({"thinking": {"type": "disabled"}}, "messages_changed"),  # which the cache of messages hangs on
        ({"tools": [], "system": "Another."}, "tools_changed"),  # the first that is read
    ],
)
def test_the_first_change_is_the_reason(simulator: Simulator, change: Json, type: str) -> None:
    before, messages = begun(simulator)
    found = reason(simulator, body(*messages, before=before, **change))
    assert found is not None
    assert found["type"] == type
    assert found["cache_missed_input_tokens"] > 0


def test_the_tokens_are_those_behind_the_change(simulator: Simulator) -> None:
    before, messages = begun(simulator)
    whole = reason(simulator, body(*messages, before=before, model="claude-sonnet-4-6"))
    rest = reason(simulator, body(user("Good day"), *messages[1:], before=before))
    assert whole is not None
    assert rest is not None
    assert 0 < rest["cache_missed_input_tokens"] < whole["cache_missed_input_tokens"] / 4


def test_a_message_of_another_key_or_of_nobody_is_not_found(simulator: Simulator) -> None:
    before, messages = begun(simulator)
    unasked = post(simulator, {**body(user("Hello")), "diagnostics": None, "max_tokens": 200})["id"]
    missing = {"cache_miss_reason": {"type": "previous_message_not_found"}}
    assert post(simulator, body(*messages, before=before), key="other")["diagnostics"] == missing
    for id in (unasked, "msg_none"):
        assert post(simulator, body(*messages, before=id))["diagnostics"] == missing


def test_a_marker_moved_is_no_change(simulator: Simulator) -> None:
    before, messages = begun(simulator)
    block = {"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}
    assert reason(simulator, body(*messages, before=before, system=[block])) is None


def test_a_stream_says_it_at_its_start(simulator: Simulator) -> None:
    before, messages = begun(simulator)
    request = body(*messages, before=before, system="Another.", stream=True)
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    plan = simulator.respond("POST", "/v1/messages", headers, json.dumps(request).encode())
    steps = [step for step in plan.steps if isinstance(step, bytes)]
    assert b'"system_changed"' in steps[0]
    assert assemble(steps).to_wire()["diagnostics"]["cache_miss_reason"]["type"] == "system_changed"
