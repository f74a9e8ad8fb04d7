"""A turn that fails leaves an array that is legal and says what was lost."""

from collections.abc import Callable
from typing import Any

import pytest

from nbkit.errors import (
    APIError,
    InvalidRequest,
    StreamError,
    ToolError,
    TransportError,
    TurnError,
    UsageError,
)
from nbkit.loop.calls.decisions import Approve, EditInput, Fake
from nbkit.loop.calls.policy import allow
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import tool
from scripted import (
    PAUSE,
    REFUSED,
    Cut,
    Step,
    Weather,
    call,
    calls,
    chat,
    reply,
    results,
    says,
)


def test_a_tool_that_raises_answers_with_its_error_and_the_loop_goes_on() -> None:
    conversation, script = chat(calls(call("toolu_1", city="Atlantis")), says("sorry"), policy=allow)
    assert conversation.send("weather?").text == "sorry"
    [result] = script.requests[1]["messages"][2]["content"]
    assert result["content"] == "LookupError: no such city"
    assert result["is_error"] is True


def test_a_tool_that_returns_something_odd_answers_with_an_error() -> None:
    @tool
    def get_weather(city: str) -> Any:
        return {"type": "text", "text": object()}

    conversation, _ = chat(PAUSE, tools=[get_weather])
    conversation.send("weather?")
    conversation.decide("toolu_1", Approve())
    assert results(conversation)[0]["is_error"] is True
    assert "JSON" in results(conversation)[0]["content"]


def test_an_interrupted_tool_leaves_the_call_open_and_says_that_it_may_have_run() -> None:
    conversation, _ = chat(calls(call("toolu_1", city="Interrupt")), policy=allow)
    with pytest.raises(KeyboardInterrupt):
        conversation.send("weather?")
    assert conversation.state.value == "paused"
    pending = conversation.pending["toolu_1"]
    assert pending.started
    assert pending.may_have_run
    assert "may have run" in str(conversation.error)
    assert len(conversation.messages) == 2
    conversation.decide("toolu_1", Fake("22"))
    assert conversation.state.value == "ready"


def test_what_the_api_would_refuse_is_not_sent_and_adds_nothing() -> None:
    conversation, script = chat(max_tokens=0)
    with pytest.raises(InvalidRequest):
        conversation.send("hi")
    with pytest.raises(InvalidRequest):
        Conversation(client=script).send("")
    assert script.requests == []
    assert conversation.messages == []
    assert isinstance(conversation.error, InvalidRequest)


def test_a_broken_array_can_be_sent_on_purpose_and_stays_as_it_was() -> None:
    conversation, script = chat(PAUSE, says("done"), REFUSED, REFUSED)
    conversation.send("weather?")
    conversation.decide("toolu_1", Fake("22"))
    conversation.resume()
    conversation.delete("messages.2")
    broken = conversation.messages
    assert [problem.rule for problem in conversation.problems()] == ["R19"]
    with pytest.raises(InvalidRequest, match="tool_use"):
        conversation.send("and now?")
    sends: list[Callable[[], object]] = [
        lambda: conversation.send("and now?", check=False),
        lambda: conversation.resume(check=False),
    ]
    for send in sends:
        with pytest.raises(APIError, match=r"messages\.0: no"):
            send()
        assert conversation.messages == broken
        assert conversation.error is REFUSED
    assert len(script.requests) == 4
    assert script.requests[2]["messages"][-1] == {"role": "user", "content": "and now?"}


FAILURES: list[tuple[Step, type[BaseException]]] = [
    (REFUSED, APIError),
    (TransportError("no connection to nowhere"), TransportError),
    (Cut(says("Hello there, how are you?"), after=5), StreamError),
    (Cut(says("Hello there"), after=4, error=KeyboardInterrupt()), KeyboardInterrupt),
    (Cut(says("Hello there"), after=4, error=APIError(200, "overloaded_error", "Overloaded")), APIError),
]


@pytest.mark.parametrize(("step", "kind"), FAILURES)
def test_when_the_first_request_fails_the_array_is_as_it_was(step: Step, kind: type[BaseException]) -> None:
    conversation, _ = chat(says("first"), step, says("again"))
    conversation.send("one")
    before = conversation.history
    with pytest.raises(kind):
        conversation.send("two")
    assert conversation.history is before
    assert conversation.state.value == "idle"
    assert str(conversation.error)
    assert "\n" not in str(conversation.error)
    assert conversation.partial is None
    conversation.undo()
    assert conversation.messages == []
    conversation.redo()
    assert conversation.send("two").text == "again"
    assert conversation.error is None


@pytest.mark.parametrize(("step", "kind"), FAILURES)
def test_when_a_later_request_fails_the_results_are_kept(step: Step, kind: type[BaseException]) -> None:
    weather = Weather()
    conversation, script = chat(PAUSE, step, says("done"), weather=weather, policy=allow)
    with pytest.raises(kind):
        conversation.send("weather?")
    assert conversation.state.value == "ready"
    assert len(conversation.messages) == 3
    assert conversation.resume().text == "done"
    assert weather.asked == ["Paris"]
    assert script.requests[1] == script.requests[2]


def test_the_part_that_had_arrived_is_on_the_error() -> None:
    conversation, _ = chat(Cut(says("Hello there"), after=4, error=KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        conversation.send("hi")
    assert isinstance(conversation.error, StreamError)
    assert conversation.error.partial is not None
    assert conversation.error.partial.text == "Hello "


def test_results_that_break_a_rule_are_not_sent_and_can_be_decided_again() -> None:
    conversation, script = chat(PAUSE, says("done"))
    conversation.send("weather?")
    conversation.decide("toolu_1", Fake([{"type": "image", "source": {"type": "nothing"}}]))
    with pytest.raises(InvalidRequest):
        conversation.resume()
    assert len(script.requests) == 1
    assert conversation.state.value == "ready"
    conversation.decide("toolu_1", Fake("22"))
    assert conversation.resume().text == "done"


def test_a_loop_without_end_is_stopped_with_its_results_kept() -> None:
    steps = [calls(call(f"toolu_{n}")) for n in range(5)]
    conversation, script = chat(*steps, policy=allow, max_steps=3)
    with pytest.raises(TurnError, match="3 requests"):
        conversation.send("weather?")
    assert len(script.requests) == 3
    assert conversation.state.value == "ready"
    assert conversation.pending["toolu_2"].settled


def test_a_decision_that_can_not_be_leaves_the_error_of_the_stretch() -> None:
    conversation, _ = chat(PAUSE, REFUSED)
    conversation.send("weather?")
    with pytest.raises(APIError):
        conversation.resume(check=False)
    with pytest.raises(ToolError):
        conversation.decide("toolu_1", EditInput({"town": "Rome"}))
    assert conversation.error is REFUSED
    conversation.decide("toolu_1", Fake("23"))
    assert conversation.error is None


def test_a_refusal_adds_nothing() -> None:
    conversation, _ = chat(reply(stop_reason="refusal"), says("ok"))
    assert conversation.send("bad").stop_reason == "refusal"
    assert len(conversation.messages) == 1
    assert conversation.send("good").text == "ok"


def test_nobody_to_talk_to_is_one_sentence() -> None:
    with pytest.raises(UsageError, match=r"nbkit\.connect"):
        Conversation().send("hi")
    with pytest.raises(UsageError, match="no parameters"):
        Conversation(stream=True)


def test_content_that_can_not_be_told_changes_nothing() -> None:
    class Shy:
        def __str__(self) -> str:
            raise ValueError("not me")

    conversation, _ = chat(PAUSE)
    conversation.send("weather?")
    holds_itself: list[Any] = []
    holds_itself.append({"type": "text", "text": holds_itself})
    with pytest.raises(TurnError, match="can't be told"):
        conversation.decide("toolu_1", Fake(Shy()))
    with pytest.raises(UsageError, match="holds itself"):
        conversation.decide("toolu_1", Fake(holds_itself))
    assert conversation.pending["toolu_1"].decision is None
