"""What the simulated API refuses: whole batches, queries and ids, and single requests in a batch."""

import json
from typing import Any

import pytest

from batch_calls import HEADERS, PATH, Json, answered, created, entries, lines_of, params, send
from nbkit.sim.simulator import Simulator
from still_clock import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def simulator(clock: StillClock) -> Simulator:
    return Simulator(clock=clock, batch_seconds=10)


def test_a_request_that_does_not_pass_is_its_own_result(simulator: Simulator, clock: StillClock) -> None:
    orphan = [{"type": "tool_result", "tool_use_id": "toolu_9", "content": "x"}]
    bad = {
        "model": params(model="claude-nothing-9"),
        "orphan": params(messages=[{"role": "user", "content": orphan}]),
        "empty": {},
        "threads": params(thread={"type": "create"}),
    }
    batch = created(
        simulator, [*entries(1), *({"custom_id": id, "params": each} for id, each in bad.items())]
    )
    clock.now += 10
    told = send(simulator, "GET", f"{PATH}/{batch['id']}")[1]
    assert told["request_counts"] == {
        "processing": 0,
        "succeeded": 1,
        "errored": 4,
        "canceled": 0,
        "expired": 0,
    }
    results = lines_of(simulator, batch)
    assert results["r-0"]["type"] == "succeeded"
    error = {"type": "not_found_error", "message": "model: claude-nothing-9"}
    assert results["model"] == {
        "type": "errored",
        "error": {"type": "error", "error": error, "request_id": None},
    }
    assert "unexpected `tool_use_id`" in results["orphan"]["error"]["error"]["message"]
    assert results["empty"]["error"]["error"]["type"] == "invalid_request_error"


REFUSED = [
    ({}, "requests: Field required"),
    ({"requests": []}, "requests: List should have at least 1 item after validation, not 0"),
    ({"requests": entries(1), "model": "x"}, "model: Extra inputs are not permitted"),
    ({"requests": [{"params": params()}]}, "requests.0.custom_id: Field required"),
    (
        {"requests": [{"custom_id": "a b", "params": params()}]},
        "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
    ),
    (
        {"requests": [{"custom_id": "a" * 65, "params": params()}]},
        "requests.0.custom_id: String should have at most 64 characters",
    ),
    (
        {"requests": [*entries(2), *entries(1)]},
        "requests: custom_id's must be unique within a batch. Duplicate custom_id found: r-0",
    ),
    ({"requests": [{"custom_id": "a"}]}, "requests.0.params: Field required"),
    (
        {"requests": [{"custom_id": "a", "params": "{}"}]},
        "requests.0.params: Input should be a valid dictionary",
    ),
    ({"requests": [*entries(1), 7]}, "requests.1: Input should be a valid dictionary"),
    (b"[]", "Input should be a valid dictionary"),
    (b'{"requests": [', "The request body is not valid JSON"),
    (b"\xff\x00\x9f" * 50, "The request body is not valid JSON"),
    (b"", "The request body is not valid JSON"),
]


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_what_no_batch_may_be_is_refused_whole(simulator: Simulator, body: Any, message: str) -> None:
    status, answer = send(simulator, "POST", PATH, body)
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert answer["error"]["message"].startswith(message)
    assert answer["request_id"].startswith("req_")
    assert send(simulator, "GET", PATH)[1] == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=abc", "limit: Input should be a valid integer, unable to parse string as an integer"),
        ("limit=0", "limit: Input should be greater than or equal to 1"),
        ("limit=-3", "limit: Input should be greater than or equal to 1"),
        ("limit=1001", "limit: Input should be less than or equal to 1000"),
        ("limit=%D9%A3", "limit: Input should be a valid integer, unable to parse string as an integer"),
        ("limit=" + "9" * 5000, "limit: Input should be a valid integer"),
        ("after_id=msgbatch_x", "after_id: "),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(simulator: Simulator, query: str, message: str) -> None:
    status, answer = send(simulator, "GET", f"{PATH}?{query}")
    assert status == 400
    assert answer["error"]["message"].startswith(message)


@pytest.mark.parametrize("id", ["..", "%2e%2e", "a%2Fb", "%00", "msgbatch_" + "x" * 5000, "%F0%9F", "~"])
def test_an_id_that_is_none_is_not_found(simulator: Simulator, id: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/results")):
        assert send(simulator, method, f"{PATH}/{id}{path}")[0] == 404
    assert send(simulator, "GET", f"{PATH}/{id}/cancel")[0] == 405
    assert send(simulator, "GET", f"{PATH}/{id}/other")[0] == 404


def test_a_batch_needs_a_key_and_a_version(simulator: Simulator) -> None:
    body = json.dumps({"requests": entries(1)}).encode()
    for left_out, status in (("x-api-key", 401), ("anthropic-version", 400)):
        headers = {name: value for name, value in HEADERS.items() if name != left_out}
        for method, path in (("POST", PATH), ("GET", PATH), ("GET", PATH + "/x"), ("DELETE", PATH + "/x")):
            assert answered(simulator, method, path, body, headers)[0] == status


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"stream": True}, 'stream: "stream=True" is not supported in the Message Batches API'),
        ({"max_tokens": 0}, "max_tokens: must be greater than or equal to 1"),
        ({"speed": "fast"}, "speed: not supported in a batch"),
        ({"temperature": 1}, "temperature: Extra inputs are not permitted"),
        ({"tools": 7}, "tools: Input should be a valid list"),
    ],
)
def test_what_a_batch_can_not_do_is_an_error_of_that_request(
    simulator: Simulator, clock: StillClock, more: Json, message: str
) -> None:
    batch = created(simulator, [*entries(2), {"custom_id": "odd", "params": params(**more)}])
    assert batch["processing_status"] == "in_progress"
    clock.now += 20
    lines = lines_of(simulator, batch)
    error = lines["odd"]["error"]
    assert (error["type"], error["error"]["type"]) == ("error", "invalid_request_error")
    assert error["error"]["message"] == message
    assert lines["r-0"]["type"] == lines["r-1"]["type"] == "succeeded"
    ended = send(simulator, "GET", f"{PATH}/{batch['id']}")[1]
    assert (ended["request_counts"]["errored"], ended["request_counts"]["succeeded"]) == (1, 2)


def test_counts_are_those_of_the_results_whatever_the_server_refuses(
    simulator: Simulator, clock: StillClock
) -> None:
    found = {"type": "web_search_result", "url": "https://a.example", "title": "A", "encrypted_content": "x"}
    said = [
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "a"}},
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [found]},
    ]
    forged = params()
    forged["messages"] += [{"role": "assistant", "content": said}, {"role": "user", "content": "Go on."}]
    long = params("word " * 300_000)
    long["model"] = "claude-haiku-4-5"
    batch = created(
        simulator,
        [*entries(1), {"custom_id": "forged", "params": forged}, {"custom_id": "long", "params": long}],
    )
    clock.now += 20
    kinds = {id: line["type"] for id, line in lines_of(simulator, batch).items()}
    assert kinds == {"r-0": "succeeded", "forged": "errored", "long": "errored"}
    assert send(simulator, "GET", f"{PATH}/{batch['id']}")[1]["request_counts"]["errored"] == 2


def test_a_scenario_that_there_is_not_refuses_the_batch(simulator: Simulator) -> None:
    status, answer = send(simulator, "POST", PATH, {"requests": entries(1)}, **{"x-nbkit-scenario": "no"})
    assert status == 400
    assert answer["error"]["message"].startswith("x-nbkit-scenario: no scenario 'no'")


def test_a_beta_lets_a_batch_write_more_at_a_time(simulator: Simulator, clock: StillClock) -> None:
    for number, (most, headers, kind) in enumerate(
        (
            (300_000, {"anthropic-beta": "output-300k-2026-03-24"}, "succeeded"),
            (300_001, {"anthropic-beta": "output-300k-2026-03-24"}, "errored"),
            (200_000, {}, "errored"),
        )
    ):
        requests = [{"custom_id": f"n{number}", "params": params(max_tokens=most)}]
        batch = send(simulator, "POST", PATH, {"requests": requests}, **headers)[1]
        clock.now += 20
        assert [line["type"] for line in lines_of(simulator, batch).values()] == [kind]
