"""What the page asks to know: how a reply came over the wire, and requests to be copied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbkit.errors import UsageError
from nbkit.notebook.page.sendable import sendable
from nbkit.study.export import export, written
from nbkit.wire.blocks import Json
from nbkit.wire.written import readable

if TYPE_CHECKING:
    from nbkit.notebook.views.stage import Stage
    from nbkit.study.recording import Exchange

KINDS = ("wire", "wire_bytes", "export")

UNKNOWN = (
    "what came over the wire for this reply isn't kept: it came before this kernel, or before this notebook "
    "showed the conversation"
)
DROPPED = "the bytes of this reply were let go for those of newer ones; what it became is in the array"
CUT = "this reply was too large to be kept to its end: what is here is its beginning"
# What no page shows as it is.
UNSEEN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]"
)


def answer(stage: Stage, message: Json) -> Json:
    """Return what the page gets in reply. Raises `UsageError` where there is nothing to tell."""
    if message["kind"] == "export":
        return {"text": sendable(_exported(stage, message))}
    exchange = _exchange(stage, message)
    return _bytes(exchange) if message["kind"] == "wire_bytes" else _told(exchange)


def _exported(stage: Stage, message: Json) -> str:
    form = str(message.get("form"))
    if "id" not in message:  # of no reply: the next request
        return export(stage.conversation, form)
    return written(_exchange(stage, message).request, form)


def _exchange(stage: Stage, message: Json) -> Exchange:
    """Return the exchange whose reply became the message; without an id the last one, whatever came of it."""
    recorder, id = stage.recorder, message.get("id")
    found = recorder.of(str(id)) if id is not None else next(reversed(recorder.exchanges), None)
    if found is None:
        raise UsageError(UNKNOWN)
    return found


def _told(exchange: Exchange) -> Json:
    """How it went, and the events; each with its time in milliseconds and its data as JSON."""
    events, whole, fault = exchange.read()
    return {
        "first": _ms(exchange.first),
        "last": _ms(exchange.last),
        "size": exchange.size,
        "pieces": exchange.count,
        "headers": sendable(exchange.headers),
        "note": DROPPED if exchange.dropped else CUT if exchange.cut else None,
        "fault": sendable(fault) if not exchange.dropped else None,
        "message": sendable(whole),
        "events": [
            [_ms(each.at), sendable(each.event.type), readable(each.event.data).decode()] for each in events
        ],
    }


def _bytes(exchange: Exchange) -> Json:
    if exchange.dropped:
        raise UsageError(DROPPED)
    return {"pieces": [[_ms(at), as_text(data)] for at, data in exchange.pieces]}


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def as_text(data: bytes) -> str:
    """Return bytes as text that hides nothing: what isn't seen is an escape, a line's end too."""
    text = data.decode("utf-8", "backslashreplace")
    return UNSEEN.sub(_escape, text).replace("\n", "\\n\n")


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
