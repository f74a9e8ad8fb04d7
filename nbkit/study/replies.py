"""What came for a request, as logs write it down: beside it or on its own, as JSON or as a stream."""

from __future__ import annotations

import json
from typing import Any

from nbkit.errors import APIError, StreamError
from nbkit.wire.blocks import Json

# Where a record keeps what came, and where a response keeps its body.
BESIDE = ("response", "reply")
BODIES = ("body", "body_raw", "json", "data", "text", "content")
STATUSES = ("status", "status_code", "statusCode")
DEEPEST = 4


def beside(record: Json) -> tuple[bool, Json | None, str]:
    """Say whether a record around a request tells what came for it; return the message, or why it's none."""
    found = next((key for key in BESIDE if key in record), None)
    value = record.get(found) if found else None
    return found is not None, read(value), unread(value)


def unread(value: Any) -> str:
    """Say why what was written down as a response gives no message; "" where none came, or an error did."""
    if not value and not isinstance(value, dict | list):
        return ""
    if read(value) is not None or _is_error(value, DEEPEST):
        return ""
    if isinstance(value, list) or _is_stream(value, DEEPEST):
        return "is a stream that breaks off or can't be read"
    return "is no message with its `content`"


def _is_stream(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return is_reply(value)
    return (
        isinstance(value, dict) and depth > 0 and any(_is_stream(each, depth - 1) for each in _inner(value))
    )


def _is_error(value: Any, depth: int) -> bool:
    """Say whether a response is an error, whatever is left of it."""
    if isinstance(value, str):
        if is_reply(value):
            return isinstance(_assembled(value.encode("utf-8", "surrogatepass")), APIError)
        return depth > 0 and _is_error(_parsed(value), depth - 1)
    if not isinstance(value, dict) or not depth:
        return isinstance(value, list) and any(_is_error(each, 1) for each in value if isinstance(each, dict))
    status = next((value[key] for key in STATUSES if type(value.get(key)) is int), 0)
    if status >= 400 or value.get("error"):
        return True
    return any(_is_error(each, depth - 1) for each in _inner(value))


def _inner(value: Json) -> list[Any]:
    return [value[key] for key in (*BESIDE, *BODIES) if isinstance(value.get(key), dict | str | list)]


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
    return next((found for each in _inner(value) if (found := read(each, depth - 1)) is not None), None)


def _text(text: str, depth: int) -> Json | None:
    if is_reply(text):
        return _stream(text.encode("utf-8", "surrogatepass"))
    return read(_parsed(text), depth - 1) if depth else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None


def _events(events: list[Any]) -> Json | None:
    kinds = [each.get("type") if isinstance(each, dict) else None for each in events]
    if not kinds or kinds[0] != "message_start":
        return None
    lines = (f"event: {kind}\ndata: {json.dumps(each)}\n\n" for kind, each in zip(kinds, events, strict=True))
    return _stream("".join(lines).encode())


def _stream(data: bytes) -> Json | None:
    found = _assembled(data)
    return found if isinstance(found, dict) else None


def _assembled(data: bytes) -> Json | StreamError | APIError:
    from nbkit.wire.assembly import assemble  # not needed where nothing was streamed

    try:
        return assemble(data).to_wire()
    except (StreamError, APIError) as error:
        return error
