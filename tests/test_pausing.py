"""A turn that paused goes on as it was, or is refused (R94): by the id of the use that it paused at."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

SEARCH = {"type": "web_search_20250305", "name": "web_search"}
TOOL = {"name": "noop", "input_schema": {"type": "object", "properties": {}}}
PLACES = [
    "Oslo",
    "Rome",
    "Paris",
    "Lima",
    "Cairo",
    "Delhi",
    "Tokyo",
    "Accra",
    "Quito",
    "Bern",
    "Riga",
    "Doha",
    "Nice",
]
ASKED = [{"role": "user", "content": "Search the web for " + ", and for ".join(PLACES)}]


def post(request: Json, path: str = "/v1/messages", simulator: Simulator | None = None) -> tuple[int, Json]:
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    plan = (simulator or Simulator()).respond("POST", path, headers, json.dumps(request).encode())
    return plan.status, json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))


def body(*more: Json) -> Json:
    tools = [SEARCH, TOOL]
    return {"model": "claude-sonnet-5", "max_tokens": 4000, "tools": tools, "messages": [*ASKED, *more]}


@pytest.fixture(scope="module", params=["brain", "script"])
def paused(request: Any) -> tuple[Json, Simulator]:
    """A request whose last message is a turn that paused."""
    simulator = Simulator(scenario="pause_turn" if request.param == "script" else None)
    said = body()
    status, reply = post(said, simulator=simulator)
    assert (status, reply["stop_reason"]) == (200, "pause_turn"), reply
    said["messages"].append({"role": "assistant", "content": reply["content"]})
    return said, simulator


def last(request: Json) -> list[Json]:
    content: list[Json] = request["messages"][-1]["content"]
    return content


def test_it_goes_on_unchanged(paused: tuple[Json, Simulator]) -> None:
    request, simulator = paused
    status, reply = post(request, simulator=simulator)
    assert status == 200, reply
    assert post({**request, "max_tokens": 900, "stream": False})[0] == 200  # what isn't said may be another


def no_more(request: Json) -> None:
    """What carries no meaning may change."""
    request["tools"].reverse()
    request["tools"][0]["cache_control"] = {"type": "ephemeral"}
    for block in last(request):
        if block["type"] == "server_tool_use":
            block.pop("caller", None)
        if block["type"] == "text":
            block["citations"] = None
    *first, end = last(request)
    request["messages"][-1]["content"] = first
    request["messages"].append({"role": "assistant", "content": [end]})


def test_what_carries_no_meaning_may_change(paused: tuple[Json, Simulator]) -> None:
    request = copy.deepcopy(paused[0])
    no_more(request)
    status, reply = post(request)
    assert status == 200, reply


def reworded(request: Json) -> None:
    last(request)[0] = {"type": "text", "text": "Something else."}


def another_input(request: Json) -> None:
    last(request)[-1]["input"] = {"query": "something else"}


def added(request: Json) -> None:
    last(request).insert(0, {"type": "text", "text": "By the way."})


def went_on(request: Json) -> None:
    last(request).append({"type": "text", "text": "Well then."})


def left_out(request: Json) -> None:
    del last(request)[0]


@pytest.mark.parametrize("change", [reworded, another_input, added, went_on, left_out])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_other_content_is_refused(
    paused: tuple[Json, Simulator], change: Callable[[Json], None], path: str
) -> None:
    request = copy.deepcopy(paused[0])
    change(request)
    if path.endswith("tokens"):
        del request["max_tokens"]
    status, answer = post(request, path)
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    if change is not went_on:  # whose words the rules have already
        place = f"messages.1.content.{len(last(request)) - 1}"
        assert answer["error"]["message"].startswith(f"{place}: a turn that paused at `srvtoolu_")
        assert "content unchanged" in answer["error"]["message"]


@pytest.mark.parametrize(
    "tools", [[SEARCH], [SEARCH, TOOL, {**TOOL, "name": "more"}], [{**SEARCH, "max_uses": 9}, TOOL]]
)
def test_other_tools_are_refused(paused: tuple[Json, Simulator], tools: list[Json]) -> None:
    status, answer = post({**paused[0], "tools": tools})
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")
    assert "must be continued with the same `tools`" in answer["error"]["message"]


def test_a_pause_of_somebody_elses_is_not_judged() -> None:
    use = {"type": "server_tool_use", "id": "srvtoolu_mine", "name": "web_search", "input": {"query": "Oslo"}}
    status, answer = post(body({"role": "assistant", "content": [use]}))
    assert status == 200, answer


def test_a_second_pause_seals_the_whole_turn() -> None:
    many = [f"{place} {n}" for n in range(3) for place in PLACES]
    request = body()
    request["messages"] = [{"role": "user", "content": "Search the web for " + ", and for ".join(many)}]
    for _ in range(2):
        _, reply = post(request)
        assert reply["stop_reason"] == "pause_turn"
        request["messages"].append({"role": "assistant", "content": reply["content"]})
    assert post(request)[0] == 200
    request["messages"][1]["content"][0] = {"type": "text", "text": "Something else."}
    status, answer = post(request)
    assert status == 400
    assert "content unchanged" in answer["error"]["message"]


def test_a_turn_pauses_and_goes_on_on_a_cloud_too() -> None:
    path = "/v1/projects/p/locations/r/publishers/anthropic/models/claude-sonnet-5:rawPredict"
    request = {"anthropic_version": "vertex-2023-10-16", "max_tokens": 4000, "tools": [SEARCH]}
    said: list[Json] = [*ASKED]

    def go() -> tuple[int, Json]:
        data = json.dumps({**request, "messages": said}).encode()
        plan = Simulator().respond("POST", path, {"authorization": "Bearer k"}, data)
        return plan.status, json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))

    _, reply = go()
    assert reply["stop_reason"] == "pause_turn"
    assert "_vrtx_" in reply["content"][-1]["id"]
    said.append({"role": "assistant", "content": reply["content"]})
    status, answer = go()
    assert status == 200, answer
    reworded({"messages": said})
    assert go()[0] == 400
