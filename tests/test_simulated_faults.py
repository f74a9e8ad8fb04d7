"""Faults on request: what clients must live with happens to the answer, and nothing else happens to it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from nbkit.client.client import Client
from nbkit.client.providers import Anthropic
from nbkit.errors import APIError, NbkitError, StreamError, TransportError
from nbkit.sim.faults.fault_kinds import KINDS, listing
from nbkit.sim.plan import Dropped
from nbkit.sim.simulator import Simulator
from nbkit.sim.transport import SimulatorTransport
from nbkit.wire.assembly import assemble
from nbkit.wire.events import Event
from nbkit.wire.sse_events import SSEEvents

Json = dict[str, Any]

URL = "http://simulated/v1/messages"
HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
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


class Naps:
    def __init__(self) -> None:
        self.slept = 0.0

    def __call__(self, seconds: float) -> None:
        self.slept += seconds


def post(
    fault: str, *, stream: bool = True, naps: Naps | None = None, attempt: int | None = None
) -> httpx.Response:
    transport = SimulatorTransport(Simulator(), sleep=naps or Naps())
    asked = {**HEADERS, "x-nbkit-fault": fault}
    asked |= {} if attempt is None else {"x-stainless-retry-count": str(attempt)}
    with httpx.Client(transport=transport, timeout=None) as client:
        return client.post(URL, json={**BODY, "stream": stream}, headers=asked)


def plain(*, stream: bool = True) -> httpx.Response:
    with httpx.Client(transport=Simulator().transport()) as client:
        return client.post(URL, json={**BODY, "stream": stream}, headers=HEADERS)


def chunks(fault: str) -> list[bytes]:
    """The writes of a stream, up to where its connection is cut."""
    asked = {**HEADERS, "x-nbkit-fault": fault}
    body = json.dumps({**BODY, "stream": True}, ensure_ascii=False).encode()
    plan = Simulator().respond("POST", "/v1/messages", asked, body)
    written: list[bytes] = []
    try:
        written.extend(step for step in plan.steps if isinstance(step, bytes))
    except Dropped:
        written.append(b"(dropped)")
    return written


def events(body: bytes) -> list[Event]:
    return list(SSEEvents().feed(body))


def types(body: bytes) -> list[str]:
    return [event.type for event in events(body)]


def error(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["type"]


# In place of the answer


@pytest.mark.parametrize(
    ("fault", "status", "type"),
    [
        ("rate_limit", 429, "rate_limit_error"),
        ("overloaded", 529, "overloaded_error"),
        ("server_error", 500, "api_error"),
        ("authentication", 401, "authentication_error"),
        ("timeout", 504, "timeout_error"),
        ("request-timeout", 408, "timeout_error"),
        ("Billing", 402, "billing_error"),
        ("status; code=418; type=teapot_error", 418, "teapot_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_an_error_has_its_status_and_type(fault: str, status: int, type: str, stream: bool) -> None:
    response = post(fault, stream=stream)
    assert error(response) == (status, type)
    assert response.json()["request_id"] == response.headers["request-id"]


def test_when_to_come_back_is_said_as_asked_for() -> None:
    assert post("rate_limit").headers["retry-after"] == "1"
    assert post("rate_limit; retry-after=2.5").headers["retry-after"] == "2.5"
    assert post("rate_limit; retry-after-ms=20").headers["retry-after-ms"] == "20"
    assert post("overloaded; should-retry=false").headers["x-should-retry"] == "false"
    assert "retry-after" not in post("rate_limit; retry-after=none").headers
    assert "retry-after" not in post("spend_limit").headers
    assert post("rate_limit").headers["anthropic-ratelimit-requests-remaining"] == "0"


def test_a_fault_ends_after_so_many_attempts() -> None:
    statuses = [post("overloaded; attempts=2", attempt=attempt).status_code for attempt in range(3)]
    assert statuses == [529, 529, 200]
    assert post("overloaded; attempts=2").status_code == 529
    assert post("cut; attempts=1", attempt=1).content == plain().content


@pytest.mark.parametrize("stream", [False, True])
def test_who_does_not_count_retries_is_counted_by_sending_the_same_again(stream: bool) -> None:
    asked = {**HEADERS, "x-nbkit-fault": "overloaded; attempts=2"}
    with httpx.Client(transport=Simulator().transport(), headers=asked) as client:
        for _ in range(2):
            statuses = [client.post(URL, json={**BODY, "stream": stream}).status_code for _ in range(3)]
            assert statuses == [529, 529, 200]
        assert client.post(URL, json={**BODY, "max_tokens": 77}).status_code == 529
        for attempt, status in enumerate((529, 529, 200), 1):
            amazons = {"amz-sdk-request": f"attempt={attempt}; max=5"}
            assert client.post(URL, json={**BODY, "max_tokens": 78}, headers=amazons).status_code == status


def test_a_key_comes_before_a_fault_and_a_fault_before_everything_else() -> None:
    fault = {"x-nbkit-fault": "overloaded"}
    with httpx.Client(transport=Simulator().transport()) as client:
        assert client.post(URL, content=b"{", headers=fault).status_code == 401
        assert client.post(URL, content=b"{", headers={**fault, "x-api-key": "k"}).status_code == 529
        assert client.post(URL + "/nowhere", headers={**fault, "x-api-key": "k"}).status_code == 404
        assert client.get("http://simulated/v1/models", headers={**fault, **HEADERS}).status_code == 529


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("overlaoded", "did you mean 'overloaded'? (faults: "),
        ("cut; aftr=3", "did you mean 'after'?"),
        ("cut; at=-1", "cut; at=-1: should be a whole number from 0"),
        ("cut; at=1.5", "should be a whole number"),
        ("cut; at", "name=value, not 'at'"),
        ("stall; seconds=nan", "should be seconds from 0 to 3600"),
        ("status; code=200", "from 400 to 599"),
        ("missing; event=mesage_stop", "did you mean 'message_stop'?"),
        ("rate_limit; retry-after=é", "printable ASCII"),
    ],
)
def test_a_header_that_cant_be_read_is_told_with_what_there_is(fault: str, said: str) -> None:
    asked = {**HEADERS, "x-nbkit-fault": fault}
    answer = Simulator().respond("POST", "/v1/messages", asked, json.dumps(BODY).encode())
    body = json.loads(b"".join(step for step in answer.steps if isinstance(step, bytes)))
    assert (answer.status, body["error"]["type"]) == (400, "invalid_request_error")
    assert said in body["error"]["message"]
    assert all(name in body["error"]["message"] for name in KINDS)


def test_the_list_names_every_fault_and_parameter() -> None:
    text = "\n".join(listing())
    for kind in KINDS.values():
        assert kind.name in text
        assert all(option.name.replace("_", "-") + "=" in text for option in kind.options)


def test_a_proxy_answers_with_a_page() -> None:
    response = post("bad_gateway")
    assert response.status_code == 502
    assert response.headers["content-type"] == "text/html"
    assert "<h1>502" in response.text


# In the stream


def test_an_error_after_so_many_events_is_an_event_and_the_end() -> None:
    body = post("overloaded; after=4").content
    assert types(body)[:-1] == types(plain().content)[:4]
    last = events(body)[-1].data
    assert last["error"] == {"type": "overloaded_error", "message": "Overloaded"}
    assert post("overloaded; after=4", stream=False).status_code == 529


@pytest.mark.parametrize(
    "fault", ["ping", "duplicate", "missing", "malformed_json", "two_message_deltas", "crlf"]
)
def test_a_whole_answer_says_which_faults_could_not_happen_to_it(fault: str) -> None:
    answer = post(fault, stream=False)
    assert answer.headers["nbkit-fault-without-effect"] == fault
    assert answer.content == plain(stream=False).content
    assert "nbkit-fault-without-effect" not in post(fault).headers


def test_a_whole_answer_may_have_a_block_of_the_future_or_be_no_json() -> None:
    message = post("unknown_block, ping", stream=False)
    assert message.headers["nbkit-fault-without-effect"] == "ping"
    assert [block["type"] for block in message.json()["content"]][-1] == "future_block"
    garbled = post("garbage", stream=False)
    assert garbled.status_code == 200
    assert len(garbled.content) == int(garbled.headers["content-length"])
    with pytest.raises(ValueError, match=r"."):
        garbled.json()


def test_events_come_twice_or_not_at_all() -> None:
    usual = types(plain().content)
    assert types(post("duplicate; event=message_start").content) == ["message_start", *usual]
    assert types(post("missing; event=message_stop").content) == usual[:-1]
    assert len(types(post("missing; event=content_block_delta; nth=2").content)) == len(usual) - 1
    assert "content_block_delta" not in types(post("missing").content)


def test_pings_and_what_is_unknown_change_nothing_for_who_ignores_them() -> None:
    expected = assemble(plain().content).to_wire()
    for fault in ("ping; count=30", "unknown_event", "unknown_delta", "two_message_deltas"):
        assert assemble(post(fault).content).to_wire() == expected, fault
    block = assemble(post("unknown_block").content).to_wire()
    assert [each["type"] for each in block["content"]] == [
        *(each["type"] for each in expected["content"]),
        "future_block",
    ]


def test_usage_grows_over_two_message_deltas() -> None:
    deltas = [
        event.data for event in events(post("two_message_deltas").content) if event.type == "message_delta"
    ]
    first, second = (delta["usage"]["output_tokens"] for delta in deltas)
    assert 0 < first < second
    assert [delta["delta"]["stop_reason"] for delta in deltas] == [None, "tool_use"]


@pytest.mark.parametrize("how", ["garbled", "torn"])
def test_the_input_of_a_call_is_no_json(how: str) -> None:
    message = assemble(post(f"malformed_json; how={how}").content)
    call = next(at for at, block in enumerate(message.to_wire()["content"]) if block["type"] == "tool_use")
    fault = message.fault(call)
    assert fault is not None
    with pytest.raises(ValueError, match=r"."):
        json.loads(fault.raw_text)


def test_garbage_is_an_event_that_is_no_json() -> None:
    with pytest.raises(StreamError, match="no JSON"):
        assemble(post("garbage; after=5").content)


# In the bytes


@pytest.mark.parametrize("stream", [False, True])
def test_a_connection_is_cut_at_any_byte(stream: bool) -> None:
    whole = plain(stream=stream).content
    for at in (0, 1, 7, len(whole) // 2, len(whole) - 1):
        got: list[bytes] = []
        transport = SimulatorTransport(Simulator())
        with httpx.Client(transport=transport) as client:
            asked = {**HEADERS, "x-nbkit-fault": f"cut; at={at}"}
            request = client.build_request("POST", URL, json={**BODY, "stream": stream}, headers=asked)
            response = client.send(request, stream=True)
            with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
                got.extend(response.iter_raw())
        assert response.status_code == 200
        assert b"".join(got) == whole[:at]


def test_a_connection_is_cut_after_so_many_events() -> None:
    written = chunks("cut; after=2")
    assert written[-1] == b"(dropped)"
    assert types(b"".join(written[:-1])) == types(plain().content)[:2]


def test_no_answer_is_a_connection_that_closes() -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        post("no_answer")


@pytest.mark.parametrize("fault", ["crlf", "split", "split; bytes=3", "split_utf8", "slow", "split_escape"])
def test_however_the_bytes_come_they_say_the_same(fault: str) -> None:
    assert assemble(post(fault).content).to_wire() == assemble(plain().content).to_wire()
    assert post(fault, stream=False).json() == plain(stream=False).json()


def test_bytes_are_split_at_bad_places() -> None:
    assert any(chunk.endswith(b"\xc3") for chunk in chunks("split_utf8"))
    assert any(chunk.endswith(b"\\u0") for chunk in chunks("split_escape"))
    assert max(map(len, chunks("split"))) == 1
    assert b"".join(chunks("crlf")).count(b"\r\n") == plain().content.count(b"\n")


def test_a_body_is_late_stalls_or_drips() -> None:
    for fault, seconds in (("delay; seconds=2", 2), ("stall; seconds=3", 3), ("stall; at=10; seconds=3", 3)):
        for stream in (False, True):
            naps = Naps()
            assert post(fault, stream=stream, naps=naps).content == plain(stream=stream).content
            assert naps.slept == pytest.approx(seconds)
    naps = Naps()
    size = len(post("slow; bytes=100; every=1", naps=naps).content)
    assert naps.slept >= size / 100 - 1


def test_a_stall_beyond_the_readers_patience_is_a_timeout() -> None:
    async def read(client: httpx.AsyncClient) -> None:
        await client.post(URL, json=BODY, headers={**HEADERS, "x-nbkit-fault": "stall; seconds=60"})

    async def run() -> None:
        transport = SimulatorTransport(Simulator(), async_sleep=lambda seconds: asyncio.sleep(0))
        async with httpx.AsyncClient(transport=transport, timeout=5) as client:
            with pytest.raises(httpx.ReadTimeout):
                await read(client)

    asyncio.run(run())
    with httpx.Client(transport=SimulatorTransport(Simulator(), sleep=Naps()), timeout=5) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(URL, json=BODY, headers={**HEADERS, "x-nbkit-fault": "stall; seconds=60"})


def test_faults_happen_together_in_their_order() -> None:
    body = post("ping; count=2, crlf, overloaded; after=6").content
    assert types(body)[-1] == "error"
    assert len(events(body)) == 7
    assert b"\r\n" in body


# What clients make of it


class Faulty(SimulatorTransport):
    """Asks for a fault with every request, as a person would in a header."""

    def __init__(self, fault: str) -> None:
        super().__init__(Simulator(), sleep=Naps())
        self.fault = fault
        self.attempts = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.attempts += 1
        request.headers["x-nbkit-fault"] = self.fault
        return super().handle_request(request)


def client(fault: str) -> tuple[Client, Faulty]:
    transport = Faulty(fault)
    return Client(Anthropic(key="k"), transport=transport, sleep=Naps()), transport


def streamed(ours: Client) -> None:
    with ours.stream(BODY) as reply:
        for _ in reply:
            pass


@pytest.mark.parametrize("fault", ["rate_limit", "overloaded", "server_error", "no_answer", "bad_gateway"])
def test_our_client_tries_again_until_it_passes(fault: str) -> None:
    ours, transport = client(f"{fault}; attempts=2")
    assert ours.send(BODY).stop_reason == "tool_use"
    assert transport.attempts == 3


def test_our_client_says_what_went_wrong() -> None:
    kinds: dict[str, type[NbkitError]] = {
        "authentication": APIError,
        "no_answer": TransportError,
        "overloaded; after=4": APIError,
        "cut; after=4": StreamError,
        "stall; seconds=3000": StreamError,
    }
    for fault, kind in kinds.items():
        ours, _ = client(fault)
        with pytest.raises(kind) as raised:
            streamed(ours)
        if "after" in fault:
            assert getattr(raised.value, "partial", None) is not None
