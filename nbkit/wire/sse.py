"""Server-sent events, both ways: bytes in any split to events, and events to bytes (contract, 5.1)."""

from __future__ import annotations

import codecs
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One dispatched event: its name (empty when none was given) and its data lines, joined."""

    event: str
    data: str


class SSEDecoder:
    """Bytes in, events out. Any split of the same bytes gives the same events.

    Lines end in LF, CRLF or CR. A CR at the end of a chunk ends its line at once; an LF that follows belongs
    to it. A byte-order mark at the start is dropped, bytes that are no UTF-8 become U+FFFD.
    """

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._line: list[str] = []
        self._event = ""
        self._data: list[str] = []
        self._after_cr = False
        self._at_start = True

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Take the next bytes and return the events they complete."""
        return self._text(self._decode(data))

    def close(self) -> str:
        """Say the bytes have ended; return the text of an event that was cut off, or an empty string."""
        self._text(self._decode(b"", True))
        rest = [*(f"data: {line}" for line in self._data), "".join(self._line)]
        return "\n".join(line for line in rest if line)

    def _text(self, text: str) -> list[ServerSentEvent]:
        if text and self._at_start:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        if self._after_cr and text:
            self._after_cr = False
            text = text.removeprefix("\n")
        if "\r" in text:
            self._after_cr = text.endswith("\r")
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        *lines, rest = text.split("\n")
        events: list[ServerSentEvent] = []
        for line in lines:
            if self._line:
                line = "".join((*self._line, line))
                self._line.clear()
            if line:
                self._take(line)
            elif event := self._dispatch():
                events.append(event)
        if rest:
            self._line.append(rest)
        return events

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value

    def _dispatch(self) -> ServerSentEvent | None:
        event, self._event = self._event, ""
        if not self._data:
            return None
        data = "\n".join(self._data)
        self._data.clear()
        return ServerSentEvent(event, data)


def encode(event: str, data: str) -> bytes:
    """Return the bytes of one event; data of several lines becomes several `data:` lines."""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {event}\n{lines}\n".encode()
