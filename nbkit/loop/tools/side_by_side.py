"""Tools that run at the same time: each where it can be waited for, left alone, or given up.

A sync tool runs in a thread of its own. Nobody can end a thread: one that is given up (its time is out, its
call was abandoned, somebody pressed stop) runs on unheard, and ends with the program at the latest.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, InvalidStateError, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from nbkit.loop.tools.interrupts import is_interrupt
from nbkit.loop.tools.printing import hearing, told

Value = TypeVar("Value")


def in_thread(work: Callable[[], Value]) -> Future[Value]:
    """Begin work in a thread of its own, with the context variables of here."""
    future: Future[Value] = Future()
    _begin(future, work)
    return future


def _begin(future: Future[Value], work: Callable[[], Value]) -> None:
    context = contextvars.copy_context()

    def run() -> None:
        try:
            value = context.run(work)
        except BaseException as error:  # noqa: BLE001  # whoever waits for it is told
            _settle(future.set_exception, error)
        else:
            _settle(future.set_result, value)

    threading.Thread(target=run, daemon=True).start()


def _settle(say: Callable[[Any], None], what: Any) -> None:
    with suppress(InvalidStateError):  # given up meanwhile
        say(what)


@dataclass(slots=True)
class Work:
    """One call's tool as it is to be run: what is called, how long it is waited for, and who is told."""

    id: str
    call: Callable[[], Any]
    acall: Callable[[], Awaitable[Any]]
    timeout: float | None
    printed: Callable[[str], None]
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None]
    interrupted: Callable[[], None]
    give_up: Callable[[], object] = bool  # waits for it no longer, while it runs
    heard: list[str] = field(default_factory=list)  # what it has printed so far

    def run(self) -> Any:
        """Call the tool, and hear what it prints."""
        with hearing(self.heard):
            return self.call()

    async def arun(self) -> Any:
        with hearing(self.heard):
            return await self.acall()

    def ended(self, value: Any, error: BaseException | None) -> None:
        """Tell what it printed and how it went. Raises what no tool answers with: an interrupt."""
        self._tell()
        if error is None:
            self.done(value)
        elif not is_interrupt(error):
            self.failed(error)
        else:
            self.interrupted()
            if not isinstance(error, asyncio.CancelledError):
                raise error

    def broken_off(self, is_there: bool, value: Any, error: BaseException | None) -> None:
        """Wait no longer, because of an interrupt elsewhere; a result that is there by now is not lost."""
        if is_there and (error is None or not is_interrupt(error)):
            self.ended(value, error)
        else:
            self.interrupted()

    def _tell(self) -> None:
        if self.heard:
            self.printed(told(self.heard))

    def timed_out(self) -> None:
        assert self.timeout is not None
        self._tell()
        self.failed(TimeoutError(f"no result after {self.timeout:g} seconds; the tool may still be running"))


def run_here(work: Work) -> None:
    """Run one in this thread, for as long as it takes."""
    try:
        value, error = work.run(), None
    except BaseException as raised:  # noqa: BLE001  # told below; an interrupt is raised again
        value, error = None, raised
    work.ended(value, error)


def run_all(works: Sequence[Work]) -> None:
    """Run all and tell of each when it is done; an interrupt is passed on when all are told of."""
    begun = monotonic()
    open_ones: dict[Future[Any], Work] = {Future(): work for work in works}
    for future, work in open_ones.items():
        work.give_up = partial(_settle, future.set_exception, asyncio.CancelledError())
    for future, work in open_ones.items():
        _begin(future, work.run)
    try:
        while open_ones:
            limits = [work.timeout for work in open_ones.values() if work.timeout is not None]
            left = max(0.0, begun + min(limits) - monotonic()) if limits else None
            for future in wait(open_ones, timeout=left, return_when=FIRST_COMPLETED).done:
                work = open_ones.pop(future)
                error = future.exception()
                work.ended(None if error else future.result(), error)
            for future, work in list(open_ones.items()):
                if work.timeout is not None and monotonic() >= begun + work.timeout:
                    del open_ones[future]
                    work.timed_out()
    except BaseException:
        for future, work in open_ones.items():
            error = future.exception() if future.done() else None
            work.broken_off(future.done(), None if error or not future.done() else future.result(), error)
        raise


async def arun_all(works: Sequence[Work]) -> None:
    """`run_all` for code that awaits."""
    tasks = []
    loop = asyncio.get_running_loop()
    for work in works:
        running = asyncio.ensure_future(_contained(work.arun))
        work.give_up = partial(loop.call_soon_threadsafe, running.cancel)  # from whichever thread
        tasks.append(asyncio.ensure_future(_arun(work, running)))
    try:
        for finished in asyncio.as_completed(tasks):
            if error := await finished:
                raise error  # here: in a task of its own it would end the loop
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        raise


async def _arun(work: Work, running: asyncio.Future[Any]) -> BaseException | None:
    """Run one; what it raises that no tool answers with is returned."""
    try:
        await asyncio.wait({running}, timeout=work.timeout)
    except BaseException:
        is_there = running.done() and not running.cancelled()
        work.broken_off(is_there, *(running.result() if is_there else (None, None)))
        running.cancel()
        raise
    if running.cancelled():
        work.interrupted()
    elif not running.done():
        running.cancel()
        work.timed_out()
    else:
        try:
            work.ended(*running.result())
        except BaseException as error:  # noqa: BLE001  # an interrupt, and our own mistakes
            return error
    return None


async def _contained(call: Callable[[], Awaitable[Any]]) -> tuple[Any, BaseException | None]:
    """What a tool gives, or raises: in a task of its own, some errors would end the loop."""
    try:
        return await call(), None
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001  # whoever waits for it is told
        return None, error
