"""The simulator as an httpx transport, sync and async in one object. The only module of this room that
imports httpx.

Bytes are made when the reader asks for them, and waits are slept in short slices, so that a reader who
leaves stops the stream at once. A wait beyond the reader's timeout and a connection that is cut raise what
they raise over a socket.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing

import httpx

from nbkit.sim.plan import NO_ANSWER, Dropped, Plan, leave
from nbkit.sim.simulator import Simulator

Sleep = Callable[[float], object]
AsyncSleep = Callable[[float], Awaitable[object]]

SLICE = 0.02  # seconds


class SimulatorTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers requests from a `Simulator` in this process; no socket is opened."""

    def __init__(
        self, simulator: Simulator, *, sleep: Sleep = time.sleep, async_sleep: AsyncSleep = asyncio.sleep
    ) -> None:
        self.simulator = simulator
        self._sleep = sleep
        self._async_sleep = async_sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        plan = self._plan(request, request.read())
        if plan.pending is not None:
            with closing(plan.pending) as pending:
                for seconds in pending:
                    self._sleep(seconds)
                plan = pending.plan
        return self._response(request, plan)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        plan = self._plan(request, await request.aread())
        if plan.pending is not None:
            with closing(plan.pending) as pending:
                for seconds in pending:
                    await self._async_sleep(seconds)
                plan = pending.plan
        return self._response(request, plan)

    def _plan(self, request: httpx.Request, body: bytes) -> Plan:
        path = request.url.raw_path.decode("ascii")
        return self.simulator.respond(request.method, path, request.headers, body)

    def _response(self, request: httpx.Request, plan: Plan) -> httpx.Response:
        if plan.status == NO_ANSWER:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        patience = request.extensions.get("timeout", {}).get("read")
        stream = PlanStream(plan, self._sleep, self._async_sleep, patience)
        return httpx.Response(plan.status, headers=plan.headers, stream=stream, request=request)


class PlanStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of one answer: read either way, once, with at most `patience` seconds between bytes."""

    def __init__(
        self, plan: Plan, sleep: Sleep, async_sleep: AsyncSleep, patience: float | None = None
    ) -> None:
        self._steps = plan.steps
        self._size = plan.headers.get("content-length")
        self._patience = patience
        self._sleep = sleep
        self._async_sleep = async_sleep
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        for step in self._open_steps():
            if isinstance(step, bytes):
                yield step
            else:
                for slept in self._slices(step):
                    self._sleep(slept)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for step in self._open_steps():
            if isinstance(step, bytes):
                yield step
                await self._async_sleep(0)  # in one process, a stream without waits must still let others run
            else:
                for slept in self._slices(step):
                    await self._async_sleep(slept)

    def close(self) -> None:
        self._closed = True
        leave(self._steps)

    async def aclose(self) -> None:
        self.close()

    def _open_steps(self) -> Iterator[bytes | float]:
        sent, waited = 0, 0.0
        try:
            for step in self._steps:
                if self._closed:
                    return
                if isinstance(step, bytes):
                    sent, waited = sent + len(step), 0.0
                    yield step
                    continue
                left = None if self._patience is None else max(0.0, self._patience - waited)
                yield step if left is None else min(step, left)
                if left is not None and step > left:
                    raise httpx.ReadTimeout("The read operation timed out")
                waited += step
        except Dropped:
            raise httpx.RemoteProtocolError(self._broken(sent)) from None

    def _broken(self, sent: int) -> str:
        what = "peer closed connection without sending complete message body"
        if self._size is None:
            return f"{what} (incomplete chunked read)"
        return f"{what} (received {sent} bytes, expected {self._size})"

    def _slices(self, seconds: float) -> Iterator[float]:
        while seconds > 0 and not self._closed:
            yield min(seconds, SLICE)
            seconds -= SLICE
