"""One request and its answer on a connection: what ASGI calls scope, receive and send."""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from nbkit.sim.connections import Connection
    from nbkit.sim.patience import Patience

MOST_UNREAD = 256 * 1024  # bytes of a body that nobody has asked for yet
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Message = dict[str, Any]


class Exchange:
    """Takes the body as it comes, and puts the answer on the wire."""

    def __init__(
        self,
        connection: Connection,
        patience: Patience,
        method: bytes,
        target: bytes,
        fields: list[tuple[bytes, bytes]],
        version: str,
    ) -> None:
        self.fields = fields
        self.keeps_alive = True
        self.is_whole = False  # whether the answer is
        self._connection = connection
        self._patience = patience
        self._method = method
        self._target = target
        self._version = version
        self._body = bytearray()
        self._more = True  # of the body is to come
        self._told = False  # that there is no more
        self._lost = False
        self._waiter: asyncio.Future[None] | None = None
        self._head = b""  # that goes out with the first of the body
        self._begun = False
        self._chunked = False
        self._left = 0  # bytes of the answer's content-length
        self._expects = any(name == b"expect" and value.lower() == b"100-continue" for name, value in fields)

    def scope(self) -> Message:
        path, _, query = _origin(self._target).partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": self._version,
            "method": self._method.decode("ascii"),
            "scheme": "http",
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": self.fields,
        }

    # the request, as it comes

    def take(self, data: bytes) -> None:
        self._body += data
        if len(self._body) > MOST_UNREAD:
            self._connection.hold()
        self._wake()

    def take_end(self) -> None:
        self._more = False
        self._wake()

    def lose(self) -> None:
        """The client went away."""
        self._lost = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def receive(self) -> Message:
        """Return what has come; `TimeoutError` when the rest of the body is late."""
        if self._expects and not self._begun and not self._lost:
            self._expects = False
            await self._connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not self._lost and not self._body and (self._more or self._told):
            self._waiter = asyncio.get_running_loop().create_future()
            async with asyncio.timeout(self._patience.body if self._more else None):
                await self._waiter
        if self._lost:
            return {"type": "http.disconnect"}
        body, self._body = bytes(self._body), bytearray()
        self._told = not self._more
        if len(body) > MOST_UNREAD:
            self._connection.go_on()
        return {"type": "http.request", "body": body, "more_body": self._more}

    # the answer

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message["status"], message["headers"])
        else:
            await self._continue(message.get("body", b""), message.get("more_body", False))

    async def _begin(self, status: int, fields: list[tuple[bytes, bytes]]) -> None:
        length = None
        lines = [_status_line(status), b"date: ", _date(int(time.time())), b"\r\n"]
        for name, value in fields:
            if b"\n" in value or b"\r" in value:
                value = b" ".join(value.split())
            if name == b"content-length":
                length = int(value)
            elif name == b"connection":
                self.keeps_alive = False
                continue
            lines += (name, b": ", value, b"\r\n")
        self._chunked = length is None and self._version == "1.1" and self._method != b"HEAD"
        if self._chunked:
            lines.append(b"transfer-encoding: chunked\r\n")
        elif length is None:
            self.keeps_alive = False  # its end is the end
        if not self.keeps_alive:
            lines.append(b"connection: close\r\n")
        elif self._version == "1.0":
            lines.append(b"connection: keep-alive\r\n")
        lines.append(b"\r\n")
        self._begun, self._left = True, length or 0
        if length is None:
            await self._connection.write(b"".join(lines))  # what follows may take its time
        else:
            self._head = b"".join(lines)

    async def _continue(self, data: bytes, more: bool) -> None:
        if self._method == b"HEAD":
            data = b""
        elif not self._chunked:
            self._left -= len(data)
        elif data:
            data = (
                b"%x\r\n%b\r\n" % (len(data), data) if more else b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)
            )
        elif not more:
            data = b"0\r\n\r\n"
        if self._head:
            data, self._head = self._head + data, b""
        if not more:
            self.is_whole = self._chunked or self._left <= 0 or self._method == b"HEAD"
        if data:
            await self._connection.write(data)


def _origin(target: bytes) -> bytes:
    """Return path and query of a request's target, which may be a whole address."""
    _, colon, rest = target.partition(b"://")
    if target.startswith(b"/") or not colon:
        return target.partition(b"#")[0]
    return b"/" + rest.partition(b"/")[2]


@lru_cache(maxsize=64)
def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Overloaded" if status == 529 else ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    now = time.gmtime(second)
    clock = f"{now.tm_hour:02}:{now.tm_min:02}:{now.tm_sec:02}"
    return (
        f"{DAYS[now.tm_wday]}, {now.tm_mday:02} {MONTHS[now.tm_mon - 1]} {now.tm_year} {clock} GMT".encode()
    )
