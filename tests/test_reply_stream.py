"""A reply while it arrives, through the client: framing, live input, and an end that lacks its blank line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from loopback import message
from nbkit.client.client import AsyncClient, Client
from nbkit.client.providers import Anthropic
from nbkit.errors import StreamError
from nbkit.wire import eventstream
from nbkit.wire.assembly import Framing
from nbkit.wire.events import encode_event, message_events

REPLY = message(
    {"type": "text", "text": "Grüß dich 👋"},
    {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"city": "Paris", "days": 12}},
    stop_reason="tool_use",
)
SSE = b"".join(encode_event(event) for event in message_events(REPLY, 4))
AWS = b"".join(eventstream.encode_event(event, "padding") for event in message_events(REPLY, 4))
TYPES = {"sse": "text/event-stream", "aws": "application/vnd.amazon.eventstream"}


class Framed(Anthropic):
    """A provider whose bytes come in frames."""

    @property
    def framing(self) -> Framing:
        return "aws"


def provider(framing: Framing) -> Anthropic:
    return Framed(key="none") if framing == "aws" else Anthropic(key="none")


def sync(data: bytes, framing: Framing, kind: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the kind of each change, the live input and the message after it."""
    transport = httpx.MockTransport(lambda _: answer(data, kind))
    with Client(provider(framing), transport=transport).stream({"model": "m"}) as stream:
        for _, change in stream:
            yield change.kind, stream.live_input(1), stream.message


def awaited(data: bytes, framing: Framing, kind: str) -> Iterator[tuple[str, Any, Any]]:
    async def run() -> list[tuple[str, Any, Any]]:
        seen: list[tuple[str, Any, Any]] = []
        transport = httpx.MockTransport(lambda _: answer(data, kind))
        async with AsyncClient(provider(framing), transport=transport).stream({"model": "m"}) as stream:
            async for _, change in stream:
                seen.append((change.kind, stream.live_input(1), stream.message))
        return seen

    yield from asyncio.run(run())


def answer(data: bytes, kind: str) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": kind} if kind else {}, content=data)


Run = Callable[[bytes, Framing, str], Iterator[tuple[str, Any, Any]]]
both = pytest.mark.parametrize("run", [sync, awaited])


@both
@pytest.mark.parametrize(("data", "framing"), [(SSE, "sse"), (AWS, "aws"), (SSE.rstrip(b"\n"), "sse")])
def test_both_framings_give_the_message_and_every_event(data: bytes, framing: Framing, run: Run) -> None:
    seen = list(run(data, framing, TYPES[framing]))
    assert [kind for kind, _, _ in seen].count("grow") == 3 + 1 + 8
    assert seen[-1][0] == "finish"
    assert seen[-1][2].to_wire() == REPLY


def test_the_input_of_a_call_is_shown_as_far_as_it_came() -> None:
    shown = [json.dumps(live) for _, live, _ in sync(SSE, "sse", TYPES["sse"])]
    assert list(dict.fromkeys(shown)) == [
        "null",
        "{}",
        '{"city": "Pa"}',
        '{"city": "Paris"}',
        '{"city": "Paris", "days": 12}',
    ]


@both
@pytest.mark.parametrize(
    ("framing", "kind"), [("sse", "text/html"), ("aws", "text/event-stream"), ("sse", "")]
)
def test_a_body_of_another_type_is_one_sentence(framing: Framing, kind: str, run: Run) -> None:
    with pytest.raises(StreamError, match=f"the answer is {kind or 'of no type'} and no event stream"):
        list(run(b"", framing, kind))
