from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

import nbkit
from loopback import Answer, Loopback, Received, message, refused, streamed, whole
from nbkit.client.client import AsyncClient, Client
from nbkit.client.providers import Anthropic
from nbkit.errors import APIError, NbkitError, StreamError, TransportError, UsageError
from nbkit.wire.messages import Message

REPLY = message(
    {"type": "text", "text": "Grüß dich 👋"},
    {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}},
)
KEY = "sk-secret-1"
BODY = {"model": "claude-sonnet-5", "max_tokens": 64, "messages": [{"role": "user", "content": "hi ü"}]}


class Waits:
    """A sleep that only remembers."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def sync(self, seconds: float) -> None:
        self.seconds.append(seconds)

    async def awaited(self, seconds: float) -> None:
        self.seconds.append(seconds)


def run_sync(url: str, waits: Waits, taps: list[bytes], **options: Any) -> Message:
    client = Client(Anthropic(key=KEY, base_url=url), sleep=waits.sync, jitter=lambda: 0.0, **options)
    try:
        with client.stream(BODY, version="2026-10-21", betas=["some-beta"], tap=taps.append) as stream:
            for _ in stream:
                pass
            return stream.message
    finally:
        client.close()


def run_async(url: str, waits: Waits, taps: list[bytes], **options: Any) -> Message:
    async def run() -> Message:
        client = AsyncClient(
            Anthropic(key=KEY, base_url=url), sleep=waits.awaited, jitter=lambda: 0.0, **options
        )
        try:
            async with client.stream(
                BODY, version="2026-10-21", betas=["some-beta"], tap=taps.append
            ) as stream:
                async for _ in stream:
                    pass
                return stream.message
        finally:
            await client.aclose()

    return asyncio.run(run())


Run = Callable[..., Message]
both = pytest.mark.parametrize("run", [run_sync, run_async], ids=["sync", "async"])


@both
def test_a_streamed_reply_arrives_whole_and_the_request_went_out_as_given(run: Run) -> None:
    taps: list[bytes] = []
    with Loopback([streamed(REPLY)]) as server:
        reply = run(server.url, Waits(), taps)
    (received,) = server.received
    assert reply.to_wire() == REPLY
    assert received.path == "/v1/messages"
    assert received.body == {**BODY, "stream": True}
    assert "hi ü".encode() in received.raw
    assert (received.headers["x-api-key"], received.headers["anthropic-beta"]) == (KEY, "some-beta")
    assert b"".join(taps) == b"".join(streamed(REPLY).chunks)


@both
def test_an_overloaded_server_is_asked_again_after_the_wait_it_names(run: Run) -> None:
    waits = Waits()
    answers = [
        refused(529, "overloaded_error", "Overloaded"),
        refused(429, "rate_limit_error", "slow", **{"retry-after": "7"}),
    ]
    with Loopback([*answers, streamed(REPLY)]) as server:
        assert run(server.url, waits, []).to_wire() == REPLY
    assert waits.seconds == [0.5, 7.0]


@both
def test_a_refusal_is_raised_with_the_words_of_the_api_and_not_repeated(run: Run) -> None:
    with Loopback(
        [refused(400, "invalid_request_error", "messages: at least one message is required")]
    ) as server:
        with pytest.raises(
            APIError, match="400 invalid_request_error: messages: at least one message"
        ) as caught:
            run(server.url, Waits(), [])
    assert len(server.received) == 1
    assert caught.value.request_id == "req_01"


@both
def test_when_the_retries_are_used_up_the_last_error_is_raised(run: Run) -> None:
    with Loopback([refused(500, "api_error", "Internal server error")]) as server:
        with pytest.raises(APIError, match="500 api_error"):
            run(server.url, Waits(), [], retries=2)
    assert len(server.received) == 3


@both
def test_a_stream_that_is_cut_keeps_its_partial_message_and_is_not_repeated(run: Run) -> None:
    chunks = [*list(streamed(REPLY).chunks)[:4], b"event: half\n"]
    with Loopback([Answer(200, {"content-type": "text/event-stream"}, chunks, cut=True)]) as server:
        with pytest.raises(StreamError, match="the stream broke off") as caught:
            run(server.url, Waits(), [])
    assert len(server.received) == 1
    assert caught.value.partial is not None
    assert "Grüß dich 👋".startswith(caught.value.partial.text)
    assert caught.value.partial.text
    assert caught.value.raw_text == "event: half"


@both
def test_a_refused_connection_is_one_sentence_with_the_address(run: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TransportError, match=f"no connection to 127.0.0.1:{port}"):
        run(f"http://127.0.0.1:{port}", Waits(), [])


@both
def test_a_page_that_is_no_api_is_an_error_of_ours_not_a_traceback(run: Run) -> None:
    with Loopback([Answer(200, {"content-type": "text/html"}, [b"<html>Welcome</html>"])]) as server:
        with pytest.raises(StreamError, match="is this address a Messages API"):
            run(server.url, Waits(), [])
    with Loopback([Answer(502, {"content-type": "text/html"}, [b"<html>Bad gateway</html>"])]) as server:
        with pytest.raises(NbkitError, match="502 api_error: <html>Bad gateway</html>"):
            run(server.url, Waits(), [], retries=0)


def test_send_returns_the_whole_message() -> None:
    with Loopback([whole(REPLY)]) as server:
        client = Client(Anthropic(base_url=server.url))
        assert client.send(BODY).to_wire() == REPLY
        client.close()
    assert server.received[0].body["stream"] is False


@pytest.mark.parametrize("text", [b"<html>", b"[]", b'{"type": "message"}'])
def test_send_says_what_came_instead_of_a_message(text: bytes) -> None:
    with Loopback([Answer(200, {}, [text])]) as server:
        client = Client(Anthropic(base_url=server.url))
        with pytest.raises(StreamError, match="is this address a Messages API"):
            client.send(BODY)
        client.close()


def quoted(received: Received, begun: bool) -> Answer:
    """An error with status 200, which quotes the request: in place of a reply, or in the middle of one."""
    error = {"type": "error", "error": {"type": "api_error", "message": f"no {dict(received.headers)}"}}
    events = list(streamed(REPLY).chunks)[:3] if begun else []
    return Answer(200, {"content-type": "text/event-stream"}, [*events, json.dumps(error).encode()])


@both
@pytest.mark.parametrize("begun", [True, False])
def test_an_error_in_place_of_a_reply_is_told_without_the_key(run: Run, begun: bool) -> None:
    with Loopback(lambda received: quoted(received, begun)) as server:
        with pytest.raises(APIError, match=r"200 api_error: no .*\[key\]") as caught:
            run(server.url, Waits(), [])
        assert (caught.value.partial is not None) == begun
        assert "[key]" in caught.value.raw_text
        assert KEY not in f"{caught.value!r} {caught.value.__dict__}"
        client = Client(Anthropic(key=KEY, base_url=server.url))
        if not begun:
            with pytest.raises(APIError, match=r"200 api_error: no .*\[key\]"):
                client.send(BODY)
        client.close()


def test_leaving_a_stream_early_closes_the_connection() -> None:
    chunks = list(streamed(REPLY).chunks)
    with Loopback([Answer(200, {"content-type": "text/event-stream"}, chunks)]) as server:
        client = Client(Anthropic(base_url=server.url))
        with client.stream(BODY) as stream:
            for _, change in stream:
                if change.kind == "grow":
                    break
            assert stream.message.text
        with client.stream(BODY) as again:
            assert [change.kind for _, change in again][-1] == "finish"
        client.close()


@pytest.mark.parametrize("provider", [5, "anthropic", {}, object(), nbkit.Simulator()])
def test_a_provider_that_is_none_is_one_sentence(provider: Any) -> None:
    for kind in (Client, AsyncClient):
        with pytest.raises(UsageError, match=r"nbkit\.connect\(\)"):
            kind(provider)


def test_what_is_no_json_is_not_sent() -> None:
    with pytest.raises(UsageError, match="can't be written as JSON"):
        Client(Anthropic(key="sk-1")).send({**BODY, "metadata": object()})


def test_an_awaited_client_waits_no_longer_than_the_one_it_came_from() -> None:
    assert Client(Anthropic(key="sk-1"), timeout=3.0).awaited().timeout == 3.0


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("data", [b"[" * 200_000, b'{"content": [5]}'])
def test_an_answer_that_can_not_be_read_is_one_sentence(status: int, data: bytes) -> None:
    with Loopback([Answer(status, {"content-type": "application/json"}, [data])]) as server:
        client = Client(Anthropic(key="sk-1", base_url=server.url), retries=0)
        with pytest.raises((StreamError, APIError)):
            client.send(BODY)
        client.close()


@pytest.mark.parametrize("given", [{"key": "sk-secret-1"}, {"token": "sk-secret-1"}], ids=["key", "token"])
def test_a_server_that_quotes_the_request_does_not_bring_the_key_into_the_error(
    given: dict[str, str],
) -> None:
    def quote(received: Received) -> Answer:
        return refused(401, "authentication_error", f"what is {dict(received.headers)}?")

    async def awaited(client: AsyncClient) -> None:
        try:
            await client.send(BODY)
        finally:
            await client.aclose()

    with Loopback(quote) as server:
        provider = Anthropic(base_url=server.url, **given)
        client = Client(provider)
        with pytest.raises(APIError) as blocking:
            client.send(BODY)
        client.close()
        with pytest.raises(APIError) as awaiting:
            asyncio.run(awaited(AsyncClient(provider)))
    for caught in (blocking, awaiting):
        assert "[key]" in caught.value.message
        assert "sk-secret-1" not in f"{caught.value!r} {caught.value.__dict__}"
