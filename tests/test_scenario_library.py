"""The scenarios that come with nbkit do what they say."""

from __future__ import annotations

import json

import httpx
import pytest

from nbkit import cli
from nbkit.errors import APIError
from nbkit.rules.validator import check
from nbkit.sim.plan import Dropped
from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble
from nbkit.wire.blocks import Json
from nbkit.wire.sse_events import SSEEvents
from played import HEADERS, ask, assistant, body, results, streamed, user, whole


def test_a_request_names_a_scenario_of_the_library_for_itself() -> None:
    simulator = Simulator()
    named = {"x-nbkit-scenario": "one_call"}
    assert whole(simulator, None, **named) == whole("one_call")
    status, data = ask(simulator, None, **{"x-nbkit-scenario": "/etc/passwd"})
    assert status == 400
    assert b"one_call" in data
    assert httpx.Client(transport=simulator.transport()).post(
        "http://simulated/v1/messages", json=body(), headers={**HEADERS, **named}
    ).json() == whole("one_call")


BREAKS = {
    "broken_twice": "RemoteProtocolError",
    "rate_limited": "429",
    "overloaded_then_fine": "529",
    "stream_16_error_midway": "529",
    "stream_17_connection_lost": "RemoteProtocolError",
    "stream_24_exception_frame": "429",
}


# Their last turn is not for sending back: that is what they teach.
KEPT_OUT = {"max_tokens_in_json", "stream_13_max_tokens_in_json", "stream_18_unknown_things"}


def walk(name: str, *, stream: bool) -> tuple[list[Json], Json, list[Json]]:
    """Ask what the scenario proposes, run what is called, and give the replies and the last array."""
    found = Scenario.load(name)
    asked = {**body(user(found.prompt)), "tools": [], "max_tokens": 1000, **found.request}
    messages = asked["messages"] = [*asked["messages"]]
    headers = {**HEADERS, "anthropic-beta": ",".join(found.betas)} if found.betas else HEADERS
    replies: list[Json] = []
    with httpx.Client(transport=Simulator(scenario=name).transport()) as client:
        while len(replies) < 20:
            sent = {**asked, "stream": stream}
            response = client.post("http://simulated/v1/messages", json=sent, headers=headers)
            response.raise_for_status()
            reply = assemble(response.content).to_wire() if stream else response.json()
            replies.append(reply)
            if reply["stop_reason"] not in ("tool_use", "pause_turn"):
                break
            if reply.get("container"):
                asked["container"] = reply["container"]["id"]
            added = results(reply, "22 degrees")
            messages += added[: 1 + bool(added[1]["content"])]
    return replies, {**asked, "headers": headers}, messages


@pytest.mark.parametrize("name", Scenario.names())
def test_each_scenario_of_the_library_says_what_it_teaches(name: str) -> None:
    found = Scenario.load(name)
    assert found.title
    assert 40 < len(found.teaches) < 400
    assert found.prompt
    assert repr(found) == f"Scenario({name!r})"


@pytest.mark.parametrize("name", [name for name in Scenario.names() if name not in BREAKS])
def test_each_scenario_runs_to_its_end_and_is_legal_to_send_back(name: str) -> None:
    replies, asked, messages = walk(name, stream=False)
    streams, _, _ = walk(name, stream=True)
    last = replies[-1]
    assert last["stop_reason"] not in ("tool_use", "pause_turn")
    assert len(streams) == len(replies)
    if name != "stream_18_unknown_things":
        assert streams == replies
    headers = asked.pop("headers")
    if not last["content"] or name in KEPT_OUT:
        return
    again = {**asked, "messages": [*messages, assistant(last["content"]), user("And then?")]}
    assert [problem.message for problem in check(again, headers=headers) if problem.level != "warning"] == []


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_breaks_as_it_says(name: str) -> None:
    with pytest.raises(httpx.HTTPError) as raised:
        walk(name, stream=False)
    assert BREAKS[name] in f"{type(raised.value).__name__} {raised.value}"
    if name == "stream_16_error_midway":
        with pytest.raises(APIError, match="overloaded_error"):
            walk(name, stream=True)


def test_there_is_one_for_every_stream_that_the_contract_lists() -> None:
    numbers = [int(name.split("_")[1]) for name in Scenario.names() if name.startswith("stream_")]
    assert numbers == list(range(1, 25))


def stream_types(name: str) -> list[str]:
    data = ask(name, body(**Scenario.load(name).request, stream=True))[1]
    return [event.type for event in SSEEvents().feed(data)]


def test_streams_are_what_they_are_called() -> None:
    assert stream_types("stream_02_pings").count("ping") > 4
    assert "content_block_delta" not in stream_types("stream_04_call_without_delta")
    assert stream_types("stream_19_usage_grows").count("message_delta") == 2
    assert stream_types("stream_22_no_blocks") == ["message_start", "ping", "message_delta", "message_stop"]
    assert stream_types("stream_16_error_midway")[-1] == "error"
    assert "future_event" in stream_types("stream_18_unknown_things")
    assert b"\r\n\r\n" in ask("stream_23_crlf", body(stream=True))[1]
    assert streamed("stream_05_split_characters")["content"][1]["input"] == {"city": "Orléans — 🗼 東京"}
    assert streamed("stream_03_first_fragment_empty")["content"][0]["input"] == {"city": "Paris"}


@pytest.mark.parametrize("name", [name for name in Scenario.names() if name.startswith("stream_")])
def test_each_stream_comes_as_frames_of_bedrock_too(name: str) -> None:
    request = {
        **body(user("Hello")),
        **Scenario.load(name).request,
        "anthropic_version": "bedrock-2023-05-31",
    }
    request.pop("model")
    if name in ("stream_10_search_and_pause", "stream_12_server_and_client_call", "stream_20_called_by_code"):
        request["tools"] = []
    if name in ("stream_06_thinking", "stream_07_omitted_thinking"):
        request["thinking"] = {"type": "disabled"}
    if name == "stream_21_compaction":
        request.pop("context_management")
    model = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    plan = Simulator(scenario=name).respond(
        "POST",
        f"{model}/invoke-with-response-stream",
        {"authorization": "Bearer k"},
        json.dumps(request).encode(),
    )
    assert (plan.status, plan.headers["content-type"]) == (200, "application/vnd.amazon.eventstream")
    data: list[bytes] = []
    broken = name in ("stream_16_error_midway", "stream_17_connection_lost", "stream_24_exception_frame")
    try:
        data.extend(step for step in plan.steps if isinstance(step, bytes))
    except Dropped:
        assert broken
    if not broken:
        assert assemble(b"".join(data), "aws").stop_reason
    elif name != "stream_17_connection_lost":
        with pytest.raises(APIError, match=r"throttlingException|serviceUnavailableException"):
            assemble(b"".join(data), "aws")


def test_the_list_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "--list"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n{name}: " in shown for name in Scenario.names())
    assert "x-nbkit-fault" in shown
    assert max(map(len, shown.splitlines())) < 120
