"""Calls of the client's tools by code: the code waits in its container, and prints what comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence

from nbkit.sim.brain import scene
from nbkit.sim.brain.scene import Call
from nbkit.sim.hosted.hosting import Errand, Hosting
from nbkit.wire.blocks import Json

_CALLERS = {
    "code_execution_20250825": "code_execution_20250825",
    "code_execution_20260120": "code_execution_20260120",
    "code_execution_20260521": "code_execution_20260120",
}


def caller_for(hosting: Hosting, calls: Sequence[Call]) -> str:
    """The type of caller where all calls are to come from code, or ""."""
    offer = hosting.offers.get("code_execution") or {}
    kind = _CALLERS.get(str(offer.get("type")), "")
    direct = {
        tool["name"]
        for tool in hosting.body["tools"]
        if "name" in tool and "direct" in (tool.get("allowed_callers") or ["direct"])
    }
    return kind if calls and all(call.name not in direct for call in calls) else ""


def call_from_code(hosting: Hosting, calls: Sequence[Call], kind: str) -> None:
    """Note code that makes the calls, and the calls that it waits for."""
    lines = [f"print(await {call.name}({json.dumps(call.input, ensure_ascii=False)}))" for call in calls]
    use = hosting.use(Errand("code_execution", {"code": "\n".join(lines)}))
    for at, call in enumerate(calls):
        caller = {"type": kind, "tool_id": use["id"]}
        block: Json = {"type": "tool_use", "id": f"call {at}", "name": call.name, "input": call.input}
        hosting.said.append({**block, "caller": caller})


def printed(hosting: Hosting, use: Json) -> Json | None:
    """What the code of a use printed of the results it waited for, or None where it made no calls."""
    waiting, said = [], {}
    for message in hosting.body["messages"][hosting.start :]:
        for block in message["content"] if isinstance(message["content"], list) else ():
            if block.get("type") == "tool_use" and (block.get("caller") or {}).get("tool_id") == use["id"]:
                waiting.append(block["id"])
            elif block.get("type") == "tool_result":
                said[block["tool_use_id"]] = block
    if not waiting:
        return None
    results = [said[call] for call in waiting if call in said]
    failed = any(result.get("is_error") for result in results)
    lines = "".join(f"{_text(result)}\n" for result in results)
    return {
        "type": "code_execution_result",
        "stdout": "" if failed else lines,
        "stderr": lines if failed else "",
        "return_code": 1 if failed else 0,
        "content": [],
    }


def _text(result: Json) -> str:
    content = result.get("content") or ""
    return content if isinstance(content, str) else scene.plain(content)
