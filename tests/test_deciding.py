"""Each decision on a call, and what becomes of its result."""

import asyncio

import pytest

from nbkit.errors import (
    ToolError,
    TurnError,
)
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, Stop
from nbkit.loop.calls.policy import allow
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import tool
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json
from scripted import (
    PAUSE,
    TWO,
    Raw,
    Step,
    Weather,
    call,
    calls,
    chat,
    reply,
    results,
    says,
)


@pytest.mark.parametrize(
    "decision", [Fake("", is_error=True), Fake("22"), Fake({"a": 1}, is_error=True), Refuse("no"), Stop()]
)
def test_fake_refuse_and_stop_never_run_the_tool(decision: Decision) -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", decision)
    assert weather.asked == []
    assert conversation.state.value == "ready"
    assert check(conversation.request()) == []


def test_a_result_can_be_looked_at_and_edited_before_it_goes() -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    pending = conversation.decide("toolu_1", Approve(look=True))
    assert pending.looking
    assert conversation.state.value == "paused"
    conversation.decide("toolu_1", EditResult("40 °C"))
    assert conversation.state.value == "ready"
    assert results(conversation)[0]["content"] == "40 °C"
    by = conversation.pending["toolu_1"].by
    assert by is not None
    assert by.by == "edit"
    assert by.original["content"] == "22 °C in Paris"
    assert weather.asked == ["Paris"]


def test_a_looked_at_result_is_let_go_without_a_second_run() -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", Approve(look=True))
    conversation.decide("toolu_1", Approve(is_error=True))
    assert weather.asked == ["Paris"]
    assert results(conversation)[0]["is_error"] is True


def test_a_call_may_be_decided_again_until_the_loop_goes_on() -> None:
    conversation, _ = chat(PAUSE, says("done"))
    conversation.send("weather?")
    for decision in (Fake("1"), Refuse("2"), Approve()):
        conversation.decide("toolu_1", decision)
    assert results(conversation)[0]["content"] == "22 °C in Paris"
    conversation.resume()
    with pytest.raises(TurnError):
        conversation.decide("toolu_1", Fake("late"))


def test_an_edited_input_rewrites_the_call_and_the_original_is_kept() -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", EditInput({"city": "Rome"}))
    assert weather.asked == ["Rome"]
    assert conversation.messages[1]["content"][0]["input"] == {"city": "Rome"}
    assert conversation.history[1].blocks[0].by.original["input"] == {"city": "Paris"}


def test_an_edited_input_that_does_not_rewrite_tells_the_model() -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", EditInput({"city": "Rome"}, rewrite=False))
    assert weather.asked == ["Rome"]
    assert conversation.messages[1]["content"][0]["input"] == {"city": "Paris"}
    assert '{"city": "Rome"}' in results(conversation)[0]["content"]
    assert results(conversation)[0]["content"].endswith("22 °C in Rome")


UNFIT: list[tuple[Step, str]] = [
    (calls(call("toolu_1", place="Paris")), "city: Field required"),
    (calls(call("toolu_1", name="get_wether")), "no tool called get_wether"),
    (calls(call("toolu_1", name="plain")), "no function"),
    (reply(call("toolu_1"), stop_reason="max_tokens"), "cut off"),
]


@pytest.mark.parametrize(("step", "why"), UNFIT)
def test_a_call_that_can_not_run_says_why_and_can_be_answered(step: Step, why: str) -> None:
    weather = Weather()
    plain = {"name": "plain", "input_schema": {"type": "object"}}
    conversation, _ = chat(step, says("ok"), tools=[weather.tool(), plain], policy=allow)
    conversation.send("weather?")
    assert conversation.state.value == "paused"
    assert why in str(conversation.pending["toolu_1"].why_not)
    before = conversation.messages
    with pytest.raises(ToolError, match="can't be run"):
        conversation.decide("toolu_1", Approve())
    assert weather.asked == []
    assert conversation.messages == before
    conversation.decide("toolu_1", Fake("22"))
    conversation.policy = None
    conversation.resume()
    assert conversation.state.value == "idle"


def test_garbled_input_can_be_edited_and_then_run() -> None:
    weather = Weather()
    start = {"type": "content_block_start", "index": 0, "content_block": {**call("toolu_1"), "input": {}}}
    events: list[Json] = [
        {"type": "message_start", "message": {**reply(), "stop_reason": None}},
        start,
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": '{"ci'},
        },
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 3}},
        {"type": "message_stop"},
    ]
    conversation, _ = chat(Raw(events), weather=weather)
    conversation.send("weather?")
    assert '{"ci' in str(conversation.pending["toolu_1"].why_not)
    with pytest.raises(ToolError):
        conversation.decide("toolu_1", Approve())
    with pytest.raises(ToolError):
        conversation.decide("toolu_1", EditInput({"town": "Rome"}))
    conversation.decide("toolu_1", EditInput({"city": "Rome"}))
    assert weather.asked == ["Rome"]


def test_a_decision_on_nothing_says_what_is_open() -> None:
    conversation, _ = chat(TWO)
    with pytest.raises(TurnError, match="idle"):
        conversation.decide("toolu_1", Approve())
    conversation.send("weather?")
    with pytest.raises(TurnError, match="open is toolu_1 and toolu_2"):
        conversation.decide("toolu_9", Approve())
    with pytest.raises(TurnError, match="no decision"):
        conversation.decide("toolu_1", {"type": "run"})
    conversation.decide("toolu_1", {"type": "refuse", "reason": "no"})


def test_an_async_tool_in_a_blocking_driver_under_a_loop_is_left_to_a_person() -> None:
    @tool
    async def get_weather(city: str) -> str:
        return "async"

    async def inside() -> Conversation:
        conversation, _ = chat(PAUSE, says("done"), tools=[get_weather], policy=allow)
        conversation.send("weather?")
        assert conversation.state.value == "paused"
        assert "adecide" in str(conversation.error)
        with pytest.raises(ToolError, match="adecide"):
            conversation.decide("toolu_1", Approve())
        await conversation.adecide("toolu_1", Approve())
        return conversation

    assert results(asyncio.run(inside()))[0]["content"] == "async"


def test_two_calls_may_run_at_the_same_time() -> None:
    inside = 0
    most = 0

    @tool
    async def get_weather(city: str) -> str:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        return city

    async def both() -> Conversation:
        conversation, _ = chat(TWO, tools=[get_weather])
        await conversation.asend("weather?")
        decided = [conversation.adecide(id, Approve()) for id in ("toolu_1", "toolu_2")]
        await asyncio.gather(*decided)
        return conversation

    conversation = asyncio.run(both())
    assert most == 2
    assert conversation.state.value == "ready"
    assert [result["content"] for result in results(conversation)] == ["Paris", "Oslo"]
