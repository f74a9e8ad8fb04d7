"""What a stream costs from its bytes to the message, beside the official SDK and beside its floor.

The bytes are in memory and come through an httpx mock, to `Client.stream()` here and to `messages.stream()`
there. CPU time, medians of interleaved runs; only the ratios travel. What the imports left is frozen first: a
full garbage collection would go through all of the SDK, and be billed to the run in which it happens to fall.
"""

import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import anthropic
import httpx
from pydantic_core import from_json

from nbkit import Anthropic, Client

# Newer releases of the SDK talk through the successor of httpx, which has the same names.
sdk_httpx: Any = import_module("httpx2" if find_spec("httpx2") else "httpx")

Json = dict[str, Any]
EVENT_STREAM = {"content-type": "text/event-stream"}
REQUEST: Any = {"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
MESSAGE: Json = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-5",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 9, "output_tokens": 1},
}
TEXT = {"type": "text", "text": ""}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "write", "input": {}}
DELTAS, FEWER = 100_000, 10_000
LONG, SHORT = 1_000_000, 100_000
PIECE = 20


def main() -> None:
    gc.freeze()
    text()
    snapshots()
    tool_input("one long string", lambda size: {"code": "print(1)\n" * (size // 10)})
    tool_input("many small values", lambda size: {"items": [item(n) for n in range(size // 80)]})


def text() -> None:
    data = text_stream(DELTAS)
    events = DELTAS / 1e6
    ours, floor = medians(9, lambda: read(data), lambda: split_and_parse(data))
    again, theirs = medians(3, lambda: read(data), lambda: read_with_sdk(data))
    print(f"text, {DELTAS:,} deltas: µs an event: nbkit {ours / events:.2f}, floor {floor / events:.2f}, "
          f"SDK {theirs / events:.1f}")  # fmt: skip
    report("less than the SDK's messages.stream()", theirs / again, "at least 20×, stretch 35×")
    report("of splitting and parsing alone", ours / floor, "at most 2.6×, stretch 1.5×")


def snapshots() -> None:
    more, fewer = text_stream(DELTAS), text_stream(FEWER)
    print("text, a snapshot every 100 events")
    long, short = medians(7, lambda: read_often(more), lambda: read_often(fewer))
    report(f"{DELTAS:,} deltas of {FEWER:,}", long / short, "at most 11×, stretch 10.3×")
    long, short = medians(7, lambda: read_often(more, text=True), lambda: read_often(fewer, text=True))
    report("the same when its text is looked at", long / short, "at most 11×")


def tool_input(name: str, value: Callable[[int], Json]) -> None:
    more, fewer = (input_stream(json.dumps(value(size))) for size in (LONG, SHORT))
    long, short = medians(5, lambda: read_live(more), lambda: read_live(fewer))
    whole = statistics.median(timed(lambda: read_live(more, through_message=True)) for _ in range(3))
    print(f"tool input in deltas of {PIECE} bytes, its live value read after each: {name}")
    report(f"seconds for {LONG:,} bytes", long, "at most 1.0, stretch 0.3", "s")
    report(f"of {SHORT:,} bytes", long / short, "at most 12×")
    report("seconds when it is read from `message`", whole, "", "s")
    # The SDK parses from the start at each delta: so it is run once, and not on the longest.
    half, full = (input_stream(json.dumps(value(size))) for size in (SHORT // 2, SHORT))
    one, two = medians(1, lambda: read_with_sdk(half), lambda: read_with_sdk(full))
    report(f"seconds of the SDK for {SHORT:,} bytes", two, f"{two / one:.1f}× its cost for half of them", "s")


def medians(rounds: int, *runs: Callable[[], object]) -> list[float]:
    """CPU seconds of each, the runs taking turns so that a busy machine is busy for all of them."""
    seconds = [[timed(run) for run in runs] for _ in range(rounds)]
    return [statistics.median(each) for each in zip(*seconds, strict=True)]


def timed(run: Callable[[], object]) -> float:
    begin = time.process_time()
    run()
    return time.process_time() - begin


def report(what: str, value: float, target: str, unit: str = "×") -> None:
    print(f"    {what:<42}{value:>8.2f} {unit:<3}{target}")


def read(data: bytes) -> object:
    with nbkit_client(data).stream(REQUEST) as stream:
        for _ in stream:
            pass
    return stream.message


def read_often(data: bytes, text: bool = False) -> object:
    with nbkit_client(data).stream(REQUEST) as stream:
        for at, _ in enumerate(stream):
            if at % 100 == 0:
                snapshot = stream.message
                assert not text or isinstance(snapshot.text, str)
    return stream.message


def read_live(data: bytes, through_message: bool = False) -> object:
    with nbkit_client(data).stream(REQUEST) as stream:
        for _, change in stream:
            if change.kind == "grow":
                stream.message.tool_uses[0].input if through_message else stream.live_input(0)
    return stream.message


def nbkit_client(data: bytes) -> Client:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=EVENT_STREAM, content=data))
    return Client(Anthropic(key="none"), transport=transport)


def read_with_sdk(data: bytes) -> object:
    transport = sdk_httpx.MockTransport(lambda _: sdk_httpx.Response(200, headers=EVENT_STREAM, content=data))
    client = anthropic.Anthropic(api_key="none", http_client=sdk_httpx.Client(transport=transport))
    with client.messages.stream(**REQUEST) as stream:
        return stream.get_final_message()


def split_and_parse(data: bytes) -> None:
    """The floor: nothing is kept, and nothing is understood."""
    for frame in data.split(b"\n\n"):
        if line := frame.partition(b"\ndata: ")[2]:
            from_json(line)


def text_stream(deltas: int) -> bytes:
    return stream_of(TEXT, ({"type": "text_delta", "text": f" word{n % 977}"} for n in range(deltas)))


def input_stream(text: str) -> bytes:
    pieces = (text[at : at + PIECE] for at in range(0, len(text), PIECE))
    return stream_of(CALL, ({"type": "input_json_delta", "partial_json": piece} for piece in pieces))


def item(n: int) -> Json:
    """A record of 80 bytes (with the comma after it), whatever its number."""
    return {"id": 10_000 + n, "name": f"n {n:05}", "ok": True, "tags": ["a", "b"], "price": 1.5}


def stream_of(block: Json, deltas: Iterator[Json]) -> bytes:
    events: list[Json] = [
        {"type": "message_start", "message": MESSAGE},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ]
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event, separators=(',', ':'))}\n\n".encode()
        for event in events
    )


if __name__ == "__main__":
    main()
