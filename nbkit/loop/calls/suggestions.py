"""What a person at a pause may want to know of a call: results to fake it with, and what looks odd.

Nothing here decides anything; it is read off the array, the open calls and the tools as they are now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from nbkit.loop.array.history import History
from nbkit.loop.calls.pending import Pending
from nbkit.loop.tools.tool import Tool
from nbkit.wire.blocks import Json

Content = str | list[Json]
LATEST = 400  # messages in which real results are looked for
SHORTEST = 3  # characters of an argument that a result may be known by


def samples(history: History, pending: Pending, tool: Tool | None) -> dict[str, Content]:
    """Return results to choose from, by what they are: the last real one, the last for the same input, and
    one made from the tool's return type.
    """
    last: dict[str, Content] = {}
    for input, content in _results(history, pending.call.name):
        last["the last real result"] = content
        if input == pending.call.input:
            last["the last real result for this input"] = content
    made = tool.returns.sample() if tool is not None and tool.returns is not None else None
    if made is not None and tool is not None and tool.returns is not None:
        last[f"a sample of {tool.returns.name}"] = made
    return dict(sorted(last.items(), key=lambda item: not item[0].endswith("this input")))


def _results(history: History, name: str) -> Iterator[tuple[Any, Content]]:
    """Yield input and content of each result that a tool of this name gave, none that was faked."""
    inputs: dict[str, Any] = {}
    for node in history[-LATEST:]:
        for block in node.blocks:
            wire = block.wire
            if wire.get("type") == "tool_use" and wire.get("name") == name:
                inputs[str(wire.get("id"))] = wire.get("input")
            elif wire.get("type") == "tool_result" and block.by.by == "tool":
                id = str(wire.get("tool_use_id"))
                if id in inputs and not wire.get("is_error"):
                    yield inputs[id], wire.get("content") or ""


def doubts(pending: Pending, others: Iterable[Pending], tool: Tool | None) -> list[str]:
    """Say what looks odd in the result of a call: it is unlike the tool's return type, or another call's."""
    result = pending.result
    if result is None or result.get("is_error"):
        return []
    found = []
    if tool is not None and tool.returns is not None and (how := tool.returns.unlike(result.get("content"))):
        found.append(f"{tool.name} gives {tool.returns.name}, and this is something else ({how})")
    for other in others:
        if other.call.name == pending.call.name and other.result is not None and _swapped(pending, other):
            found.append(f"it speaks of what {other.call.id} asked for: are the two results swapped?")
    return found


def _swapped(one: Pending, other: Pending) -> bool:
    """Whether each result names an argument of the other call, and none of its own."""
    mine, yours = _words(one.call.input), _words(other.call.input)
    only_mine, only_yours = mine - yours, yours - mine
    said, told = _said(one), _said(other)
    return (
        any(word in said for word in only_yours)
        and any(word in told for word in only_mine)
        and not any(word in said for word in only_mine)
        and not any(word in told for word in only_yours)
    )


def _said(pending: Pending) -> str:
    return json.dumps((pending.result or {}).get("content"), ensure_ascii=False).lower()


def _words(value: Any) -> set[str]:
    """The texts in an input, in lower case."""
    if isinstance(value, str):
        return {value.lower()} if len(value) >= SHORTEST else set()
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {word for each in inside for word in _words(each)}
