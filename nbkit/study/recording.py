"""What came over the wire for each request of a conversation: kept within bounds, and in memory only.

While a reply streams only its bytes are put away, each piece with its time. What events they hold is found
out when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbkit.errors import APIError, StreamError
from nbkit.study.export import Request, request_of
from nbkit.wire.assembler import Change
from nbkit.wire.assembly import Framing, Reading
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.loop.settings import Outgoing

MOST = 4_000_000  # bytes of all replies of a conversation
A_PIECE = 150  # bytes that keeping a piece takes beside its own
MOST_EXCHANGES = 200
# Of the headers of an answer only these are kept.
HEADERS = ("request-id", "content-type", "retry-after", "x-amzn-requestid")
HEADER_FAMILIES = ("anthropic-ratelimit-", "anthropic-priority-", "anthropic-fast-", "x-nbkit-")
AWS = "application/vnd.amazon.eventstream"


@dataclass(slots=True)
class Arrived:
    """One event, and how many seconds after its request it was there."""

    at: float
    event: Event


@dataclass(slots=True, eq=False)
class Exchange:
    """One request and what came back; times are seconds since it went out.

    `message` is the id of the message that the reply became, None while there is none. `dropped` says that
    the bytes were let go for newer ones, `cut` that the reply was too large to be kept to its end.
    """

    outgoing: Outgoing
    client: object
    began: float
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    size: int = 0
    count: int = 0
    first: float | None = None
    last: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    message: str | None = None
    dropped: bool = False
    cut: bool = False
    number: int = 0  # the first request of this kernel is 1

    @property
    def request(self) -> Request:
        """The request as it went out."""
        outgoing = self.outgoing
        body = {**outgoing.fields, "messages": [node.wire for node in outgoing.history], "stream": True}
        return request_of(self.client, body, outgoing.version, outgoing.betas)

    def read(self) -> tuple[list[Arrived], Json | None, str | None]:
        """Return the events in the order they came, the message they add up to, and what went wrong."""
        framing: Framing = "aws" if self.headers.get("content-type", "").startswith(AWS) else "sse"
        reading, events, fault = Reading(framing), list[Arrived](), None
        at = 0.0
        try:
            for at, data in self.pieces:
                events += [Arrived(at, event) for event, _ in reading.feed(data)]
            if not self.cut:
                events += [Arrived(at, event) for event, _ in reading.close()]
        except (APIError, StreamError) as error:
            fault = str(error)
        assembler = reading.assembler
        return events, assembler.message.to_wire() if assembler.started else None, fault


class Recorder:
    """The observer that keeps the exchanges of a conversation, the newest ones whole."""

    def __init__(self, conversation: Conversation, clock: Callable[[], float], most: int = MOST) -> None:
        self.exchanges: list[Exchange] = []
        self._conversation = conversation
        self._clock = clock
        self._most = most
        self._kept = self._count = 0
        self._now: Exchange | None = None

    def of(self, message: str) -> Exchange | None:
        """Return the exchange whose reply became the message of that id."""
        return next((each for each in reversed(self.exchanges) if each.message == message), None)

    def on_request(self, body: Json) -> None:
        chat = self._conversation
        self._count += 1
        self._now = Exchange(chat.outgoing(), chat.client, self._clock(), number=self._count)
        self.exchanges.append(self._now)
        for old in self.exchanges[:-MOST_EXCHANGES]:
            self._drop(old)
        del self.exchanges[:-MOST_EXCHANGES]

    def on_chunk(self, data: bytes) -> None:
        now = self._now
        if now is None:
            return
        at = self._clock() - now.began
        if now.cut:
            now.size, now.count, now.last = now.size + len(data), now.count + 1, at
            return
        now.pieces.append((at, data))
        self._kept += len(data) + A_PIECE
        if now.first is None:
            now.first = at
            now.headers = _of_interest(getattr(self._conversation.reply, "headers", {}))
        if self._kept > self._most and not self._make_room():
            now.pieces.pop()
            self._kept -= len(data) + A_PIECE
            now.size, now.count, now.last, now.cut = len(data), 1, at, True

    def on_change(self, event: Event, change: Change) -> None:
        """The bytes tell it."""

    def on_update(self) -> None:
        """The reply is over, one way or the other, when nothing streams any more."""
        now = self._now
        if now is None or self._conversation.state.name == "STREAMING":
            return
        now.size += sum(len(data) for _, data in now.pieces)
        now.count += len(now.pieces)
        now.last = now.last or (now.pieces[-1][0] if now.pieces else None)
        history = self._conversation.history
        if now.size and self._conversation.error is None and len(history):
            last = history[-1]
            if last.role == "assistant" and len(history) > len(now.outgoing.history):
                now.message = last.id
        self._now = None

    def _make_room(self) -> bool:
        """Let the oldest bytes go; False when only those of the present reply are left."""
        for old in self.exchanges:
            if self._kept <= self._most:
                break
            if old is not self._now:
                self._drop(old)
        return self._kept <= self._most

    def _drop(self, old: Exchange) -> None:
        if old.pieces:
            self._kept -= sum(len(data) + A_PIECE for _, data in old.pieces)
            old.pieces, old.dropped = [], True


def _of_interest(headers: Mapping[str, str]) -> dict[str, str]:
    lower = {str(name).lower(): str(value) for name, value in headers.items()}
    return {
        name: value for name, value in lower.items() if name in HEADERS or name.startswith(HEADER_FAMILIES)
    }
