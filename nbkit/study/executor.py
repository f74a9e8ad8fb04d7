"""Who goes on with many conversations: here side by side, one day through batches or on other machines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from nbkit.errors import TurnError, UsageError
from nbkit.loop.conversation import Conversation
from nbkit.loop.turn import State

AT_ONCE = 64


class Executor(Protocol):
    """Brings each conversation to its next stop. What one of them raises is kept in its `error`."""

    async def __call__(self, chats: Sequence[Conversation], /) -> None: ...


class Concurrent:
    """All at the same time, in this process; no more than `at_once`. `ended` hears of each one's end."""

    def __init__(self, at_once: int = AT_ONCE, ended: Callable[[Conversation], None] | None = None) -> None:
        if at_once < 1:
            raise UsageError(f"at_once is a number of conversations, 1 or more, not {at_once!r}")
        self.at_once = at_once
        self.ended = ended

    async def __call__(self, chats: Sequence[Conversation], /) -> None:
        """Go on with each. Cancelling it breaks off all that are still under way."""
        room = asyncio.Semaphore(self.at_once)

        async def go_on(chat: Conversation) -> None:
            async with room:
                try:
                    await chat.aresume()
                except Exception as error:  # noqa: BLE001  # its own affair: the others go on
                    stays = isinstance(error, TurnError) and chat.state is State.PAUSED
                    chat.error = chat.error if stays else error  # at a pause, a stop like any other
                if self.ended is not None:
                    self.ended(chat)

        async with asyncio.TaskGroup() as group:
            for chat in chats:
                group.create_task(go_on(chat))
