"""Faults among the events of a stream. Each takes the events of a reply and yields what is made of them;
numbers between them are waits, bytes are what is no event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nbkit.sim.plan import Dropped
from nbkit.wire.blocks import Json

Item = Json | bytes | float
Items = Iterator[Item]

TOOL_INPUTS = ("tool_use", "server_tool_use", "mcp_tool_use")
NO_JSON = "{'"
FUTURE = {"note": "a client that is newer would understand this"}


def kind(item: Item) -> str:
    """The type of an event; a wait and bytes have none."""
    return str(item.get("type", "")) if isinstance(item, dict) else ""


def first(items: Items, count: int) -> Items:
    """Yield the first `count` events, with what comes before the next one left out."""
    seen = 0
    while seen < count:
        item = next(items, None)
        if item is None:
            return
        yield item
        seen += not isinstance(item, float)


def error(items: Items, after: int, envelope: Json) -> Items:
    yield from first(items, after)
    yield envelope


def cut(items: Items, after: int) -> Items:
    yield from first(items, after)
    raise Dropped


def stall(items: Items, after: int, seconds: float) -> Items:
    yield from first(items, after)
    yield seconds
    yield from items


def ping(items: Items, count: int) -> Items:
    for item in items:
        yield item
        if kind(item) not in ("", "message_stop", "error"):
            for _ in range(count):
                yield {"type": "ping"}


def duplicate(items: Items, event: str, nth: int | None) -> Items:
    for item, hit in _hits(items, event, nth):
        yield item
        if hit:
            yield item


def missing(items: Items, event: str, nth: int | None) -> Items:
    return (item for item, hit in _hits(items, event, nth) if not hit)


def _hits(items: Items, event: str, nth: int | None) -> Iterator[tuple[Item, bool]]:
    seen = 0
    for item in items:
        fits = kind(item) == event
        seen += fits
        yield item, fits and nth in (None, seen)


def malformed_json(items: Items, how: str) -> Items:
    """Garble the input of every call at its start, or tear it in its last fragment."""
    inside, waiting = False, ""  # the fragment that may be the last, or what no JSON begins with
    for item in items:
        match item:
            case {"type": "content_block_start", "content_block": {"type": type}}:
                inside, waiting = type in TOOL_INPUTS, "" if how == "torn" else NO_JSON
            case {"type": "content_block_delta", "index": index, "delta": {"partial_json": str(text)}} if (
                inside
            ):
                if waiting and text:
                    yield _fragment(index, waiting)
                    waiting = ""
                if how == "torn":
                    waiting = text or waiting
                    continue
            case {"type": "content_block_stop", "index": index} if inside:
                if how == "torn":
                    waiting = waiting[: len(waiting) // 2] if waiting else '{"'
                yield _fragment(index, waiting)
                inside = False
        yield item


def _fragment(index: int, text: str) -> Json:
    return _delta(index, {"type": "input_json_delta", "partial_json": text})


def garbage(items: Items, after: int, written: bytes) -> Items:
    yield from first(items, after)
    yield written
    yield from items


def unknown_event(items: Items) -> Items:
    for item in items:
        if kind(item) == "message_stop":
            yield {"type": "future_event", **FUTURE}
        yield item
        if kind(item) == "message_start":
            yield {"type": "future_event", **FUTURE}


def unknown_delta(items: Items) -> Items:
    for item in items:
        yield item
        if kind(item) == "content_block_start" and isinstance(item, dict):
            yield _delta(item["index"], {"type": "future_delta", **FUTURE})


def unknown_block(items: Items) -> Items:
    blocks = 0
    done = False
    for item in items:
        blocks += kind(item) == "content_block_start"
        if kind(item) == "message_delta" and not done:
            done = True
            yield {
                "type": "content_block_start",
                "index": blocks,
                "content_block": {"type": "future_block", **FUTURE},
            }
            yield _delta(blocks, {"type": "future_delta", **FUTURE})
            yield {"type": "content_block_stop", "index": blocks}
        yield item


def two_message_deltas(items: Items) -> Items:
    for item in items:
        if kind(item) == "message_delta" and isinstance(item, dict):
            usage: Json = item.get("usage") or {}
            half = {**usage, "output_tokens": max(1, usage.get("output_tokens", 2) // 2)}
            yield {"type": "message_delta", "delta": dict.fromkeys(item["delta"]), "usage": half}
        yield item


def _delta(index: int, delta: Json) -> Json:
    return {"type": "content_block_delta", "index": index, "delta": delta}


PLAIN: dict[str, Callable[..., Items]] = {
    "ping": ping,
    "duplicate": duplicate,
    "missing": missing,
    "malformed_json": malformed_json,
    "unknown_event": unknown_event,
    "unknown_delta": unknown_delta,
    "unknown_block": unknown_block,
    "two_message_deltas": two_message_deltas,
}


def applied(name: str, items: Items, options: dict[str, Any]) -> Items:
    return PLAIN[name](items, **options)
