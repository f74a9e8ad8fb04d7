"""The simulator as an ASGI application: what one connection asks becomes a request, a plan becomes bytes.

Bytes are made while the client takes them. Who goes away, during a wait too, stops the making at once; who
reads slowly holds up nobody, and no more than one write is kept for them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import closing
from typing import Any

from nbkit.sim.api.routes import JOURNAL
from nbkit.sim.intake import is_many, most_bytes, too_large
from nbkit.sim.patience import PATIENCE, Patience
from nbkit.sim.plan import NO_ANSWER, Dropped, Plan, leave
from nbkit.sim.refusal import Refused, invalid
from nbkit.sim.simulator import Simulator

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)

WRITE = 16 * 1024  # bytes of unpaced events that share a write: about a millisecond of making
# Bytes of a body that is judged beside the loop, as a journal is and scripts are: nobody else waits.
LARGE = 32 * 1024
RUNS = b"code_execution_"
UNWANTED = 64 * 1024 * 1024  # bytes of a refused body that are read on, so that the refusal is seen
LINGER = 5.0  # seconds for that


class Gone(Exception):
    """The client went away."""


class Application:
    """An ASGI application that answers from `simulator`."""

    def __init__(self, simulator: Simulator, patience: Patience = PATIENCE) -> None:
        self.simulator = simulator
        self.patience = patience

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"the simulated API speaks http, not {scope['type']}")
        try:
            await self._answer(scope, receive, send)
        except (Gone, OSError):
            return
        except Exception as error:  # noqa: BLE001  # whatever it was: the connection ends, the server does not
            log.error("an answer broke off (%s): please report it", told(error))

    async def _answer(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        path = scope["raw_path"].decode("latin-1")
        headers = headers_of(scope["headers"])
        query = scope["query_string"]
        target = f"{path}?{query.decode('latin-1')}" if query else path
        asked = (scope["method"], target, headers)
        try:
            body = await self._body(path, headers, receive)
        except Refused as refusal:
            await self._refuse(self.simulator.refuse(*asked, refusal), receive, send)
            return
        if len(body) >= LARGE or RUNS in body or is_many(path, len(body)) or path.startswith(JOURNAL):
            plan = await asyncio.to_thread(self.simulator.respond, *asked, body)
        else:
            plan = self.simulator.respond(*asked, body)
        if plan.pending is not None:
            with closing(plan.pending) as pending:
                for seconds in pending:
                    await self._wait(seconds, receive)
                plan = pending.plan
        if plan.status != NO_ANSWER:  # else the server hangs up, as no answer was begun
            await self._deliver(plan, receive, send)

    async def _body(self, path: str, headers: dict[str, str], receive: Receive) -> bytes:
        """Read the body, and no more of it than is allowed."""
        most = most_bytes(path)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:12]) > most:
            raise too_large()
        message = await self._next(receive)
        if not message.get("more_body"):  # nearly always
            whole: bytes = message.get("body", b"")
            if len(whole) > most:
                raise too_large()
            return whole
        body = bytearray(message.get("body", b""))
        while message.get("more_body"):
            message = await self._next(receive)
            body += message.get("body", b"")
            if len(body) > most:
                raise too_large()
        return bytes(body)

    async def _next(self, receive: Receive) -> Message:
        try:
            message = await receive()
        except TimeoutError:  # the server's patience with this client has ended
            what = "The request body did not arrive in time"
            raise invalid(what, {"error_code": "request_body_timeout"}) from None
        if message["type"] == "http.disconnect":
            raise Gone
        return message

    async def _refuse(self, plan: Plan, receive: Receive, send: Send) -> None:
        """Answer before the body has come whole, then read a bounded rest: a client that is still
        writing would see its connection reset, and never the answer."""
        await send(start_of(plan, (b"connection", b"close")))
        await send(body_of([step for step in plan.steps if isinstance(step, bytes)], more=True))
        read, more = 0, True
        try:
            async with asyncio.timeout(min(LINGER, self.patience.body)):
                while more and read < UNWANTED:
                    message = await receive()
                    read, more = read + len(message.get("body", b"")), message.get("more_body", False)
        except TimeoutError:
            pass
        await send(body_of([], more=False))

    async def _deliver(self, plan: Plan, receive: Receive, send: Send) -> None:
        """Send the plan: what stands between two waits goes out together, in writes of bounded size."""
        ready: list[bytes] = []
        size = 0
        try:
            await send(start_of(plan))
            for step in plan.steps:
                if isinstance(step, bytes):
                    ready.append(step)
                    size += len(step)
                    if size < WRITE:
                        continue
                if ready:
                    await send(body_of(ready, more=True))
                    ready, size = [], 0
                    await asyncio.sleep(0)  # a fast reader's stream must still let others run
                if not isinstance(step, bytes) and step > 0:
                    await self._wait(step, receive)
            await send(body_of(ready, more=False))
        except Dropped:
            if ready:
                await send(body_of(ready, more=True))
            raise Gone from None  # without an ending
        finally:
            leave(plan.steps)

    async def _wait(self, seconds: float, receive: Receive) -> None:
        """Sleep, and wake up at once when the client goes away."""
        try:
            async with asyncio.timeout(seconds):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return
        raise Gone


def headers_of(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by name; those sent several times are one list, as HTTP has it."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def start_of(plan: Plan, *more: tuple[bytes, bytes]) -> Message:
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in plan.headers.items()]
    return {"type": "http.response.start", "status": plan.status, "headers": [*pairs, *more]}


def body_of(pieces: list[bytes], *, more: bool) -> Message:
    return {"type": "http.response.body", "body": b"".join(pieces), "more_body": more}


def told(error: BaseException) -> str:
    """Name an error and its place in one line."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
