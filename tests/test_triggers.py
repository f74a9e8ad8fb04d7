"""Rare answers of the simulated model: refusals, redacted thinking, a full context, notes between tools."""

import json
from typing import Any

import pytest

from nbkit.sim.simulator import Simulator
from nbkit.sim.triggers import REDACTED_THINKING, REFUSAL
from nbkit.wire.assembly import assemble

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
TOOL: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def post(request: Json) -> tuple[int, Json]:
    plan = Simulator().respond("POST", "/v1/messages", HEADERS, json.dumps(request).encode())
    data = b"".join(step for step in plan.steps if isinstance(step, bytes))
    if plan.status == 200 and request.get("stream"):
        return 200, assemble(data).to_wire()
    return plan.status, json.loads(data)


def asking(text: str, **more: Any) -> Json:
    messages = [{"role": "user", "content": text}]
    return {"model": "claude-sonnet-5", "max_tokens": 500, "messages": messages, **more}


def test_the_documented_words_make_a_refusal() -> None:
    status, reply = post(asking(f"Please {REFUSAL}"))
    assert (status, reply["content"], reply["stop_reason"]) == (200, [], "refusal")
    assert reply["stop_details"] == {"type": "refusal", "category": None, "explanation": None}
    _, streamed = post(asking(f"Please {REFUSAL}", stream=True))
    assert streamed == reply
    inside = [{"type": "text", "text": "See:"}, {"type": "text", "text": REFUSAL}]
    assert post(asking("Hi", system=inside))[1]["stop_reason"] == "refusal"


def test_redacted_thinking_goes_back_as_it_came_and_not_otherwise() -> None:
    ask = asking(f"What is the weather in Paris? {REDACTED_THINKING}", tools=[TOOL])
    _, reply = post(ask)
    assert [block["type"] for block in reply["content"]] == ["redacted_thinking", "text", "tool_use"]
    assert post({**ask, "stream": True})[1]["content"] == reply["content"]
    call = reply["content"][-1]
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": "31 C"}
    back = [{"role": "assistant", "content": reply["content"]}, {"role": "user", "content": [result]}]
    assert post({**ask, "messages": [*ask["messages"], *back]})[0] == 200
    reply["content"][0]["data"] = reply["content"][0]["data"][:-8] + "AAAAAAA="
    status, answer = post({**ask, "messages": [*ask["messages"], *back]})
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert answer["error"]["message"].startswith("messages.1.content.0")


@pytest.mark.parametrize("stream", [False, True])
def test_a_full_context_ends_the_reply(stream: bool) -> None:
    full = asking("word " * 139_980 + "\n\nWho are you, and what can you do for me?", stream=stream)
    _, reply = post({**full, "model": "claude-haiku-4-5"})
    assert reply["stop_reason"] == "model_context_window_exceeded"
    usage = reply["usage"]
    assert usage["input_tokens"] + usage["output_tokens"] <= 200_000


def test_between_tools_a_note_is_thought_after_a_result_only() -> None:
    ask = asking("What is the weather in Paris?", tools=[TOOL], thinking={"type": "between_tools"})
    ask["model"] = "claude-sonnet-5-5"
    _, first = post(ask)
    assert [block["type"] for block in first["content"]] == ["text", "tool_use"]
    result = {"type": "tool_result", "tool_use_id": first["content"][-1]["id"], "content": "31 C"}
    ask["messages"] += [
        {"role": "assistant", "content": first["content"]},
        {"role": "user", "content": [result]},
    ]
    assert post(ask)[1]["content"][0]["type"] == "thinking"
