"""A reply on its way out: its events become bytes, one after the other, while somebody reads.

Where the same reply goes over another wire, only `encode` differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.sim.plan import Plan
from nbkit.sim.reply import Reply
from nbkit.wire.blocks import Json
from nbkit.wire.events import encode_event

Encode = Callable[[Json], bytes]


def seconds(tokens: float, pace: float | None) -> float:
    """How long so many tokens take at `pace` tokens a second; without a pace no time at all."""
    return tokens / pace if pace else 0.0


def steps(reply: Reply, pace: float | None, encode: Encode = encode_event) -> Iterator[bytes | float]:
    """Yield the bytes of the stream, and the waits between them."""
    event: Any
    for event, cost in reply.events():
        wait = seconds(cost * reply.per_piece, pace)
        if wait:
            yield wait
        yield encode(event) if isinstance(event, dict) else event  # a script may say bytes, and waits


@dataclass(frozen=True)
class Way:
    """How a platform brings a reply: whole, or as steps of a stream whose events are encoded.

    `failure` encodes the error that ends a stream which has begun.
    """

    whole: Callable[[Reply], Plan]
    stream: Callable[[Iterator[bytes | float]], Plan]
    encoder: Callable[[Reply], Encode] = lambda reply: encode_event
    failure: Encode = encode_event
    prefix: str = "msg_"  # of the reply's id
    pings: bool = True

    def named(self, reply: Reply) -> Reply:
        reply.id = reply.id.replace("msg_", self.prefix, 1)
        return reply
