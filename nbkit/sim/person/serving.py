"""How a request waits for a person: whole without a status, streamed with `message_start` and pings.

Waits are numbers of seconds, as everywhere in a plan: the drivers sleep, each in its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from nbkit.sim import delivery
from nbkit.sim.asked import Asked
from nbkit.sim.delivery import Way
from nbkit.sim.person.desk import TICK, Person, Waiting
from nbkit.sim.person.writing import Sheet
from nbkit.sim.plan import Pending, Plan, pending_plan, refused_plan
from nbkit.sim.refusal import Refused
from nbkit.sim.reply import Reply

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator

PING = 15.0  # seconds between two pings of a stream that waits
Clock = Callable[[], float]


def whole(simulator: Simulator, sheet: Sheet, asked: Asked, way: Way) -> Plan:
    """Answer with a document when the person has written it."""
    person, clock = _desk(simulator), simulator.clock
    waiting = person.take(asked.id, sheet, clock())

    def finish() -> Plan:
        outcome = waiting.outcome
        if isinstance(outcome, Reply):
            return way.whole(way.own(outcome))
        return refused_plan(asked, outcome or Refused(529, "overloaded_error", "Overloaded"))

    return pending_plan(Pending(_waits(person, waiting, clock), finish, lambda: person.withdraw(waiting)))


def streamed(simulator: Simulator, sheet: Sheet, asked: Asked, way: Way) -> Plan:
    """Answer with a stream that begins at once, and goes on when the person has written it."""
    person = _desk(simulator)
    waiting = person.take(asked.id, sheet, simulator.clock())
    return way.stream(_Stream(person, waiting, _events(simulator, waiting, asked, way)))


def _desk(simulator: Simulator) -> Person:
    assert simulator.person is not None  # who serves has looked
    return simulator.person


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


def _events(simulator: Simulator, waiting: Waiting, asked: Asked, way: Way) -> Iterator[bytes | float]:
    opening, clock = waiting.sheet.opening, simulator.clock
    encode = way.encoder(opening)
    yield from islice((encode(event) for event, _ in opening.events()), 1)
    last = float("-inf") if way.ping_after else float("inf")
    for wait in _waits(_desk(simulator), waiting, clock):
        if clock() - last >= PING:
            last = clock()
            yield encode(delivery.PING)
        yield wait
    if isinstance(waiting.outcome, Reply):
        reply = way.own(waiting.outcome)
        steps = delivery.steps(reply, simulator.pace, way.encoder(reply))
        yield from islice(steps, 1, None)
    elif waiting.outcome is not None:
        yield way.failure(waiting.outcome.envelope(asked.id))
