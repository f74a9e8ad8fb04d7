"""A page of one conversation without a page: a session, a paused view, and what the page would say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import nbkit
from nbkit.notebook.session import Session

ASK = "Should I take an umbrella in Paris and in Tokyo?"


class Shell:
    """As much of a shell as a session needs when no cell is shown."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.execution_count = 1


class Page:
    """A session with one paused view `v`, and the page's side of it."""

    def __init__(self, *, runs: Callable[[str], Any]) -> None:
        def get_weather(city: str) -> Any:
            """Current weather in a city."""
            return runs(city)

        self.session = Session(Shell())  # type: ignore[arg-type]
        self.session.receive({"kind": "ready", "request": "page-1"})
        self.chat = nbkit.Conversation(tools=[get_weather], client="simulator")
        self.stage = self.session.stage(self.chat)
        self.chat.attended = True
        self.view = self.stage.view("v")
        with self.stage.stretch(self.view):
            self.chat.send(ASK)

    @property
    def ids(self) -> list[str]:
        return list(self.chat.pending)

    @property
    def state(self) -> str:
        assert self.view.drawn is not None
        return str(self.view.drawn["state"])

    def card(self, id: str) -> Any:
        assert self.view.drawn is not None
        return next(card for card in self.view.drawn["cards"] if card["id"] == id)

    async def ask(self, kind: str, **fields: Any) -> None:
        task = self.session.receive({"kind": kind, "view": "v", "request": "1", **fields})
        if task is not None:
            await task


def play(page: Page, script: Callable[[Page], Coroutine[Any, Any, None]]) -> Page:
    asyncio.run(script(page))
    return page
