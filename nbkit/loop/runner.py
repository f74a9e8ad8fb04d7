"""The two thin drivers of the turn machine, and the seams they work through.

`run` blocks (cells, scripts), `arun` awaits (buttons, Pyodide). All that can be decided without waiting is
decided in `turn` and by the `Host`, so the two differ in nothing but the colour.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Protocol

from nbkit.loop.actions import Action, Ask, Done, Run, Send
from nbkit.loop.pending import Pending
from nbkit.loop.settings import Outgoing
from nbkit.loop.tools import Tool
from nbkit.loop.turn import Turn
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event
from nbkit.wire.messages import Message, Target


class Tap(Protocol):
    def __call__(self, data: bytes, /) -> None: ...


class ReplyStream(Protocol):
    """A reply as it arrives; `message` is what there is of it, and whole when the iteration has ended."""

    @property
    def message(self) -> Message: ...
    def __iter__(self) -> Iterator[tuple[Event, Change]]: ...


class AsyncReplyStream(Protocol):
    @property
    def message(self) -> Message: ...
    def __aiter__(self) -> AsyncIterator[tuple[Event, Change]]: ...


class Streamer(Protocol):
    """Whoever sends requests and gives the replies back."""

    @property
    def target(self) -> Target: ...
    def stream(
        self, body: Mapping[str, Any], *, version: str, betas: Sequence[str] = (), tap: Tap | None = None
    ) -> AbstractContextManager[ReplyStream]: ...
    def astream(
        self, body: Mapping[str, Any], *, version: str, betas: Sequence[str] = (), tap: Tap | None = None
    ) -> AbstractAsyncContextManager[AsyncReplyStream]: ...


class Observer(Protocol):
    """Whoever shows a conversation. All calls are made where things happen, and must be cheap."""

    def on_request(self, body: Json) -> None:
        """A request goes out now; a new assistant message begins."""

    def on_change(self, event: Event, change: Change) -> None:
        """One event of the reply has come."""

    def on_chunk(self, data: bytes) -> None:
        """Raw bytes of the reply have come."""

    def on_update(self) -> None:
        """Array, open calls, state or error have changed: look at the conversation again."""


class Host(Protocol):
    """What the drivers need of a conversation; nothing here waits."""

    turn: Turn

    def streamer(self) -> Streamer: ...
    def depart(self) -> Outgoing: ...
    def opened(self, reply: ReplyStream | AsyncReplyStream) -> None: ...
    def seen(self, event: Event, change: Change) -> None: ...
    def chunk(self, data: bytes) -> None: ...
    def arrived(self, message: Message) -> None: ...
    def broke_off(self) -> None: ...
    def ask(self, pending: Pending) -> None: ...
    def ready_to_run(self, pending: Pending) -> tuple[Tool, dict[str, Any]]: ...
    def ran(self, pending: Pending, value: Any) -> None: ...
    def failed(self, pending: Pending, error: Exception | SystemExit) -> None: ...
    def interrupted(self, pending: Pending) -> None: ...


def run(host: Host, actions: int | None = None) -> Action:
    """Do what the machine asks for until it stops, or until `actions` requests and tools are done."""
    while True:
        action = host.turn.next()
        match action:
            case Ask(pending):
                host.ask(pending)
                continue
            case Run(pending):
                run_tool(host, pending)
            case Send():
                exchange(host)
            case _:
                return action
        actions = None if actions is None else actions - 1
        if actions == 0:
            return Done()


async def arun(host: Host, actions: int | None = None) -> Action:
    """`run` for code that awaits."""
    while True:
        action = host.turn.next()
        match action:
            case Ask(pending):
                host.ask(pending)
                continue
            case Run(pending):
                await arun_tool(host, pending)
            case Send():
                await aexchange(host)
            case _:
                return action
        actions = None if actions is None else actions - 1
        if actions == 0:
            return Done()


def exchange(host: Host) -> None:
    """Send one request and take its reply, whole or not at all."""
    streamer, request = host.streamer(), host.depart()
    try:
        with streamer.stream(
            request.body, version=request.version, betas=request.betas, tap=host.chunk
        ) as reply:
            host.opened(reply)
            for event, change in reply:
                host.seen(event, change)
            message = reply.message
    except BaseException:
        host.broke_off()
        raise
    host.arrived(message)


async def aexchange(host: Host) -> None:
    streamer, request = host.streamer(), host.depart()
    try:
        async with streamer.astream(
            request.body, version=request.version, betas=request.betas, tap=host.chunk
        ) as reply:
            host.opened(reply)
            async for event, change in reply:
                host.seen(event, change)
            message = reply.message
    except BaseException:
        host.broke_off()
        raise
    host.arrived(message)


def run_tool(host: Host, pending: Pending) -> None:
    """Run one call's tool; what it raises is its result, an interrupt leaves the call open.

    A tool that calls `sys.exit` has failed like any other: it is not the kernel's or the script's end.
    """
    tool, arguments = host.ready_to_run(pending)
    try:
        value = tool.call(arguments)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a tool raises is its answer to the model
        host.failed(pending, error)
    except BaseException:
        host.interrupted(pending)
        raise
    else:
        host.ran(pending, value)


async def arun_tool(host: Host, pending: Pending) -> None:
    tool, arguments = host.ready_to_run(pending)
    try:
        value = await tool.acall(arguments)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a tool raises is its answer to the model
        host.failed(pending, error)
    except BaseException:
        host.interrupted(pending)
        raise
    else:
        host.ran(pending, value)
