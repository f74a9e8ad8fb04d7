"""A small Messages API on loopback: it answers what the test tells it and keeps the bytes it received."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from nbkit.wire.events import encode_event, message_events


@dataclass
class Received:
    """One request as it came: path, headers in lower case, the exact bytes of the body."""

    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Answer:
    """What to send back. With `cut` the connection is closed in the middle of the body, without an end."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: Iterable[bytes] = ()
    cut: bool = False


def message(*content: dict[str, Any], stop_reason: str = "end_turn") -> dict[str, Any]:
    return {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": list(content),
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 7, "output_tokens": 5},
    }


def streamed(reply: dict[str, Any]) -> Answer:
    chunks = [encode_event(event) for event in message_events(reply)]
    return Answer(200, {"content-type": "text/event-stream; charset=utf-8"}, chunks)


def whole(reply: dict[str, Any]) -> Answer:
    return Answer(200, {"content-type": "application/json"}, [json.dumps(reply).encode()])


def refused(status: int, type: str, text: str, **headers: str) -> Answer:
    body = {"type": "error", "error": {"type": type, "message": text}, "request_id": "req_01"}
    return Answer(status, {"content-type": "application/json", **headers}, [json.dumps(body).encode()])


class Loopback:
    """`with Loopback([answer, ...]) as server:`; the last answer is repeated. A callable decides itself."""

    def __init__(self, answers: list[Answer] | Callable[[Received], Answer]) -> None:
        self._answers = answers
        self.received: list[Received] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Loopback:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, received: Received) -> Answer:
        self.received.append(received)
        if callable(self._answers):
            return self._answers(received)
        return self._answers[min(len(self.received), len(self._answers)) - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = loopback._answer(Received(self.path, headers, raw))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                self.close_connection = answer.cut
                try:
                    for chunk in answer.chunks:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                        self.wfile.flush()
                    if not answer.cut:
                        self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    self.close_connection = True  # the client went away; nobody is left to tell

            do_GET = do_POST  # noqa: N815  # the name the standard library calls

            def log_message(self, *_: object) -> None:
                """Say nothing: the test reads `received`."""

        return Handler
