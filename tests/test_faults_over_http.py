"""Faults over a real connection: the official SDK does with them what it does with the API's own."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic.types import Message as SdkMessage

from nbkit.client.client import Client
from nbkit.client.providers import Anthropic
from nbkit.errors import APIError, StreamError
from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

TOOL = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
BODY: Json = {
    "model": "claude-sonnet-5",
    "max_tokens": 300,
    "tools": [TOOL],
    "messages": [{"role": "user", "content": "What is the weather in Zürich?"}],
}
SOON = "retry-after-ms=5"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with LocalServer(Simulator()) as server:
        yield server.url


@pytest.fixture
def sdk(url: str) -> Iterator[Any]:
    with anthropic.Anthropic(api_key="k", base_url=url, timeout=20) as client:
        yield client


def whole(sdk: Any, fault: str, **headers: str) -> tuple[SdkMessage, int]:
    """The message, and how often the SDK has tried again."""
    asked = {"x-nbkit-fault": fault, **headers}
    raw = sdk.messages.with_raw_response.create(**BODY, extra_headers=asked)
    return raw.parse(), raw.retries_taken


def streamed(sdk: Any, fault: str) -> SdkMessage:
    with sdk.messages.stream(**BODY, extra_headers={"x-nbkit-fault": fault}) as stream:
        message: SdkMessage = stream.get_final_message()
    return message


def content(message: SdkMessage) -> list[Json]:
    """The content as it came; a stream of the SDK adds a field of its own."""
    return [
        {key: value for key, value in block.to_dict().items() if key != "parsed_output"}
        for block in message.content
    ]


def _body(error: anthropic.APIStatusError) -> Json:
    assert isinstance(error.body, dict)
    return error.body


@pytest.mark.parametrize("status", ["rate_limit", "overloaded", "server_error", "timeout", "request_timeout"])
def test_the_sdk_tries_again_until_it_passes(sdk: Any, status: str) -> None:
    message, retries = whole(sdk, f"{status}; {SOON}; attempts=2")
    assert (message.stop_reason, retries) == ("tool_use", 2)
    assert streamed(sdk, f"{status}; {SOON}; attempts=1").stop_reason == "tool_use"


@pytest.mark.parametrize("fault", ["no_answer", "bad_gateway", "cut; at=40"])
def test_the_sdk_tries_again_what_never_came_whole(sdk: Any, fault: str) -> None:
    message, retries = whole(sdk, f"{fault}; attempts=1")
    assert (message.stop_reason, retries) == ("tool_use", 1)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("authentication", "AuthenticationError"),
        ("permission", "PermissionDeniedError"),
        ("rate_limit; should-retry=false", "RateLimitError"),
        (f"overloaded; {SOON}", "OverloadedError"),
        (f"timeout; {SOON}", "GatewayTimeoutError"),
        (f"request_timeout; {SOON}", "RequestTimeoutError"),
        ("too_large", "ContentTooLargeError"),
    ],
)
def test_each_error_is_the_class_that_the_api_would_make_it(sdk: Any, fault: str, kind: str) -> None:
    with pytest.raises(anthropic.APIStatusError) as raised:
        whole(sdk, fault)
    assert type(raised.value).__name__ == kind
    assert raised.value.request_id == _body(raised.value)["request_id"]


def test_an_error_in_the_stream_is_raised_and_not_tried_again(sdk: Any) -> None:
    with pytest.raises(anthropic.APIStatusError) as raised:
        streamed(sdk, "overloaded; after=4")
    assert type(raised.value) is anthropic.APIStatusError
    assert raised.value.status_code == 200
    assert _body(raised.value)["error"]["type"] == "overloaded_error"


def test_a_stream_that_is_cut_raises(sdk: Any) -> None:
    with pytest.raises(Exception, match="peer closed connection") as raised:
        streamed(sdk, "cut; after=6")
    assert type(raised.value).__name__ == "RemoteProtocolError"


@pytest.mark.parametrize(
    "fault",
    [
        "ping; count=50",
        "crlf",
        "split",
        "split_utf8",
        "split_escape",
        "slow; bytes=500; every=0.001",
        "unknown_event, unknown_delta",
        "two_message_deltas",
        "duplicate; event=message_delta",
    ],
)
def test_what_a_client_must_cope_with_changes_nothing_for_the_sdk(sdk: Any, fault: str) -> None:
    assert content(streamed(sdk, fault)) == content(whole(sdk, "")[0])


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        ("malformed_json", (ValueError,)),
        ("garbage", (ValueError,)),
        ("missing; event=message_start", (AssertionError, RuntimeError)),
    ],
)
def test_what_is_no_stream_breaks_the_sdk(sdk: Any, fault: str, kinds: tuple[type[Exception], ...]) -> None:
    with pytest.raises(kinds):
        streamed(sdk, fault)


def test_the_same_for_code_that_awaits(url: str) -> None:
    async def run() -> None:
        async with anthropic.AsyncAnthropic(api_key="k", base_url=url) as client:
            asked = {"x-nbkit-fault": f"overloaded; {SOON}; attempts=2"}
            assert (await client.messages.create(**BODY, extra_headers=asked)).stop_reason == "tool_use"
            with pytest.raises(anthropic.APIStatusError, match="overloaded_error"):
                await cut_short(client)

    async def cut_short(client: Any) -> None:
        asked = {"x-nbkit-fault": "overloaded; after=3"}
        async with client.messages.stream(**BODY, extra_headers=asked) as stream:
            await stream.get_final_message()

    asyncio.run(run())


def test_bedrock_says_it_in_its_own_words(url: str) -> None:
    pytest.importorskip("boto3", reason="the SDK's Bedrock client asks for it")
    client: Any = anthropic.AnthropicBedrock(
        aws_region="us-east-1", aws_access_key="a", aws_secret_key="b", base_url=url, max_retries=2
    )
    body = {**BODY, "model": "global.anthropic.claude-sonnet-5"}
    with client:
        asked = {"x-nbkit-fault": f"rate_limit; {SOON}; attempts=2"}
        assert client.messages.create(**body, extra_headers=asked).stop_reason == "tool_use"
        with pytest.raises(anthropic.APIStatusError, match="throttlingException"):
            list(
                client.messages.create(
                    **body, stream=True, extra_headers={"x-nbkit-fault": "rate_limit; after=3"}
                )
            )


def test_our_own_client_over_the_same_connection() -> None:
    with LocalServer(Simulator(scenario="broken_twice")) as server:
        ours = Client(Anthropic(key="k", base_url=server.url), sleep=lambda seconds: None)
        with pytest.raises(StreamError) as broken, ours.stream(BODY) as reply:
            list(reply)
        assert broken.value.partial is not None
        ours.close()
    with LocalServer(Simulator(scenario="stream_16_error_midway")) as server:
        ours = Client(Anthropic(key="k", base_url=server.url))
        with pytest.raises(APIError, match="overloaded_error"), ours.stream(BODY) as reply:
            list(reply)
        ours.close()


# On the wire


def exchange(url: str, fault: str, *, stream: bool = True) -> tuple[bytes, list[bytes]]:
    """The head of an answer, and what came of its body until the connection ended."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    body = json.dumps({**BODY, "stream": stream}).encode()
    head = (
        f"POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\nanthropic-version: 2026-10-21\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\nx-nbkit-fault: {fault}\r\n\r\n"
    )
    got = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        while data := connection.recv(65536):
            got += data
            if got.endswith(b"0\r\n\r\n"):
                break
    start, _, rest = got.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in start.lower():
        return start, [rest]
    chunks = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        chunks.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
    return start, chunks


def test_a_cut_is_a_connection_that_ends_at_this_byte(url: str) -> None:
    for at in (0, 1, 100, 333):
        start, chunks = exchange(url, f"cut; at={at}")
        assert start.startswith(b"HTTP/1.1 200")
        assert len(b"".join(chunks)) == at
        start, chunks = exchange(url, f"cut; at={at}", stream=False)
        assert len(b"".join(chunks)) == at
        assert f"content-length: {at}".encode() not in start.lower().split(b"\r\n")


def test_no_answer_is_not_a_byte(url: str) -> None:
    assert exchange(url, "no_answer")[0] == b""


def test_pieces_are_not_joined_on_their_way(url: str) -> None:
    _, chunks = exchange(url, "split; bytes=5")
    assert max(map(len, chunks)) == 5
    assert any(chunk.endswith(b"\\u0") for chunk in exchange(url, "split_escape")[1])
