"""The body of a request as the bytes that are sent; the messages of an array that grows are written once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nbkit.wire.blocks import Json

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def body_bytes(body: Mapping[str, Any]) -> bytes:
    """Return the JSON of a body. Raises what `json.dumps` raises where there is none."""
    return b"".join(body_chunks(body))


def body_chunks(body: Mapping[str, Any]) -> list[bytes | memoryview]:
    """Return the JSON of a body in parts, of which the messages' is a view of what was written before."""
    messages = body.get("messages")
    if not isinstance(messages, Written):
        return [_encoded(body)]
    chunks: list[bytes | memoryview] = []
    for name, value in body.items():
        chunks.append((b"," if chunks else b"{") + _encoded(name) + b":")
        chunks += [b"[", messages.json(), b"]"] if value is messages else [_encoded(value)]
    return [*chunks, b"}"]


def _encoded(value: Any) -> bytes:
    return _dumps(value).encode("utf-8", "surrogatepass")


class Writer:
    """Writes the messages of one array, which only grows, into a buffer that grows with it."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self._buffer = bytearray()
        self._ends = {0: 0}
        self._count = 0

    def snapshot(self) -> Written:
        """Return the messages as they are now, a list of its own; they are written when they are sent."""
        return Written(self)

    def upto(self, count: int) -> memoryview | None:
        """Return the JSON of the first messages without brackets; None where none was written up to there."""
        if count > self._count:
            new = _encoded(self.messages[self._count : count])[1:-1]
            self._append(b"," + new if self._count else new)
            self._count = count
            self._ends[count] = len(self._buffer)
        end = self._ends.get(count)
        return None if end is None else memoryview(self._buffer)[:end]

    def _append(self, data: bytes) -> None:
        try:
            self._buffer += data
        except BufferError:  # somebody still holds a view of it
            self._buffer = self._buffer + data


class Written(list[Json]):
    """Messages that know their own JSON. To be read only: a copy of it is a plain list."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer.messages)
        self._writer = writer
        self._count = len(self)

    def json(self) -> bytes | memoryview:
        """Return the JSON between the brackets. A list that somebody has changed is written as it is."""
        written = self._writer.upto(self._count) if len(self) == self._count else None
        return _encoded(list(self))[1:-1] if written is None else written

    def __reduce__(self) -> Any:
        return list, (list(self),)
