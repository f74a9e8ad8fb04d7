"""What buttons start: tasks on the kernel's loop, and a stop for them all, which ■ is as well."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from nbkit.notebook.page.kernel_interrupt import INTERRUPT


class Tasks:
    """The tasks of one conversation. Tools may run side by side; the conversation refuses what may not."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def __bool__(self) -> bool:
        return bool(self._running)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(_contained(work))
        if not self._running:
            INTERRUPT.watch(self.cancel)
        self._running.add(task)
        task.add_done_callback(self._done)
        task.add_done_callback(lambda _: work.close())  # one that was cancelled before it began
        return task

    def cancel(self) -> bool:
        """Break off what runs; say whether there was anything."""
        for task in list(self._running):
            loop = task.get_loop()
            if loop is _this_loop():
                task.cancel()
            else:  # it was started while a cell waited, in the thread of the page's subshell
                loop.call_soon_threadsafe(task.cancel)
        return bool(self._running)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not self._running:
            INTERRUPT.leave(self.cancel)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio doesn't complain: the conversation keeps its error


def _this_loop() -> asyncio.AbstractEventLoop | None:
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


async def _contained(work: Coroutine[Any, Any, Any]) -> Any:
    """A task that ends in an exit or an interrupt ends its loop as well, and the loop is the kernel's."""
    try:
        return await work
    except (Exception, asyncio.CancelledError):
        raise
    except BaseException:  # noqa: BLE001  # the conversation has kept it as its error
        raise asyncio.CancelledError from None
