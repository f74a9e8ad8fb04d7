"""Who plays the model, where a person does: the open requests of a conversation, as cards for its page.

The simulator's desk is known by what it can do; the notebook imports no simulator.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from nbkit.errors import TurnError, UsageError
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation


class Desk(Protocol):
    """Where requests wait for a person's answer (`Simulator(brain="person").person`)."""

    @property
    def waiting(self) -> list[Any]: ...
    def answer(self, id: str, content: Any, *, stop_reason: str | None = None) -> Json: ...
    def fail(self, id: str, status: int = 529, message: str = "") -> None: ...
    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]: ...


class Listening:
    """Hears of what comes to desks and leaves them, in whichever thread, and says so on the kernel's loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None, changed: Callable[[], None]) -> None:
        self._loop = loop
        self._changed = changed
        self._desks: dict[int, tuple[Desk, Callable[[], None]]] = {}

    def to(self, desk: Desk) -> None:
        if id(desk) not in self._desks:
            self._desks[id(desk)] = desk, desk.on_change(self._hear)

    def close(self) -> None:
        for _, leave in self._desks.values():
            leave()
        self._desks.clear()

    def _hear(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the kernel is closing
                self._loop.call_soon_threadsafe(self._changed)


def desk_of(conversation: Conversation) -> Desk | None:
    """Return the desk where this conversation's requests wait, if a person is its model."""
    simulator = getattr(conversation.client, "simulator", None)
    desk: Desk | None = getattr(simulator, "person", None)
    return desk


def prompts(conversation: Conversation, sent: Json | None) -> list[Json]:
    """Return the requests of this conversation that wait now, each with what its answer may hold."""
    desk = desk_of(conversation)
    if desk is None or sent is None:
        return []
    return [prompt(each) for each in desk.waiting if each.messages == sent.get("messages")]


def prompt(waiting: Any) -> Json:
    """Return a request that waits as its card needs it: what an answer may hold."""
    request: Json = waiting.request
    choice = request.get("tool_choice") or {}
    kind = str(choice.get("type") or "auto")
    tools = [] if kind == "none" else list(waiting.callable.items())
    return {
        "id": waiting.id,
        "thinks": waiting.thinks,
        "choice": f"tool {choice.get('name')}" if kind == "tool" else kind,
        "parallel": not choice.get("disable_parallel_tool_use"),
        "json": bool((request.get("output_config") or {}).get("format")),
        "tools": [
            {
                "name": name,
                "description": str(tool.get("description") or ""),
                "schema": tool.get("input_schema"),
                "strict": tool.get("strict") is True,
            }
            for name, tool in tools
        ],
    }


def play(desk: Desk | None, message: Json) -> None:
    """Do what a card asks: say the answer that was written, or fail the request as the API would."""
    if desk is None:
        raise TurnError("nobody plays the model here any more: run the cell again")
    id = str(message.get("id"))
    if message.get("kind") == "fail":
        status = message.get("status")
        desk.fail(id, status if isinstance(status, int) else 529)
        return
    content, reason = message.get("content"), message.get("stop_reason")
    if message.get("kind") != "say" or not isinstance(content, list) or not isinstance(reason, str | None):
        raise UsageError("the page sent no list of blocks: reload the page")
    desk.answer(id, content, stop_reason=reason)
