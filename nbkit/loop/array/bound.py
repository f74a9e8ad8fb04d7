"""Thinking that is bound to what stands before it (R36): what is bound, and what a change would break.

Only some models bind it; one that was told to drop what doesn't fit any more breaks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.facts import facts
from nbkit.loop.array.history import BlockNode, History, canonical
from nbkit.loop.settings import Outgoing
from nbkit.wire.blocks import Json

SIGNED = ("thinking", "redacted_thinking")


def binds(request: Outgoing) -> bool:
    """Say whether the model that is asked refuses thinking behind another prefix."""
    fields = request.fields
    model = facts.model(str(fields.get("model")))
    thinking = fields.get("thinking")
    binding = thinking.get("block_binding") if isinstance(thinking, dict) else None
    drops = isinstance(binding, dict) and binding.get("prefix_mismatch_behavior") == "drop_block"
    return model is not None and model.prefix_bound and not drops


def signed(history: History, message: int = 0, block: int = 0) -> Iterator[tuple[str, BlockNode]]:
    """Yield the signed thinking from a block on, with its path."""
    for at in range(message, len(history)):
        for number, node in enumerate(history[at].blocks):
            if node.wire.get("type") in SIGNED and (at > message or number >= block):
                yield f"messages.{at}.content.{number}", node


def broken(before: Outgoing, after: Outgoing) -> list[tuple[str, BlockNode]]:
    """Return the signed thinking of `after`, with its path there, that no longer stands behind its prefix."""
    differs = _around(before) != _around(after)
    same = 0 if differs else before.history.shared(after.history)
    known = {seal(node) for _, node in signed(before.history, same)}
    if not known:
        return []
    old, found = _read(before.history, same), []
    for path, node, said in _read(after.history, same):
        differs = differs or said != next(old, (None, None, None))[2]
        if differs and node is not None and node.wire.get("type") in SIGNED and seal(node) in known:
            found.append((path, node))
    return found


def seal(node: BlockNode) -> Any:
    """What tells one thinking block from another."""
    return node.wire.get("signature" if node.wire.get("type") == "thinking" else "data")


def _around(request: Outgoing) -> str:
    return canonical(unmarked([request.fields.get("system") or [], request.fields.get("tools") or []]))


def _read(history: History, start: int) -> Iterator[tuple[str, BlockNode | None, str]]:
    """Yield what a prefix is made of: turns (messages of one role are one), and their blocks."""
    role = history[start - 1].role if start else ""
    for at in range(start, len(history)):
        message = history[at]
        if message.role != role:
            role = message.role
            yield f"messages.{at}", None, role
        for number, node in enumerate(message.blocks):
            yield f"messages.{at}.content.{number}", node, canonical(_said(node.wire))


def _said(wire: Json) -> Any:
    """A block as it counts for those behind it: thinking by its signature, and no cache breakpoints."""
    if wire.get("type") == "thinking":
        return ["thinking", wire.get("signature")]
    return unmarked(wire)


def unmarked(value: Any) -> Any:
    """Return a value without the cache breakpoints in it: they change no prefix."""
    if isinstance(value, dict):
        return {key: unmarked(item) for key, item in value.items() if key != "cache_control"}
    if isinstance(value, list):
        return [unmarked(item) for item in value]
    return value
