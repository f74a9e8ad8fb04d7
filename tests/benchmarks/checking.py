"""What it costs to check and write a request, beside the official SDK that only writes it.

Medians of interleaved runs; only the ratios travel. The SDK's part is `create()` through a transport that
answers at once. A turn that is added is a reply and the next user message; its time ends when the bytes of
the new messages are there. What a whole `Conversation` costs beside it is measured in `conversing`.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import anthropic
import httpx2  # the SDK's own copy of httpx

from nbkit.rules.checker import Checker
from nbkit.rules.validator import check
from nbkit.wire.written import body_bytes, encoded

Json = dict[str, Any]
ROUNDS = 15
TURNS = 40  # added in one run; the median of them is the run's figure
TOOL: Json = {"name": "get_weather", "description": "Weather.", "input_schema": {"type": "object"}}
PARAMS: Json = {"model": "claude-sonnet-5", "max_tokens": 1024, "tools": [TOOL]}
REPLY: Json = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-5",
    "content": [{"type": "text", "text": "x"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}


def talk(n: int) -> list[Json]:
    """A reply of words, and the user's next words, of about 120 characters each."""
    return [{"role": role, "content": f"{role} says {n} " * 8} for role in ("assistant", "user")]


def tool_use(n: int) -> list[Json]:
    """A reply that thinks, speaks and calls, and the result."""
    thought = {"type": "thinking", "thinking": "x" * 400, "signature": "EqMB" * 20}
    call = {"type": "tool_use", "id": f"toolu_{n}", "name": "get_weather", "input": {"city": "Paris"}}
    result = {"type": "tool_result", "tool_use_id": f"toolu_{n}", "content": "15 degrees " * 40}
    return [
        {"role": "assistant", "content": [thought, {"type": "text", "text": "Let me look."}, call]},
        {"role": "user", "content": [result]},
    ]


def both(n: int) -> list[Json]:
    """The usual loop: a call and its result, then the answer and the next question."""
    return [*tool_use(n), *talk(n)]


KINDS = {"words": talk, "calls, answers and words": both}
ADDED = {"words": talk, "a call and its result": tool_use}


def conversation(kind: Callable[[int], list[Json]], length: int) -> list[Json]:
    messages: list[Json] = [{"role": "user", "content": "Hello."}]
    turns = map(kind, count())
    while len(messages) < length:
        messages += next(turns)
    return messages


def cpu(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def medians(subjects: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median of each subject, run in turns so that a busy moment meets all of them."""
    for work in subjects.values():
        work()
    runs: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, work in subjects.items():
            runs[name].append(cpu(work))
    return {name: statistics.median(each) for name, each in runs.items()}


def whole(kind: Callable[[int], list[Json]], client: anthropic.Anthropic) -> tuple[float, float, float]:
    """Return the milliseconds of check, of check and bytes, and of the SDK, for 1,000 messages."""
    messages = conversation(kind, 1000)
    body = {**PARAMS, "messages": messages}
    assert check(body) == []
    found = medians(
        {
            "check": lambda: check(body),
            "both": lambda: (check(body), body_bytes(body)),
            "sdk": lambda: client.messages.create(**body),
        }
    )
    return found["check"] * 1000, found["both"] * 1000, found["sdk"] * 1000


def adding(kind: Callable[[int], list[Json]], length: int) -> Callable[[], float]:
    """Return what adds turns to a request of so many messages, and says how long the median one took."""
    checker, parts = Checker({**PARAMS, "messages": []}), list[bytes]()

    def add(messages: list[Json]) -> None:
        for message in messages:
            checker.extend(message)
            parts.append(encoded(message))
        assert checker.problems() == []

    add(conversation(kind, length))
    turns = map(kind, count(length))
    return lambda: statistics.median(timed(partial(add, next(turns))) for _ in range(TURNS))


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json=REPLY))
    client = anthropic.Anthropic(api_key="none", http_client=httpx2.Client(transport=transport))
    row("1,000 messages", "check ms", "and bytes", "SDK ms", "ratio", "at most")
    for name, kind in KINDS.items():
        checked, written, sdk = whole(kind, client)
        limits = "1.0×, better 0.5×"
        row(name, f"{checked:.2f}", f"{written:.2f}", f"{sdk:.2f}", f"{written / sdk:.2f}×", limits)
    print()
    row("one turn added", "µs at 100", "at 10,000", "", "ratio", "at most")
    for name, kind in ADDED.items():
        few, many = interleaved(adding(kind, 100), adding(kind, 10_000))
        row(name, f"{few:.1f}", f"{many:.1f}", "", f"{many / few:.2f}×", "50 µs and 1.5×, better 10 µs")


def row(name: str, *cells: str) -> None:
    *figures, limits = cells
    print(f"{name:<26}" + "".join(f"{figure:>11}" for figure in figures) + f"   {limits}")


def interleaved(one: Callable[[], float], other: Callable[[], float]) -> tuple[float, float]:
    """Return two medians in microseconds."""
    runs = [(one(), other()) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in runs) * 1e6, statistics.median(b for _, b in runs) * 1e6


if __name__ == "__main__":
    main()
