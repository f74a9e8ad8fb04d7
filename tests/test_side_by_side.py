"""Tools of calls approved together: they run at once, in time or not at all, and can be given up."""

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from nbkit.errors import TurnError
from nbkit.loop.calls.decisions import Approve, Fake
from nbkit.loop.calls.policy import allow
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import Tool, tool
from nbkit.loop.turn import State
from scripted import Scripted, call, calls, says

TWO = calls(call("toolu_1"), call("toolu_2", city="Rome"))
Send = Callable[[Conversation], None]


def blocking(chat: Conversation) -> None:
    chat.send("go")


def awaiting(chat: Conversation) -> None:
    asyncio.run(chat.asend("go"))


both = pytest.mark.parametrize("send", [blocking, awaiting])


def talk(*steps: Any, weather: Tool, **more: Any) -> Conversation:
    return Conversation(tools=[weather], client=Scripted(list(steps)), **more)


def results(chat: Conversation) -> list[tuple[str, str, bool]]:
    node = next(
        each for each in chat.messages if isinstance(each["content"], list) and each["role"] == "user"
    )
    return [(each["tool_use_id"], each["content"], each.get("is_error", False)) for each in node["content"]]


@both
def test_calls_approved_together_run_at_once_and_are_answered_in_their_order(send: Send) -> None:
    together = threading.Barrier(2, timeout=20)  # passes when both are here
    first_is_done = threading.Event()

    @tool
    def get_weather(city: str) -> str:
        together.wait()
        if city == "Rome":
            first_is_done.set()
        else:
            assert first_is_done.wait(20)  # the second is done before the first
        return f"sunny in {city}"

    chat = talk(TWO, says("done"), weather=get_weather, policy=allow)
    send(chat)
    assert results(chat) == [("toolu_1", "sunny in Paris", False), ("toolu_2", "sunny in Rome", False)]


@both
def test_async_tools_run_at_once(send: Send) -> None:
    here: list[str] = []

    @tool
    async def get_weather(city: str) -> str:
        here.append(city)
        while len(here) < 2:
            await asyncio.sleep(0)
        return "sunny"

    chat = talk(TWO, says("done"), weather=get_weather, policy=allow)
    send(chat)
    assert [text for _, text, _ in results(chat)] == ["sunny", "sunny"]


@both
def test_one_that_fails_leaves_the_others_alone(send: Send) -> None:
    @tool
    def get_weather(city: str) -> str:
        if city == "Rome":
            raise LookupError("no such city")
        return "sunny"

    chat = talk(TWO, says("done"), weather=get_weather, policy=allow)
    send(chat)
    assert results(chat) == [("toolu_1", "sunny", False), ("toolu_2", "LookupError: no such city", True)]


@both
def test_a_tool_that_takes_too_long_is_an_error_result(send: Send) -> None:
    ends = threading.Event()

    @tool(timeout=0.05)
    def get_weather(city: str) -> str:
        if city == "Rome":
            ends.wait(20)
        return "sunny"

    chat = talk(TWO, says("done"), weather=get_weather, policy=allow)
    try:
        send(chat)
    finally:
        ends.set()
    assert results(chat)[0] == ("toolu_1", "sunny", False)
    id, text, is_error = results(chat)[1]
    assert (id, is_error) == ("toolu_2", True)
    assert "no result after 0.05 seconds" in text
    assert "may still be running" in text


@both
def test_a_conversation_has_a_time_for_tools_that_have_none_of_their_own(send: Send) -> None:
    ends = threading.Event()

    @tool
    def get_weather(city: str) -> str:
        ends.wait(20)
        return "sunny"

    chat = talk(calls(call("toolu_1")), says("done"), weather=get_weather, policy=allow, tool_timeout=0.05)
    try:
        send(chat)
    finally:
        ends.set()
    assert "no result after 0.05 seconds" in results(chat)[0][1]


@both
def test_an_interrupt_leaves_the_calls_that_had_no_result_open(send: Send) -> None:
    ends = threading.Event()

    @tool
    def get_weather(city: str) -> str:
        if city == "Rome":
            raise KeyboardInterrupt
        ends.wait(20)
        return "sunny"

    chat = talk(TWO, weather=get_weather, policy=allow)
    try:
        with pytest.raises(KeyboardInterrupt):
            send(chat)
    finally:
        ends.set()
    assert chat.state is State.PAUSED
    assert all(each.may_have_run for each in chat.pending.values())
    assert "may have run" in str(chat.error)


def test_a_step_runs_one_of_two_that_are_approved() -> None:
    ran: list[str] = []

    @tool
    def get_weather(city: str) -> str:
        ran.append(city)
        return "sunny"

    chat = talk(TWO, says("done"), weather=get_weather, policy=allow)
    chat.stepping = True
    chat.send("go")
    chat.step()
    assert ran == ["Paris"]
    chat.step()
    assert ran == ["Paris", "Rome"]


def test_a_hanging_tool_can_be_given_up_and_its_call_decided_anew() -> None:
    ends, hangs = threading.Event(), threading.Event()

    @tool
    def get_weather(city: str) -> str:
        if city == "Rome":
            hangs.set()
            ends.wait(20)
        return "sunny"

    async def by_button() -> None:
        going = asyncio.create_task(chat.asend("go"))
        await asyncio.to_thread(hangs.wait, 20)
        chat.abandon("toolu_2")
        await going

    chat = talk(TWO, says("done"), weather=get_weather, policy=allow)
    try:
        asyncio.run(by_button())
    finally:
        ends.set()
    assert chat.state is State.PAUSED
    assert chat.pending["toolu_1"].settled
    assert chat.pending["toolu_2"].may_have_run
    chat.decide("toolu_2", Fake("hail"))
    chat.resume()
    assert [text for _, text, _ in results(chat)] == ["sunny", "hail"]


def test_what_does_not_run_can_not_be_given_up() -> None:
    chat = talk(TWO, weather=Tool(lambda city: "sunny", name="get_weather"))
    chat.send("go")
    with pytest.raises(TurnError, match="toolu_1 does not run"):
        chat.abandon("toolu_1")
    chat.decide("toolu_1", Approve())
    with pytest.raises(TurnError, match="toolu_1 does not run"):
        chat.abandon("toolu_1")


@both
def test_what_a_tool_gives_after_its_time_is_not_heard(send: Send) -> None:
    ends, over = threading.Event(), threading.Event()

    @tool(timeout=0.05)
    def get_weather(city: str) -> str:
        ends.wait(20)
        over.set()
        return "too late"

    chat = talk(calls(call("toolu_1")), says("done"), weather=get_weather, policy=allow)
    send(chat)
    before = chat.messages
    ends.set()
    assert over.wait(20)
    assert chat.messages == before


@both
def test_what_tools_print_is_kept_with_their_calls_and_not_sent(
    send: Send, capsys: pytest.CaptureFixture[str]
) -> None:
    together = threading.Barrier(2, timeout=20)

    @tool
    def get_weather(city: str) -> str:
        print("looking at", city)
        together.wait()
        print("done with", city, file=sys.stderr)
        return "sunny"

    chat = talk(TWO, weather=get_weather, policy=Approve(look=True))
    before = sys.stdout
    send(chat)
    assert [each.printed for each in chat.pending.values()] == [
        "looking at Paris\ndone with Paris\n",
        "looking at Rome\ndone with Rome\n",
    ]
    assert sys.stdout is before
    assert "looking at Paris" in capsys.readouterr().out  # where it goes anyway
    assert "looking" not in str(chat.request())


def test_what_is_printed_without_end_is_kept_in_part() -> None:
    @tool
    def get_weather(city: str) -> str:
        for _ in range(3000):
            print("0123456789")
        print("the end")
        raise LookupError("no such city")

    chat = talk(calls(call("toolu_1")), weather=get_weather)
    chat.send("go")
    printed = chat.decide("toolu_1", Approve()).printed
    assert len(printed) < 21_000
    assert printed.endswith("the end\n")
    assert chat.decide("toolu_1", Fake("x")).result is not None
