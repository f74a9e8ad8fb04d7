"""One reply as it arrives, without I/O: bytes in, `(event, change)` pairs out. Both clients drive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from nbkit.errors import APIError, StreamError
from nbkit.wire.assembler import Assembler, Change
from nbkit.wire.events import Event, parse
from nbkit.wire.json_text import parsed
from nbkit.wire.messages import Message
from nbkit.wire.sse import SSEDecoder

Tap = Callable[[bytes], None]

SHORTEST_KEY = 6  # a local server's `x` is no secret, and stands in many words


class Reply:
    """Takes the body of one streaming response chunk by chunk."""

    def __init__(self, tap: Tap | None = None) -> None:
        self._decoder = SSEDecoder()
        self._assembler = Assembler()
        self._tap = tap

    @property
    def message(self) -> Message:
        """The reply so far; finished when the stream is."""
        return self._assembler.message

    @property
    def partial(self) -> Message | None:
        return self._assembler.partial

    def feed(self, data: bytes) -> Iterator[tuple[Event, Change]]:
        """Yield each event that `data` completes, with what it did to the message."""
        if self._tap is not None:
            self._tap(data)
        for item in self._decoder.feed(data):
            try:
                event = parse(item)
            except StreamError as error:
                raise StreamError(str(error), partial=self.partial) from None
            if event is not None:
                yield event, self._assembler.feed(event)

    def close(self, content_type: str = "text/event-stream") -> None:
        """Say that the body has ended. Raises `StreamError` when the reply is not complete."""
        if not self._assembler.started and not content_type.startswith("text/event-stream"):
            what = content_type or "of no type"
            raise StreamError(f"the answer is {what} and no event stream; is this address a Messages API?")
        self._assembler.close()


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


def _without_keys(text: str, sent: Mapping[str, str]) -> str:
    """Servers in between may quote the request, and an error is shown and saved in the notebook."""
    for name in ("x-api-key", "authorization"):
        key = sent.get(name, "").removeprefix("Bearer ")
        if len(key) >= SHORTEST_KEY:
            text = text.replace(key, "[key]")
    return text
