"""A scenario asked from inside: the reply, whole, streamed, as text."""

from __future__ import annotations

import json
from typing import Any

from nbkit.sim.plan import Dropped
from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble
from nbkit.wire.blocks import Json

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
