"""An answer as a plan: decided before its first byte goes out, and made while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from nbkit.sim import aws_errors
from nbkit.sim.asked import Asked
from nbkit.sim.headers import response_headers
from nbkit.sim.refusal import Refused
from nbkit.wire.blocks import Json
from nbkit.wire.written import readable

EVENT_STREAM = "text/event-stream; charset=utf-8"


class Pending:
    """An answer that somebody is still making: iterate, sleep the seconds that come, then take its `plan`.

    Whoever stops before that calls `close`: the client is gone, and nobody needs the answer any more.
    """

    def __init__(self, waits: Iterator[float], finish: Callable[[], Plan], leave: Callable[[], None]) -> None:
        self._waits = waits
        self._finish = finish
        self.close = leave

    def __iter__(self) -> Iterator[float]:
        return self._waits

    @property
    def plan(self) -> Plan:
        return self._finish()

    def then(self, change: Callable[[Plan], Plan]) -> Pending:
        """Return the same, with a plan that `change` has gone over."""
        return Pending(self._waits, lambda: change(self._finish()), self.close)


NO_ANSWER = 444  # the status of a plan that is none, as a proxy logs it


class Dropped(Exception):
    """Raised in the middle of a plan's steps: the connection is cut here, without an ending.

    Whoever sends the bytes closes the connection as a crash would; nothing is logged, it was asked for.
    """


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer: status and headers at once, then steps: bytes to send, numbers of seconds to wait.

    While it is `pending` nothing of it is known yet, not even the status: its own plan is the answer.
    A step may raise `Dropped`. With the status `NO_ANSWER` the connection is closed before any answer.
    """

    status: int
    headers: dict[str, str]
    steps: Iterator[bytes | float]
    pending: Pending | None = None


def json_plan(asked: Asked, answer: Json, status: int = 200, wait: float = 0.0) -> Plan:
    """Answer with a JSON document after `wait` seconds."""
    return bytes_plan(asked, readable(answer), "application/json", status, wait)


def bytes_plan(asked: Asked, data: bytes, content_type: str, status: int = 200, wait: float = 0.0) -> Plan:
    headers = response_headers(asked, content_type, status)
    steps: list[bytes | float] = [wait, data] if wait else [data]
    return Plan(status, {**headers, "content-length": str(len(data))}, iter(steps))


def refused_plan(asked: Asked, refusal: Refused) -> Plan:
    if asked.front == "amazon":
        refusal = aws_errors.converted(refusal)
    plan = json_plan(asked, refusal.envelope(asked.id), refusal.status)
    plan.headers.update(refusal.headers)
    return plan


def no_answer() -> Plan:
    """Hang up without a word."""
    return Plan(NO_ANSWER, {}, iter(()))


def stream_plan(asked: Asked, steps: Iterator[bytes | float], content_type: str = EVENT_STREAM) -> Plan:
    return Plan(200, response_headers(asked, content_type), steps)


def pending_plan(pending: Pending) -> Plan:
    return Plan(0, {}, iter(()), pending)


def leave(steps: Iterator[bytes | float]) -> None:
    """Say that nobody reads on: whoever makes the steps may stop."""
    close = getattr(steps, "close", None)
    if close is not None:
        with suppress(ValueError):  # another thread is in the midst of a step, and will see it after that
            close()
