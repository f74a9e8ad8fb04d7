"""Be the model: how a request waits for a person, and how the wait ends without an answer."""

import asyncio
import contextlib
import http.client
import json
import urllib.parse
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from asked_person import HEADERS, URL, Json, asking, until, waits
from nbkit import Simulator, TurnError
from nbkit.sim.person.desk import Person, Waiting
from nbkit.sim.server import LocalServer
from nbkit.wire.assembly import assemble


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(brain="person")


@pytest.fixture
def person(simulator: Simulator) -> Person:
    assert simulator.person is not None
    return simulator.person


@pytest.fixture
def url(simulator: Simulator) -> Iterator[str]:
    with LocalServer(simulator) as server:
        yield server.url


def test_a_stream_begins_at_once_and_pings_while_it_waits() -> None:
    now = [0.0]
    simulator = Simulator(brain="person", clock=lambda: now[0])
    data = json.dumps(asking(stream=True)).encode()
    plan = simulator.respond("POST", "/v1/messages", HEADERS, data)
    assert plan.status == 200

    def events(seconds: float) -> list[bytes]:
        got = []
        end = now[0] + seconds
        while now[0] < end:
            step = next(plan.steps)
            if isinstance(step, bytes):
                got.append(step)
            else:
                now[0] += step
        return got

    first = events(1)
    assert first[0].startswith(b"event: message_start")
    assert [event.count(b"event: ping") for event in events(60)] == [1, 1, 1, 1]
    assert simulator.person is not None
    simulator.person.waiting[0].answer("Here.")
    rest = b"".join(step for step in plan.steps if isinstance(step, bytes))
    assert b"message_start" not in rest
    assert assemble(first[0] + rest).to_wire()["content"] == [{"type": "text", "text": "Here."}]


@pytest.mark.parametrize("stream", [False, True])
def test_patience_ends(stream: bool) -> None:
    now = [0.0]
    simulator = Simulator(brain="person", patience=30, clock=lambda: now[0])

    def sleep(seconds: float) -> None:
        now[0] += seconds

    transport = simulator.transport()
    transport._sleep = sleep
    with httpx.Client(transport=transport, timeout=None) as client:
        answer = client.post(URL, json=asking(stream=stream), headers=HEADERS)
    assert answer.status_code == (200 if stream else 529)
    assert "overloaded_error" in answer.text
    assert 30 <= now[0] < 31
    assert simulator.person is not None
    assert simulator.person.waiting == []


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_goes_away_takes_its_request_along(
    simulator: Simulator, person: Person, stream: bool
) -> None:
    async def go() -> Waiting:
        async with httpx.AsyncClient(transport=simulator.transport()) as client:
            task = asyncio.create_task(client.post(URL, json=asking(stream=stream), headers=HEADERS))
            waiting = await person.anext(timeout=20)
            task.cancel()
            await asyncio.wait([task])
            return waiting

    waiting = asyncio.run(go())
    assert person.waiting == []
    with pytest.raises(TurnError, match="its client went away"):
        waiting.answer("Hello?")


def test_a_reader_who_leaves_the_stream_takes_its_request_along(simulator: Simulator, person: Person) -> None:
    with (
        httpx.Client(transport=simulator.transport()) as client,
        client.stream("POST", URL, json=asking(stream=True), headers=HEADERS) as response,
    ):
        assert b"message_start" in next(response.iter_raw())
        assert len(person.waiting) == 1
    assert person.waiting == []


def test_an_interrupt_ends_the_wait(simulator: Simulator, person: Person) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    transport = simulator.transport()
    transport._sleep = interrupted
    with httpx.Client(transport=transport) as client, pytest.raises(KeyboardInterrupt):
        client.post(URL, json=asking(), headers=HEADERS)
    assert person.waiting == []


def test_an_async_client_waits_without_blocking_its_loop(simulator: Simulator, person: Person) -> None:
    async def both() -> Json:
        async with httpx.AsyncClient(transport=simulator.transport()) as client:
            task = asyncio.create_task(client.post(URL, json=asking(), headers=HEADERS))
            (await person.anext(timeout=20)).answer("On the same loop.")
            answer: Json = (await task).json()
            return answer

    assert asyncio.run(both())["content"][0]["text"] == "On the same loop."


def test_a_listener_hears_of_what_comes_and_goes(simulator: Simulator, person: Person) -> None:
    seen: list[int] = []
    stop = person.on_change(lambda: seen.append(len(person.waiting)))
    waiting = waits(simulator, asking())
    waiting.answer("Hi")
    stop()
    waits(simulator, asking("later"))
    assert seen == [1, 0]


def test_the_journal_has_the_request_before_it_is_answered() -> None:
    simulator = Simulator(brain="person", journal=True)
    plan = simulator.respond("POST", "/v1/messages", HEADERS, json.dumps(asking()).encode())

    def status() -> Any:
        read = simulator.respond("GET", "/_nbkit/requests", HEADERS)
        return json.loads(b"".join(map(bytes, read.steps)))["requests"][0]["status"]  # type: ignore[arg-type]

    assert status() is None
    assert simulator.person is not None
    simulator.person.waiting[0].answer("Hi")
    assert plan.pending is not None
    answer = plan.pending.plan
    assert b"Hi" in b"".join(map(bytes, answer.steps))  # type: ignore[arg-type]
    assert status() == 200


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_hangs_up_takes_its_request_along(url: str, person: Person, stream: bool) -> None:
    address = urllib.parse.urlsplit(url)
    with contextlib.closing(http.client.HTTPConnection(address.hostname or "", address.port)) as connection:
        connection.request("POST", "/v1/messages", json.dumps(asking(stream=stream)), HEADERS)
        person.next(timeout=20)
    until(lambda: not person.waiting)
