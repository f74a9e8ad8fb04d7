"""Outputs of long arrays that are still to be written: while a person edits one at the page, or looks at one.

Writing thousands of blocks takes a tenth of a second here and more in the page: with a write after each key
nobody could type, and the page would draw the whole record before the editor is there.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbkit.notebook.views.stage import Stage

LONG = 100  # messages of an array that isn't written at each change
PAUSE = 0.6  # seconds without a change after which it is
LATEST = 5.0  # seconds after the first change, however many follow


class Owed:
    """The stages whose outputs are behind, each with the time when that has to end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._until: dict[Stage, float] = {}
        self._timers: dict[Stage, asyncio.TimerHandle] = {}
        self._cells: dict[Stage, object] = {}

    def add(self, stage: Stage, cell: object = None) -> None:
        self._cells[stage] = cell
        now = self._loop.time()
        until = self._until.setdefault(stage, now + LATEST)
        if stage in self._timers:
            self._timers[stage].cancel()
        self._timers[stage] = self._loop.call_at(min(now + PAUSE, until), self._pay, stage)

    def pay(self, cell: object = None) -> None:
        """Write all of them now, but for those that a cell owes which is just at its end."""
        for stage in list(self._until):
            if cell is None or self._cells.get(stage) != cell:
                self._pay(stage)

    def _pay(self, stage: Stage) -> None:
        del self._until[stage], self._cells[stage]
        self._timers.pop(stage).cancel()
        if not stage.busy:  # else its end writes them
            stage.save()
