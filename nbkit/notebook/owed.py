"""Outputs that are still to be written: of a long array, while a person edits it at the page.

Writing thousands of blocks takes a tenth of a second, and with a write after each key nobody could type.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbkit.notebook.stage import Stage

LONG = 100  # messages of an array that isn't written at each change
PAUSE = 0.6  # seconds without a change after which it is
LATEST = 5.0  # seconds after the first change, however many follow


class Owed:
    """The stages whose outputs are behind, each with the time when that has to end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._until: dict[Stage, float] = {}
        self._timers: dict[Stage, asyncio.TimerHandle] = {}

    def add(self, stage: Stage) -> None:
        now = self._loop.time()
        until = self._until.setdefault(stage, now + LATEST)
        if stage in self._timers:
            self._timers[stage].cancel()
        self._timers[stage] = self._loop.call_at(min(now + PAUSE, until), self._pay, stage)

    def pay(self) -> None:
        """Write all of them now."""
        for stage in list(self._until):
            self._pay(stage)

    def _pay(self, stage: Stage) -> None:
        del self._until[stage]
        self._timers.pop(stage).cancel()
        if not stage.busy:  # else its end writes them
            stage.save()
