"""An answer as a plan: decided before its first byte goes out, and made while it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from nbkit.sim.asked import Asked
from nbkit.sim.headers import response_headers
from nbkit.sim.refusal import Refused
from nbkit.wire.blocks import Json

EVENT_STREAM = "text/event-stream; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer: status and headers at once, then steps: bytes to send, numbers of seconds to wait."""

    status: int
    headers: dict[str, str]
    steps: Iterator[bytes | float]


def json_plan(asked: Asked, answer: Json, status: int = 200, wait: float = 0.0) -> Plan:
    """Answer with a JSON document after `wait` seconds."""
    data = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return bytes_plan(asked, data, "application/json", status, wait)


def bytes_plan(asked: Asked, data: bytes, content_type: str, status: int = 200, wait: float = 0.0) -> Plan:
    headers = response_headers(asked.id, asked.now, content_type, limits=status in (200, 429))
    steps: list[bytes | float] = [wait, data] if wait else [data]
    return Plan(status, {**headers, "content-length": str(len(data))}, iter(steps))


def refused_plan(asked: Asked, refusal: Refused) -> Plan:
    plan = json_plan(asked, refusal.envelope(asked.id), refusal.status)
    plan.headers.update(refusal.headers)
    return plan


def stream_plan(asked: Asked, steps: Iterator[bytes | float], content_type: str = EVENT_STREAM) -> Plan:
    return Plan(200, response_headers(asked.id, asked.now, content_type), steps)
