"""`nbkit serve` as its clients see it: the official SDK, curl, and sockets that misbehave."""

import asyncio
import gzip
import http.client
import json
import shutil
import socket
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import pytest
from anthropic import beta_tool

from loose_clients import (
    HEADERS,
    MODEL,
    asking,
    host_of,
    raw,
    request_bytes,
    send,
    to_the_end,
    until,
)
from nbkit.errors import UsageError
from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble

Json = dict[str, Any]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with LocalServer(Simulator()) as server:
        yield server.url


@pytest.fixture
def sdk(url: str) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(api_key="sk-test", base_url=url, max_retries=0) as client:
        yield client


def without_parsed(message: anthropic.types.Message) -> list[Json]:
    """The content as it came; the SDK's stream adds a field of its own."""
    blocks = [block.to_dict() for block in message.content]
    return [{name: value for name, value in block.items() if name != "parsed_output"} for block in blocks]


def test_the_sdk_gets_the_same_reply_whole_and_streamed(sdk: anthropic.Anthropic) -> None:
    whole = sdk.messages.create(**asking())
    with sdk.messages.stream(**asking()) as stream:
        streamed = stream.get_final_message()
    assert without_parsed(whole) == without_parsed(streamed)
    assert whole.content
    assert sdk.messages.count_tokens(model=MODEL, messages=asking()["messages"]).input_tokens > 0


async def _asynchronously(url: str) -> tuple[anthropic.types.Message, anthropic.types.Message]:
    async with anthropic.AsyncAnthropic(api_key="sk-test", base_url=url, max_retries=0) as client:
        async with client.messages.stream(**asking()) as stream:
            return await client.messages.create(**asking()), await stream.get_final_message()


def test_the_async_sdk_too(url: str) -> None:
    whole, streamed = asyncio.run(_asynchronously(url))
    assert without_parsed(whole) == without_parsed(streamed)


def test_the_tool_runner_falls_back_to_full_requests_and_reads_the_result(sdk: anthropic.Anthropic) -> None:
    asked = []

    @beta_tool
    def get_weather(city: str) -> str:
        """Current weather in a city.

        Args:
            city: The name of the city.
        """
        asked.append(city)
        return "hail, 3 °C"

    question: Any = asking("What is the weather in Paris?")
    runner = sdk.beta.messages.tool_runner(**question, tools=[get_weather])
    final = runner.until_done()
    assert asked == ["Paris"]
    assert "hail" in str(final.content)


def test_errors_come_as_the_sdk_s_own(sdk: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError, match="at least one message"):
        sdk.messages.create(model=MODEL, max_tokens=5, messages=[])
    with pytest.raises(anthropic.NotFoundError):
        sdk.messages.create(**{**asking(), "model": "claude-nonesuch"})


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("extra", [[], ["-H", "transfer-encoding: chunked"], ["-H", "expect: 100-continue"]])
def test_curl_is_answered(url: str, extra: list[str]) -> None:
    headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
    body = json.dumps(asking(stream=True))
    done = subprocess.run(
        ["curl", "-sS", "-i", "-m", "20", f"{url}/v1/messages", *headers, *extra, "-d", body],
        capture_output=True,
        check=True,
    )
    assert b"content-type: text/event-stream; charset=utf-8" in done.stdout
    assert done.stdout.rstrip().endswith(b'data: {"type":"message_stop"}')


def test_an_answer_carries_the_api_s_headers_and_not_the_server_s(url: str) -> None:
    _, _, headers = send(url, asking())
    assert headers["request-id"].startswith("req_")
    assert headers["anthropic-ratelimit-requests-limit"]
    assert headers["server"] is None


def test_only_the_key_that_was_named_passes() -> None:
    with LocalServer(Simulator(key="sk-mine")) as server:
        assert send(server.url, asking(), x_api_key="sk-mine")[0] == 200
        assert send(server.url, asking(), x_api_key="", authorization="Bearer sk-mine")[0] == 200
        for header in ({"x_api_key": "sk-other"}, {"x_api_key": "", "authorization": "Bearer sk-other"}):
            status, answer, _ = send(server.url, asking(), **header)
            assert (status, json.loads(answer)["error"]["type"]) == (401, "authentication_error")
        assert send(server.url, b"{}", path="/v1/nowhere", x_api_key="sk-other")[0] == 404


def test_two_headers_of_one_name_are_one_list(url: str) -> None:
    betas = ("anthropic-beta: files-api-2025-04-14", "anthropic-beta: nonsense-2031-01-01")
    answer = raw(url, request_bytes(asking(), *betas, "connection: close"))
    assert b"400" in answer.splitlines()[0]
    assert b"nonsense-2031-01-01" in answer


def test_head_gets_the_headers_of_get_and_nothing_more(url: str) -> None:
    status, models, headers = send(url, path="/v1/models", method="GET")
    told = send(url, path="/v1/models", method="HEAD")
    assert (status, told[0], told[1]) == (200, 200, b"")
    assert told[2]["content-length"] == headers["content-length"] == str(len(models))


def test_head_and_options_are_methods_that_there_are_not_where_one_posts(url: str) -> None:
    for method in ("HEAD", "OPTIONS"):
        status, answer, headers = send(url, method=method)
        assert (status, headers["allow"]) == (405, "POST")
        assert bool(answer) == (method == "OPTIONS")


def test_a_connection_serves_one_request_after_the_other(url: str) -> None:
    connection = http.client.HTTPConnection(*host_of(url), timeout=20)
    for stream in (False, True, False):
        connection.request("POST", "/v1/messages", json.dumps(asking(stream=stream)), HEADERS)
        assert connection.getresponse().read()
        first = connection.sock
    assert connection.sock is first
    connection.close()


def test_requests_that_come_together_are_answered_in_their_order(url: str) -> None:
    both = request_bytes(asking("Hello")) + request_bytes({}, "connection: close")
    answer = raw(url, both)
    assert answer.index(b"200 OK") < answer.index(b"400 Bad Request")


def test_a_request_may_come_byte_by_byte(url: str) -> None:
    with socket.create_connection(host_of(url), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in request_bytes(asking(), "connection: close"):
            connection.sendall(bytes([at]))
        assert to_the_end(connection).startswith(b"HTTP/1.1 200 OK")


def test_another_protocol_that_is_offered_is_not_taken(url: str) -> None:
    offers = ("connection: Upgrade, HTTP2-Settings, close", "upgrade: h2c", "http2-settings: AAMAAABk")
    with socket.create_connection(host_of(url), timeout=20) as connection:
        connection.sendall(request_bytes(asking(), *offers))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_a_packed_body_is_read(url: str, pack: Callable[[bytes], bytes]) -> None:
    encoding = "gzip" if pack is gzip.compress else "deflate"
    status, answer, _ = send(url, pack(json.dumps(asking()).encode()), content_encoding=encoding)
    assert (status, answer) == send(url, asking())[:2] or json.loads(answer)["type"] == "message"


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{}", {"content_encoding": "gzip"}, 400, "request_body_encoding_invalid"),
        (gzip.compress(b"{}")[:-4], {"content_encoding": "gzip"}, 400, "request_body_encoding_invalid"),
        (b"{}", {"content_encoding": "br"}, 400, "request_body_encoding_unsupported"),
        (b"{}", {"content_type": "application/json; charset=latin-1"}, 400, "unsupported_charset"),
        (
            gzip.compress(bytes(33 * 1024 * 1024)),
            {"content_encoding": "gzip"},
            413,
            "request_body_too_large_after_decoding",
        ),
    ],
)
def test_a_body_that_is_packed_wrongly_is_refused_with_its_code(
    url: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    got, answer, _ = send(url, body, **headers)
    assert (got, json.loads(answer)["error"]["details"]) == (status, {"error_code": code})


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(url: str) -> None:
    head = request_bytes(asking()).partition(b"\r\n\r\n")[0]
    head = head.replace(b"content-length: ", b"content-length: 99999999\r\nx: ") + b"\r\n\r\n"
    with socket.create_connection(host_of(url), timeout=20) as connection:
        connection.sendall(head)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"type":"request_too_large"' in answer


def test_a_body_that_does_not_say_is_refused_when_it_is_too_large(url: str) -> None:
    head = request_bytes(asking()).partition(b"\r\n\r\n")[0]
    head = head.replace(b"content-length: ", b"transfer-encoding: chunked\r\nx: ") + b"\r\n\r\n"
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with socket.create_connection(host_of(url), timeout=20) as connection:
        connection.sendall(head + piece * 33 + b"0\r\n\r\n")
        answer = to_the_end(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"message":"Request exceeds the maximum size"' in answer


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nbroken header\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: " + b"a" * 200_000,
    ],
)
def test_what_is_not_http_is_answered_400_without_a_word_on_the_terminal(
    url: str, garbage: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = raw(url, garbage)
    assert answer.startswith(b"HTTP/1.1 4") or answer == b""
    assert send(url, asking())[0] == 200
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "target", ["/", "//", "/%ff%00", "/v1/messages/%2e%2e", "/v1/models/%F0", "*", "/?" + "a" * 5000]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "PURGE"])
def test_no_path_and_no_method_is_an_error_of_the_server(url: str, method: str, target: str) -> None:
    answer = raw(
        url, f"{method} {target} HTTP/1.1\r\nconnection: close\r\nx-api-key: \xff\r\n\r\n".encode("latin-1")
    )
    assert answer.startswith(b"HTTP/1.1 4")


def test_a_large_body_is_judged_while_others_are_served(url: str) -> None:
    large = asking("word " * 600_000)
    sent = threading.Thread(target=lambda: send(url, large))
    sent.start()
    assert send(url, asking())[0] == 200
    sent.join()


def test_streams_that_run_side_by_side_are_not_mixed_up(url: str) -> None:
    texts = [f"Please repeat the number {number}." for number in range(24)]
    answers: dict[str, Json] = {}

    def ask(text: str) -> None:
        answers[text] = assemble(send(url, asking(text, stream=True))[1]).to_wire()

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text in texts:
        assert answers[text]["content"] == json.loads(send(url, asking(text))[1])["content"]


def test_a_port_in_use_is_told_in_a_sentence(url: str) -> None:
    with (
        pytest.raises(UsageError, match=r"port \d+ is in use"),
        LocalServer(Simulator(), port=host_of(url)[1]),
    ):
        pass


def test_faults_that_are_asked_for_happen_to_the_connection(url: str) -> None:
    fault = "x-nbkit-fault: {}"
    assert raw(url, request_bytes(asking(), fault.format("no_answer"))) == b""
    cut = raw(url, request_bytes(asking(stream=True), fault.format("cut; at=100")))
    head, _, body = cut.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body.endswith(b"\r\n")
    assert not body.endswith(b"0\r\n\r\n")
    assert send(url, asking(), x_nbkit_fault="overloaded")[0] == 529


def test_a_person_answers_over_http_and_needs_not_when_the_client_has_gone() -> None:
    simulator = Simulator(brain="person")
    assert simulator.person is not None
    with LocalServer(simulator) as server:
        with socket.create_connection(host_of(server.url), timeout=20) as connection:
            connection.sendall(request_bytes(asking("First"), "connection: close"))
            until(lambda: bool(simulator.person and simulator.person.waiting))
            simulator.person.waiting[0].answer("Said by a person.")
            assert b"Said by a person." in to_the_end(connection)
        with socket.create_connection(host_of(server.url), timeout=20) as connection:
            connection.sendall(request_bytes(asking("Second")))
            until(lambda: bool(simulator.person and simulator.person.waiting))
        until(lambda: not (simulator.person and simulator.person.waiting))


def test_what_is_asked_again_is_answered_alike_and_for_its_own_key() -> None:
    simulator = Simulator(key="sk-mine")
    with LocalServer(simulator) as server:
        first, again = (send(server.url, asking(), x_api_key="sk-mine") for _ in range(2))
        assert first[:2] == again[:2]
        assert first[2].items() == again[2].items() or first[2]["date"] != again[2]["date"]
        assert send(server.url, asking(), x_api_key="sk-other")[0] == 401
        assert send(server.url, asking(), x_api_key="sk-mine", x_nbkit_fault="overloaded")[0] == 529


def test_a_client_that_speaks_http_2_unasked_is_told_to_speak_http_1(url: str) -> None:
    answer = raw(url, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9))
    assert answer.endswith(b"\x00\x00\x00\x0d")  # HTTP_1_1_REQUIRED
    assert answer[12] == 7  # in a GOAWAY
