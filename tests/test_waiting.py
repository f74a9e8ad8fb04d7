"""Code that waits for somebody else's decisions: another thread, another task; it never waits in vain."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nbkit.errors import APIError, TurnError, UsageError
from nbkit.loop.calls.breaks import Break
from nbkit.loop.calls.decisions import Approve, Fake, Stop
from nbkit.loop.conversation import Conversation
from nbkit.loop.turn import State
from scripted import PAUSE, TWO, Weather, call, calls, chat, results, says

ROOT = Path(__file__).resolve().parent.parent
ALONE = """
import nbkit
weather = {"name": "get_weather", "input_schema": {"type": "object"}}
chat = nbkit.Conversation(client="simulator", tools=[weather])
chat.send("What is the weather in Paris?")
chat.wait()
"""


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[None]:
    """Do something in another thread, which fails the test when it fails."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # raised below
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(10)
    assert not failed, failed


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_wait_goes_on_when_another_thread_has_decided_every_call() -> None:
    weather = Weather()
    conversation, script = chat(TWO, says("done"), weather=weather)
    conversation.send("go")

    def decide() -> None:
        conversation.decide("toolu_2", Fake("snow"))
        conversation.decide("toolu_1", Approve())

    with meanwhile(decide):
        assert conversation.wait(10).text == "done"
    assert conversation.state is State.IDLE
    assert weather.asked == ["Paris"]
    assert len(script.requests) == 2


def test_wait_waits_again_at_the_next_pause_until_the_turn_is_over() -> None:
    conversation, script = chat(PAUSE, calls(call("toolu_9")), says("done"))
    conversation.send("go")

    def decide() -> None:
        conversation.decide("toolu_1", Fake("1"))
        until(lambda: "toolu_9" in conversation.pending)
        conversation.decide("toolu_9", Fake("9"))

    with meanwhile(decide):
        assert conversation.wait(10).text == "done"
    assert len(script.requests) == 3


def test_wait_returns_at_once_where_nothing_is_open() -> None:
    conversation, script = chat(PAUSE, says("done"))
    conversation.send("go")
    conversation.decide("toolu_1", Fake("1"))
    assert conversation.wait(10).text == "done"
    assert conversation.wait().text == "done"
    assert len(script.requests) == 2


def test_wait_ends_when_somebody_stops_the_turn() -> None:
    conversation, _ = chat(PAUSE)
    conversation.send("go")
    with meanwhile(lambda: conversation.decide("toolu_1", Stop())):
        conversation.wait(10)
    assert results(conversation)[0]["is_error"] is True


def test_wait_stops_where_a_breakpoint_holds_the_turn() -> None:
    conversation, script = chat(PAUSE, says("done"))
    conversation.send("go")
    conversation.breakpoints = [Break(on="request")]
    conversation.decide("toolu_1", Fake("1"))
    conversation.wait(10)
    assert (conversation.stopped_at, len(script.requests)) == ("before a request", 1)


def test_when_its_time_is_out_wait_says_what_it_waits_for_and_leaves_the_pause() -> None:
    conversation, _ = chat(PAUSE)
    conversation.send("go")
    before = conversation.messages
    with pytest.raises(TurnError, match=r"waited 0\.1 seconds: turn is paused on toolu_1; decide\(\)"):
        conversation.wait(0.1)
    with pytest.raises(TurnError, match=r"waited 0\.1 seconds: turn is paused on toolu_1"):
        asyncio.run(conversation.await_(0.1))
    assert conversation.messages == before
    assert conversation.error is None
    with pytest.raises(UsageError, match="timeout is a number of seconds over 0"):
        conversation.wait(0)


def test_wait_raises_what_broke_the_turn_off() -> None:
    conversation, script = chat(PAUSE, APIError(529, "overloaded_error", "Overloaded"), says("done"))
    conversation.send("go")
    with meanwhile(lambda: conversation.decide("toolu_1", Fake("1"))), pytest.raises(APIError):
        conversation.wait(10)
    conversation.wait(10)  # nothing is open, so nothing is sent
    assert len(script.requests) == 2
    assert conversation.resume().text == "done"


def test_a_program_where_nobody_could_decide_is_told_so() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "TurnError: nobody else is here who could decide: turn is paused on toolu_" in done.stderr


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="interrupts another thread")
def test_an_interrupt_ends_the_wait_and_leaves_the_pause() -> None:
    conversation, _ = chat(PAUSE, says("done"))
    conversation.send("go")
    me = threading.get_ident()
    watched = len(conversation.observers)

    def interrupt() -> None:
        until(lambda: len(conversation.observers) > watched)
        signal.pthread_kill(me, signal.SIGINT)

    with meanwhile(interrupt), pytest.raises(KeyboardInterrupt):
        conversation.wait()
    assert conversation.state is State.PAUSED
    assert len(conversation.observers) == watched


def test_a_task_waits_while_another_decides() -> None:
    async def inside(conversation: Conversation) -> str:
        async def decide() -> None:
            await asyncio.sleep(0)
            await conversation.adecide("toolu_1", Approve())

        reply, _ = await asyncio.gather(conversation.await_(), decide())
        return reply.text

    weather = Weather()
    conversation, _ = chat(PAUSE, says("done"), weather=weather)
    conversation.send("go")
    assert asyncio.run(inside(conversation)) == "done"
    assert weather.asked == ["Paris"]


def test_a_task_that_is_cancelled_leaves_the_pause() -> None:
    async def inside(conversation: Conversation) -> None:
        task = asyncio.create_task(conversation.await_())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    conversation, _ = chat(PAUSE)
    conversation.send("go")
    asyncio.run(inside(conversation))
    assert conversation.state is State.PAUSED
