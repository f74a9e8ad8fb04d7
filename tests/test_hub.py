"""The door for page messages, the tasks that buttons start, and the hub itself."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from nbkit.errors import TurnError
from nbkit.notebook import hub
from nbkit.notebook.tasks import Tasks


class Page:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.threads: list[threading.Thread] = []

    def handle(self, message: dict[str, Any]) -> Any:
        self.threads.append(threading.current_thread())
        match message.get("kind"):
            case "refused":
                raise TurnError("turn is paused on toolu_01")
            case "broken":
                raise ZeroDivisionError("oh")
            case "question":
                return {"size": 3}
            case "slow":
                return asyncio.get_running_loop().create_task(asyncio.sleep(60))
            case "refused later":
                return asyncio.get_running_loop().create_task(self.refuse())
        return None

    async def refuse(self) -> None:
        await asyncio.sleep(0)
        raise TurnError("turn is streaming")

    async def until(self, count: int) -> None:
        while len(self.sent) < count:
            await asyncio.sleep(0.001)


def ask(page: Page, *messages: object, from_thread: bool = False) -> list[dict[str, Any]]:
    async def main() -> None:
        door = hub.Door(asyncio.get_running_loop(), page.handle, page.sent.append)
        for message in messages:
            if from_thread:
                thread = threading.Thread(target=door.knock, args=(message,))
                thread.start()
                thread.join()
            else:
                door.knock(message)
        await asyncio.wait_for(page.until(len(messages)), 5)

    asyncio.run(main())
    return page.sent


def test_every_message_is_answered_with_its_own_request() -> None:
    sent = ask(Page(), {"kind": "ready", "request": "a-1"}, {"request": "a-2"})
    assert sent == [
        {"kind": "reply", "request": "a-1", "ok": True, "why": None},
        {"kind": "reply", "request": "a-2", "ok": True, "why": None},
    ]


def test_what_was_asked_to_know_is_in_the_answer() -> None:
    (answer,) = ask(Page(), {"kind": "question", "request": "1"})
    assert answer == {"kind": "reply", "request": "1", "ok": True, "why": None, "value": {"size": 3}}


def test_a_refusal_is_told_in_its_own_words() -> None:
    (answer,) = ask(Page(), {"kind": "refused", "request": "1"})
    assert answer == {"kind": "reply", "request": "1", "ok": False, "why": "turn is paused on toolu_01"}


def test_any_other_exception_ends_at_the_door(caplog: pytest.LogCaptureFixture) -> None:
    (answer,) = ask(Page(), {"kind": "broken", "request": "1"})
    assert not answer["ok"]
    assert "ZeroDivisionError: oh" in answer["why"]
    assert "could not be answered" in caplog.text


def test_what_takes_long_is_answered_before_it_ends() -> None:
    (answer,) = ask(Page(), {"kind": "slow", "request": "1"})
    assert answer["ok"]


def test_what_is_refused_soon_is_answered_with_the_refusal() -> None:
    (answer,) = ask(Page(), {"kind": "refused later", "request": "1"})
    assert answer["why"] == "turn is streaming"


def test_a_message_from_another_thread_is_handled_on_the_loop() -> None:
    page = Page()
    ask(page, {"kind": "ready", "request": "1"}, from_thread=True)
    assert page.threads == [threading.main_thread()]


def test_what_is_no_message_is_ignored() -> None:
    door_loop = asyncio.new_event_loop()
    hub.Door(door_loop, Page().handle, print).knock("nonsense")
    door_loop.close()


def test_stop_breaks_off_everything_that_runs() -> None:
    seen: list[str] = []

    async def work(name: str) -> None:
        seen.append(name)
        await asyncio.sleep(60)

    async def main() -> bool:
        tasks = Tasks()
        started = [tasks.start(work("a")), tasks.start(work("b"))]
        await asyncio.sleep(0)
        stopped = tasks.cancel()
        await asyncio.gather(*started, return_exceptions=True)
        assert not tasks
        return stopped

    assert asyncio.run(main())
    assert seen == ["a", "b"]


def test_a_front_end_that_was_not_built_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hub.source(tmp_path) is None
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "not built" in said
