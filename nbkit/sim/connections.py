"""Connections: uvicorn's protocol and server, with an end to every wait and no words on standard error."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from nbkit.sim.asgi import CONNECTION, Application
from nbkit.sim.ids import new_id
from nbkit.sim.patience import PATIENCE, Patience
from nbkit.sim.refusal import invalid

MOST_HEADERS = 128 * 1024  # bytes of a request line and headers
MOST_FIELDS = 1000
UPGRADE = re.compile(rb"^upgrade:", re.IGNORECASE | re.MULTILINE)

_silent = logging.getLogger("nbkit.silent")
_silent.disabled = True


class Connection(HttpToolsProtocol):
    """HTTP/1.1 as clients really speak it. Who sends or reads nothing for too long is cut off."""

    patience: Patience = PATIENCE

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.timeout_keep_alive = self.patience.idle  # type: ignore[assignment]  # a timer takes fractions
        self.logger = self.access_logger = _silent
        self.access_log = False
        self._cut: asyncio.TimerHandle | None = None  # while a request is late
        self._stall: asyncio.TimerHandle | None = None  # while what was written isn't read
        self._head = 0  # bytes of headers so far

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._cut = self.loop.call_later(self.patience.headers, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for timer in (self._cut, self._stall, self.timeout_keep_alive_task):
            if timer is not None:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        waiting = self._waits_for_request()
        if waiting and b"pgrade:" in data[:MOST_HEADERS]:
            data = _without_offer(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # the request is answered as it stands
        except httptools.HttpParserError:
            self.send_400_response("The request is not valid HTTP")
            return
        if self.headers and len(self.headers) > MOST_FIELDS:
            self.transport.abort()  # trailers without end
        elif waiting and self._waits_for_request():
            self._head += len(data)
            if self._cut is None:
                self._cut = self.loop.call_later(self.patience.headers, self.transport.abort)
            if self._head > MOST_HEADERS:
                self.send_400_response("The headers of the request are too large")

    def _waits_for_request(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: {"is_open": self._is_open, "abort": self.transport.abort}}

    def on_headers_complete(self) -> None:
        self._head = 0
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None
        super().on_headers_complete()

    def _is_open(self) -> bool:
        return not self.transport.is_closing()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(self.patience.reading, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():  # the last of an answer that nobody takes
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:
        """Answer what isn't HTTP with the API's envelope, and hang up."""
        if self.transport.is_closing():
            return
        envelope = invalid(msg).envelope(new_id("req", msg.encode()))
        data = json.dumps(envelope, separators=(",", ":")).encode()
        head = (
            STATUS_LINE[400]
            + b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        )
        if self._waits_for_request():  # in the middle of another answer there is no place for it
            self.transport.write(head % len(data) + data)
        self.transport.close()

    def leave(self) -> None:
        """End now: an answer that is whole still goes out, one in the making breaks off."""
        if self._waits_for_request():
            self.transport.close()
        else:
            self.transport.abort()


class Server(uvicorn.Server):
    """Stops at once when told to, and takes Ctrl-C and SIGTERM for being told to."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.leave()  # type: ignore[union-attr]
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _without_offer(data: bytes) -> bytes:
    """Make nothing of an offer of another protocol: the parser would leave the body of the request aside.

    Java's own client offers HTTP/2 with every first request.
    """
    head, blank, body = data.partition(b"\r\n\r\n")
    return UPGRADE.sub(b"x-upgrade:", head) + blank + body


def server(application: Application, patience: Patience) -> Server:
    """Return a server to run on sockets that are bound."""
    config = uvicorn.Config(
        application,
        http=type("PatientConnection", (Connection,), {"patience": patience}),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    return Server(config)
