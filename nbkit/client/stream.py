"""One reply as it arrives, without I/O: bytes in, `(event, change)` pairs out. Both clients drive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nbkit.errors import APIError, NbkitError, StreamError
from nbkit.wire.assembler import Change
from nbkit.wire.assembly import Framing, Reading
from nbkit.wire.events import Event
from nbkit.wire.json_text import parsed
from nbkit.wire.messages import Message
from nbkit.wire.unread import error_in, shown

Tap = Callable[[bytes], None]

CONTENT_TYPES = {"sse": "text/event-stream", "aws": "application/vnd.amazon.eventstream"}
SHORTEST_KEY = 6  # a local server's `x` is no secret, and stands in many words


class Reply:
    """Takes the body of one streaming response chunk by chunk."""

    def __init__(self, tap: Tap | None = None, framing: Framing = "sse") -> None:
        self._reading = Reading(framing)
        self._assembler = self._reading.assembler
        self._framing = framing
        self._tap = tap

    @property
    def message(self) -> Message:
        """The reply so far; finished when the stream is."""
        return self._assembler.message

    @property
    def partial(self) -> Message | None:
        return self._assembler.partial

    def cut_off(self) -> str:
        """Say that the connection broke; return the text of the event that had begun."""
        return self._reading.cut_off()

    def live_input(self, index: int) -> Any:
        """The input of the call at `index` as far as it came (see `Assembler.live_input`)."""
        return self._assembler.live_input(index)

    def feed(self, data: bytes) -> Iterator[tuple[Event, Change]]:
        """Return each event that `data` completes, with what it did to the message, as it is asked for."""
        if self._tap is not None:
            self._tap(data)
        return self._reading.feed(data)

    def close(self, content_type: str = "") -> Iterator[tuple[Event, Change]]:
        """Say that the body has ended, and yield an event that only its end completes.

        Raises `StreamError` when the reply is not complete, `APIError` where an error stands in its place.
        """
        due = CONTENT_TYPES[self._framing]
        try:
            yield from self._reading.close()
        except StreamError as error:
            if self._assembler.started or (content_type or due).startswith(due):
                raise
            what = f"the answer is {content_type} and no event stream; is this address a Messages API?"
            raise StreamError(what, raw_text=error.raw_text) from None


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, sent: Mapping[str, str] | None = None
) -> APIError:
    """Return the error that a response other than 200 stands for, without the keys that were `sent`."""
    text = _without_keys(body.decode("utf-8", "replace"), sent or {})
    try:
        decoded: object = parsed(text)
    except ValueError:
        decoded = text
    return APIError.from_envelope(
        status, decoded, headers={name.lower(): value for name, value in headers.items()}
    )


def whole(data: bytes, sent: Mapping[str, str]) -> Message:
    """Return the message of a response that was not streamed. Raises what else came in its place."""
    text = _without_keys(shown([data]), sent)
    try:
        raw = parsed(data)
    except ValueError as error:
        what = f"the answer is no JSON ({error}); is this address a Messages API?"
        raise StreamError(what, raw_text=text) from None
    content = raw.get("content") if isinstance(raw, dict) else None
    if isinstance(content, list) and all(isinstance(block, dict) for block in content):
        return Message(raw)
    failed = error_in([text.encode()])
    if failed is not None:
        raise APIError.from_envelope(200, failed)
    what = "the answer is no message: it has no list of blocks; is this address a Messages API?"
    raise StreamError(what, raw_text=text)


def take_keys_out(error: NbkitError, sent: Mapping[str, str]) -> None:
    """Take the keys that were `sent` out of what an error quotes."""
    error.args = tuple(_without_keys(each, sent) if isinstance(each, str) else each for each in error.args)
    for name in ("message", "raw_text"):
        if hasattr(error, name):
            setattr(error, name, _without_keys(getattr(error, name), sent))


def _without_keys(text: str, sent: Mapping[str, str]) -> str:
    """Servers in between may quote the request, and an error is shown and saved in the notebook."""
    for name in ("x-api-key", "authorization"):
        key = sent.get(name, "").removeprefix("Bearer ")
        if len(key) >= SHORTEST_KEY:
            text = text.replace(key, "[key]")
    return text
