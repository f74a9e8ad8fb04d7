"""Servers to measure, each a process of its own, and a client that costs them as little as it can."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

HEADERS = (
    "host: 127.0.0.1\r\nx-api-key: sk-test\r\nanthropic-version: 2023-06-01\r\n"
    "content-type: application/json\r\naccept: */*\r\nuser-agent: load\r\n"
)
ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(tempfile.mkdtemp())
TICKS = os.sysconf("SC_CLK_TCK")
BARE = """
import sys, pathlib, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
DATA = pathlib.Path(sys.argv[1]).read_bytes()
async def messages(request):
    await request.json()
    return Response(DATA, media_type="application/json")
app = Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])
uvicorn.run(app, port=int(sys.argv[2]), log_level="critical", access_log=False)
"""


class Server:
    """A server in a process: `command` has {port} where its port goes."""

    def __init__(self, *command: str) -> None:
        self.port = free_port()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
        self.process = subprocess.Popen(
            [part.replace("{port}", str(self.port)) for part in command],
            cwd=FOLDER,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)

    def answers(self, body: Json) -> bytes:
        """Wait for the first answer and return its body."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port)) as connection,
            ):
                connection.sendall(request(body, "connection: close\r\n"))
                received = b""
                while piece := connection.recv(65536):
                    received += piece
                return received.partition(b"\r\n\r\n")[2]
            assert self.process.poll() is None, self.process.communicate()[1]
            time.sleep(0.002)
        raise TimeoutError(f"no answer: {self.process.args!r}")

    @property
    def cpu(self) -> float:
        """Seconds of CPU time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    @property
    def files(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())


def nbkit(*options: str) -> Server:
    return Server(sys.executable, "-m", "nbkit", "serve", "--port", "{port}", *options)


def fakellm() -> Server:
    config = FOLDER / "fakellm.yaml"
    config.write_text("version: 1\ndefaults:\n  fallback: deterministic_echo\nrules: []\n")
    code = "from fakellm.cli import main; main()"
    return Server(sys.executable, "-c", code, "serve", "--port", "{port}", "--config", str(config))


def bare(answer: bytes) -> Server:
    file = FOLDER / "answer.json"
    file.write_bytes(answer)
    return Server(sys.executable, "-c", BARE, str(file), "{port}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def request(body: Json | bytes, more: str = "", path: str = "/v1/messages", method: str = "POST") -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\n{HEADERS}{more}content-length: {len(data)}\r\n\r\n"
    return head.encode() + data


class Caller(asyncio.Protocol):
    """Sends the next request as soon as the last is answered, until there is none."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.requests = requests
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answered = 0
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.ask()

    def ask(self) -> None:
        following = next(self.requests, None)
        if following is None:
            self.transport.close()
        else:
            self.transport.write(following)

    def data_received(self, data: bytes) -> None:
        self.received += data
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.received.find(b"content-length: ")
        size = int(self.received[at + 16 : self.received.find(b"\r", at)])
        if len(self.received) >= head + 4 + size:
            assert self.received.startswith(b"HTTP/1.1 200"), bytes(self.received)
            del self.received[: head + 4 + size]
            self.answered += 1
            self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def call(port: int, seconds: float, connections: int, make: Callable[[int], bytes]) -> int:
    """Return how many requests are answered in that time."""
    end = time.perf_counter() + seconds
    numbers = iter(range(10**9))

    def requests() -> Iterator[bytes]:
        while time.perf_counter() < end:
            yield make(next(numbers))

    loop = asyncio.get_running_loop()
    callers = []
    for _ in range(connections):
        callers.append((await loop.create_connection(lambda: Caller(requests()), "127.0.0.1", port))[1])
    await asyncio.gather(*(caller.done for caller in callers))
    return sum(caller.answered for caller in callers)


async def stream(port: int, body: Json, pause: float = 0.0, size: int = 65536) -> bytes:
    """Return the bytes of one stream; a slow reader takes `size` bytes and pauses."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=size)
    try:
        writer.write(request({**body, "stream": True}, "connection: close\r\n"))
        received = []
        while piece := await reader.read(size):
            received.append(piece)
            if pause:
                await asyncio.sleep(pause)
    finally:
        writer.close()
    return unchunked(b"".join(received))


def unchunked(answer: bytes) -> bytes:
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer[:500]
    if b"transfer-encoding: chunked" not in head:
        return rest
    body: list[bytes] = []
    at = 0
    while True:
        end = rest.index(b"\r\n", at)
        size = int(rest[at:end], 16)
        if size == 0:
            return b"".join(body)
        body.append(rest[end + 2 : end + 2 + size])
        at = end + 4 + size
