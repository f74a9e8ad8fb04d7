"""HTTP/1.1 for an ASGI application, on httptools' parser: an end to every wait, no words on standard error.

A general server brings what is of no use here (a command line, supervisors, logging), and with it half of
the start-up time and a fifth of the memory; and it waits without end for clients that stall.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httptools

from nbkit.sim.exchange import Exchange
from nbkit.sim.ids import new_id
from nbkit.sim.patience import Patience
from nbkit.sim.refusal import invalid

MOST_HEAD = 128 * 1024  # bytes of a request line and headers
MOST_FIELDS = 1000
HTTP_2 = b"PRI * HTTP/2.0\r\n"  # what a client begins with that speaks it unasked
# Empty settings, and the end with HTTP_1_1_REQUIRED: what else HTTP/2 would take for noise.
GO_AWAY = bytes.fromhex("000000040000000000000008070000000000000000000000000d")
UPGRADE = re.compile(rb"^upgrade:", re.IGNORECASE | re.MULTILINE)

Application = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


class Connections:
    """All connections of a server, and what they share."""

    def __init__(self, application: Application, patience: Patience) -> None:
        self.application = application
        self.patience = patience
        self.open: set[Connection] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    async def end(self) -> None:
        """End them now: an answer that is whole still goes out, one in the making breaks off."""
        for connection in list(self.open):
            connection.leave()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=2)
        for task in self.tasks:
            task.cancel()
        for connection in list(self.open):
            connection.transport.abort()
        await asyncio.sleep(0)  # for the sockets to be closed


class Connection(asyncio.Protocol):
    """One connection: its requests are answered one after the other, in their order."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._patience = connections.patience
        self._loop = asyncio.get_running_loop()
        self._parser: Any = httptools.HttpRequestParser(self)
        self._exchanges: deque[Exchange] = deque()  # the first is being answered
        self._reading: Exchange | None = None  # whose body is still to come
        self._timer: asyncio.TimerHandle | None = None  # while a request is awaited or late
        self._stall: asyncio.TimerHandle | None = None  # while what was written isn't taken
        self._head = 0  # bytes of a head that isn't whole
        self._writable: asyncio.Future[None] | None = None
        self._paused = False

    # what asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self._connections.open.add(self)
        self._limit(self._patience.headers)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.open.discard(self)
        for timer in (self._timer, self._stall):
            if timer is not None:
                timer.cancel()
        for exchange in self._exchanges:
            exchange.lose()
        self._exchanges.clear()
        self._resume()
        self._parser = None

    def data_received(self, data: bytes) -> None:
        if data.startswith(HTTP_2) and not self._exchanges:
            self.transport.write(GO_AWAY)
            self.transport.close()
            return
        if self._reading is None and b"pgrade:" in data[:MOST_HEAD]:
            data = _without_offer(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # the request is answered as it stands
        except httptools.HttpParserError:
            self._refuse("The request is not valid HTTP")
            return
        if self._reading is not None and len(self._reading.fields) > MOST_FIELDS:
            self.transport.abort()  # trailers without end
        elif not self._exchanges:
            self._head += len(data)
            if self._head == len(data):  # its first bytes
                self._limit(self._patience.headers)
            if self._head > MOST_HEAD:
                self._refuse("The headers of the request are too large")

    def pause_writing(self) -> None:
        self._paused = True
        self._stall = self._loop.call_later(self._patience.reading, self.transport.abort)

    def resume_writing(self) -> None:
        self._resume()

    # what the parser tells

    def on_message_begin(self) -> None:
        self._url = b""
        self._fields: list[tuple[bytes, bytes]] = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._head = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        parser = self._parser
        version = parser.get_http_version()
        exchange = Exchange(self, self._patience, parser.get_method(), self._url, self._fields, version)
        exchange.keeps_alive = parser.should_keep_alive()
        self._reading = exchange
        self._exchanges.append(exchange)
        if len(self._exchanges) == 1:
            self._start(exchange)
        else:
            self.transport.pause_reading()

    def on_body(self, data: bytes) -> None:
        if self._reading is not None:
            self._reading.take(data)

    def on_message_complete(self) -> None:
        if self._reading is not None:
            self._reading.take_end()
            self._reading = None

    # what exchanges ask for

    async def write(self, data: bytes) -> None:
        """Write, and wait until the client has taken most of it; `ConnectionError` when it is gone."""
        if self.transport.is_closing():
            raise ConnectionResetError("the client went away")
        self.transport.write(data)
        if self._paused:
            self._writable = self._loop.create_future()
            await self._writable

    def hold(self) -> None:
        self.transport.pause_reading()

    def go_on(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def leave(self) -> None:
        if self._exchanges:
            self.transport.abort()
        else:
            self.transport.close()

    def _start(self, exchange: Exchange) -> None:
        task = self._loop.create_task(self._answered(exchange))
        self._connections.tasks.add(task)
        task.add_done_callback(self._connections.tasks.discard)

    async def _answered(self, exchange: Exchange) -> None:
        try:
            await self._connections.application(exchange.scope(), exchange.receive, exchange.send)
        finally:
            if not self.transport.is_closing():
                self._finished(exchange)

    def _finished(self, exchange: Exchange) -> None:
        self._exchanges.popleft()
        if not (exchange.is_whole and exchange.keeps_alive) or self._reading is exchange:
            self.transport.close()  # flushes what is written; the timer is for who doesn't take it
            self._limit(self._patience.reading)
        elif self._exchanges:
            self._start(self._exchanges[0])
            self.transport.resume_reading()
        else:
            self._limit(self._patience.idle)

    def _limit(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self.transport.abort)

    def _resume(self) -> None:
        self._paused = False
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        if self._writable is not None:
            if not self._writable.done():
                self._writable.set_result(None)
            self._writable = None

    def _refuse(self, message: str) -> None:
        """Answer what isn't HTTP with the API's envelope, and hang up."""
        if self.transport.is_closing():
            return
        if not self._exchanges:  # in the middle of another answer there is no place for it
            envelope = invalid(message).envelope(new_id("req", message.encode()))
            data = json.dumps(envelope, separators=(",", ":")).encode()
            head = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            self.transport.write(head + b"content-length: %d\r\n\r\n" % len(data) + data)
        self.transport.close()
        self._limit(self._patience.headers)


def _without_offer(data: bytes) -> bytes:
    """Make nothing of an offer of another protocol: the parser would leave the body of the request aside.

    Java's own client offers HTTP/2 with every first request.
    """
    head, blank, body = data.partition(b"\r\n\r\n")
    return UPGRADE.sub(b"x-upgrade:", head) + blank + body
