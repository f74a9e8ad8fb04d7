"""Compaction: summaries that are asked for or made on the way, and what stands before them."""

import copy
import json
from typing import Any

import pytest

from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble

Json = dict[str, Any]

ASKED_FOR, ON_THE_WAY = "compact-2026-09-04", "compact-2026-01-12"
TALK: list[Json] = [
    {"role": "user", "content": "My sister lives in Lima."},
    {"role": "assistant", "content": "I see."},
    {"role": "user", "content": "What is 17 * 23?"},
    {"role": "assistant", "content": "It is 391."},
]
ON_DEMAND = {"compaction": {"type": "summarize"}}


def post(request: Json, beta: str = ASKED_FOR, path: str = "/v1/messages") -> tuple[int, bytes]:
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21", "anthropic-beta": beta}
    plan = Simulator().respond("POST", path, headers, json.dumps(request).encode())
    return plan.status, b"".join(step for step in plan.steps if isinstance(step, bytes))


def message(request: Json, beta: str = ASKED_FOR) -> Json:
    status, data = post(request, beta)
    assert status == 200, data
    answer: Json = json.loads(data)
    return answer


def body(*messages: Json, **more: Any) -> Json:
    return {"model": "claude-opus-5", "max_tokens": 2000, "messages": [*messages], **more}


def user(text: str) -> Json:
    return {"role": "user", "content": text}


def summary() -> Json:
    """The message that says what `TALK` was about."""
    return {"role": "assistant", "content": message(body(*TALK, **ON_DEMAND))["content"]}


def test_a_summary_that_is_asked_for_is_the_whole_reply() -> None:
    reply = message(body(*TALK, **ON_DEMAND))
    (block,) = reply["content"]
    assert (reply["stop_reason"], block["type"]) == ("compaction", "compaction")
    assert "My sister lives in Lima." in block["content"]
    assert "391" in block["content"]
    assert reply["usage"]["output_tokens"] > 10


def test_it_streams_as_one_delta() -> None:
    _, data = post(body(*TALK, **ON_DEMAND, stream=True))
    assert data.count(b'"type":"compaction_delta"') == 1
    assert data.count(b"event: content_block_delta") == 1
    streamed, whole = assemble([data]).to_wire(), message(body(*TALK, **ON_DEMAND))
    assert (streamed["content"], streamed["stop_reason"]) == (whole["content"], "compaction")


def test_it_goes_back_in_front_and_is_read() -> None:
    short = message(body(summary(), user("Hello"), max_tokens=10))
    long = message(body(*TALK, user("Hello"), max_tokens=10))
    assert short["usage"]["input_tokens"] != long["usage"]["input_tokens"]
    again = message(body(summary(), user("What is 2 + 2?"), **ON_DEMAND))["content"][0]["content"]
    assert "Lima" in again
    assert "2 + 2" in again


def changed(**change: Any) -> Json:
    said = copy.deepcopy(summary())
    said["content"][0] |= change
    return said


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (lambda: [changed(content="Another summary."), user("Hi")], "compaction_content_mismatch"),
        (lambda: [changed(signature="Eg=="), user("Hi")], "compaction_signature_invalid"),
        (lambda: [user("Hi"), summary(), user("Hi")], "compaction_block_misplaced"),
        (lambda: [summary(), user("Hi"), summary(), user("Hi")], "compaction_block_ambiguous"),
    ],
)
def test_a_summary_that_is_changed_or_elsewhere_is_refused(messages: Any, code: str) -> None:
    status, data = post(body(*messages()))
    error = json.loads(data)["error"]
    assert (status, error["type"]) == (400, "invalid_request_error")
    assert error["details"] == {"error_code": code}


def test_there_must_be_something_to_sum_up_and_no_turn_open() -> None:
    use = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
    for messages, code in (
        ([summary()], "compaction_nothing_to_summarize"),
        ([user("Hi"), {"role": "assistant", "content": [use]}], "compaction_incomplete_turn"),
    ):
        status, data = post(body(*messages, **ON_DEMAND))
        assert (status, json.loads(data)["error"].get("details")) == (400, {"error_code": code}), data


def test_a_summary_without_room_has_failed() -> None:
    reply = message(body(*TALK, **ON_DEMAND, max_tokens=5))
    assert reply["content"] == [{"type": "compaction", "content": None}]
    assert (reply["stop_reason"], reply["usage"]["output_tokens"]) == ("max_tokens", 5)
    assert post(body({"role": "assistant", "content": reply["content"]}, user("Hi")))[0] == 200


def long_talk(**edit: Any) -> Json:
    words = "The harbour lies in the fog this morning. " * 1200
    edits = [{"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": 50_000}, **edit}]
    said = [*TALK, user(words), {"role": "assistant", "content": words}] * 3
    return body(*said, user("What is 2 + 2?"), context_management={"edits": edits})


def test_a_long_array_is_summed_up_on_the_way() -> None:
    reply = message(long_talk(), ON_THE_WAY)
    assert reply["content"][0]["type"] == "compaction"
    assert "4" in reply["content"][-1]["text"]
    assert reply["stop_reason"] == "end_turn"
    usage = reply["usage"]
    first, second = usage["iterations"]
    assert (first["type"], second["type"]) == ("compaction", "message")
    assert first["input_tokens"] > 50_000 > second["input_tokens"]
    assert (usage["input_tokens"], usage["output_tokens"]) == (
        second["input_tokens"],
        second["output_tokens"],
    )
    assert first["output_tokens"] > 0


def test_a_short_array_is_left_alone() -> None:
    edits = [{"type": "compact_20260112"}]
    reply = message(body(*TALK, user("Hi"), context_management={"edits": edits}), ON_THE_WAY)
    assert "compaction" not in [block["type"] for block in reply["content"]]
    assert "iterations" not in reply["usage"]


def test_it_can_pause_there_and_go_on() -> None:
    request = long_talk(pause_after_compaction=True)
    reply = message(request, ON_THE_WAY)
    assert reply["stop_reason"] == "compaction"
    assert [block["type"] for block in reply["content"]] == ["compaction"]
    assert [each["type"] for each in reply["usage"]["iterations"]] == ["compaction"]
    assert (reply["usage"]["input_tokens"], reply["usage"]["output_tokens"]) == (0, 0)
    request["messages"] += [{"role": "assistant", "content": reply["content"]}, user("What is 2 + 3?")]
    answer = message(request, ON_THE_WAY)
    assert answer["stop_reason"] == "end_turn"
    assert answer["usage"]["input_tokens"] < 5000
    assert "5" in answer["content"][-1]["text"]
