"""`context_management`: what the simulator clears of an array before its model reads it (contract, 2.2)."""

import json
from typing import Any

import pytest

from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble

Json = dict[str, Any]

BETA = "context-management-2025-06-27"
TOOL = {"name": "get_note", "input_schema": {"type": "object", "properties": {"name": {"type": "string"}}}}
LONG = "The harbour lies in the fog this morning. " * 60


def post(request: Json, path: str = "/v1/messages", beta: str = BETA) -> tuple[int, bytes]:
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21", "anthropic-beta": beta}
    plan = Simulator().respond("POST", path, headers, json.dumps(request).encode())
    return plan.status, b"".join(step for step in plan.steps if isinstance(step, bytes))


def message(request: Json) -> Json:
    status, data = post(request)
    assert status == 200, data
    answer: Json = json.loads(data)
    return answer


def loop(calls: int = 5, **edit: Any) -> Json:
    messages: list[Json] = [{"role": "user", "content": "Read my notes one by one."}]
    for n in range(calls):
        use = {"type": "tool_use", "id": f"t{n}", "name": "get_note", "input": {"name": f"note {n}"}}
        result = {"type": "tool_result", "tool_use_id": f"t{n}", "content": f"It is {n} degrees. {LONG}"}
        messages += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
    request = {"model": "claude-sonnet-5", "max_tokens": 2000, "tools": [TOOL], "messages": messages}
    if edit:
        request["context_management"] = {"edits": [{"type": "clear_tool_uses_20250919", **edit}]}
    return request


SOON = {"type": "input_tokens", "value": 1000}


def applied(request: Json) -> Any:
    return message(request)["context_management"]["applied_edits"]


def test_old_results_are_cleared_and_told() -> None:
    plain, edited = message(loop()), message(loop(trigger=SOON))
    (told,) = edited["context_management"]["applied_edits"]
    assert (told["type"], told["cleared_tool_uses"]) == ("clear_tool_uses_20250919", 2)
    saved = plain["usage"]["input_tokens"] - edited["usage"]["input_tokens"]
    assert saved == told["cleared_input_tokens"] > 1000
    assert "context_management" not in plain


def test_the_model_does_not_read_what_was_cleared() -> None:
    def text(reply: Json) -> str:
        return str(reply["content"][-1]["text"])

    edit = {"trigger": SOON, "keep": {"type": "tool_uses", "value": 1}}
    plain, edited = text(message(loop(3))), text(message(loop(3, **edit)))
    assert "0 degrees" in plain
    assert "0 degrees" not in edited
    assert "2 degrees" in edited


@pytest.mark.parametrize(
    ("edit", "count"),
    [
        ({}, 0),  # far below 100 000 tokens
        ({"trigger": {"type": "tool_uses", "value": 4}}, 2),
        ({"trigger": {"type": "tool_uses", "value": 5}}, 0),
        ({"trigger": SOON, "keep": {"type": "tool_uses", "value": 0}}, 5),
        ({"trigger": SOON, "keep": {"type": "tool_uses", "value": 9}}, 0),
        ({"trigger": SOON, "exclude_tools": ["get_note"]}, 0),
        ({"trigger": SOON, "clear_at_least": {"type": "input_tokens", "value": 1000}}, 2),
        ({"trigger": SOON, "clear_at_least": {"type": "input_tokens", "value": 90_000}}, 0),
    ],
)
def test_when_and_how_much_is_cleared(edit: Json, count: int) -> None:
    found = applied(loop(**{"trigger": None, **edit}))
    assert [each["cleared_tool_uses"] for each in found] == ([count] if count else [])


def test_inputs_are_cleared_where_asked() -> None:
    without, within = (applied(loop(trigger=SOON, clear_tool_inputs=each))[0] for each in (False, True))
    assert within["cleared_input_tokens"] > without["cleared_input_tokens"]


def test_counting_tells_the_tokens_before_and_after() -> None:
    request = {key: value for key, value in loop(trigger=SOON).items() if key != "max_tokens"}
    before = {key: value for key, value in request.items() if key != "context_management"}
    counts = [json.loads(post(each, "/v1/messages/count_tokens")[1]) for each in (before, request)]
    assert counts[1]["context_management"] == {"original_input_tokens": counts[0]["input_tokens"]}
    assert counts[1]["input_tokens"] == message(loop(trigger=SOON))["usage"]["input_tokens"]
    assert "context_management" not in counts[0]


def test_a_stream_tells_it_at_its_end() -> None:
    status, data = post({**loop(trigger=SOON), "stream": True})
    assert status == 200
    events = [json.loads(line[6:]) for line in data.decode().splitlines() if line.startswith("data: ")]
    last = next(event for event in events if event["type"] == "message_delta")
    assert last["context_management"]["applied_edits"][0]["cleared_tool_uses"] == 2
    assert assemble([data]).to_wire()["context_management"] == last["context_management"]


def test_a_prompt_that_fits_when_it_is_cleared_is_taken() -> None:
    request = loop(30, trigger=SOON)
    for entry in request["messages"]:
        if entry["role"] == "user" and isinstance(entry["content"], list):
            entry["content"][0]["content"] = LONG * 12
    request["model"] = "claude-haiku-4-5"
    assert post({key: value for key, value in request.items() if key != "context_management"})[0] == 400
    assert post(request)[0] == 200


def test_old_thinking_is_cleared() -> None:
    request = loop(0)
    for words in ("Hello", "Count to 3", "Count to 4"):
        request["messages"] = [*request["messages"][:-1], {"role": "user", "content": words}]
        reply = message(request)
        request["messages"] += [{"role": "assistant", "content": reply["content"]}, request["messages"][0]]
    request["messages"] = [*request["messages"][:-1], {"role": "user", "content": "And now?"}]
    for keep, turns in ((None, 2), ({"type": "thinking_turns", "value": 2}, 1), ("all", 0)):
        edit = {"type": "clear_thinking_20251015", **({"keep": keep} if keep else {})}
        found = applied({**request, "context_management": {"edits": [edit]}})
        assert [each["cleared_thinking_turns"] for each in found] == ([turns] if turns else [])
        assert all(each["cleared_input_tokens"] > 0 for each in found)
