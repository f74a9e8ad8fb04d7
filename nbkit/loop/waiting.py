"""Waiting for decisions that come from elsewhere: the clicks of a page, another thread, another task."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from nbkit.errors import TurnError, UsageError
from nbkit.loop.turn import State
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation

TICK = 0.05  # seconds an interrupt may take to be heard


class Ear(Protocol):
    """Where a page's clicks come in while code waits."""

    def listen(self, *, awaiting: bool, for_ever: bool) -> AbstractContextManager[None]:
        """Hear clicks meanwhile. Raises `TurnError` where none can be heard and the wait has no end."""

    def is_deaf(self) -> str | None:
        """Say what is wrong where a page should have been heard by now."""

    def goes_on(self) -> bool:
        """Whether a click has begun something, or the page has its own buttons for going on from here."""


def wait(chat: Conversation, timeout: float | None) -> None:
    """Block until the turn is over."""
    waiting = Wait(chat, timeout)
    with waiting.listening(awaiting=False):
        while not waiting.over():
            if waiting.may_go_on():
                chat.resume()
            else:
                waiting.changed.wait(waiting.tick)


async def await_(chat: Conversation, timeout: float | None) -> None:
    """`wait` for code that awaits."""
    waiting = Wait(chat, timeout)
    with waiting.listening(awaiting=True):
        while not waiting.over():
            if waiting.may_go_on():
                await chat.aresume()
            else:
                await asyncio.sleep(waiting.tick)


class Wait:
    """One wait. It looks at the conversation whenever that says that it has changed."""

    def __init__(self, chat: Conversation, timeout: float | None) -> None:
        if timeout is not None and not timeout > 0:
            raise UsageError(f"timeout is a number of seconds over 0, not {timeout!r}")
        self.changed = threading.Event()
        self._chat = chat
        listener = type(chat).listener
        self._ear = listener(chat) if listener is not None else None
        self._before = chat.error
        self._timeout = timeout
        self._end = None if timeout is None else monotonic() + timeout
        self._gone_on = False

    @contextmanager
    def listening(self, *, awaiting: bool) -> Iterator[None]:
        self._chat.add_observer(self)
        try:
            if self._chat.state in (State.IDLE, State.READY):
                yield
            elif self._ear is not None:
                with self._ear.listen(awaiting=awaiting, for_ever=self._timeout is None):
                    yield
            else:
                self._is_not_alone(awaiting)
                yield
        finally:
            self._chat.remove_observer(self)

    def over(self) -> bool:
        """Whether the turn is at its end, or held. Raises what broke it off, or `TurnError`: time is out."""
        self.changed.clear()
        chat, state = self._chat, self._chat.state
        if state is State.IDLE or (state is State.READY and (self._is_held() or self._has_none_open())):
            return True
        if state in (State.READY, State.PAUSED) and chat.error not in (None, self._before):
            assert chat.error is not None
            raise chat.error
        if self._end is not None and monotonic() >= self._end:
            raise TurnError(f"waited {self._timeout:g} seconds: {chat.turn.why()}")
        if self._end is None and self._ear is not None and (why := self._ear.is_deaf()):
            raise TurnError(why)
        return False

    def may_go_on(self) -> bool:
        """Whether every call has its result, and nobody else goes on from there."""
        if self._chat.state is not State.READY or (self._ear is not None and self._ear.goes_on()):
            return False
        self._gone_on = True
        return True

    def _is_held(self) -> bool:
        """Whether the turn stands before a request, and no page has the buttons to go on from there."""
        chat = self._chat
        held = self._gone_on and (chat.stepping or chat.held_at == len(chat.history))
        return held and self._ear is None

    def _has_none_open(self) -> bool:
        """Whether there is nothing to decide: somebody has stopped the turn, say, and nothing is sent."""
        answered = not self._chat.pending and self._chat.error in (None, self._before)
        return answered and not (self._ear is not None and self._ear.goes_on())

    @property
    def tick(self) -> float:
        return TICK if self._end is None else max(0.0, min(TICK, self._end - monotonic()))

    def _is_not_alone(self, awaiting: bool) -> None:
        """Somebody has to decide: refuse to wait for ever where nobody else is."""
        tasks = len(asyncio.all_tasks()) if awaiting else 1
        if self._timeout is None and threading.active_count() == 1 and tasks == 1:
            raise TurnError(f"nobody else is here who could decide: {self._chat.turn.why()}")

    def on_update(self) -> None:
        self.changed.set()

    def on_request(self, body: Json) -> None: ...

    def on_change(self, event: Event, change: Change) -> None: ...

    def on_chunk(self, data: bytes) -> None: ...
