"""The simulator in this process, as httpx sees it: sync and async, lazily, at a pace, and stoppable."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx

from nbkit.sim.api import routes
from nbkit.sim.simulator import Simulator
from nbkit.sim.transport import SLICE, SimulatorTransport

URL = "http://simulated/v1/messages"
HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
BODY = {
    "model": "claude-sonnet-5",
    "max_tokens": 200,
    "stream": True,
    "messages": [{"role": "user", "content": "Count to 20"}],
}


class Naps:
    """Counts the sleeping instead of doing it."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def awaited(self, seconds: float) -> None:
        self.slept.append(seconds)

    @property
    def total(self) -> float:
        return sum(self.slept)


def test_an_answer_is_the_same_read_either_way() -> None:
    async def read() -> bytes:
        async with httpx.AsyncClient(transport=Simulator().transport()) as client:
            return (await client.post(URL, json=BODY, headers=HEADERS)).content

    with httpx.Client(transport=Simulator().transport()) as client:
        whole = client.post(URL, json=BODY, headers=HEADERS)
    assert whole.headers["content-type"].startswith("text/event-stream")
    assert whole.headers["nbkit-simulated"] == "true"
    assert whole.content == asyncio.run(read())


def test_without_a_pace_nothing_waits() -> None:
    naps = Naps()
    transport = SimulatorTransport(Simulator(), sleep=naps)
    with httpx.Client(transport=transport) as client:
        client.post(URL, json=BODY, headers=HEADERS)
    assert naps.slept == []


def test_a_pace_is_tokens_per_second() -> None:
    naps = Naps()
    transport = SimulatorTransport(Simulator(pace=10), sleep=naps)
    with httpx.Client(transport=transport, timeout=None) as client:
        answer = client.post(URL, json={**BODY, "stream": False}, headers=HEADERS).json()
        waited_whole, naps.slept = naps.total, []
        client.post(URL, json=BODY, headers=HEADERS)
    tokens = answer["usage"]["output_tokens"]
    assert abs(waited_whole - tokens / 10) < 0.01
    assert abs(naps.total - tokens / 10) <= 0.05 + 1e-6  # usage rounds the sum, no delta
    assert max(naps.slept) <= SLICE


def test_bytes_come_one_event_at_a_time_between_waits() -> None:
    naps = Naps()
    with (
        httpx.Client(transport=SimulatorTransport(Simulator(pace=50), sleep=naps)) as client,
        client.stream("POST", URL, json=BODY, headers=HEADERS) as response,
    ):
        chunks = response.iter_raw()
        assert b"message_start" in next(chunks)
        assert naps.slept == []
        seen = [next(chunks) for _ in range(4)]
    assert all(chunk.count(b"event: ") == 1 for chunk in seen)
    assert 0 < naps.total < 1


def test_leaving_early_stops_the_stream() -> None:
    naps = Naps()
    with (
        httpx.Client(transport=SimulatorTransport(Simulator(pace=1), sleep=naps)) as client,
        client.stream("POST", URL, json=BODY, headers=HEADERS) as response,
    ):
        next(response.iter_raw())
    assert naps.total == 0


def test_closing_in_the_middle_of_a_wait_ends_it() -> None:
    transport = SimulatorTransport(Simulator(pace=0.1), sleep=lambda seconds: response.close())
    with httpx.Client(transport=transport, timeout=None) as client:
        request = client.build_request("POST", URL, json=BODY, headers=HEADERS)
        response = client.send(request, stream=True)
        assert isinstance(response.stream, httpx.SyncByteStream)
        events = b"".join(response.stream)
    assert b"message_stop" not in events


def test_an_async_reader_lets_others_run() -> None:
    turns: list[str] = []

    async def reading(chunks: AsyncIterator[bytes]) -> None:
        async for _ in chunks:
            turns.append("read")

    async def other() -> None:
        for _ in range(5):
            turns.append("other")
            await asyncio.sleep(0)

    async def both() -> None:
        async with (
            httpx.AsyncClient(transport=Simulator().transport()) as client,
            client.stream("POST", URL, json=BODY, headers=HEADERS) as response,
        ):
            await asyncio.gather(reading(response.aiter_raw()), other())

    asyncio.run(both())
    first_reads = turns.index("read")
    assert "other" in turns[first_reads:]


def test_an_async_wait_is_awaited() -> None:
    naps = Naps()

    async def read() -> None:
        transport = SimulatorTransport(Simulator(pace=20), async_sleep=naps.awaited)
        async with httpx.AsyncClient(transport=transport) as client:
            await client.post(URL, json=BODY, headers=HEADERS)

    asyncio.run(read())
    assert naps.total > 0.5


def test_an_error_is_an_answer_not_an_exception() -> None:
    with httpx.Client(transport=Simulator().transport()) as client:
        answer = client.post(URL, content=b"{", headers=HEADERS)
    assert answer.status_code == 400
    assert json.loads(answer.content)["request_id"] == answer.headers["request-id"]


def test_every_endpoint_of_the_table_is_there() -> None:
    for methods in routes.TABLE.values():
        for name in methods.values():
            assert callable(routes.endpoint_of(name)), name
