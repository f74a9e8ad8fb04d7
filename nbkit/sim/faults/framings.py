"""The two wires that a reply streams over, as faults need them: bytes to events and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Protocol

from nbkit.wire import eventstream, sse
from nbkit.wire.blocks import Json
from nbkit.wire.events import encode_event

EXCEPTIONS = {
    "rate_limit_error": "throttlingException",
    "overloaded_error": "serviceUnavailableException",
    "timeout_error": "modelTimeoutException",
    "api_error": "internalServerException",
    "invalid_request_error": "validationException",
}


class Framing(Protocol):
    """Takes a stream apart and puts events on the wire."""

    def read(self, data: bytes) -> Iterator[Json | bytes]:
        """Yield the events that `data` completes; what is no event comes as its bytes."""

    def write(self, event: Json) -> bytes: ...

    def garbage(self) -> bytes:
        """An event that can't be read."""


class SseFraming:
    def __init__(self) -> None:
        self._decoder = sse.SSEDecoder()

    def read(self, data: bytes) -> Iterator[Json | bytes]:
        for event in self._decoder.feed(data):
            try:
                decoded = json.loads(event.data)
            except ValueError:
                decoded = None
            yield decoded if isinstance(decoded, dict) else sse.encode(event.event, event.data)

    def write(self, event: Json) -> bytes:
        return encode_event(event)

    def garbage(self) -> bytes:
        return sse.encode("content_block_delta", '{"type": "content_block_delta", "index": 0, "del')


class AwsFraming:
    """Bedrock's frames; an `error` event is an exception frame there."""

    def __init__(self) -> None:
        self._decoder = eventstream.FrameDecoder()

    def read(self, data: bytes) -> Iterator[Json | bytes]:
        for frame in self._decoder.feed(data):
            event = eventstream.parse(frame) if frame.text(":message-type") == "event" else None
            yield event.data if event else _again(frame)

    def write(self, event: Json) -> bytes:
        if event.get("type") == "error":
            error = event["error"]
            kind = EXCEPTIONS.get(error["type"], "modelStreamErrorException")
            return eventstream.encode_exception(kind, error["message"])
        return eventstream.encode_event(event)

    def garbage(self) -> bytes:
        headers = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
        return eventstream.encode(headers, b'{"bytes": "eyJ0eXBlIjo')


def _again(frame: eventstream.Frame) -> bytes:
    headers = {name: value for name, value in frame.headers.items() if isinstance(value, str)}
    return eventstream.encode(headers, frame.payload)


def framing_of(content_type: str) -> Framing | None:
    """Return how a body of this type is framed; None where it is no stream."""
    if content_type.startswith("text/event-stream"):
        return SseFraming()
    if content_type.startswith("application/vnd.amazon.eventstream"):
        return AwsFraming()
    return None
