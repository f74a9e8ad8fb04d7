"""Clients of the simulator's server that speak bytes, and a server that waits as it is told."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from nbkit.sim.plan import Plan
from nbkit.sim.simulator import Simulator
from nbkit.wire.blocks import Json

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21", "content-type": "application/json"}


MODEL = "claude-sonnet-5"


def asking(text: str = "Hello", **more: Any) -> Json:
    return {"model": MODEL, "max_tokens": 500, "messages": [{"role": "user", "content": text}], **more}


def host_of(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").rpartition(":")
    return host, int(port)


def send(
    url: str, body: Any = b"", path: str = "/v1/messages", method: str = "POST", **headers: str
) -> tuple[int, bytes, http.client.HTTPMessage]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection = http.client.HTTPConnection(*host_of(url), timeout=20)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, data, {**HEADERS, **named})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def raw(url: str, data: bytes) -> bytes:
    """Send bytes and return all that comes until the server hangs up."""
    with socket.create_connection(host_of(url), timeout=20) as connection:
        connection.sendall(data)
        return to_the_end(connection)


def to_the_end(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionResetError):  # it hangs up on what it hasn't read
        while piece := connection.recv(65536):
            received += piece
    return received


def request_bytes(body: Json, *more: str) -> bytes:
    data = json.dumps(body).encode()
    lines = ["POST /v1/messages HTTP/1.1", "host: x", f"content-length: {len(data)}", *more]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    return "\r\n".join([*lines, "", ""]).encode() + data


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "waited for 20 seconds"
        time.sleep(0.005)


class Scripted(Simulator):
    """A simulator that answers with given steps, and tells which of its streams are open."""

    def __init__(self, steps: Callable[[], Iterator[bytes | float]]) -> None:
        super().__init__()
        self.steps = steps
        self.open = 0
        self.made = 0

    def respond(self, method: str, path: str, headers: Any, body: bytes = b"") -> Plan:
        return Plan(200, {"content-type": "text/event-stream"}, self._made())

    def _made(self) -> Iterator[bytes | float]:
        self.open += 1
        try:
            for step in self.steps():
                self.made += len(step) if isinstance(step, bytes) else 0
                yield step
        finally:
            self.open -= 1
