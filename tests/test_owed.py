"""Outputs of a long array are written when the person who edits it pauses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from nbkit.notebook.views.owed import Owed


class Written:
    """As much of a stage as is asked."""

    busy = False

    def __init__(self) -> None:
        self.times = 0

    def save(self) -> None:
        self.times += 1


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time is moved by hand."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def until(self, now: float) -> None:
        self.now = now
        self.call_soon(self.stop)
        self.run_forever()


@pytest.fixture
def loop() -> Iterator[Clock]:
    loop = Clock()
    yield loop
    loop.close()


def test_what_a_cell_owes_at_its_end_is_written_a_little_later_and_before_that_of_the_next(
    loop: Clock,
) -> None:
    stage = Written()
    owed: Any = Owed(loop)
    loop.until(1)
    owed.add(stage, "first cell")
    owed.pay("first cell")
    assert stage.times == 0
    owed.pay("second cell")
    assert stage.times == 1
    owed.add(stage, "second cell")
    owed.pay("second cell")
    loop.until(2)
    assert stage.times == 2


def test_many_changes_in_a_row_are_one_write_after_the_last(loop: Clock) -> None:
    stage = Written()
    owed: Any = Owed(loop)
    for tenth in range(1, 11):
        loop.until(tenth / 10)
        owed.add(stage)
    loop.until(1.5)
    assert stage.times == 0
    loop.until(1.7)
    assert stage.times == 1
    loop.until(60)
    assert stage.times == 1


def test_who_never_pauses_has_it_written_all_the_same(loop: Clock) -> None:
    stage = Written()
    owed: Any = Owed(loop)
    for tenth in range(1, 60):
        loop.until(tenth / 10)
        owed.add(stage)
    assert stage.times == 1


def test_what_is_owed_can_be_asked_for_at_once(loop: Clock) -> None:
    stage = Written()
    owed: Any = Owed(loop)
    owed.add(stage)
    owed.pay()
    assert stage.times == 1
    loop.until(60)
    assert stage.times == 1
