"""The bytes of a `text/event-stream` body to events.

Nearly every event is a delta that differs from the one before in a few characters of its text, and nothing
else. What the two have in common is learned once (`Likeness`); from then on only the text is looked at, and
the data is made when somebody asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from nbkit.errors import StreamError
from nbkit.wire import sse
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event, parse
from nbkit.wire.growing import GROWS
from nbkit.wire.json_text import parsed_event
from nbkit.wire.unread import Unread


class SSEEvents:
    """Bytes in, events out. Any split of the same bytes gives the same events."""

    def __init__(self) -> None:
        self._decoder = sse.SSEDecoder()
        self._like: Likeness | None = None
        self._unread = Unread()

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield the events that `data` completes. Raises `StreamError` for what is no event."""
        like = self._like
        for frame in self._decoder.frames(data):
            if like is not None and frame.startswith(like.head):
                inside, _, tail = frame[like.size :].rpartition(b'"')
                if tail == like.tail or tail.replace(b" ", b"") == like.tail:
                    text = _text(inside)
                    if text is not None:
                        yield Growth(text, like)
                        continue
            item = _dispatched(frame)
            if frame and not (item and item.data) and sse.says_something(frame):
                self._unread.add(frame)
            event = parse(item) if item else None
            if event is not None:
                if event.type == "content_block_delta" and not (like and frame.startswith(like.head)):
                    self._like = like = learned(frame, event)
                yield event

    def close(self) -> tuple[Event | None, list[bytes]]:
        """Say that the body has ended; return the event that only lacked its blank line, and what is none."""
        rest = self._decoder.close()
        try:
            item = _dispatched(rest)
            event = parse(item) if item else None
        except StreamError:
            item = event = None
        if item is None:
            self._unread.add(rest)
        return event, self._unread.pieces


def _dispatched(frame: bytes) -> sse.ServerSentEvent | None:
    """Read an event's lines; text of the model's is not changed, so bytes that are no UTF-8 are refused."""
    try:
        return sse.dispatched(frame, "strict")
    except UnicodeDecodeError as error:
        text = frame.decode("utf-8", "backslashreplace")
        raise StreamError(
            f"the stream sent bytes that are no UTF-8 ({error.reason})", raw_text=text
        ) from None


class Likeness:
    """A delta without its text: the lines around it, and the data in which the text is at `delta[key]`."""

    __slots__ = ("data", "head", "index", "key", "kind", "size", "tail")

    def __init__(self, head: bytes, tail: bytes, data: Json, key: str) -> None:
        self.head, self.size, self.tail = head, len(head), tail
        self.data, self.key = data, key
        self.index, self.kind = data["index"], data["delta"]["type"]


class Growth(Event):
    """A delta that is like another one but for its `text`; its `data` is made when it is first asked for."""

    __slots__ = ("like", "text")
    type = "content_block_delta"

    def __init__(self, text: str, like: Likeness) -> None:
        self.text = text
        self.like = like

    def __getattr__(self, name: str) -> Any:
        if name != "data":
            raise AttributeError(name)
        data = self.like.data
        self.data = {**data, "delta": {**data["delta"], self.like.key: self.text}}
        return self.data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and (self.type, self.data) == (other.type, other.data)

    __hash__ = None  # type: ignore[assignment]  # as for every Event

    def __reduce__(self) -> tuple[Any, ...]:
        return Event, (self.type, self.data)


def learned(frame: bytes, event: Event) -> Likeness | None:
    """Return what another delta may have in common with this one, or None where that can't be said.

    That nothing but the text depends on what stands between head and tail is proved with another text.
    """
    delta = event.data.get("delta")
    kind = delta.get("type") if isinstance(delta, dict) else None
    key = GROWS[kind][1] if isinstance(kind, str) and kind in GROWS else ""
    text = delta.get(key) if isinstance(delta, dict) else None
    if not isinstance(text, str) or "index" not in event.data:
        return None
    for ascii in (False, True):
        written = json.dumps(text, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
        head, found, tail = frame.rpartition(written)
        tail = tail.replace(b" ", b"")
        if found and not tail.strip(b"}"):
            like = Likeness(head + b'"', tail, event.data, key)
            other = sse.dispatched(like.head + b'other"' + tail)
            if text != "other" and other and parse(other) == Growth("other", like):
                return like
    return None


def _text(inside: bytes) -> str | None:
    """Return what stands between the quotes of a JSON string, or None where that is no whole string."""
    try:
        text = inside.decode()
        if text.isprintable() and "\\" not in text and '"' not in text:
            return text  # JSON has it as it is
        return str(parsed_event(f'"{text}"'))
    except ValueError:
        return None
