"""Faults of events where the answer is no stream: the few that have a like in a whole message."""

from __future__ import annotations

import json
from collections.abc import Callable

from nbkit.sim.faults.event_faults import FUTURE
from nbkit.wire.blocks import Json
from nbkit.wire.written import readable


def garbage(data: bytes) -> bytes:
    """The first half of the document: what comes is no JSON."""
    return data[: len(data) // 2]


def unknown_block(data: bytes) -> bytes:
    """A message with a block more; anything else stays as it is."""
    message: Json = json.loads(data)
    if not isinstance(message.get("content"), list):
        return data
    return readable({**message, "content": [*message["content"], {"type": "future_block", **FUTURE}]})


WHOLE: dict[str, Callable[[bytes], bytes]] = {"garbage": garbage, "unknown_block": unknown_block}
