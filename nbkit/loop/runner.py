"""The two thin drivers of the turn machine, and the seams they work through.

`run` blocks (cells, scripts), `arun` awaits (buttons, Pyodide). All that can be decided without waiting is
decided in `turn` and by the `Host`, so the two differ in nothing but the colour.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from functools import partial
from typing import Any, Protocol

from nbkit.errors import ToolError
from nbkit.loop.actions import Action, Ask, Done, Run, Send
from nbkit.loop.calls.pending import Pending
from nbkit.loop.settings import Outgoing
from nbkit.loop.tools.printing import listening
from nbkit.loop.tools.side_by_side import Work, arun_all, run_all, run_here
from nbkit.loop.tools.tool import Tool
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
    def held(self) -> Done | None: ...
    def depart(self) -> Outgoing: ...
    def opened(self, reply: ReplyStream | AsyncReplyStream) -> None: ...
    def seen(self, event: Event, change: Change) -> None: ...
    def chunk(self, data: bytes) -> None: ...
    def arrived(self, message: Message) -> None: ...
    def broke_off(self) -> None: ...
    def ask(self, pending: Pending) -> None: ...
    def ready_to_run(self, pending: Pending) -> tuple[Tool, dict[str, Any], float | None]: ...
    def works(self, works: Sequence[Work]) -> None: ...
    def printed(self, pending: Pending, text: str) -> None: ...
    def ran(self, pending: Pending, value: Any) -> None: ...
    def failed(self, pending: Pending, error: BaseException) -> None: ...
    def interrupted(self, pending: Pending) -> None: ...


def run(host: Host, actions: int | None = None) -> Action:
    """Do what the machine asks for until it stops, or until `actions` requests and tools are done."""
    while True:
        action = host.turn.next(singly=actions is not None)
        match action:
            case Ask(pending):
                host.ask(pending)
                continue
            case Run(calls):
                calls = calls[:actions]
                run_tools(host, calls)
                done = len(calls)
            case Send():
                if held := host.held():
                    return held
                exchange(host)
                done = 1
            case _:
                return action
        actions = None if actions is None else actions - done
        if actions == 0:
            return Done()


async def arun(host: Host, actions: int | None = None) -> Action:
    """`run` for code that awaits."""
    while True:
        action = host.turn.next(singly=actions is not None)
        match action:
            case Ask(pending):
                host.ask(pending)
                continue
            case Run(calls):
                calls = calls[:actions]
                await arun_tools(host, calls)
                done = len(calls)
            case Send():
                if held := host.held():
                    return held
                await aexchange(host)
                done = 1
            case _:
                return action
        actions = None if actions is None else actions - done
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


def run_tools(host: Host, calls: Sequence[Pending]) -> None:
    """Run the tools of calls, several at once; what one raises is its result, an interrupt leaves calls open.

    A tool that calls `sys.exit` has failed like any other: it is not the kernel's or the script's end. A tool
    that is alone and has all the time in the world runs here, not in a thread.
    """
    with _begun(host, calls) as works:
        if len(works) == 1 and works[0].timeout is None:
            run_here(works[0])
        else:
            run_all(works)


async def arun_tools(host: Host, calls: Sequence[Pending]) -> None:
    """`run_tools` for code that awaits."""
    with _begun(host, calls) as works:
        await arun_all(works)


@contextmanager
def _begun(host: Host, calls: Sequence[Pending]) -> Iterator[list[Work]]:
    """Make calls ready to run; one that can't be is told of when the others have run."""
    works: list[Work] = []
    refused = None
    for pending in calls:
        try:
            tool, arguments, timeout = host.ready_to_run(pending)
        except ToolError as error:
            refused = refused or error
            continue
        works.append(
            Work(
                pending.call.id,
                partial(tool.call, arguments),
                partial(tool.acall, arguments),
                timeout,
                partial(host.printed, pending),
                partial(host.ran, pending),
                partial(host.failed, pending),
                partial(host.interrupted, pending),
            )
        )
    host.works(works)
    with listening():
        yield works
    if refused is not None:
        raise refused
