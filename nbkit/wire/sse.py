"""Server-sent events, both ways: bytes in any split to events, and events to bytes (contract, 5.1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from nbkit.errors import StreamError

LONGEST = 1 << 25  # bytes of one event; the API's own limit for a whole request is about as much
LINE_END = re.compile(r"\r\n|\n|\r")
PING = (b"event", b"ping")
QUIET = (b"", b"data", b"id", b"retry")
MARK = b"\xef\xbb\xbf"  # a byte-order mark


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
        self._waiting: list[bytes] = []  # bytes since the last blank line, in the pieces they came in
        self._size = 0
        self._after_cr = False
        self._at_start = True

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Take bytes and return the events they complete. Raises `StreamError` for endless ones."""
        return [event for frame in self.frames(data) if (event := dispatched(frame))]

    def frames(self, data: bytes) -> list[bytes]:
        """The same, with each event as its lines (`dispatched` reads them; some are none)."""
        data, waiting = self._with_line_feeds(data), self._waiting
        if not data:
            return []
        straddles = bool(waiting) and waiting[-1][-1:] == b"\n" == data[:1]
        if not straddles and b"\n\n" not in data:
            waiting.append(data)
            self._size += len(data)
            if self._size > LONGEST + 1:  # half of the blank line may be here already
                raise _endless(b"".join(waiting))
            return []
        if waiting:
            data = b"".join((*waiting, data))
            waiting.clear()
        frames = data.split(b"\n\n")
        if len(data) > LONGEST and (longest := max(frames, key=len)) and len(longest) > LONGEST:
            raise _endless(longest)
        rest = frames.pop()
        self._size = len(rest)
        if rest:
            waiting.append(rest)
        if self._at_start and frames:
            self._at_start = False
            frames[0] = frames[0].removeprefix(MARK)
        return frames

    def close(self) -> bytes:
        """Say the bytes have ended; return the lines of an event that no blank line followed."""
        rest = b"".join(self._waiting)
        self._waiting.clear()
        return rest.removeprefix(MARK if self._at_start else b"").strip(b"\n")

    def _with_line_feeds(self, data: bytes) -> bytes:
        """Return the bytes with each line end as one LF."""
        if self._after_cr and data:
            self._after_cr = False
            data = data.removeprefix(b"\n")
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return data


def _endless(start: bytes) -> StreamError:
    what = f"the stream sent an event of more than {LONGEST:,} bytes: it can't be read"
    return StreamError(what, raw_text=start[:1000].decode("utf-8", "replace"))


def dispatched(frame: bytes, errors: str = "replace") -> ServerSentEvent | None:
    """Read the lines between two blank lines; without a data line there is no event."""
    text = frame.decode("utf-8", errors)
    name, found, value = text.partition("\ndata: ")
    if found and name[:7] == "event: " and text.count("\n") == 1:  # what the API sends, always
        return ServerSentEvent(name[7:], value)
    event, data = "", []
    for line in text.split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event":
            event = value
    return ServerSentEvent(event, "\n".join(data)) if data else None


def says_something(frame: bytes) -> bool:
    """Whether lines without data hold more than comments, ids, waiting times and signs of life."""
    fields = [line.partition(b":") for line in frame.split(b"\n") if line]
    return not all(name in QUIET or (name, value.strip()) == PING for name, _, value in fields)


def encode(event: str, data: str) -> bytes:
    """Return the bytes of one event; data of several lines becomes several `data:` lines."""
    lines = "".join(f"data: {line}\n" for line in LINE_END.split(data))
    return f"event: {' '.join(LINE_END.split(event))}\n{lines}\n".encode()
