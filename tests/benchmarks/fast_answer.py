"""An answer of a length and a pace that one chooses, through the real client; imported in the kernel, too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx

from nbkit import Anthropic, Client
from nbkit.wire.events import encode_event

Json = dict[str, Any]
DELTA = 4  # characters
SENTENCE = "The **quick** brown fox jumps over the lazy dog, and `then` it rests.\n\n"
USAGE = {"input_tokens": 10, "output_tokens": 5}


def answer(length: int, number: int = 0) -> str:
    """Return so many characters; another number, another text: nothing is to be known of it from before."""
    return (f"{number}: {SENTENCE}" * (length // len(SENTENCE) + 1))[:length]


@cache
def events(text: str) -> tuple[bytes, ...]:
    return tuple(_events(text))


@cache
def whole(text: str) -> bytes:
    return b"".join(events(text))


def _events(text: str) -> Iterator[bytes]:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5", "content": []}
    yield _event(
        "message_start", message={**head, "stop_reason": None, "stop_sequence": None, "usage": USAGE}
    )
    yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for at in range(0, len(text), DELTA):
        delta = {"type": "text_delta", "text": text[at : at + DELTA]}
        yield _event("content_block_delta", index=0, delta=delta)
    yield _event("content_block_stop", index=0)
    yield _event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage=USAGE)
    yield _event("message_stop")


def _event(kind: str, **rest: Any) -> bytes:
    return encode_event({"type": kind, **rest})


class Body(httpx.SyncByteStream):
    """All events at once, or one after the other with a wait before each; `first`: when text went out."""

    def __init__(self, text: str, wait: float) -> None:
        self.text, self.wait = text, wait
        self.first = 0.0

    def __iter__(self) -> Iterator[bytes]:
        if not self.wait:
            yield whole(self.text)
            return
        for event in events(self.text):
            time.sleep(self.wait)
            if not self.first and b"text_delta" in event:
                self.first = time.time()
            yield event


class Answers:
    """A provider's end: `asked` and `cpu`: when the last request came in, `body`: what is sent back."""

    def __init__(self, length: int = 0, wait: float = 0.0) -> None:
        self.length, self.wait = length, wait
        self.asked = self.cpu = 0.0
        self.count = 0
        self.body = Body("", 0.0)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked, self.cpu = time.perf_counter(), time.process_time()
        self.count += 1
        self.body = Body(answer(self.length, self.count), self.wait)
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=self.body)

    def prepare(self) -> None:
        """Write the next answer now: that is a server's work, and no part of what its reader costs."""
        whole(answer(self.length, self.count + 1))

    def client(self) -> Client:
        provider = Anthropic(key="none", base_url="http://127.0.0.1")
        return Client(provider, transport=httpx.MockTransport(self))


def blocks(count: int) -> list[Json]:
    """An array of so many blocks, two in a message."""
    return [
        {
            "role": "assistant" if at % 2 else "user",
            "content": [
                {"type": "text", "text": f"Block **{2 * at}**. {SENTENCE.strip()}\n\n- one\n- two"},
                {"type": "text", "text": f"And more in `{2 * at + 1}`."},
            ],
        }
        for at in range(count // 2)
    ]
