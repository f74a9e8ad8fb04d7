"""How a request waits for a person: whole without a status, streamed with `message_start` and pings.

Waits are numbers of seconds, as everywhere in a plan: the drivers sleep, each in its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from nbkit.sim import delivery
from nbkit.sim.asked import Asked
from nbkit.sim.delivery import Encode
from nbkit.sim.person.desk import TICK, Person, Waiting
from nbkit.sim.person.writing import Sheet
from nbkit.sim.plan import Pending, Plan, json_plan, pending_plan, refused_plan, stream_plan
from nbkit.sim.refusal import Refused
from nbkit.sim.reply import Reply
from nbkit.wire.events import encode_event

PING = 15.0  # seconds between two pings of a stream that waits
Clock = Callable[[], float]


def whole(person: Person, sheet: Sheet, asked: Asked, clock: Clock, pace: float | None) -> Plan:
    """Answer with a JSON document when the person has written it."""
    waiting = person.take(asked.id, sheet, clock())

    def finish() -> Plan:
        outcome = waiting.outcome
        if isinstance(outcome, Reply):
            wait = delivery.seconds(outcome.output_tokens, pace)
            return json_plan(asked, outcome.message(), wait=wait)
        return refused_plan(asked, outcome or Refused(529, "overloaded_error", "Overloaded"))

    return pending_plan(Pending(_waits(person, waiting, clock), finish, lambda: person.withdraw(waiting)))


def streamed(
    person: Person,
    sheet: Sheet,
    asked: Asked,
    clock: Clock,
    pace: float | None,
    encode: Encode = encode_event,
) -> Plan:
    """Answer with a stream that begins at once, and goes on when the person has written it."""
    waiting = person.take(asked.id, sheet, clock())
    return stream_plan(asked, _Stream(person, waiting, _events(person, waiting, asked, clock, pace, encode)))


class _Stream:
    """The steps of a stream whose client may go away before or after the first of them."""

    def __init__(self, person: Person, waiting: Waiting, steps: Iterator[bytes | float]) -> None:
        self._person = person
        self._waiting = waiting
        self._steps = steps

    def __iter__(self) -> Iterator[bytes | float]:
        return self

    def __next__(self) -> bytes | float:
        return next(self._steps)

    def close(self) -> None:
        self._person.withdraw(self._waiting)

    __del__ = close


def _waits(person: Person, waiting: Waiting, clock: Clock) -> Iterator[float]:
    """Yield short waits until there is an outcome; when patience ends there is one."""
    while waiting.outcome is None:
        if clock() - waiting.since >= person.patience:
            person.give_up(waiting)
            return
        yield TICK


def _events(
    person: Person, waiting: Waiting, asked: Asked, clock: Clock, pace: float | None, encode: Encode
) -> Iterator[bytes | float]:
    yield from islice((encode(event) for event, _ in waiting.sheet.opening.events()), 1)
    yield encode({"type": "ping"})
    last = clock()
    for wait in _waits(person, waiting, clock):
        yield wait
        if clock() - last >= PING:
            last = clock()
            yield encode({"type": "ping"})
    if isinstance(waiting.outcome, Reply):
        yield from islice(delivery.steps(waiting.outcome, pace, encode), 1, None)
    elif waiting.outcome is not None:
        yield encode(waiting.outcome.envelope(asked.id))
