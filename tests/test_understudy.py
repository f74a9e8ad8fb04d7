"""A person at the page plays the model: what the page is shown, and what its card may say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import nbkit
from in_shell import Kernel, Notebook
from nbkit.errors import InvalidReply, TurnError, UsageError
from nbkit.notebook.record.render import html
from nbkit.notebook.session import Session
from nbkit.notebook.views.desk_view import DeskView
from nbkit.notebook.views.understudy import Listening, desk_of
from nbkit.notebook.views.view import View
from page_state import page_state

Json = dict[str, Any]


class Shell:
    """As much of a shell as a session needs when no cell is shown."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.execution_count = 1


class SilentHub:
    """A page that is there and says nothing."""

    model = "m"

    def __init__(self, *_: object) -> None: ...

    def send(self, message: Json) -> None: ...

    def close(self) -> None: ...


def get_weather(city: str) -> str:
    """Current weather in a city."""
    return f"rain in {city}"


class Page:
    """A session whose conversation has asked something, on the kernel's loop, after its cell's end."""

    def __init__(self, **settings: Any) -> None:
        self.session = Session(Shell())  # type: ignore[arg-type]
        self.session.receive({"kind": "ready", "request": "page-1"})
        self.simulator = nbkit.Simulator(brain="person")
        self.chat = nbkit.Conversation(client=self.simulator, tools=[get_weather], **settings)
        self.stage = self.session.stage(self.chat)
        self.chat.attended = True
        self.view = self.stage.view("v")
        desk = desk_of(self.chat)
        assert desk is not None
        Listening(asyncio.get_running_loop(), self.session._refresh_desks).to(desk)
        with self.stage.stretch(self.view), self.chat.changing():
            self.chat.turn.say({"role": "user", "content": "Rain in Paris?"}, {})
        self.session._loop = asyncio.get_running_loop()
        self.session.go_on(self.stage)

    @property
    def prompts(self) -> list[Json]:
        assert self.view.drawn is not None
        return list(self.view.drawn.get("prompts", []))

    @property
    def state(self) -> str:
        assert self.view.drawn is not None
        return str(self.view.drawn["state"])

    async def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end, f"it never came: {self.view.drawn}"
            await asyncio.sleep(0.005)

    async def ask(self, kind: str, **fields: Any) -> None:
        task = self.session.receive({"kind": kind, "view": "v", "request": "1", **fields})
        if task is not None:
            await task

    async def say(self, *blocks: Json, stop_reason: str | None = None) -> None:
        await self.until(lambda: self.prompts)
        await self.ask("say", id=self.prompts[0]["id"], content=list(blocks), stop_reason=stop_reason)


CALL: Json = {"type": "tool_use", "name": "get_weather", "input": {"city": "Paris"}}


def text(words: str) -> Json:
    return {"type": "text", "text": words}


def test_the_page_is_shown_what_an_answer_may_hold() -> None:
    async def script() -> Json:
        page = Page()
        await page.until(lambda: page.prompts)
        assert page.state == "streaming"
        [prompt] = page.prompts
        await page.ask("stop")
        await page.until(lambda: not page.stage.tasks)
        return prompt

    prompt = asyncio.run(script())
    [tool] = prompt.pop("tools")
    assert (tool["name"], tool["description"]) == ("get_weather", "Current weather in a city.")
    assert tool["schema"]["required"] == ["city"]
    assert prompt.pop("id").startswith("req_")
    assert prompt == {"thinks": True, "choice": "auto", "parallel": True, "json": False}


def test_a_turn_goes_from_the_card_to_its_end() -> None:
    async def script() -> Page:
        page = Page()
        await page.say({"type": "thinking", "thinking": "The tool."}, CALL)
        await page.until(lambda: page.state == "paused")
        assert page.prompts == []
        [call] = page.chat.pending
        fake = {"type": "fake", "content": "hail"}
        decided = asyncio.create_task(page.ask("decide", id=call, decision=fake))
        await page.say(text("It hails."))
        await decided
        await page.until(lambda: page.state == "idle")
        return page

    page = asyncio.run(script())
    assert [message["role"] for message in page.chat.messages] == ["user", "assistant", "user", "assistant"]
    assert page.chat.messages[-1]["content"][-1] == text("It hails.")
    assert page.view.drawn is not None
    assert "It hails." in html(page.view.drawn)
    assert "prompts" not in page.view.drawn


def test_the_contract_refuses_and_the_request_waits_on() -> None:
    async def script() -> None:
        page = Page()
        with pytest.raises(InvalidReply, match="the turn is empty"):
            await page.say()
        with pytest.raises(InvalidReply, match="offers no tool 'get_time'"):
            await page.say({"type": "tool_use", "name": "get_time", "input": {}})
        with pytest.raises(InvalidReply, match="has a tool_use block"):
            await page.say(text("x"), stop_reason="tool_use")
        await page.say(text("Well."))
        await page.until(lambda: page.state == "idle")

    asyncio.run(script())


@pytest.mark.parametrize("content", [None, "text", {"type": "text"}, 7])
def test_a_page_that_sends_something_else_is_told(content: Any) -> None:
    async def script() -> None:
        page = Page()
        await page.until(lambda: page.prompts)
        with pytest.raises(UsageError, match="reload the page"):
            await page.ask("say", id=page.prompts[0]["id"], content=content)
        with pytest.raises(UsageError, match="no request 'other' waits"):
            await page.ask("say", id="other", content=[text("x")])
        await page.ask("stop")

    asyncio.run(script())


def test_failing_shows_as_the_apis_error() -> None:
    async def script() -> Page:
        page = Page()
        await page.until(lambda: page.prompts)
        await page.ask("fail", id=page.prompts[0]["id"], status=529)
        await page.until(lambda: not page.stage.tasks)
        return page

    page = asyncio.run(script())
    assert page.view.drawn is not None
    assert "Overloaded" in str(page.view.drawn["error"])
    assert page.prompts == []


def test_stop_withdraws_the_request() -> None:
    async def script() -> None:
        page = Page()
        await page.until(lambda: page.prompts)
        await page.ask("stop")
        assert page.simulator.person is not None
        await page.until(lambda: not page.simulator.person.waiting)  # type: ignore[union-attr]
        await page.until(lambda: not page.prompts)

    asyncio.run(script())


def test_a_conversation_shows_its_own_requests_only() -> None:
    async def script() -> None:
        page = Page()
        await page.until(lambda: page.prompts)
        other = nbkit.Conversation(client=page.simulator)
        task = asyncio.create_task(other.asend("Something else"))
        assert page.simulator.person is not None
        await page.until(lambda: len(page.simulator.person.waiting) == 2)  # type: ignore[union-attr]
        assert len(page.prompts) == 1
        page.simulator.person.waiting[-1].answer("Elsewhere.")
        await task
        await page.say(text("Here."))
        await page.until(lambda: page.state == "idle")
        assert page.chat.messages[-1]["content"] == [text("Here.")]

    asyncio.run(script())


def test_without_a_person_nothing_is_asked_of_one() -> None:
    chat = nbkit.Conversation(client="simulator")
    assert desk_of(chat) is None
    session = Session(Shell())  # type: ignore[arg-type]
    stage = session.stage(chat)
    stage.view("v")
    with pytest.raises(TurnError, match="nobody plays the model here"):
        session.receive({"kind": "say", "view": "v", "request": "1", "id": "x", "content": []})


class Screen:
    """What is published, kept."""

    def __init__(self) -> None:
        self.shown: list[Json] = []
        self.sent: list[Json] = []

    def show(self, view: str, bundle: Json) -> None:
        self.shown.append(bundle)

    def update(self, view: str, bundle: Json) -> None:
        self.shown.append(bundle)

    def send(self, message: Json) -> None:
        self.sent.append(message)

    def here(self, stage: Any) -> None:
        return None

    def written(self, stage: Any) -> None:
        stage.save()

    def closed(self, stage: Any, view: Any) -> bool:
        return False


def test_a_desk_shows_requests_of_any_program_one_after_the_other() -> None:
    simulator = nbkit.Simulator(brain="person")
    person = simulator.person
    assert person is not None
    screen = Screen()
    shown = DeskView(person, View("person-1", screen, time.monotonic))
    shown.show()
    assert "No request waits" in page_state(screen.sent)["notice"]
    notices = []

    async def script() -> list[Any]:
        asked = [
            asyncio.create_task(nbkit.Conversation(client=simulator, system="Be brief.").asend(words))
            for words in ("one", "two")
        ]
        await person.anext(timeout=20)
        while len(person.waiting) < 2:
            await asyncio.sleep(0.005)
        for words in ("one", "two"):
            shown.refresh()
            snapshot = page_state(screen.sent)
            assert [message["role"] for message in snapshot["messages"]] == ["system", "user"]
            assert snapshot["messages"][-1]["blocks"][0]["wire"]["text"] == words
            notices.append(snapshot.get("notice"))
            [prompt] = snapshot["prompts"]
            shown.receive({"kind": "say", "id": prompt["id"], "content": [text(f"To {words}.")]})
        return [(await each).text for each in asked]

    assert asyncio.run(script()) == ["To one.", "To two."]
    assert "1 more request waits." in notices
    assert len(screen.shown) == 1, "what passes is not saved"
    assert "be the model" in screen.shown[0]["text/plain"]
    with pytest.raises(UsageError, match="reload the page"):
        shown.receive({"kind": "undo"})


def test_a_cell_without_a_page_says_that_it_waits_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    notebook = Notebook()
    notebook.run('simulator = nbkit.Simulator(brain="person")\nchat = nbkit.Conversation(client=simulator)')
    person = notebook.variable("simulator").person
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(lambda: person.next(timeout=20).answer("Here I am."))
        notebook.run("%%claude\nIs anybody there?")
        answer.result()
    assert notebook.chat.messages[-1]["content"][-1]["text"] == "Here I am."
    assert "simulator.person.next().answer" in capsys.readouterr().out


def test_the_first_cell_of_a_kernel_does_not_say_that_there_is_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    loop = asyncio.new_event_loop()
    monkeypatch.setattr(Kernel, "io_loop", SimpleNamespace(asyncio_loop=loop), raising=False)
    monkeypatch.setattr("nbkit.notebook.session.source", lambda: Path("hub.js"))
    monkeypatch.setattr("nbkit.notebook.session.Hub", SilentHub)
    notebook = Notebook(attended=True)
    notebook.run("chat = nbkit.Conversation(client=nbkit.Simulator(brain='person'))", "c1")
    notebook.run("%%claude\nRain in Paris?", "c2")
    assert capsys.readouterr().out == ""
    assert notebook.chat.state.name == "READY"  # it goes on between the cells
    notebook.run("%unload_ext nbkit")
    loop.close()
