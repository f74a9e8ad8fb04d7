"""Requests that a person is asked, by clients that wait and by none."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import httpx2

from nbkit import Simulator
from nbkit.sim.person.desk import Waiting

Json = dict[str, Any]
HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
URL = "http://simulated/v1/messages"
WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
CLOCK: Json = {"name": "get_time", "input_schema": {"type": "object", "properties": {}}}
CALL: Json = {"type": "tool_use", "name": "get_weather", "input": {"city": "Paris"}}


def asking(text: str = "Hello", **more: Any) -> Json:
    messages = [{"role": "user", "content": text}]
    return {"model": "claude-sonnet-5", "max_tokens": 300, "messages": messages, **more}


class Bridge(httpx2.BaseTransport):
    """The official SDK brings its own HTTP library; this hands its requests to the simulator's transport."""

    def __init__(self, simulator: Simulator) -> None:
        self.transport = simulator.transport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        same = httpx.Request(
            request.method, str(request.url), headers=dict(request.headers), content=request.read()
        )
        answer = self.transport.handle_request(same)
        return httpx2.Response(answer.status_code, headers=dict(answer.headers), stream=Chunks(answer.stream))


class Chunks(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.stream)

    def close(self) -> None:
        self.stream.close()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def waits(simulator: Simulator, request: Json) -> Waiting:
    """Let a request wait without any client."""
    assert simulator.person is not None
    plan = simulator.respond("POST", "/v1/messages", HEADERS, json.dumps(request).encode())
    assert plan.pending is not None or plan.status == 200
    KEPT.append(plan)
    return simulator.person.waiting[-1]


KEPT: list[Any] = []  # a plan that is let go is a client that went away
