"""What came for a request, as logs write it down: beside it or on its own, as JSON or as a stream."""

from __future__ import annotations

import json
from typing import Any

from nbkit.errors import APIError, StreamError
from nbkit.wire.blocks import Json

# Where a record keeps what came, and where a response keeps its body.
BESIDE = ("response", "reply")
BODIES = ("body", "body_raw", "json", "data", "text", "content")
DEEPEST = 4


def beside(record: Json) -> tuple[bool, Json | None]:
    """Say whether a record around a request tells what came for it, and return the message, if one came."""
    found = next((key for key in BESIDE if key in record), None)
    return found is not None, read(record.get(found)) if found else None


def is_reply(value: Any) -> bool:
    """Say whether an entry is no request but what came for one: a message, an error, a stream."""
    if isinstance(value, str):
        return value.lstrip().startswith(("event:", "data:"))
    if not isinstance(value, dict) or "messages" in value:
        return False
    if value.get("type") == "response":
        return True
    if any(key in value for key in BESIDE):
        return not any(key in value for key in ("params", "request", *BODIES))
    said = value.get("content") if value.get("role") == "assistant" else value.get("error")
    return value.get("type") in ("message", "error") and isinstance(said, list | dict)


def read(value: Any, depth: int = DEEPEST) -> Json | None:
    """Return the message in what was written down as a response; None for an error, or half a stream."""
    if isinstance(value, str):
        return _text(value, depth)
    if isinstance(value, list):
        return _events(value)
    if not isinstance(value, dict) or not depth:
        return None
    if isinstance(value.get("content"), list) and not isinstance(value.get("body"), dict):
        return value
    inner = (value[key] for key in (*BESIDE, *BODIES) if isinstance(value.get(key), dict | str | list))
    return next((found for each in inner if (found := read(each, depth - 1)) is not None), None)


def _text(text: str, depth: int) -> Json | None:
    if is_reply(text):
        return _stream(text.encode("utf-8", "surrogatepass"))
    try:
        return read(json.loads(text), depth - 1) if depth and text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None


def _events(events: list[Any]) -> Json | None:
    kinds = [each.get("type") if isinstance(each, dict) else None for each in events]
    if not kinds or kinds[0] != "message_start":
        return None
    lines = (f"event: {kind}\ndata: {json.dumps(each)}\n\n" for kind, each in zip(kinds, events, strict=True))
    return _stream("".join(lines).encode())


def _stream(data: bytes) -> Json | None:
    from nbkit.wire.assembly import assemble  # not needed where nothing was streamed

    try:
        return assemble(data).to_wire()
    except (StreamError, APIError):
        return None
