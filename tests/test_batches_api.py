"""Batches of the simulated API, as the official SDK has them, and as bytes for what it can't send."""

import asyncio
import json
from itertools import islice

import anthropic
import pytest

from batch_calls import DAY, HEADERS, PATH, created, entries, lines_of, params, send
from bridges import async_sdk_for, sdk_for
from nbkit.sim import batch_store
from nbkit.sim.intake import most_bytes
from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator
from still_clock import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def simulator(clock: StillClock) -> Simulator:
    return Simulator(clock=clock, batch_seconds=10)


@pytest.fixture
def sdk(simulator: Simulator) -> anthropic.Anthropic:
    return sdk_for(simulator)


def test_the_official_sdk_polls_a_batch_to_its_results(sdk: anthropic.Anthropic, clock: StillClock) -> None:
    batch = sdk.messages.batches.create(requests=entries())
    assert batch.processing_status == "in_progress"
    assert batch.request_counts.processing == 3
    assert batch.results_url is None
    assert (batch.expires_at - batch.created_at).total_seconds() == DAY
    clock.now += 9
    assert sdk.messages.batches.retrieve(batch.id).request_counts.succeeded == 0
    with pytest.raises(anthropic.AnthropicError, match="No `results_url`"):
        sdk.messages.batches.results(batch.id)
    clock.now += 1
    batch = sdk.messages.batches.retrieve(batch.id)
    assert batch.processing_status == "ended"
    assert batch.ended_at
    assert (batch.request_counts.succeeded, batch.request_counts.processing) == (3, 0)
    assert batch.results_url == f"https://api.anthropic.com{PATH}/{batch.id}/results"
    said = {}
    for line in sdk.messages.batches.results(batch.id):
        assert line.result.type == "succeeded"
        assert line.result.message.usage.service_tier == "batch"
        text = line.result.message.content[-1]
        assert text.type == "text"
        said[line.custom_id] = text.text
    assert {id: str(400 + int(id[2:])) in text for id, text in said.items()} == dict.fromkeys(said, True)
    assert len(said) == 3
    assert sdk.messages.batches.delete(batch.id).type == "message_batch_deleted"
    with pytest.raises(anthropic.NotFoundError, match=f"Message Batch {batch.id} not found"):
        sdk.messages.batches.retrieve(batch.id)


def test_the_async_sdk_and_the_beta_namespace_have_the_same(simulator: Simulator, clock: StillClock) -> None:
    async def run() -> list[str]:
        client = async_sdk_for(simulator)
        batch = await client.beta.messages.batches.create(
            requests=entries(2), betas=["message-batches-2024-09-24"]
        )
        clock.now += 10
        ids = [line.custom_id async for line in await client.beta.messages.batches.results(batch.id)]
        again = [each.id async for each in client.messages.batches.list()]
        assert again == [batch.id]
        return ids

    assert sorted(asyncio.run(run())) == ["r-0", "r-1"]
    assert len(list(sdk_for(simulator).beta.messages.batches.list(limit=1))) == 1


def test_a_batch_answers_as_the_endpoint_of_messages_does(simulator: Simulator, clock: StillClock) -> None:
    batch = created(simulator, entries(1))
    clock.now += 10
    (result,) = lines_of(simulator, batch).values()
    alone = send(simulator, "POST", "/v1/messages", params("What is 0 + 400?"))[1]
    alone["usage"]["service_tier"] = "batch"
    assert result == {"type": "succeeded", "message": alone}


def test_what_is_undone_when_a_batch_is_canceled_is_canceled(
    sdk: anthropic.Anthropic, simulator: Simulator, clock: StillClock
) -> None:
    batch = sdk.messages.batches.create(requests=entries(10))
    clock.now += 4
    batch = sdk.messages.batches.cancel(batch.id)
    assert batch.processing_status == "canceling"
    assert batch.cancel_initiated_at
    assert batch.request_counts.processing == 10
    clock.now += 1
    first = sdk.messages.batches.cancel(batch.id)
    assert first.cancel_initiated_at == batch.cancel_initiated_at
    clock.now += 1
    batch = sdk.messages.batches.retrieve(batch.id)
    assert batch.processing_status == "ended"
    assert (batch.request_counts.succeeded, batch.request_counts.canceled) == (4, 6)
    kinds = {line.custom_id: line.result.type for line in sdk.messages.batches.results(batch.id)}
    assert sorted(id for id, kind in kinds.items() if kind == "succeeded") == ["r-0", "r-1", "r-2", "r-3"]
    assert set(kinds.values()) == {"succeeded", "canceled"}
    ended = sdk.messages.batches.cancel(batch.id)  # there is nothing left to cancel
    assert ended.processing_status == "ended"


def test_what_is_undone_after_a_day_expires(clock: StillClock) -> None:
    simulator = Simulator(clock=clock, batch_seconds=2 * DAY)
    batch = created(simulator, entries(4))
    clock.now += DAY - 1
    assert send(simulator, "GET", f"{PATH}/{batch['id']}")[1]["processing_status"] == "in_progress"
    clock.now += 1
    told = send(simulator, "GET", f"{PATH}/{batch['id']}")[1]
    assert (told["request_counts"]["expired"], told["request_counts"]["succeeded"]) == (2, 2)
    assert told["ended_at"] == told["expires_at"]
    assert lines_of(simulator, batch)["r-3"] == {"type": "expired"}


def test_results_are_kept_for_29_days(simulator: Simulator, clock: StillClock) -> None:
    batch = created(simulator, entries(1))
    clock.now += 29 * DAY - 1
    assert lines_of(simulator, batch)
    clock.now += 1
    told = send(simulator, "GET", f"{PATH}/{batch['id']}")[1]
    assert told["archived_at"]
    assert told["results_url"] is None
    assert told["request_counts"]["succeeded"] == 1
    status, answer = send(simulator, "GET", f"{PATH}/{batch['id']}/results")
    assert (status, answer["error"]["type"]) == (404, "not_found_error")
    assert answer["error"]["message"] == f"Message Batch {batch['id']} has no available results."


def test_a_batch_in_progress_has_no_results_and_stays(simulator: Simulator) -> None:
    id = created(simulator, entries(1))["id"]
    status, answer = send(simulator, "GET", f"{PATH}/{id}/results")
    assert (status, answer["error"]["message"]) == (404, f"Message Batch {id} has no available results.")
    status, answer = send(simulator, "DELETE", f"{PATH}/{id}")
    assert status == 400
    assert answer["error"] == {
        "type": "invalid_request_error",
        "message": "In progress batches cannot be deleted. Consider canceling the batch instead.",
    }
    assert send(simulator, "GET", f"{PATH}/{id}")[0] == 200


def test_batches_are_listed_newest_first_page_by_page(sdk: anthropic.Anthropic) -> None:
    ids = [sdk.messages.batches.create(requests=entries(1)).id for _ in range(5)]
    assert len(set(ids)) == 5  # equal batches, each with an id of its own
    newest = ids[::-1]
    assert [batch.id for batch in sdk.messages.batches.list(limit=2)] == newest
    page = sdk.messages.batches.list(limit=2, after_id=newest[1])
    assert [batch.id for batch in page.data] == newest[2:4]
    assert (page.first_id, page.last_id, page.has_more) == (newest[2], newest[3], True)
    before = sdk.messages.batches.list(limit=2, before_id=newest[4])
    assert [batch.id for batch in before.data] == newest[2:4]
    assert not sdk.messages.batches.list().has_next_page()


def test_the_same_calls_give_the_same_ids(clock: StillClock) -> None:
    one, two = (Simulator(clock=clock) for _ in range(2))
    assert [created(one, entries(1))["id"] for _ in range(2)] == [
        created(two, entries(1))["id"] for _ in range(2)
    ]
    assert created(Simulator(seed=1), entries(1))["id"] != created(Simulator(), entries(1))["id"]


def test_a_batch_belongs_to_its_key(simulator: Simulator, clock: StillClock) -> None:
    id = created(simulator, entries(1), key="a")["id"]
    assert id != created(simulator, entries(1), key="b")["id"]
    clock.now += 10
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/results")):
        status, answer = send(simulator, method, f"{PATH}/{id}{path}", key="b")
        assert (status, answer["error"]["message"]) == (404, f"Message Batch {id} not found.")
    assert len(send(simulator, "GET", PATH, key="a")[1]["data"]) == 1


def test_a_batch_may_be_larger_than_a_request(simulator: Simulator) -> None:
    requests = [{"custom_id": f"r{at}", "params": params("x" * 3_000_000)} for at in range(12)]
    assert created(simulator, requests)["request_counts"]["processing"] == 12
    assert most_bytes(PATH) == 256 * 1024 * 1024


def test_ten_thousand_requests_come_back_each_once(simulator: Simulator, clock: StillClock) -> None:
    batch = created(simulator, entries(10_000))
    clock.now += 10
    assert send(simulator, "GET", f"{PATH}/{batch['id']}")[1]["request_counts"]["succeeded"] == 10_000
    plan = simulator.respond("GET", f"{PATH}/{batch['id']}/results", HEADERS)
    lines = (json.loads(step) for step in plan.steps if isinstance(step, bytes))
    first = list(islice(lines, 50))
    assert len({line["custom_id"] for line in first}) == 50
    assert [line["custom_id"] for line in first] != sorted(line["custom_id"] for line in first)
    assert send(simulator, "DELETE", f"{PATH}/{batch['id']}")[0] == 200
    rest = list(islice(lines, 50))
    assert {line["result"]["type"] for line in rest} == {"succeeded"}  # who reads already reads on


def test_the_results_are_where_the_request_went(simulator: Simulator, clock: StillClock) -> None:
    id = created(simulator, entries(1))["id"]
    clock.now += 10
    for host, proto, start in (
        ("127.0.0.1:8377", "", "http://127.0.0.1:8377"),
        ("localhost", "", "http://localhost"),
        ("[::1]:80", "", "http://[::1]:80"),
        ("sim.example.com", "", "https://sim.example.com"),
        ("sim.example.com", "http", "http://sim.example.com"),
        ('x"><script>', "", "https://api.anthropic.com"),
        ("evil.example/../a", "", "https://api.anthropic.com"),
    ):
        headers = {"host": host, "x-forwarded-proto": proto}
        told = send(simulator, "GET", f"{PATH}/{id}", **headers)[1]
        assert told["results_url"] == f"{start}{PATH}/{id}/results"


def test_a_batch_that_takes_no_time_has_ended_at_the_first_look(clock: StillClock) -> None:
    simulator = Simulator(clock=clock, batch_seconds=0)
    batch = created(simulator, entries(2))
    assert batch["processing_status"] == "in_progress"
    assert send(simulator, "GET", f"{PATH}/{batch['id']}")[1]["processing_status"] == "ended"
    assert len(lines_of(simulator, batch)) == 2


def test_where_the_room_runs_out_the_oldest_is_archived(
    monkeypatch: pytest.MonkeyPatch, clock: StillClock
) -> None:
    monkeypatch.setattr(batch_store, "MOST_BYTES", 2500)
    simulator = Simulator(clock=clock, batch_seconds=10)
    requests = entries(3)  # about a thousand bytes
    old, new = created(simulator, requests), created(simulator, requests)
    status, answer = send(simulator, "POST", PATH, {"requests": requests})
    assert (status, answer["error"]["type"]) == (429, "rate_limit_error")
    clock.now += 10
    created(simulator, requests)
    assert send(simulator, "GET", f"{PATH}/{old['id']}")[1]["archived_at"]
    assert lines_of(simulator, new)
    assert send(simulator, "GET", f"{PATH}/{old['id']}/results")[0] == 404
    status, answer = send(simulator, "POST", PATH, {"requests": entries(30)})
    assert status == 429
    for each in send(simulator, "GET", PATH)[1]["data"]:
        send(simulator, "DELETE", f"{PATH}/{each['id']}")
    clock.now += 10
    for each in send(simulator, "GET", PATH)[1]["data"]:
        send(simulator, "DELETE", f"{PATH}/{each['id']}")
    created(simulator, requests, key="another")


def test_a_scenario_speaks_in_batches_and_its_errors_are_counted(clock: StillClock) -> None:
    scenario = Scenario(
        [
            {"when": {"user": "What is 0"}, "fault": "overloaded"},
            {"when": {"user": "What is 1"}, "say": "Ask me tomorrow."},
        ]
    )
    simulator = Simulator(clock=clock, batch_seconds=10, scenario=scenario)
    batch = created(simulator, entries(3))
    clock.now += 10
    counts = send(simulator, "GET", f"{PATH}/{batch['id']}")[1]["request_counts"]
    assert (counts["succeeded"], counts["errored"]) == (2, 1)
    results = lines_of(simulator, batch)
    assert results["r-0"]["error"]["error"]["type"] == "overloaded_error"
    assert results["r-1"]["message"]["content"][-1]["text"] == "Ask me tomorrow."
    assert "402" in results["r-2"]["message"]["content"][-1]["text"]


def test_batches_and_files_go_over_http_too() -> None:
    with (
        LocalServer(Simulator(batch_seconds=0)) as server,
        anthropic.Anthropic(api_key="k", base_url=server.url, max_retries=0) as sdk,
    ):
        file = sdk.files.upload(file=("a.txt", b"Oslo"))
        assert [each.id for each in sdk.files.list()] == [file.id]
        batch = sdk.messages.batches.retrieve(sdk.messages.batches.create(requests=entries(300)).id)
        assert batch.results_url == f"{server.url}{PATH}/{batch.id}/results"
        lines = list(sdk.messages.batches.results(batch.id))
        assert {line.custom_id for line in lines} == {f"r-{at}" for at in range(300)}


def test_a_batch_writes_a_prompt_to_the_cache_once_at_each_reading(
    simulator: Simulator, clock: StillClock
) -> None:
    system = [{"type": "text", "text": "Answer briefly. " * 3000, "cache_control": {"type": "ephemeral"}}]
    batch = created(simulator, entries(4, system=system))
    clock.now += 10
    once, twice = lines_of(simulator, batch), lines_of(simulator, batch)
    assert once == twice
    written = [line["message"]["usage"]["cache_creation_input_tokens"] > 0 for line in once.values()]
    read = [line["message"]["usage"]["cache_read_input_tokens"] > 0 for line in once.values()]
    assert (sum(written), sum(read)) == (1, 3)


def test_a_scenario_named_in_the_header_holds_in_a_batch(simulator: Simulator, clock: StillClock) -> None:
    batch = send(simulator, "POST", PATH, {"requests": entries(2)}, **{"x-nbkit-scenario": "refused"})[1]
    clock.now += 20
    assert {line["message"]["stop_reason"] for line in lines_of(simulator, batch).values()} == {"refusal"}
