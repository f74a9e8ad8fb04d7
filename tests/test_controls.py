"""The controls of a debugger: breakpoints, run to end within limits, the same for all, always."""

import asyncio
from typing import Any

import pytest

import nbkit
from nbkit import Approve, Break, Fake, Refuse, ToolError, TurnError, UsageError
from nbkit.loop.calls.policy import allow
from nbkit.loop.conversation import Conversation
from nbkit.loop.turn import State
from nbkit.wire.blocks import Json
from scripted import Scripted, call, calls, says

TWO = calls(call("toolu_1"), call("toolu_2", city="Rome"))
ran: list[str] = []


@nbkit.tool
def get_weather(city: str) -> str:
    ran.append(city)
    if city == "Atlantis":
        raise LookupError("no such city")
    return f"sunny in {city}"


@nbkit.tool
def get_time(city: str) -> str:
    ran.append(f"time in {city}")
    return "noon"


def talk(*steps: Any, **more: Any) -> Conversation:
    ran.clear()
    return Conversation(tools=[get_weather, get_time], client=Scripted(list(steps)), **more)


def requests(chat: Conversation) -> int:
    assert isinstance(chat.client, Scripted)
    return len(chat.client.requests)


def endless(count: int = 60) -> list[Json]:
    return [calls(call(f"toolu_{number}")) for number in range(count)]


def test_a_breakpoint_at_a_tool_asks_a_person_whatever_the_policy_says() -> None:
    chat = talk(calls(call("toolu_1", name="get_time"), call("toolu_2")), says("done"), policy=allow)
    chat.breakpoints = ["get_weather"]
    chat.send("go")
    assert ran == ["time in Paris"]
    assert chat.state is State.PAUSED
    assert chat.stopped_at == "at a call of get_weather"
    assert chat.resume().text == "done"  # on from there: the policy decides
    assert ran == ["time in Paris", "Paris"]
    assert stop_of(chat) is None


def stop_of(chat: Conversation) -> str | None:
    return chat.stopped_at


def test_a_breakpoint_holds_where_its_condition_holds() -> None:
    chat = talk(TWO, says("done"), policy=allow)
    chat.breakpoints = [Break("get_weather", when=lambda call: call.input["city"] == "Rome")]
    chat.send("go")
    assert ran == ["Paris"]
    assert [id for id, each in chat.pending.items() if not each.settled] == ["toolu_2"]


def test_a_condition_that_fails_is_looked_at_by_a_person() -> None:
    chat = talk(TWO, policy=allow)
    chat.breakpoints = [Break(when=lambda call: call.input["no such thing"])]
    chat.send("go")
    assert ran == []
    assert chat.state is State.PAUSED


def test_a_breakpoint_before_each_request() -> None:
    chat = talk(calls(call("toolu_1")), calls(call("toolu_2")), says("done"), policy=allow)
    chat.breakpoints = Break(on="request")
    stops = []
    with pytest.raises(TurnError):
        chat.resume()  # nothing to go on with
    chat.send("go")
    while chat.state is State.READY:
        stops.append((requests(chat), chat.stopped_at))
        chat.resume()
    assert stops == [(0, "before a request"), (1, "before a request"), (2, "before a request")]
    assert requests(chat) == 3


def test_a_breakpoint_on_error_shows_the_result_before_it_goes_out() -> None:
    chat = talk(calls(call("toolu_1", city="Atlantis")), says("done"), policy=allow)
    chat.breakpoints = [Break(on="error")]
    chat.send("go")
    assert requests(chat) == 1
    assert chat.stopped_at == "because get_weather has failed"
    chat.decide("toolu_1", Fake("sunny, 20 °C"))
    chat.resume()
    assert requests(chat) == 2
    assert chat.messages[2]["content"][0] == {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": "sunny, 20 °C",
    }


def test_a_step_heeds_no_breakpoint() -> None:
    chat = talk(TWO, says("done"), policy=allow)
    chat.breakpoints = [Break(), Break(on="request")]
    chat.insert("messages.0", {"role": "user", "content": "go"})
    for _ in range(4):
        chat.step()
    assert ran == ["Paris", "Rome"]
    assert requests(chat) == 2


@pytest.mark.parametrize("given", [7, [None], "get_weather,", [Break, 3]])
def test_what_is_no_breakpoint_is_told(given: Any) -> None:
    if given == "get_weather,":
        with pytest.raises(UsageError, match="on= is"):
            Break(on="get_weather")  # type: ignore[arg-type]
        return
    with pytest.raises(UsageError, match="a breakpoint is"):
        talk().breakpoints = given


def test_run_to_end_approves_what_nobody_decides() -> None:
    chat = talk(TWO, calls(call("toolu_3", name="get_time")), says("done"))
    chat.send("go")
    assert ran == []
    assert chat.run_to_end().content[0].to_wire()["text"] == "done"
    assert sorted(ran) == ["Paris", "Rome", "time in Paris"]


def test_run_to_end_leaves_what_a_policy_refuses_refused() -> None:
    chat = talk(TWO, says("done"), policy=nbkit.when("get_weather", Refuse("no"), city="Rome"))
    chat.send("go")
    chat.run_to_end()
    assert ran == ["Paris"]


@pytest.mark.parametrize(
    ("limits", "made", "says"),
    [
        ({"max_steps": 3}, 3, "has made 3 requests"),
        ({"max_tokens": 40}, 3, "has used 45 tokens of 40"),
        ({"max_cost": 0.0002}, 3, r"has cost \$0.0002 of \$0.0002"),
    ],
)
@pytest.mark.parametrize("awaits", [False, True])
def test_run_to_end_always_stops_at_its_limit(
    limits: dict[str, Any], made: int, says: str, awaits: bool
) -> None:
    chat = talk(*endless())
    chat.send("go")
    before = requests(chat)
    with pytest.raises(TurnError, match=says):
        asyncio.run(chat.arun_to_end(**limits)) if awaits else chat.run_to_end(**limits)
    assert requests(chat) - before == made
    assert chat.state is State.READY  # with its results: it can go on
    assert not [each for each in chat.problems() if each.level == "error"]


@pytest.mark.parametrize(
    "limits",
    [
        {"max_tokens": 0},
        {"max_tokens": "many"},
        {"max_cost": -1},
        {"max_cost": float("nan")},
        {"max_steps": 0},
        {"max_steps": True},
        {"max_steps": 2.5},
    ],
)
def test_limits_that_are_none_are_told_before_anything_happens(limits: dict[str, Any]) -> None:
    chat = talk(*endless())
    chat.send("go")
    with pytest.raises(UsageError):
        chat.run_to_end(**limits)
    assert requests(chat) == 1


def test_dollars_need_a_price() -> None:
    chat = talk(*endless(), model="my-own-model")
    chat.send("go", check=False)
    with pytest.raises(UsageError, match="price"):
        chat.run_to_end(max_cost=1)


def test_breakpoints_stop_a_run_to_end() -> None:
    chat = talk(TWO, says("done"))
    chat.send("go")
    chat.breakpoints = ["get_weather"]
    with pytest.raises(TurnError, match="paused"):
        chat.run_to_end()
    assert ran == []
    chat.run_to_end()
    assert sorted(ran) == ["Paris", "Rome"]


def test_a_limit_is_no_error_of_the_conversation_and_says_why_it_stopped() -> None:
    chat = talk(*endless())
    chat.send("go")
    with pytest.raises(TurnError, match="has made 2 requests and is not at its end"):
        chat.run_to_end(max_steps=2)
    assert (chat.error, stop_of(chat)) == (None, "because the turn has made 2 requests")
    chat.undo()
    assert stop_of(chat) is None


def test_a_decision_is_taken_back_and_the_tool_has_run() -> None:
    chat = talk(TWO, says("done"), policy=allow)
    chat.breakpoints = ["get_weather"]
    chat.send("go")
    chat.decide("toolu_1", Approve(look=True))
    assert chat.reopen("toolu_1").may_have_run
    assert ran == ["Paris"]
    chat.resume()  # what has run is nobody's but a person's to decide
    assert [id for id, each in chat.pending.items() if not each.settled] == ["toolu_1"]
    chat.undo()
    chat.undo()
    assert chat.pending["toolu_1"].looking
    with pytest.raises(TurnError, match="nothing was decided"):
        chat.reopen("toolu_2")
    with pytest.raises(TurnError, match="no open call"):
        chat.reopen("toolu_9")


def test_a_remark_goes_out_after_the_results_whoever_sends_them() -> None:
    chat = talk(TWO, calls(call("toolu_3")), says("done"))
    chat.send("go")
    chat.remark = "In Fahrenheit, please."
    assert chat.request()["messages"][-1]["role"] == "assistant"  # no result, so nothing goes out yet
    chat.decide("toolu_1", Fake("snow"))
    chat.decide_all(Refuse("no"))
    last = chat.request()["messages"][-1]["content"]
    assert [block["type"] for block in last] == ["tool_result", "tool_result", "text"]
    chat.resume()
    assert chat.messages[2]["content"] == last
    assert chat.remark == ""
    assert chat.run_to_end().text == "done"
    assert [block["type"] for block in chat.messages[4]["content"]] == ["tool_result"]  # once is enough


def test_a_remark_is_undone_and_is_nothing_without_words() -> None:
    chat = talk(TWO, says("done"))
    with pytest.raises(TurnError, match="no call waits"):
        chat.remark = "too early"
    chat.send("go")
    chat.remark = "one"
    chat.remark = "two"
    chat.undo()
    assert chat.remark == "one"
    chat.redo()
    chat.remark = " \n"
    assert chat.remark == ""
    chat.undo()
    chat.decide_all(Fake("snow"))
    chat.resume()
    assert chat.messages[2]["content"][-1] == {"type": "text", "text": "two"}
    chat.undo()
    assert (chat.state, chat.remark) == (State.READY, "two")
    with pytest.raises(UsageError, match="a remark is a text"):
        chat.remark = ["blocks"]


def test_a_remark_comes_before_what_is_sent_at_the_pause_and_goes_with_its_call() -> None:
    chat = talk(TWO, says("done"))
    chat.send("go")
    chat.decide_all(Fake("snow"))
    chat.remark = "one"
    fork = chat.fork()
    chat.send("two")
    assert [block.get("text") for block in chat.messages[2]["content"][2:]] == ["one", "two"]
    fork.rewind(1)
    assert fork.remark == ""


def test_the_same_for_all() -> None:
    chat = talk(TWO, says("done"))
    chat.send("go")
    decided = chat.decide_all(Fake("hail"))
    assert [each.settled for each in decided.values()] == [True, True]
    chat.resume()
    assert [each["content"] for each in chat.messages[2]["content"]] == ["hail", "hail"]
    assert ran == []
    with pytest.raises(TurnError, match="idle"):
        chat.decide_all(Approve())


def test_what_can_not_be_decided_for_all_is_decided_for_none() -> None:
    chat = talk(calls(call("toolu_1"), call("toolu_2", name="no_such_tool")))
    chat.send("go")
    with pytest.raises(ToolError, match="no_such_tool"):
        chat.decide_all(Approve())
    assert ran == []
    assert not chat.decisions
    assert all(each.decision is None for each in chat.pending.values())


def test_calls_that_are_decided_already_are_left_as_they_are() -> None:
    chat = talk(TWO, says("done"))
    chat.send("go")
    chat.decide("toolu_1", Fake("snow"))
    asyncio.run(chat.adecide_all(Approve()))
    assert ran == ["Rome"]
    assert [(each.result or {})["content"] for each in chat.pending.values()] == ["snow", "sunny in Rome"]


def test_an_answer_for_always() -> None:
    chat = talk(TWO, calls(call("toolu_3"), call("toolu_4", name="get_time")), says("done"))
    chat.send("go")
    chat.always["get_weather"] = Approve()
    chat.resume()
    assert sorted(ran) == ["Paris", "Paris", "Rome"]
    assert [id for id, each in chat.pending.items() if not each.settled] == ["toolu_4"]  # get_time is asked
    del chat.always["get_weather"]


def test_a_fork_has_answers_of_its_own() -> None:
    chat = talk(TWO)
    chat.send("go")
    fork = chat.fork()
    fork.always["get_weather"] = Approve()
    assert not chat.always
