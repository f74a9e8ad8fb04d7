"""Server-sent events, both ways: bytes in any split to events, and events to bytes (contract, 5.1)."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from nbkit.errors import StreamError

LONGEST = 1 << 25  # characters of one event; the API's own limit for a whole request is about as much


class ServerSentEvent(NamedTuple):
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
        self._waiting: list[str] = []  # text since the last blank line, in the pieces it came in
        self._size = 0
        self._after_cr = False
        self._at_start = True

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Take bytes and return the events they complete. Raises `StreamError` for endless ones."""
        return [event for frame in self.frames(data) if (event := dispatched(frame))]

    def frames(self, data: bytes) -> list[str]:
        """The same, with each event as its lines (`dispatched` reads them; some are none)."""
        return self._frames(self._decode(data))

    def close(self) -> str:
        """Say the bytes have ended; return the lines of an event that no blank line followed."""
        self._frames(self._decode(b"", True))
        text = "".join(self._waiting).strip("\n")
        self._waiting.clear()
        return text

    def _frames(self, text: str) -> list[str]:
        text, waiting = self._with_line_feeds(text), self._waiting
        if not text:
            return []
        straddles = bool(waiting) and waiting[-1][-1] == "\n" == text[0]
        if not straddles and "\n\n" not in text:
            waiting.append(text)
            self._size += len(text)
            if self._size > LONGEST:
                raise _endless(waiting[0])
            return []
        if waiting:
            text = "".join((*waiting, text))
            waiting.clear()
        frames = text.split("\n\n")
        if len(text) > LONGEST and max(map(len, frames)) > LONGEST:
            raise _endless(text)
        rest = frames.pop()
        self._size = len(rest)
        if rest:
            waiting.append(rest)
        return frames

    def _with_line_feeds(self, text: str) -> str:
        """Return the text with each line end as one LF; the mark at the start of the stream is dropped."""
        if text and self._at_start:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        if self._after_cr and text:
            self._after_cr = False
            text = text.removeprefix("\n")
        if "\r" in text:
            self._after_cr = text.endswith("\r")
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text


def _endless(start: str) -> StreamError:
    what = f"the stream sent an event of more than {LONGEST:,} characters: it can't be read"
    return StreamError(what, raw_text=start[:1000])


def dispatched(frame: str) -> ServerSentEvent | None:
    """Read the lines between two blank lines; without a data line there is no event."""
    event, data = "", []
    for line in frame.split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event":
            event = value
    return ServerSentEvent(event, "\n".join(data)) if data else None


def encode(event: str, data: str) -> bytes:
    """Return the bytes of one event; data of several lines becomes several `data:` lines."""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {event}\n{lines}\n".encode()
