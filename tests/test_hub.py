"""The door for page messages, the tasks that buttons start, and the hub itself."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from nbkit.errors import TurnError
from nbkit.notebook.page import hub
from nbkit.notebook.page.tasks import Tasks


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


def ask(
    page: Page, *messages: object, from_thread: bool = False, answers: int | None = None
) -> list[dict[str, Any]]:
    async def main() -> None:
        door = hub.Door(asyncio.get_running_loop(), page.handle, page.sent.append)
        for message in messages:
            if from_thread:
                thread = threading.Thread(target=door.knock, args=(message,))
                thread.start()
                thread.join()
            else:
                door.knock(message)
        await asyncio.wait_for(page.until(len(messages) if answers is None else answers), 5)

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


def parts(message: dict[str, Any], size: int = 7) -> list[dict[str, Any]]:
    text = json.dumps(message)
    texts = [text[at : at + size] for at in range(0, len(text), size)]
    return [
        {"kind": "part", "request": message["request"], "part": at, "of": len(texts), "text": text}
        for at, text in enumerate(texts)
    ]


def test_a_message_in_parts_is_one_and_two_pages_may_send_theirs_at_once() -> None:
    page = Page()
    one, two = (parts({"kind": "question", "request": f"{name}-1"}) for name in "ab")
    mixed = [part for both in zip(one, two, strict=True) for part in both]
    sent = ask(page, *mixed, answers=2)
    assert [(answer["request"], answer["value"]) for answer in sent] == [
        ("a-1", {"size": 3}),
        ("b-1", {"size": 3}),
    ]


@pytest.mark.parametrize(
    "messages",
    [
        parts({"kind": "question", "request": "a-1"})[1:2],
        [
            *parts({"kind": "question", "request": "a-1"})[:1],
            *parts({"kind": "question", "request": "a-1"})[2:3],
        ],
        [{"kind": "part", "request": "a-1", "part": 0, "of": 1, "text": "[" * 100_000}],
        [{"kind": "part", "request": "a-1", "part": 0, "of": 1, "text": "7"}],
        [{"kind": "part", "request": "a-1", "part": 0, "of": 10**9, "text": ""}],
        [{"kind": "part", "request": "a-1", "part": None, "of": None, "text": None}],
    ],
)
def test_parts_that_make_no_message_are_answered_in_a_sentence(messages: list[Any]) -> None:
    page = Page()
    (answer,) = ask(page, *messages, answers=1)
    assert not answer["ok"]
    assert "try again" in answer["why"]
    assert page.threads == []


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
