"""A reply on its way out: its events become bytes, one after the other, while somebody reads.

Where the same reply goes over another wire, only `encode` differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.sim.ids import marked
from nbkit.sim.plan import Plan
from nbkit.sim.reply import Reply
from nbkit.wire.blocks import Json
from nbkit.wire.events import encode_event

Encode = Callable[[Json], bytes]
PING: Json = {"type": "ping"}
FIRST_PARTY_USAGE = ("service_tier",)


def seconds(tokens: float, pace: float | None) -> float:
    """How long so many tokens take at `pace` tokens a second; without a pace no time at all."""
    return tokens / pace if pace else 0.0


def steps(
    reply: Reply, pace: float | None, encode: Encode = encode_event, ping_after: str = ""
) -> Iterator[bytes | float]:
    """Yield the bytes of the stream, and the waits between them, with a ping behind the first such event."""
    event: Any
    owes = bool(ping_after) and reply.is_pinged
    for event, cost in reply.events():
        wait = seconds(cost * reply.per_piece, pace)
        if wait:
            yield wait
        if owes and event["type"] == "message_delta":  # nothing was said
            owes = False
            yield encode(PING)
        yield encode(event) if isinstance(event, dict) else event  # a script may say bytes, and waits
        if owes and event["type"] == ping_after:
            owes = False
            yield encode(PING)


@dataclass(frozen=True)
class Way:
    """How a platform brings a reply: whole, or as steps of a stream whose events are encoded.

    `failure` encodes the error that ends a stream which has begun. A cloud's `mark` stands in ids, and its
    `usage` tells less. `ping_after` is the event behind which a stream has its ping, or nothing.
    """

    whole: Callable[[Reply], Plan]
    stream: Callable[[Iterator[bytes | float]], Plan]
    encoder: Callable[[Reply], Encode] = lambda reply: encode_event
    failure: Encode = encode_event
    mark: str = ""
    ping_after: str = "content_block_start"

    def own(self, reply: Reply) -> Reply:
        """Return the reply as this platform says it."""
        if self.mark:
            reply.id = marked(reply.id, self.mark)
            for part in reply.parts:
                part.start = marked(part.start, self.mark)
            reply.served = {
                name: value for name, value in reply.served.items() if name not in FIRST_PARTY_USAGE
            }
        return reply
