"""The journal: what a program really sent, what was wrong with it, and nothing that must stay secret."""

import json
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import anthropic
import pytest

from nbkit.sim.asked import Asked
from nbkit.sim.journal.recorder import Recorder
from nbkit.sim.journal.redaction import without_secrets
from nbkit.sim.plan import Plan
from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

KEY = "sk-test-0123456789"
HEADERS = {"x-api-key": KEY, "anthropic-version": "2026-10-21", "content-type": "application/json"}
JOURNAL = "/_nbkit/requests"
TOOL: Json = {"name": "get_weather", "input_schema": {"type": "object", "properties": {}}}
USER: Json = {"role": "user", "content": "Hello"}


def asking(*messages: Json, **more: Any) -> Json:
    return {"model": "claude-sonnet-5", "max_tokens": 300, "messages": [*messages], **more}


class Program:
    """Somebody's code that talks to a simulator with a journal."""

    def __init__(self, simulator: Simulator | None = None, headers: Mapping[str, str] = HEADERS) -> None:
        self.simulator = simulator or Simulator(journal=True, clock=lambda: 1_790_000_000.0)
        self.headers = {**HEADERS, **headers}

    def raw(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[Plan, bytes]:
        plan = self.simulator.respond(method, path, {**self.headers, **(headers or {})}, body)
        return plan, b"".join(step for step in plan.steps if isinstance(step, bytes))

    def send(self, body: Any, path: str = "/v1/messages") -> tuple[Plan, bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.raw("POST", path, data)

    def journal(self, query: str = "") -> Json:
        plan, data = self.raw("GET", JOURNAL + query)
        assert plan.status == 200, data
        answer: Json = json.loads(data)
        return answer

    def entry(self) -> Json:
        [entry] = self.journal()["requests"]
        found: Json = entry
        return found


def test_without_a_journal_its_address_says_how_to_have_one() -> None:
    program = Program(Simulator())
    elsewhere, _ = program.raw("GET", "/_nbkit/nothing")
    for method in ("GET", "DELETE", "POST"):
        plan, data = program.raw(method, JOURNAL)
        assert plan.status == elsewhere.status == 404
        error = json.loads(data)["error"]
        assert error["type"] == "not_found_error"
        assert "nbkit serve --journal" in error["message"]


def test_a_request_is_kept_as_it_came_in() -> None:
    program = Program(headers={"User-Agent": "mine/1"})
    body = asking(USER, metadata={"user_id": "u"})
    plan, _ = program.send(body, "/v1/messages?beta=true")
    entry = program.entry()
    assert (entry["method"], entry["path"], entry["query"]) == ("POST", "/v1/messages", "beta=true")
    assert entry["body"] == body
    assert entry["status"] == 200
    assert entry["request_id"] == plan.headers["request-id"]
    assert entry["headers"]["user-agent"] == "mine/1"
    assert entry["headers"]["anthropic-version"] == "2026-10-21"
    assert entry["time"] == "2026-09-21T14:13:20.000Z"
    assert entry["problems"] == entry["problems_between"] == []


def test_the_bytes_of_a_body_are_there_as_they_were() -> None:
    program = Program()
    data = json.dumps(asking(USER), indent=3).encode()
    program.send(data)
    plan, served = program.raw("GET", f"{JOURNAL}/1/body")
    assert served == data
    assert plan.headers["content-type"] == "application/octet-stream"
    assert program.raw("GET", f"{JOURNAL}/2/body")[0].status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "sk-ant-very-secret"},
        {"authorization": "Bearer sk-ant-very-secret"},
        {"authorization": "sk-ant-very-secret", "x-copy": "see sk-ant-very-secret"},
        {"cookie": "sid=sk-ant-very-secret"},
        {"X-Amz-Security-Token": "sk-ant-very-secret"},
        {"proxy-authorization": "Basic sk-ant-very-secret"},
    ],
)
def test_no_secret_of_a_header_is_kept(headers: dict[str, str]) -> None:
    program = Program(headers=headers)
    program.send(asking(USER), "/v1/messages?x-api-key=sk-ant-very-secret&beta=true&a=sk-ant-very-secret")
    plan, data = program.raw("GET", JOURNAL)
    assert plan.status == 200
    assert json.loads(data)["requests"][0]["query"].startswith("x-api-key=[removed]&beta=true")
    assert b"secret" not in data
    assert b"secret" not in program.raw("GET", JOURNAL, headers={"accept": "text/plain"})[1]


def test_no_secret_of_a_body_is_kept_and_it_is_judged_as_it_came() -> None:
    program = Program()
    server = {"type": "url", "url": "https://x.example/mcp", "name": "x"}
    token = {"authorization_token": 'hidden " one'}
    told = {"role": "user", "content": "My key is sk-ant-very-secret, please keep it."}
    _, answer = program.send(asking(told, mcp_servers=[{**server, **token}]))
    reply = {"role": "assistant", "content": json.loads(answer).get("content", "Hm")}
    program.send(asking(told, reply, USER))
    for path in (JOURNAL, f"{JOURNAL}/1/body", f"{JOURNAL}/2/body"):
        _, data = program.raw("GET", path)
        assert b"hidden" not in data
        assert b"very-secret" not in data
    kept = json.loads(program.raw("GET", f"{JOURNAL}/1/body")[1])
    assert kept["mcp_servers"][0] == {**server, "authorization_token": "[removed]"}
    assert kept["messages"][0]["content"] == "My key is [removed], please keep it."
    assert not program.journal()["requests"][-1].get("lost")


def test_secrets_are_found_wherever_an_address_has_them() -> None:
    path, query, headers = without_secrets(
        "//user:hidden-word@host/v1/messages/long-secret-1",
        "X-Amz-Signature=abc&k%65y=long%2Dsecret%2D1&max_tokens=5",
        {"x-trace": "long-secret-1", "idempotency-key": "retry-7"},
    )
    assert path == "//[removed]@host/v1/messages/[removed]"
    assert query == "X-Amz-Signature=[removed]&k%65y=[removed]&max_tokens=5"
    assert headers == {"x-trace": "[removed]", "idempotency-key": "retry-7"}


def test_all_problems_within_a_request_are_told_with_their_fixes() -> None:
    program = Program()
    orphan = {"type": "tool_use", "id": "toolu_01", "name": "get_weather", "input": {}}
    program.send(asking(USER, {"role": "assistant", "content": [orphan]}, USER, temprature=1, tools=[TOOL]))
    entry = program.entry()
    assert entry["status"] == 400
    assert entry["error"]["type"] == "invalid_request_error"
    rules = {problem["rule"]: problem for problem in entry["problems"]}
    assert len(rules) >= 2
    assert rules["R19"]["fix"]["operations"]
    assert rules["R19"]["path"].startswith("messages.")
    assert entry["problems"][0]["message"] == entry["error"]["message"]


def test_a_key_that_is_refused_is_told_without_the_key() -> None:
    program = Program(headers={"x-api-key": "my-invalid-key"})
    program.send(asking(USER))
    entry = program.entry()
    assert entry["status"] == 401
    assert [problem["rule"] for problem in entry["problems"]] == ["R77"]
    assert "my-" not in json.dumps(entry)


@pytest.mark.parametrize("stream", [False, True])
def test_a_reply_that_never_goes_back_is_told_at_the_later_request(stream: bool) -> None:
    program = Program()
    program.raw("GET", "/v1/models")
    program.send(asking(USER, stream=stream))
    program.send(asking(USER, {"role": "user", "content": "And now?"}, stream=stream))
    first, second, third = program.journal()["requests"]
    assert not first["problems_between"]
    assert not second["problems_between"]
    [problem] = third["problems_between"]
    assert problem["rule"] == "lost_assistant_turn"
    assert problem["path"] == "messages.1"
    assert problem["message"].startswith("messages.1: the reply to request 2 is missing")
    assert problem["fix"]["operations"][0]["value"]["role"] == "assistant"


def test_what_was_left_in_the_middle_is_no_reply() -> None:
    program = Program()
    plan = program.simulator.respond(
        "POST", "/v1/messages", HEADERS, json.dumps(asking(USER, stream=True)).encode()
    )
    next(plan.steps)
    assert program.entry()["status"] == 200
    del plan
    program.send(asking(USER))
    assert program.journal()["requests"][1]["problems_between"] == []


def test_each_key_has_a_journal_of_its_own() -> None:
    program = Program()
    program.send(asking(USER))
    other = Program(program.simulator, {"x-api-key": "another"})
    assert other.journal()["requests"] == []
    assert other.raw("DELETE", JOURNAL)[0].status == 200
    assert len(program.journal()["requests"]) == 1
    # The same key as a bearer token is the same key.
    same = Program(program.simulator, {"x-api-key": "", "authorization": f"Bearer {KEY}"})
    assert len(same.journal()["requests"]) == 1


def test_since_and_limit_choose_what_is_shown() -> None:
    now = [1_790_000_000.0]
    program = Program(Simulator(journal=True, clock=lambda: now[0]))
    for _ in range(5):
        program.send(asking(USER))
        now[0] += 60

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in program.journal(query)["requests"]]

    assert numbers("") == [1, 2, 3, 4, 5]
    assert numbers("?limit=2") == [4, 5]
    assert numbers("?since=2&limit=2") == [3, 4]
    assert numbers("?since=5") == []
    assert numbers("?since=2026-09-21T14:15:20Z") == [4, 5]
    assert numbers("?since=2026-09-21T16:15:20+02:00") == [4, 5]
    assert program.journal("?since=2&limit=2")["has_more"]
    assert program.journal()["last"] == 5
    for query in ("?limit=0", "?limit=x", "?limit=²", "?since=yesterday", "?limit=99999999999999999999"):
        plan, data = program.raw("GET", JOURNAL + query)
        assert plan.status == 400, query
        assert json.loads(data)["error"]["message"].startswith(query[1:6])


def test_clearing_forgets_and_goes_on_counting() -> None:
    program = Program()
    program.send(asking(USER))
    assert json.loads(program.raw("DELETE", JOURNAL)[1]) == {"type": "journal_cleared", "requests": 1}
    assert program.journal()["requests"] == []
    program.send(asking(USER))
    assert program.entry()["number"] == 2


def test_the_journal_has_a_bound_and_says_what_it_dropped() -> None:
    simulator = Simulator(journal=True)
    simulator.journal = Recorder(most_requests=3, most_bytes=100_000)
    program = Program(simulator)
    for _ in range(5):
        program.send(asking(USER))
    journal = program.journal()
    assert [each["number"] for each in journal["requests"]] == [3, 4, 5]
    assert journal["dropped"]["requests"] == 2
    big = Program(simulator, {"x-api-key": "big"})
    for _ in range(4):
        big.send(asking({"role": "user", "content": "x" * 40_000}))
    journal = big.journal()
    assert len(journal["requests"]) == 2
    assert journal["dropped"]["requests"] == 2
    assert journal["kept"]["bytes"] < 100_000
    assert len(program.journal()["requests"]) == 3, "who sends little loses nothing to who sends much"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[1, 2]",
        b'"text"',
        b"[" * 100_000,
        b'{"messages": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"messages": [{"role": 7, "content": {"a": [null]}}, 5, null], "model": []}',
        b'{"messages": {}, "messages": []}',
        b'{"a": NaN, "b": 1e999}',
        b'{"model": "x\\u001b[2J\\u0007", "messages": [{"role": "user", "content": "<script>"}]}',
    ],
)
def test_whatever_came_in_can_be_read(body: bytes) -> None:
    program = Program()
    program.send(body)
    program.send(body)
    program.send(asking(USER))
    entry = program.journal()["requests"][0]
    assert entry["status"] == 400
    assert entry["problems"]
    assert entry["body_bytes"] == len(body)
    plan, text = program.raw("GET", JOURNAL, headers={"accept": "text/plain"})
    assert plan.headers["content-type"].startswith("text/plain")
    assert b"\x1b" not in text
    if body:
        assert program.raw("GET", f"{JOURNAL}/1/body")[1] == body


def test_a_browser_and_curl_can_have_it_as_text() -> None:
    program = Program()
    program.send(asking(USER, {"role": "user", "content": "More"}, tools=[TOOL], stream=True))
    program.send(asking(USER, temprature=1))
    _, text = program.raw("GET", JOURNAL, headers={"accept": "text/html,application/xhtml+xml"})
    lines = text.decode().splitlines()
    assert lines[0] == "2 requests of this key in the journal"
    assert "claude-sonnet-5, 2 messages, 1 tool, streamed" in text.decode()
    assert any("temprature: Extra inputs are not permitted" in line for line in lines)


def test_a_request_that_is_still_being_answered_is_shown() -> None:
    recorder = Recorder()
    simulator = Simulator(journal=True)
    simulator.journal = recorder
    asked: Asked = simulator._asked("POST", "/v1/messages", HEADERS, json.dumps(asking(USER)).encode())
    recorder.note(asked)
    assert Program(simulator).entry()["status"] is None


def test_recording_follows_an_answer_without_changing_it() -> None:
    def answer(simulator: Simulator) -> Iterator[bytes | float]:
        body = json.dumps(asking(USER, stream=True)).encode()
        return simulator.respond("POST", "/v1/messages", HEADERS, body).steps

    assert list(answer(Simulator(journal=True, pace=10))) == list(answer(Simulator(pace=10)))


def test_what_an_sdk_sends_over_http_is_in_the_journal() -> None:
    simulator = Simulator(journal=True)
    with (
        LocalServer(simulator) as server,
        anthropic.Anthropic(api_key=KEY, base_url=server.url, max_retries=0) as sdk,
    ):
        sdk.messages.create(**asking(USER))
        with sdk.messages.stream(**asking(USER, USER)) as stream:
            stream.get_final_message()
        with pytest.raises(anthropic.BadRequestError):
            sdk.messages.create(**asking())
    first, second, third = Program(simulator).journal()["requests"]
    assert first["headers"]["authorization"] == "Bearer [removed]"
    assert first["headers"]["user-agent"].startswith("Anthropic/Python")
    assert (first["status"], second["status"], third["status"]) == (200, 200, 400)
    assert [problem["rule"] for problem in second["problems_between"]] == ["lost_assistant_turn"]
    assert [problem["rule"] for problem in third["problems"]] == ["R2"]


def test_the_command_keeps_a_journal_when_asked_and_says_where() -> None:
    command = [sys.executable, "-m", "nbkit", "serve", "--port", "0", "--journal"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            asking_for = shlex.split(lines[2])
            assert asking_for[:2] == ["curl", "-H"]
            url = asking_for[-1]
            assert url.endswith(JOURNAL)
            request = urllib.request.Request(
                url, headers=dict(header.split(": ") for header in asking_for[2:5:2])
            )
            with urllib.request.urlopen(request, timeout=20) as answer:
                assert answer.read() == b"0 requests of this key in the journal\n"
        finally:
            process.terminate()
