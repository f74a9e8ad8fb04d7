"""`context_management` (contract, 2.2): what is cleared of an array before the model reads it.

The client's array stays as it is; what is left out is told as `applied_edits`, with its tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.rules.portable.estimate import prompt_tokens
from nbkit.rules.turns import THINKING
from nbkit.wire.blocks import Json

CLEARED = "[Old tool result content cleared]"
TRIGGER, KEEP = 100_000, 3  # input tokens, tool uses


@dataclass(frozen=True, slots=True)
class Edited:
    """A request as the model reads it, and what was done; None where nothing was asked to be."""

    request: Json
    applied: list[Json] | None = None


def edited(request: Json) -> Edited:
    """Apply the edits of a request in their order; each looks at what the one before it left."""
    management = request.get("context_management")
    if not management:
        return Edited(request)
    applied: list[Json] = []
    for edit in management.get("edits") or ():
        change = EDITS.get(edit["type"])
        found = change(request, edit) if change else None
        if found is None:
            continue
        name, count, messages = found
        after = {**request, "messages": messages}
        cleared = prompt_tokens(request) - prompt_tokens(after)
        if cleared >= _value(edit.get("clear_at_least"), 0):
            applied.append({"type": edit["type"], name: count, "cleared_input_tokens": cleared})
            request = after
    return Edited(request, applied)


Change = tuple[str, int, list[Json]]


def _thinking(request: Json, edit: Json) -> Change | None:
    """Clear the thinking of all turns but the last few that have some."""
    keep = edit.get("keep") or {"type": "thinking_turns", "value": 1}
    if keep == "all" or keep.get("type") == "all":
        return None
    turns: list[set[int]] = [set()]
    for at, message in enumerate(request["messages"]):
        if message["role"] == "user" and not _is_results(message):
            turns.append(set())
        elif any(block.get("type") in THINKING for block in _blocks(message)):
            turns[-1].add(at)
    old = [turn for turn in turns if turn][: -keep["value"]]
    gone = set().union(*old)
    messages = [
        _with(message, [block for block in _blocks(message) if block.get("type") not in THINKING])
        if at in gone
        else message
        for at, message in enumerate(request["messages"])
    ]
    return ("cleared_thinking_turns", len(old), messages) if old else None


def _tool_uses(request: Json, edit: Json) -> Change | None:
    """Clear the results of all calls but the last few, once there is too much; the inputs where asked to."""
    kept_tools, inputs = edit.get("exclude_tools") or [], edit.get("clear_tool_inputs")
    uses = [block for block in _all_blocks(request) if block.get("type") == "tool_use"]
    trigger = edit.get("trigger") or {"type": "input_tokens", "value": TRIGGER}
    size = len(uses) if trigger["type"] == "tool_uses" else prompt_tokens(request)
    if size <= trigger["value"]:
        return None
    old = uses[: max(0, len(uses) - _value(edit.get("keep"), KEEP))]
    ids = {use["id"]: use["name"] for use in old if use["name"] not in kept_tools}

    def cleared(block: Json) -> Json:
        if block.get("type") == "tool_result" and block["tool_use_id"] in ids:
            return {**block, "content": CLEARED}
        name = ids.get(block.get("id", "")) if block.get("type") == "tool_use" else None
        if name is not None and (inputs is True or (isinstance(inputs, list) and name in inputs)):
            return {**block, "input": {}}
        return block

    done = {block["tool_use_id"] for block in _all_blocks(request) if block.get("content") == CLEARED}
    count = len(ids.keys() - done)
    messages = [_with(message, list(map(cleared, _blocks(message)))) for message in request["messages"]]
    return ("cleared_tool_uses", count, messages) if count else None


EDITS: dict[str, Callable[[Json, Json], Change | None]] = {
    "clear_thinking_20251015": _thinking,
    "clear_tool_uses_20250919": _tool_uses,
}


def _value(given: Json | None, default: int) -> int:
    return int(given["value"]) if given else default


def _blocks(message: Json) -> list[Json]:
    content: Any = message["content"]
    return [] if isinstance(content, str) else content


def _all_blocks(request: Json) -> Iterator[Json]:
    return (block for message in request["messages"] for block in _blocks(message))


def _is_results(message: Json) -> bool:
    blocks = _blocks(message)
    return bool(blocks) and all(block.get("type") == "tool_result" for block in blocks)


def _with(message: Json, blocks: list[Json]) -> Json:
    return message if isinstance(message["content"], str) else {**message, "content": blocks}
