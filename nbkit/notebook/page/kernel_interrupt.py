"""The kernel's own interrupt (■) for what a button started, which runs between cells.

A kernel ignores SIGINT except while it handles a message. What a button starts goes on after its message, so
it would never hear of ■: while such work runs, and only where the signal would be ignored, it is taken here.
A cell that starts meanwhile has ■ for itself: the kernel puts its own handler in place, and ours back behind
it.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

AGAIN = 0.05  # seconds: a button's message is still being handled when its work begins


class Interrupt:
    """Calls back, on its loop, what is watched when ■ is pressed between cells."""

    def __init__(self) -> None:
        self._watched: dict[Callable[[], Any], asyncio.AbstractEventLoop] = {}

    def watch(self, cancel: Callable[[], Any]) -> None:
        """Call `cancel` on the loop that runs here, once for each ■, until `leave`."""
        self._watched[cancel] = loop = asyncio.get_running_loop()
        loop.call_soon(self._claim)

    def leave(self, cancel: Callable[[], Any]) -> None:
        self._watched.pop(cancel, None)
        if not self._watched and _is_main_thread() and signal.getsignal(signal.SIGINT) == self._heard:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _claim(self) -> None:
        if not self._watched or not _is_main_thread():
            return
        match signal.getsignal(signal.SIGINT):
            case signal.SIG_IGN:
                signal.signal(signal.SIGINT, self._heard)
            case self._heard:  # left in place when the work before ended within a cell
                pass
            case _:  # a message is being handled, a cell perhaps; in a terminal this stays so
                asyncio.get_running_loop().call_later(AGAIN, self._claim)

    def _heard(self, number: int, frame: Any) -> None:
        for cancel, loop in list(self._watched.items()):
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(cancel)


def _is_main_thread() -> bool:
    """Signals are the main thread's, and so is the kernel's own loop."""
    return threading.current_thread() is threading.main_thread()


INTERRUPT = Interrupt()
