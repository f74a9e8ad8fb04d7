"""The table of a what-if on the page: its rows go on side by side, are opened, and taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import nbkit
from loopback import Loopback, message, streamed
from nbkit.errors import TurnError, UsageError
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.session import Session

Json = dict[str, Any]
HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(2)) $\\href{javascript:alert(3)}{x}$"


class Shell:
    """As much of a shell as a session needs when no cell is shown."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.execution_count = 1


class Page:
    """A session with one view `v`, and the page's side of it."""

    def __init__(self, ask: str = "What is the weather in Paris?", **options: Any) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.ran: list[str] = []

        async def get_weather(city: str) -> str:
            """Current weather in a city."""
            self.ran.append(city)
            if city in self.gates:
                await self.gates[city].wait()
            return f"sunny in {city}"

        self.session = Session(Shell())  # type: ignore[arg-type]
        self.session.receive({"kind": "ready", "request": "page-1"})
        self.chat = nbkit.Conversation(tools=[get_weather], **{"client": "simulator", **options})
        self.chat.attended = True
        self.stage = self.session.stage(self.chat)
        self.view = self.stage.view("v")
        with self.stage.stretch(self.view):
            self.chat.send(ask)

    @property
    def id(self) -> str:
        return next(iter(self.chat.pending))

    @property
    def drawn(self) -> Json:
        assert self.view.drawn is not None
        return self.view.drawn

    @property
    def rows(self) -> list[Json]:
        rows: list[Json] = self.drawn["what_if"]["rows"]
        return rows

    def answers(self) -> list[str]:
        return ["".join(part["text"] for part in row["answer"]) for row in self.rows]

    async def ask(self, kind: str, view: str = "v", **fields: Any) -> None:
        task = self.session.receive({"kind": kind, "view": view, "request": "1", **fields})
        if task is not None:
            await task
            await asyncio.sleep(0)  # its callbacks have run then

    async def open(self) -> None:
        await self.ask("what_if", on=True)

    async def attempt(self, *cases: Json, confirmed: bool = False) -> None:
        await self.ask("try", cases=list(cases), confirmed=confirmed)

    def faked(self, content: str) -> Json:
        return {"decisions": {self.id: {"type": "fake", "content": content, "is_error": False}}}

    def approved(self, city: str) -> Json:
        decision = {"type": "edit_input", "input": {"city": city}, "rewrite": True, "look": False}
        return {"decisions": {self.id: decision}}


def play(page: Page, script: Callable[[Page], Coroutine[Any, Any, None]]) -> Page:
    asyncio.run(script(page))
    return page


def test_rows_are_tried_at_once_and_the_pause_stays() -> None:
    page = Page()
    before = page.chat.messages

    async def script(page: Page) -> None:
        await page.open()
        assert page.drawn["what_if"]["offers"]["tools"] == ["get_weather"]
        await page.attempt(page.faked("snow, -3 °C"), page.approved("Rome"), {})

    play(page, script)
    assert page.drawn["state"] == "paused"
    assert page.chat.messages == before
    assert [row["state"] for row in page.rows] == ["done"] * 3
    assert [row["name"] for row in page.rows] == ["snow, -3 °C", 'run with {"city": "Rome"}', "as it is"]
    snow, rome, left = page.answers()
    assert "snow" in snow
    assert "sunny in Rome" in rome
    assert left == ""
    assert "waits on get_weather" in page.rows[2]["notes"][0]
    assert any(part["differs"] for part in page.rows[1]["answer"])
    assert page.rows[0]["tokens_in"] > 0
    assert page.rows[0]["cost"] > 0


def test_a_row_shows_as_soon_as_it_is_there_and_stop_ends_the_others() -> None:
    page = Page()

    async def script(page: Page) -> None:
        page.gates["Rome"] = asyncio.Event()
        await page.open()
        task = page.session.receive(
            {"kind": "try", "view": "v", "cases": [page.approved("Rome"), page.faked("snow")]}
        )
        assert task is not None
        while page.rows[1]["state"] != "done":
            await asyncio.sleep(0.01)
        assert page.rows[0]["state"] == "running"
        assert page.drawn["what_if"]["running"]
        with pytest.raises(TurnError, match="under way"):
            await page.attempt(page.faked("hail"))
        with pytest.raises(TurnError, match="under way"):
            await page.ask("row_take", row=0)
        await page.ask("try_stop")
        await asyncio.wait([task])
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1  # this one

    play(page, script)
    assert not page.drawn["what_if"]["running"]
    assert [row["state"] for row in page.rows] == ["stopped", "done"]
    assert page.drawn["state"] == "paused"


def test_an_opened_row_is_a_conversation_of_its_own_in_a_free_variable() -> None:
    page = Page()
    page.session.shell.user_ns["chat_2"] = "taken"

    async def script(page: Page) -> None:
        await page.open()
        await page.attempt(page.faked("hail"), page.faked("snow"))
        await page.ask("row_open", row=1, on=True)
        row = page.rows[1]
        assert row["variable"] == "chat_3"
        fork = page.session.shell.user_ns["chat_3"]
        _, inside = page.session.found({"view": row["inside"]})
        assert inside.drawn is not None
        assert "snow" in str(inside.drawn["messages"][-1])
        fork.send("Thanks!")  # from a cell: it shows where it was opened, and in no cell of the other one
        assert len(inside.drawn["messages"]) == 6
        assert len(page.drawn["messages"]) == 2
        await page.ask("undo", row["inside"])
        assert len(inside.drawn["messages"]) == 4
        await page.ask("row_open", row=1, on=False)
        assert page.rows[1]["inside"] is None
        assert page.session.shell.user_ns["chat_3"] is fork

    play(page, script)


def test_a_row_is_taken_and_undo_gives_the_pause_back() -> None:
    page = Page()

    async def script(page: Page) -> None:
        await page.open()
        await page.attempt(
            page.faked("hail"), {**page.faked("snow"), "model": "claude-haiku-4-5", "system": "Hi."}
        )
        await page.ask("row_take", row=1)
        assert page.drawn["state"] == "idle"
        assert "snow" in str(page.drawn["messages"][-1])
        assert (page.chat.model, page.chat.system) == ("claude-haiku-4-5", "Hi.")
        await page.ask("undo")

    play(page, script)
    assert page.drawn["state"] == "paused"
    assert page.chat.model == "claude-sonnet-5"
    assert page.ran == []


def test_at_its_end_a_conversation_is_asked_other_things() -> None:
    page = Page("Count to 3")

    async def script(page: Page) -> None:
        await page.open()
        assert page.drawn["what_if"]["offers"]["last_prompt"] == "Count to 3"
        assert page.drawn["what_if"]["offers"]["prompts"] is True
        await page.attempt(
            {},
            {"prompt": "Count to 5", "instead": True},
            {"prompt": "What did I ask?"},
            {"without": ["get_weather"], "model": "claude-haiku-4-5"},
        )
        for row in range(4):
            await page.ask("row_open", row=row, on=True)

    play(page, script)
    assert page.answers()[:2] == ["1, 2, 3.", "1, 2, 3, 4, 5."]
    assert page.rows[3]["same"]
    forks = [page.session.shell.user_ns[f"chat_{number}"] for number in (1, 2, 3, 4)]
    assert [len(each.messages) for each in forks] == [2, 2, 4, 2]
    assert forks[3].tools == []
    assert [row["name"] for row in page.rows][1:] == [
        "Count to 5",
        "What did I ask?",
        "model: claude-haiku-4-5, no tools",
    ]


def test_what_goes_wrong_in_a_row_is_told_in_words_and_is_its_own() -> None:
    page = Page("Count to 3")

    async def script(page: Page) -> None:
        await page.open()
        await page.attempt({"model": "nobody-1"}, {})

    play(page, script)
    assert [row["state"] for row in page.rows] == ["failed", "done"]
    assert page.rows[0]["error"] == "404 not_found_error: model: nobody-1"


@pytest.mark.parametrize(
    "cases",
    [None, [], "x", [7], [{"prompt": 3}], [{"model": []}], [{"without": "x"}], [{"decisions": [1]}]],
)
def test_rows_that_are_none_are_refused_in_words(cases: Any) -> None:
    page = Page()

    async def script(page: Page) -> None:
        await page.open()
        with pytest.raises(UsageError):
            await page.ask("try", cases=cases)

    play(page, script)
    assert page.rows == []


def test_a_row_with_an_input_that_does_not_fit_is_refused_before_anything_is_sent() -> None:
    page = Page()

    async def script(page: Page) -> None:
        await page.open()
        bad = {"type": "edit_input", "input": {"town": 3}}
        with pytest.raises(nbkit.ToolError, match="can't be run"):
            await page.attempt(page.faked("snow"), {"decisions": {page.id: bad}})

    play(page, script)
    assert page.rows == []


def test_real_money_is_asked_for_once_with_the_number_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [streamed(message({"type": "text", "text": words})) for words in ("Rain.", "Sun.", "Fog.")]
    with Loopback(answers) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
        page = Page("Hello", client=nbkit.connect())

        async def script(page: Page) -> None:
            sent = len(server.received)
            await page.open()
            await page.attempt({}, {"model": "claude-haiku-4-5"})
            question = page.drawn["what_if"]["asks"]
            assert question.startswith("Send 2 requests to")
            assert "claude-sonnet-5 and claude-haiku-4-5" in question
            assert page.rows == []
            await page.open()  # don't send
            assert page.drawn["what_if"]["asks"] is None
            assert len(server.received) == sent
            await page.attempt({}, {"model": "claude-haiku-4-5"}, confirmed=True)
            assert len(server.received) == sent + 2
            assert "sk-test" not in str(page.drawn)

        play(page, script)
    assert sorted(page.answers()) == ["Fog.", "Sun."]


def test_the_record_holds_the_table_and_runs_nothing_of_it() -> None:
    page = Page()

    async def script(page: Page) -> None:
        await page.open()
        await page.attempt(page.faked("snow"), page.faked(HOSTILE))
        await page.ask("row_open", row=1, on=True)

    play(page, script)
    saved, text = html(page.drawn), plain(page.drawn)
    assert "<img" not in saved
    assert "<a " not in saved
    assert "mathjax_ignore" in saved
    assert "chat_2" in saved
    assert "snow" in saved
    assert HOSTILE in text


def test_the_table_goes_when_its_cell_runs_again_or_it_is_cleared() -> None:
    page = Page()

    async def script(page: Page) -> None:
        await page.open()
        await page.attempt(page.faked("snow"))
        await page.ask("what_if", on=False)
        assert page.drawn.get("what_if") is None
        page.gates["Rome"] = asyncio.Event()
        await page.open()
        task = page.session.receive({"kind": "try", "view": "v", "cases": [page.approved("Rome")]})
        assert task is not None
        while page.ran != ["Rome"]:
            await asyncio.sleep(0.01)
        page.view.begin()
        await asyncio.wait([task])
        assert task.cancelled()

    play(page, script)


def test_it_is_asked_where_the_array_ends() -> None:
    page = Page("Count to 3")
    other = page.stage.view("w")
    with page.stage.stretch(other):
        page.chat.send("Count to 5")

    async def script(page: Page) -> None:
        with pytest.raises(UsageError, match="goes on below"):
            await page.open()
        await page.ask("what_if", "w", on=True)
        await page.ask("try", "w", cases=[{"prompt": "Count to 2", "instead": True}])

    play(page, script)
    assert other.drawn is not None
    assert other.drawn["what_if"]["rows"][0]["answer"][0]["text"] == "1, 2."
