"""The simulated API under load, on loopback, beside fakellm and a bare Starlette handler that answers the
same bytes; each in a process of its own, measured in turns, of which the best counts. `--full` makes the soak
100,000 requests long.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import Any

from load_clients import Server, bare, call, fakellm, nbkit, request, stream

Json = dict[str, Any]

ROUNDS = 5
SECONDS = 1.0
CONNECTIONS = 8
HELLO: Json = {
    "model": "claude-sonnet-5",
    "max_tokens": 500,
    "messages": [{"role": "user", "content": "Hello, how are you?"}],
}
WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
LONG: Json = {
    **HELLO,
    "model": "claude-haiku-4-5",
    "max_tokens": 8000,
    "messages": [{"role": "user", "content": "Count from 1 to 1000."}],
}
FAULTS = ("overloaded", "cut; at=200", "malformed_json", "no_answer", "split; bytes=7", "rate_limited")


def asked(text: str, **more: Any) -> Json:
    return {**HELLO, "messages": [{"role": "user", "content": text}], **more}


def counted(events: bytes) -> int:
    return events.count(b"event: ")


def said(events: bytes) -> str:
    return "".join(re.findall(r'"text_delta","text":"([^"]*)"', events.decode()))


def told(what: str, value: float, unit: str, bound: str = "", fine: bool = True) -> None:
    print(f"{what:<52}{value:>12,.1f} {unit:<10}{bound:<28}{'' if fine else '  MISSED'}")


def starting() -> None:
    """From the start of the process to the first answer, and what it then takes up; the best of each."""
    seconds: dict[str, list[float]] = {"nbkit": [], "fakellm": []}
    memory: dict[str, list[float]] = {"nbkit": [], "fakellm": []}
    for turn in range(ROUNDS + 1):
        for name, start in (("nbkit", nbkit), ("fakellm", fakellm)):
            begun = time.perf_counter()
            with start() as server:
                server.answers(HELLO)
                if turn:  # the first writes byte code
                    seconds[name].append(time.perf_counter() - begun)
                    memory[name].append(server.megabytes)
    for unit, factor, found, most in (("ms", 1000, seconds, 0.5), ("MB", 1, memory, 0.7)):
        ours, theirs = (min(found[name]) * factor for name in ("nbkit", "fakellm"))
        what = "start to first answer" if unit == "ms" else "resident memory after it"
        told(f"fakellm, {what}", theirs, unit)
        told(f"nbkit, {what}", ours, unit, f"{ours / theirs:.2f}x, at most {most}x", ours <= most * theirs)


def posting() -> None:
    """Answers a second to requests that don't stream."""
    makes: dict[str, Callable[[int], bytes]] = {
        "one request": lambda _: request(HELLO),
        "each another": lambda n: request(asked(f"Hello, how are you, number {n}?")),
        "each another, a tool call": lambda n: request(
            asked(f"What is the weather in Paris, question {n}?", tools=[WEATHER])
        ),
    }
    with ExitStack() as stack:
        ours = stack.enter_context(nbkit())
        servers: dict[str, Server] = {
            "fakellm": stack.enter_context(fakellm()),
            "bare Starlette": stack.enter_context(bare(ours.answers(HELLO))),
            "nbkit": ours,
        }
        for server in servers.values():
            server.answers(HELLO)
        for which, make in makes.items():
            rates: dict[str, list[float]] = {name: [] for name in servers}
            costs: dict[str, list[float]] = {name: [] for name in servers}
            for _ in range(ROUNDS):
                for name, server in servers.items():
                    before, begun = server.cpu, time.perf_counter()
                    answers = asyncio.run(call(server.port, SECONDS, CONNECTIONS, make))
                    rates[name].append(answers / (time.perf_counter() - begun))
                    costs[name].append((server.cpu - before) / answers)
            rate = {name: max(each) for name, each in rates.items()}
            for name in servers:
                bound, fine = "", True
                if name == "nbkit":
                    peer, base = rate[name] / rate["fakellm"], rate[name] / rate["bare Starlette"]
                    bound = f"{peer:.1f}x >= 2.5x, {base:.2f}x >= 0.7x"
                    fine = peer >= 2.5 and base >= 0.7
                cost = min(costs[name]) * 1e6
                told(f"{name}, {which} ({cost:.0f} us CPU)", rate[name], "POST/s", bound, fine)


async def _streamed(server: Server, body: Json, seconds: float, streams: int = 16) -> int:
    end = time.perf_counter() + seconds
    events = 0

    async def one() -> None:
        nonlocal events
        while time.perf_counter() < end:
            data = await stream(server.port, body)
            events += counted(data)

    await asyncio.gather(*(one() for _ in range(streams)))
    return events


def streaming() -> None:
    """Events a second over sixteen streams, unpaced."""
    rates = {}
    for name, start, body in (("fakellm", fakellm, LONG), ("nbkit", nbkit, LONG)):
        with start() as server:
            server.answers(HELLO)
            found, costs = [], []
            for _ in range(ROUNDS):
                before, begun = server.cpu, time.perf_counter()
                events = asyncio.run(_streamed(server, body, SECONDS))
                found.append(events / (time.perf_counter() - begun))
                costs.append((server.cpu - before) / events * 1e6)
        rates[name] = max(found)
        told(f"{name}, 16 streams", rates[name], "events/s")
    told(
        "nbkit, over fakellm",
        rates["nbkit"] / rates["fakellm"],
        "x",
        "at least 25x",
        rates["nbkit"] >= 25 * rates["fakellm"],
    )
    cost = min(costs)
    told("nbkit, an event", cost, "us CPU", "at most 8", cost <= 8)


async def _open_at_once(server: Server, slow: int, fast: int) -> tuple[list[bytes], list[float], list[int]]:
    """All begin together; returns the fast streams' bytes and seconds, and the slow streams' bytes."""
    took = []

    async def quick(number: int) -> bytes:
        begun = time.perf_counter()
        data = await stream(
            server.port, {**LONG, "messages": asked(f"Count from 1 to {100 + number % 400}.")["messages"]}
        )
        took.append(time.perf_counter() - begun)
        return data

    async def lazy() -> int:
        return len(await stream(server.port, LONG, pause=0.05, size=4096))

    lazies = [asyncio.create_task(lazy()) for _ in range(slow)]
    await asyncio.sleep(0.1)
    fasts = await asyncio.gather(*(quick(number) for number in range(fast)))
    return fasts, took, await asyncio.gather(*lazies)


def crowding() -> None:
    """Five hundred streams at once, a hundred of them read slowly."""
    with nbkit() as server:
        server.answers(HELLO)
        alone = asyncio.run(_open_at_once(server, 0, 500))
        before = server.megabytes
        data, took, sizes = asyncio.run(_open_at_once(server, 100, 400))
        grown = server.megabytes - before
        right = sum(each.endswith(b'{"type":"message_stop"}\n\n') for each in data)
        right += sum(size == sizes[0] for size in sizes)
        mixed = sum(not said(each).endswith(f" {100 + number % 400}.") for number, each in enumerate(data))
        told("500 streams, whole", right, "streams", "500", right == 500)
        told("500 streams, mixed up", mixed, "streams", "0", mixed == 0)
        told("500 streams, memory", grown, "MB", "at most 64", grown <= 64)
        slower = statistics.median(took) / statistics.median(alone[1])
        told("the 400 beside 100 slow, to beside 100 as quick", slower, "x", "at most 1.3x", slower <= 1.3)


def _mixed(count: int) -> Iterator[tuple[bytes, bool]]:
    """Requests of many kinds; of some the client leaves in the middle."""
    for n in range(count):
        text = f"Hello {n % 997}"
        match n % 10:
            case 0 | 1 | 2:
                yield request(asked(text), "connection: close\r\n"), False
            case 3 | 4:
                yield request(asked(text, stream=True), "connection: close\r\n"), False
            case 5:
                yield request(asked(text, tools=[WEATHER]), "connection: close\r\n"), False
            case 6:
                yield (
                    request(
                        asked(text, stream=True),
                        f"x-nbkit-fault: {FAULTS[n // 10 % len(FAULTS)]}\r\nconnection: close\r\n",
                    ),
                    False,
                )
            case 7:
                yield request({**LONG, "stream": True}), True
            case 8:
                yield request(b'{"model": ', "connection: close\r\n"), False
            case _:
                yield request(asked(text), "connection: close\r\n", "/v1/messages/count_tokens"), False


async def _soak(server: Server, requests: Iterator[tuple[bytes, bool]]) -> None:
    async def worker() -> None:
        for data, leaves in requests:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            try:
                writer.write(data)
                received = await reader.read(500 if leaves else -1)
                assert b"HTTP/1.1 500" not in received, received
            except ConnectionError:
                pass
            finally:
                writer.close()

    await asyncio.gather(*(worker() for _ in range(16)))


def soaking(count: int) -> None:
    """Many requests of all kinds, with faults and clients that leave."""
    with nbkit() as server:
        server.answers(HELLO)
        files = server.files
        requests = _mixed(count)
        asyncio.run(_soak(server, islice(requests, count // 5)))
        before = server.megabytes
        begun = time.perf_counter()
        asyncio.run(_soak(server, requests))
        took = time.perf_counter() - begun
        end = time.monotonic() + 20
        while server.files > files and time.monotonic() < end:
            time.sleep(0.05)
        grown = server.megabytes - before
        told(f"soak of {count:,}: requests", count * 0.8 / took, "a second")
        told(f"soak of {count:,}: growth after a fifth", grown, "MB", "at most 3", grown <= 3)
        told(f"soak of {count:,}: files left open", server.files - files, "files", "0", server.files == files)
        assert server.process.poll() is None


def main() -> None:
    sections = {"starting": starting, "posting": posting, "streaming": streaming, "crowding": crowding}
    chosen = [each for each in sys.argv[1:] if not each.startswith("-")]
    for name, section in sections.items():
        if not chosen or name in chosen:
            section()
    if not chosen or "soaking" in chosen:
        soaking(100_000 if "--full" in sys.argv else 5_000)


if __name__ == "__main__":
    main()
