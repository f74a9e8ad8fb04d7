"""What tools, results and policies raise that would end a program: the kernel lives on, no call is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Never

import pytest

import nbkit
from at_page import Page
from nbkit.notebook.page.hub import Door


class Panic(BaseException):
    """As code in Rust raises it, or a test that is skipped."""


class Hostile:
    """An object that raises whenever something is asked of it."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __str__(self) -> Never:
        raise self._error

    __repr__ = __str__


class Unspeakable(Exception):
    def __str__(self) -> Never:
        raise SystemExit(1)


def raises(error: BaseException) -> Callable[[str], Any]:
    def run(city: str) -> Never:
        raise error

    return run


def gives(value: Any) -> Callable[[str], Any]:
    return lambda city: value


def awaited(runs: Callable[[str], Any]) -> Callable[[str], Any]:
    async def run(city: str) -> Any:
        return runs(city)

    return run


def click(page: Page, **message: Any) -> Any:
    """Press a button on a real loop, as the kernel's is; returns the answer, when all is over."""
    answers: list[Any] = []

    async def script() -> None:
        answered = asyncio.Event()

        def send(message: Any) -> None:
            answers.append(message)
            answered.set()

        door = Door(asyncio.get_running_loop(), page.session.receive, send)
        door.knock({"view": "v", "request": "1", **message})
        await answered.wait()
        while page.stage.tasks or page.stage.busy:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(script(), 20))
    [answer] = answers
    return answer


def run_all(runs: Callable[[str], Any]) -> tuple[Page, Any]:
    page = Page(runs=runs)
    return page, click(page, kind="decide_all", decision={"type": "approve"})


FAILURES = {
    "exits": (raises(SystemExit(3)), "SystemExit: 3"),
    "panics": (raises(Panic("index out of bounds")), "Panic: index out of bounds"),
    "raises a group": (raises(BaseExceptionGroup("two", [Panic("one"), ValueError("x")])), "Panic: one"),
    "raises what has no words": (raises(Unspeakable()), "Unspeakable"),
    "gives what exits when it is read": (gives(Hostile(SystemExit(1))), "SystemExit: 1"),
    "gives what panics when it is read": (gives([1, Hostile(Panic("no"))]), "Panic: no"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("colour", [lambda runs: runs, awaited], ids=["sync", "async"])
@pytest.mark.parametrize(("runs", "words"), FAILURES.values(), ids=list(FAILURES))
def test_its_failure_is_the_result_and_the_turn_goes_on(runs: Any, words: str, colour: Any) -> None:
    page, answer = run_all(colour(runs))
    assert answer["ok"]
    assert page.state == "idle"
    results = page.chat.messages[2]["content"]
    assert [result["is_error"] for result in results] == [True, True]
    assert all(words in result["content"] for result in results)


INTERRUPTS = {
    "an interrupt": raises(KeyboardInterrupt()),
    "an interrupt in a group": raises(BaseExceptionGroup("two", [KeyboardInterrupt(), ValueError("x")])),
    "the end of a generator": raises(GeneratorExit()),
    "an interrupt while the result is read": gives(Hostile(KeyboardInterrupt())),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("colour", [lambda runs: runs, awaited], ids=["sync", "async"])
@pytest.mark.parametrize("runs", INTERRUPTS.values(), ids=list(INTERRUPTS))
def test_an_interrupt_leaves_the_calls_open_and_the_click_is_answered(runs: Any, colour: Any) -> None:
    page, answer = run_all(colour(runs))
    assert answer["kind"] == "reply"
    assert page.state == "paused"
    assert all(call.may_have_run for call in page.chat.pending.values())
    page.chat.decide_all(nbkit.Fake("snow"))
    assert "snow" in page.chat.resume().text


def test_a_variable_that_exits_when_it_is_read_is_refused_in_a_sentence() -> None:
    page = Page(runs=gives("rain"))
    page.session.shell.user_ns["odd"] = Hostile(SystemExit(1))
    answer = click(page, kind="look_up", id=page.ids[0], name="odd")
    assert "odd can't be told as a result" in answer["why"]


@pytest.mark.parametrize("error", [SystemExit(1), Panic("no")])
def test_a_policy_or_a_condition_that_exits_leaves_the_call_to_a_person(error: BaseException) -> None:
    chat = Page(runs=gives("rain")).chat
    chat.policy = lambda call, history: raises(error)("")
    with pytest.raises(nbkit.TurnError, match="no decision on"):
        chat.resume()
    chat.policy = nbkit.allow
    chat.breakpoints = [nbkit.Break("get_weather", lambda call: raises(error)(""))]
    with pytest.raises(nbkit.TurnError, match="paused on"):
        chat.resume()
    assert chat.stopped_at == "at a call of get_weather where a condition holds"
    assert all(call.decision is None for call in chat.pending.values())


@pytest.mark.filterwarnings("error")
def test_an_async_tool_that_forgot_to_await_gives_what_it_meant() -> None:
    async def look(city: str) -> str:
        return f"rain in {city}"

    page, _ = run_all(awaited(look))
    assert [result["content"] for result in page.chat.messages[2]["content"]] == [
        "rain in Paris",
        "rain in Tokyo",
    ]


@pytest.mark.parametrize("views", [1, True, 1.5, "v", {"v": 1}, None, [None]])
def test_views_of_any_shape_are_told_nothing_wrong(views: Any) -> None:
    page = Page(runs=gives("rain"))
    assert page.session.receive({"kind": "open", "request": "1", "views": views}) is None
    assert page.state == "paused"
