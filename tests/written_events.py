"""Events of a stream in a few words, for the tests that need one."""

from __future__ import annotations

from typing import Any

from nbkit.wire.blocks import Json
from nbkit.wire.events import encode_event


def start(**extra: Any) -> Json:
    return {"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": {}, **extra}}


def block(index: int, **content: Any) -> Json:
    return {"type": "content_block_start", "index": index, "content_block": content}


def delta(index: int, **content: Any) -> Json:
    return {"type": "content_block_delta", "index": index, "delta": content}


def stop(index: int) -> Json:
    return {"type": "content_block_stop", "index": index}


def ending(reason: str) -> list[Json]:
    return [
        {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {}},
        {"type": "message_stop"},
    ]


def stream(*events: Json) -> list[bytes]:
    return [encode_event(event) for event in events]
