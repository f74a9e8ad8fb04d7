"""A body as it arrives: bytes in either framing to events, events to the message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from nbkit.errors import APIError, StreamError, UsageError, a_kind, quoted
from nbkit.wire.assembler import Assembler, Change, Framing
from nbkit.wire.events import Event
from nbkit.wire.eventstream import AWSEvents
from nbkit.wire.messages import Message
from nbkit.wire.sse_events import SSEEvents
from nbkit.wire.unread import error_in, kind_of, shown

__all__ = ["Framing", "Reading", "assemble"]

FRAMINGS: dict[str, type[SSEEvents] | type[AWSEvents]] = {"sse": SSEEvents, "aws": AWSEvents}
CHUNK = 1 << 16  # bytes that are taken apart at a time: a body in one piece is not held twice


class Reading:
    """A body as it arrives: bytes in, `(event, change)` out, and at the end the message."""

    def __init__(self, framing: Framing = "sse", assembler: Assembler | None = None) -> None:
        kind = next((FRAMINGS[name] for name in FRAMINGS if name == framing), None)
        if kind is None:
            raise UsageError(f"framing {quoted(framing)} is not known: use 'sse' or 'aws'")
        self._events = kind()
        self.assembler = assembler or Assembler()

    def feed(self, data: bytes) -> Iterator[tuple[Event, Change]]:
        """Yield each event that `data` completes, with what it did. Raises `StreamError` and `APIError`."""
        feed = self.assembler.feed
        try:
            for at in range(0, len(data), CHUNK):
                for event in self._events.feed(data[at : at + CHUNK]):
                    yield event, feed(event)
        except StreamError as error:
            raise self._with_partial(error) from None

    def close(self) -> Iterator[tuple[Event, Change]]:
        """Say that the bytes have ended: yield the event that only lacked its blank line.

        Raises `StreamError` when the reply is not complete, `APIError` where an error stands in its place.
        """
        event, pieces = self._events.close()
        if event is not None:
            yield event, self.assembler.feed(event)
        text = shown(pieces)
        if self.assembler.finished:
            if text:
                self.assembler.note_unread(text)
            return
        error = error_in(pieces)
        if error is not None:
            raise APIError.from_envelope(200, error, partial=self.assembler.partial)
        if not self.assembler.started:
            strange = [fault.raw_text for fault in self.assembler.faults]
            if strange:
                what = "the stream holds no message_start, and events of other types; is this a Messages API?"
                raise StreamError(what, raw_text="\n\n".join([*strange, text]).strip())
            if pieces:
                raise StreamError(f"the body is no stream of events: it is {kind_of(pieces)}", raw_text=text)
        self.assembler.close(text)

    def cut_off(self) -> str:
        """Say that the bytes broke off; return the text of what had come and is no event."""
        return shown(self._events.close()[1])

    def _with_partial(self, error: StreamError) -> StreamError:
        """An event that could not be read is told together with what came before it."""
        if error.partial is None:
            error.partial = self.assembler.partial
        return error


def assemble(chunks: Iterable[bytes] | bytes, framing: Framing = "sse") -> Message:
    """Return the message that the bytes of a stream add up to, however they are split.

    What could not become a part of it is in its `faults`, each with its text and the index of its block.
    `framing` is `"sse"` for server-sent events and `"aws"` for Bedrock's event-stream frames. Raises
    `StreamError` for a stream that breaks off or makes no sense, with `raw_text`, and `APIError` for an
    `error` event; both carry the partial message.
    """
    reading, given = Reading(framing), cast("object", chunks)
    if isinstance(chunks, (bytes, bytearray, memoryview)):
        chunks = [bytes(chunks)]
    if not isinstance(given, Iterable) or isinstance(given, str):
        raise UsageError(f"a stream is bytes or an iterable of bytes, not {a_kind(given)}")
    for chunk in chunks:
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise UsageError(f"a stream is bytes, not {a_kind(chunk)}: open its file with 'rb'")
        for _ in reading.feed(bytes(chunk)):
            pass
    for _ in reading.close():
        pass
    return reading.assembler.message
