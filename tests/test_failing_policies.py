"""A policy that can't be followed decides nothing: no tool runs, the call is a person's, and it says why."""

from collections.abc import Callable
from typing import Any

import pytest

from nbkit.errors import UsageError
from nbkit.loop.calls.decisions import Approve, EditInput, EditResult
from nbkit.loop.calls.policy import allow, by_name, first_of, when
from scripted import PAUSE, TWO, Weather, call, calls, chat, says


async def awaited(call: Any, history: Any) -> Any:
    return Approve()


def nearly_awaited(call: Any, history: Any) -> Any:
    return awaited(call, history)


def raises(error: BaseException) -> Callable[..., Any]:
    def policy(call: Any, history: Any) -> Any:
        raise error

    return policy


def recurses(call: Any, history: Any) -> Any:
    return recurses(call, history)


FAILING: dict[str, tuple[Any, str]] = {
    "raises": (raises(RuntimeError("oops")), "oops"),
    "has no words": (raises(StopIteration()), "StopIteration"),
    "never ends": (recurses, "RecursionError"),
    "says yes": (lambda call, history: True, "True is no decision"),
    "says a word": (lambda call, history: "approve", "'approve' is no decision"),
    "names the kind": (lambda call, history: Approve, "is no decision"),
    "is half a decision": (lambda call, history: {"type": "edit_input"}, "lacks its input"),
    "is awaited": (nearly_awaited, "has to answer at once"),
    "takes no arguments": (lambda: None, "argument"),
    "edits no result": (EditResult("x"), "has no result to edit yet"),
    "edits what doesn't fit": (EditInput({"town": "Rome"}), "can't be run"),
    "asks for what isn't there": (
        when("get_weather", Approve(), city=lambda city: city["name"] == "x"),
        "TypeError",
    ),
    "fails inside another": (first_of(by_name(get_weather=raises(KeyError("x"))), allow), "KeyError"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("policy", "words"), FAILING.values(), ids=list(FAILING))
@pytest.mark.parametrize("where", ["policy", "unattended", "always"])
def test_it_leaves_the_call_to_a_person_and_says_why(policy: Any, words: str, where: str) -> None:
    weather = Weather()
    conversation, script = chat(PAUSE, says("done"), weather=weather)
    if where == "always":
        conversation.always["get_weather"] = policy
    else:
        setattr(conversation, where, policy)
    conversation.unattended = conversation.unattended or allow  # who comes after it isn't asked
    conversation.send("weather?")
    assert (conversation.state.value, weather.asked, len(script.requests)) == ("paused", [], 1)
    assert "decide it yourself" in str(conversation.error)
    assert words in str(conversation.error)
    conversation.decide("toolu_1", Approve())
    assert conversation.resume().text == "done"


@pytest.mark.parametrize("given", ["allow", 1, awaited])
def test_what_is_none_is_refused_when_it_is_set(given: Any) -> None:
    conversation, _ = chat()
    for name in ("policy", "unattended"):
        with pytest.raises(UsageError, match="a policy"):
            setattr(conversation, name, given)
    assert conversation.policy is not given


def test_what_is_none_for_always_is_told_at_the_call() -> None:
    conversation, _ = chat(PAUSE)
    conversation.always["get_weather"] = "allow"  # type: ignore[assignment]  # on purpose
    conversation.send("weather?")
    assert (conversation.state.value, "a policy is" in str(conversation.error)) == ("paused", True)


def test_one_that_fails_at_one_call_leaves_the_others_decided() -> None:
    weather = Weather()
    policy = when("get_weather", Approve(), city=lambda city: {"Oslo": True}[city])
    conversation, _ = chat(TWO, weather=weather, policy=policy)
    conversation.send("weather?")
    assert weather.asked == ["Oslo"]
    assert [each.settled for each in conversation.pending.values()] == [False, True]


def test_an_interrupt_while_one_thinks_lets_nothing_run_later() -> None:
    """What it has let run by then, and didn't begin, is asked about again."""
    weather = Weather()
    asked: list[str] = []

    def slow(call: Any, history: Any) -> Any:
        asked.append(call.id)
        if asked == ["toolu_1", "toolu_2"]:
            raise KeyboardInterrupt
        return Approve()

    conversation, _ = chat(TWO, says("done"), weather=weather, policy=slow)
    with pytest.raises(KeyboardInterrupt):
        conversation.send("weather?")
    assert weather.asked == []
    assert [each.decision for each in conversation.pending.values()] == [None, None]
    conversation.resume()
    assert asked == ["toolu_1", "toolu_2"] * 2
    assert sorted(weather.asked) == ["Oslo", "Paris"]


def test_a_step_asks_about_one_call_at_a_time() -> None:
    """So that in a fork, or after an undo, no tool runs for what was said of it before."""
    weather = Weather()
    conversation, _ = chat(TWO, says("done"), weather=weather)
    conversation.send("weather?")
    conversation.policy = allow
    conversation.step()
    assert [each["id"] for each in conversation.decisions] == ["toolu_1"]
    other = conversation.fork()
    other.policy = None
    with pytest.raises(Exception, match="paused on toolu_2"):
        other.step()
    assert weather.asked == ["Paris"]
    conversation.step()
    assert weather.asked == ["Paris", "Oslo"]


def test_one_that_looks_sees_the_result() -> None:
    seen: list[Any] = []

    def looks(call: Any, history: Any) -> Any:
        seen.append(history.result)
        return Approve(look=True) if history.result is None else EditResult(history.result["content"][:2])

    conversation, script = chat(calls(call("toolu_1")), says("done"), policy=looks)
    conversation.send("weather?")
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "22 °C in Paris"}
    assert seen == [None, result]
    assert script.requests[1]["messages"][2]["content"] == [{**result, "content": "22"}]
