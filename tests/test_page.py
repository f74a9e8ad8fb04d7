"""What the page asks for, through the front door of a session, in an unexpected order too."""

from __future__ import annotations

import asyncio
import math
import re
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PIL import Image

import nbkit
from nbkit.errors import NbkitError, UsageError
from nbkit.loop.tools.results import to_content
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.session import Session

ASK = "Should I take an umbrella in Paris and in Tokyo?"


class Shell:
    """As much of a shell as a session needs when no cell is shown."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.execution_count = 1


class Page:
    """A session with one paused view `v`, and the page's side of it."""

    def __init__(self, *, runs: Callable[[str], Any]) -> None:
        def get_weather(city: str) -> Any:
            """Current weather in a city."""
            return runs(city)

        self.session = Session(Shell())  # type: ignore[arg-type]
        self.session.receive({"kind": "ready", "request": "page-1"})
        self.chat = nbkit.Conversation(tools=[get_weather], client="simulator")
        self.stage = self.session.stage(self.chat)
        self.chat.attended = True
        self.view = self.stage.view("v")
        with self.stage.stretch(self.view):
            self.chat.send(ASK)

    @property
    def ids(self) -> list[str]:
        return list(self.chat.pending)

    @property
    def state(self) -> str:
        assert self.view.drawn is not None
        return str(self.view.drawn["state"])

    def card(self, id: str) -> Any:
        assert self.view.drawn is not None
        return next(card for card in self.view.drawn["cards"] if card["id"] == id)

    async def ask(self, kind: str, **fields: Any) -> None:
        task = self.session.receive({"kind": kind, "view": "v", "request": "1", **fields})
        if task is not None:
            await task


def play(page: Page, script: Callable[[Page], Coroutine[Any, Any, None]]) -> Page:
    asyncio.run(script(page))
    return page


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def page(ran: list[str]) -> Page:
    def run(city: str) -> str:
        ran.append(city)
        return f"{len(city)} °C"

    return Page(runs=run)


def test_the_loop_goes_on_by_itself_when_every_call_has_its_result(page: Page, ran: list[str]) -> None:
    async def script(page: Page) -> None:
        first, second = page.ids
        await page.ask("decide", id=first, decision={"type": "fake", "content": "30 °C"})
        assert page.state == "paused"
        await page.ask("decide", id=second, decision={"type": "approve"})

    play(page, script)
    assert page.state == "idle"
    assert ran == ["Tokyo"]
    assert "30 °C" in str(page.chat.messages[2])


def test_stepping_waits_for_a_step(page: Page) -> None:
    async def script(page: Page) -> None:
        await page.ask("stepping", on=True)
        await page.ask("decide_all", decision={"type": "refuse", "reason": "no"})
        assert page.state == "ready"
        await page.ask("step")

    play(page, script)
    assert page.state == "idle"


def test_two_tools_run_side_by_side_and_the_last_to_end_goes_on() -> None:
    gates: dict[str, asyncio.Event] = {}

    async def wait(city: str) -> str:
        await gates.setdefault(city, asyncio.Event()).wait()
        return city

    page = Page(runs=wait)

    async def script(page: Page) -> None:
        tasks = [
            asyncio.create_task(page.ask("decide", id=id, decision={"type": "approve"})) for id in page.ids
        ]
        while len(gates) < 2:
            await asyncio.sleep(0.001)
        assert page.state == "running"
        for gate in reversed(gates.values()):
            gate.set()
        await asyncio.gather(*tasks)

    play(page, script)
    assert page.state == "idle"


def test_stop_breaks_off_a_running_tool_and_leaves_the_call_open() -> None:
    async def forever(city: str) -> str:
        await asyncio.sleep(60)
        return city

    page = Page(runs=forever)

    async def script(page: Page) -> None:
        running = page.session.receive(
            {"kind": "decide", "view": "v", "id": page.ids[0], "decision": {"type": "approve"}}
        )
        assert running is not None
        while page.state != "running":
            await asyncio.sleep(0.001)
        await page.ask("stop")
        await asyncio.gather(running, return_exceptions=True)
        assert page.state == "paused"
        await page.ask("stop")

    play(page, script)
    assert page.state != "paused"
    assert page.chat.problems() == []


def test_run_then_look_waits_for_the_second_yes(page: Page) -> None:
    async def script(page: Page) -> None:
        first, second = page.ids
        await page.ask("decide", id=second, decision={"type": "fake", "content": "1"})
        await page.ask("decide", id=first, decision={"type": "approve", "look": True})
        assert page.state == "paused"
        await page.ask("decide", id=first, decision={"type": "edit_result", "content": "edited"})

    play(page, script)
    assert page.state == "idle"
    assert "edited" in str(page.chat.messages[2])


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "decide", "id": "toolu_nobody", "decision": {"type": "approve"}},
        {"kind": "decide", "id": "toolu_nobody", "decision": {"type": "fake", "content": ""}},
        {"kind": "decide", "decision": {"type": "dance"}},
        {"kind": "decide"},
        {"kind": "resume"},
        {"kind": "step", "view": "of an earlier kernel"},
        {"kind": "fix", "key": "R14@messages.2"},
        {"kind": "redo"},
        {"kind": "delete", "ids": ["m99"]},
        {"kind": "delete"},
        {"kind": "confirm"},
        {"kind": "decline"},
        {"kind": "dance"},
        {},
    ],
)
def test_what_makes_no_sense_now_is_refused_and_changes_nothing(page: Page, message: dict[str, Any]) -> None:
    before = page.chat.messages

    async def script(page: Page) -> None:
        with pytest.raises(NbkitError):
            await page.ask(**{"kind": "none", **message})

    play(page, script)
    assert page.chat.messages == before
    assert page.state == "paused"


def test_a_broken_rule_is_fixed_by_its_key(page: Page) -> None:
    async def script(page: Page) -> None:
        await page.ask("decide_all", decision={"type": "approve"})
        await page.ask("delete", ids=[page.chat.history[2].blocks[0].id])
        problem = next(each for each in page.chat.problems() if each.fix)
        await page.ask("fix", key=problem.key)

    play(page, script)
    assert page.chat.problems() == []


def test_a_broken_array_is_sent_on_request_and_refused_in_the_same_words(page: Page) -> None:
    async def script(page: Page) -> None:
        await page.ask("decide_all", decision={"type": "approve"})
        page.chat.insert("messages.4", {"role": "user", "content": "And now?"})
        await page.ask("delete", ids=[page.chat.history[2].blocks[0].id])
        with pytest.raises(nbkit.APIError):
            await page.ask("resume", check=False)

    play(page, script)
    assert page.view.drawn is not None
    error = page.view.drawn["error"]
    assert error["title"] == "400 invalid_request_error"
    assert error["message"] == page.chat.problems()[0].message


def test_undo_and_redo_are_the_conversations_own(page: Page) -> None:
    async def script(page: Page) -> None:
        await page.ask("decide", id=page.ids[0], decision={"type": "fake", "content": "x"})
        await page.ask("undo")
        assert all(each.result is None for each in page.chat.pending.values())
        await page.ask("redo")

    play(page, script)
    assert [each.result is not None for each in page.chat.pending.values()] == [True, False]


def test_undo_and_redo_are_offered_where_there_is_something_to_take_back(page: Page) -> None:
    def offered() -> tuple[bool, bool]:
        assert page.view.drawn is not None
        return page.view.drawn["controls"]["undo"], page.view.drawn["controls"]["redo"]

    async def script(page: Page) -> None:
        while page.chat.can_undo:
            page.chat.undo()
        assert offered() == (False, True)
        while page.chat.can_redo:
            await page.ask("redo")
        assert offered() == (True, False)

    play(page, script)
    with pytest.raises(NbkitError, match="nothing to redo"):
        play(page, lambda page: page.ask("redo"))


def test_step_says_what_it_waits_for_until_the_calls_are_decided(page: Page, ran: list[str]) -> None:
    async def script(page: Page) -> None:
        first, _ = page.ids
        with pytest.raises(NbkitError, match=rf"waits for a decision on get_weather \({first}\) and"):
            await page.ask("step")
        page.chat.always["get_weather"] = nbkit.Approve()
        await page.ask("step")
        assert ran == ["Paris"]  # one tool, although both may run
        await page.ask("step")
        assert (page.state, ran) == ("ready", ["Paris", "Tokyo"])
        await page.ask("step")

    play(page, script)
    assert page.state == "idle"


def test_run_then_look_can_be_taken_back(page: Page, ran: list[str]) -> None:
    async def script(page: Page) -> None:
        first, second = page.ids
        await page.ask("decide", id=first, decision={"type": "approve", "look": True})
        await page.ask("reopen", id=first)
        assert page.chat.pending[first].result is None
        assert page.chat.pending[first].may_have_run
        assert page.state == "paused"
        with pytest.raises(NbkitError, match="nothing was decided"):
            await page.ask("reopen", id=second)
        await page.ask("decide_all", decision={"type": "fake", "content": "hail"})

    play(page, script)
    assert ran == ["Paris"]
    assert [block["content"] for block in page.chat.messages[2]["content"]] == ["hail", "hail"]


def test_an_input_that_does_not_fit_is_told_before_anything_runs_and_holds_for_nothing(
    page: Page, ran: list[str]
) -> None:
    async def script(page: Page) -> None:
        decision = {"type": "edit_input", "input": {"town": "Oslo"}}
        for look in (False, True):
            with pytest.raises(NbkitError, match="city"):
                await page.ask("decide", id=page.ids[0], decision={**decision, "look": look}, always=True)
        assert page.view.drawn is not None
        assert page.view.drawn["error"] is None  # its card says it

    play(page, script)
    assert (ran, page.chat.always, page.state) == ([], {}, "paused")


def test_a_result_that_was_looked_at_can_be_got_with_another_input(page: Page, ran: list[str]) -> None:
    async def script(page: Page) -> None:
        first, second = page.ids
        await page.ask("decide", id=first, decision={"type": "approve", "look": True})
        await page.ask("decide", id=first, decision={"type": "edit_input", "input": {"city": "Bergen"}})
        await page.ask("decide", id=second, decision={"type": "refuse"})

    play(page, script)
    assert ran == ["Paris", "Bergen"]
    assert page.chat.messages[1]["content"][-2]["input"] == {"city": "Bergen"}


def test_a_page_that_comes_back_gets_its_views_again(page: Page) -> None:
    sent: list[dict[str, Any]] = []
    page.view.feed._send = sent.append

    async def script(page: Page) -> None:
        await page.ask("ready")
        await page.ask("open", views=["v", "unknown"])

    play(page, script)
    assert [(message["kind"], message["view"]) for message in sent] == [("snapshot", "v")]


def test_a_page_that_says_ready_twice_was_not_reloaded_and_another_one_was(page: Page) -> None:
    page.view._saved = {}

    async def script(page: Page) -> None:
        for request, unsaved in [("page-2", False), ("page-3", False), ("b-1", True)]:
            page.session.receive({"kind": "ready", "request": request})
            page.view._saved = {}
            assert page.view.unsaved == unsaved

    play(page, script)


def test_one_answer_holds_for_later_calls_of_its_tool(page: Page, ran: list[str]) -> None:
    async def script(page: Page) -> None:
        await page.ask("decide", id=page.ids[0], decision={"type": "approve"}, always=True)
        await page.ask("run_to_end")

    play(page, script)
    assert page.chat.always == {"get_weather": nbkit.Approve()}
    assert sorted(ran) == ["Paris", "Tokyo"]
    assert page.state == "idle"


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ({"type": "approve"}, "run get_weather"),
        ({"type": "approve", "look": True}, "run get_weather, then look"),
        ({"type": "fake", "content": "30 °C"}, "fake get_weather: 30 °C"),
        ({"type": "refuse", "reason": "no"}, "refuse get_weather"),
    ],
)
def test_what_is_decided_always_stands_at_the_foot_and_is_taken_back_there(
    page: Page, decision: dict[str, Any], words: str
) -> None:
    def standing() -> Any:
        assert page.view.drawn is not None
        return page.view.drawn["controls"].get("always")

    async def script(page: Page) -> None:
        assert standing() is None
        await page.ask("decide", id=page.ids[0], decision=decision, always=True)
        assert standing() == [{"tool": "get_weather", "words": words}]
        await page.ask("ask_again", tool="get_weather")
        assert standing() is None
        with pytest.raises(NbkitError, match="asked about this tool already"):
            await page.ask("ask_again", tool="get_weather")

    play(page, script)
    assert page.chat.always == {}
    assert page.state == "paused"


def test_run_to_end_runs_what_is_open_and_answers(page: Page, ran: list[str]) -> None:
    async def script(page: Page) -> None:
        await page.ask("run_to_end")

    play(page, script)
    assert sorted(ran) == ["Paris", "Tokyo"]
    assert page.state == "idle"


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"max_steps": 1}, "because the turn has made 1 request"),
        ({"max_tokens": 10}, r"because the turn has used [\d,]+ tokens of 10"),
        ({"max_cost": 0.000001}, r"because the turn has cost \$0.00\d+ of \$1e-06"),
    ],
)
def test_run_to_end_stops_at_a_limit_of_the_page_and_says_why(
    ran: list[str], limits: dict[str, Any], why: str
) -> None:
    endless = nbkit.Scenario([{"say": [{"tool_use": "get_weather", "input": {"city": "Rome"}}]}])

    def run(city: str) -> str:
        ran.append(city)
        return "sunny"

    page = Page(runs=run)
    page.chat.client = nbkit.connect(nbkit.Simulator(scenario=endless))

    async def script(page: Page) -> None:
        await page.ask("run_to_end", **limits)
        assert page.view.drawn is not None
        assert re.fullmatch(why, page.view.drawn["stopped"])
        assert page.view.drawn["error"] is None
        assert f"stopped {page.view.drawn['stopped']}; ready" in plain(page.view.drawn)
        with pytest.raises(NbkitError, match="is a number"):
            await page.ask("run_to_end", **dict.fromkeys(limits, "much"))

    play(page, script)
    assert sorted(ran) == ["Paris", "Rome", "Tokyo"]
    assert page.state == "ready"


def test_a_hanging_tool_is_given_up_and_its_call_is_open_again() -> None:
    ends = threading.Event()

    def hang(city: str) -> str:
        ends.wait(20)
        return "sunny"

    async def script(page: Page) -> None:
        first = page.ids[0]
        running = page.session.receive(
            {"kind": "decide", "view": "v", "request": "1", "id": first, "decision": {"type": "approve"}}
        )
        while page.state != "running" or first not in page.chat.running:
            await asyncio.sleep(0)
        await page.ask("abandon", id=first)
        assert running is not None
        await running
        assert page.chat.pending[first].may_have_run

    try:
        page = play(Page(runs=hang), script)
    finally:
        ends.set()
    assert page.state == "paused"


def test_a_breakpoint_is_shown_where_it_holds(page: Page, ran: list[str]) -> None:
    async def script(page: Page) -> None:
        page.chat.policy = nbkit.allow
        page.chat.breakpoints = nbkit.Break(on="request")
        await page.ask("resume")

    play(page, script)
    assert page.view.drawn is not None
    assert page.view.drawn["stopped"] == "before a request"
    assert "stopped before a request; ready: chat.resume() sends" in plain(page.view.drawn)
    assert "stopped before a request; ready: chat.resume() sends" in html(page.view.drawn)
    assert page.state == "ready"


def test_a_remark_of_the_page_goes_along_when_the_last_call_is_decided(page: Page) -> None:
    async def script(page: Page) -> None:
        first, second = page.ids
        with pytest.raises(NbkitError, match="a remark is a text"):
            await page.ask("remark", text=7)
        await page.ask("remark", text="In one <b>line</b>.")
        assert page.view.drawn is not None
        assert page.view.drawn["controls"]["remark"] == "In one <b>line</b>."
        assert "after the results goes: In one <b>line</b>." in plain(page.view.drawn)
        assert "after the results goes: In one &lt;b&gt;line&lt;/b&gt;." in html(page.view.drawn)
        for id in (first, second):
            await page.ask("decide", id=id, decision={"type": "fake", "content": "1"})
        with pytest.raises(NbkitError, match="no call waits"):
            await page.ask("remark", text="too late")

    play(page, script)
    assert page.chat.messages[2]["content"][2] == {"type": "text", "text": "In one <b>line</b>."}
    assert page.view.drawn is not None
    assert "remark" not in page.view.drawn["controls"]


def test_the_page_rewinds_to_a_message_and_the_call_is_open_again(page: Page, ran: list[str]) -> None:
    async def script(page: Page) -> None:
        await page.ask("run_to_end")
        reply = page.chat.history[1].id
        await page.ask("rewind", id=reply)
        assert (page.state, len(page.chat.messages), len(page.chat.branches)) == ("paused", 2, 2)
        with pytest.raises(NbkitError, match="the last message"):
            await page.ask("rewind", id=reply)
        for id in ("m99", page.chat.history[1].blocks[0].id, None):
            with pytest.raises(NbkitError, match="no part of the array"):
                await page.ask("rewind", id=id)
        await page.ask("undo")

    play(page, script)
    assert (page.state, len(page.chat.messages)) == ("idle", 4)


def test_the_page_forks_from_a_message_into_a_free_variable_and_says_so(page: Page) -> None:
    variables = page.session.shell.user_ns
    variables["chat_fork"] = "mine"

    async def script(page: Page) -> None:
        await page.ask("run_to_end")
        before = page.chat.messages
        await page.ask("fork", id=page.chat.history[1].id)
        fork = variables["chat_fork_2"]
        assert (fork.name, fork.messages, fork.state.name) == ("chat_fork_2", before[:2], "PAUSED")
        assert page.chat.messages == before
        assert page.view.drawn is not None
        assert "chat_fork_2 is a fork with the first 2 messages" in page.view.drawn["told"]
        fork.decide_all(nbkit.Fake("hail"))
        fork.resume()
        assert page.chat.messages == before
        await page.ask("stepping", on=False)
        assert page.view.drawn["told"] is None

    play(page, script)
    assert variables["chat_fork"] == "mine"


def test_breakpoints_are_set_and_taken_away_from_the_page(page: Page, ran: list[str]) -> None:
    def words() -> list[str]:
        assert page.view.drawn is not None
        return [each["words"] for each in page.view.drawn["controls"]["breakpoints"]]

    async def script(page: Page) -> None:
        condition = {"name": "city", "test": "contains", "value": "Tok"}
        await page.ask("break", breakpoint={"tool": None, "on": "request", "argument": None})
        await page.ask("break", breakpoint={"tool": "get_weather", "on": "call", "argument": condition})
        await page.ask("break", breakpoint={"tool": None, "on": "request", "argument": None})
        assert words() == ["before each request", 'at get_weather where city contains "Tok"']
        await page.ask("run_to_end")
        assert page.view.drawn is not None
        snapshot = page.view.drawn
        assert (ran, page.state) == (["Paris"], "paused")
        assert snapshot["stopped"] == 'at a call of get_weather where city contains "Tok"'
        assert 'where city contains "Tok"; paused: waiting' in plain(snapshot)
        await page.ask("unbreak", number=0)
        for number in (1, -1, "0", None):
            with pytest.raises(NbkitError, match="gone already"):
                await page.ask("unbreak", number=number)
        await page.ask("run_to_end")

    play(page, script)
    assert ran == ["Paris", "Tokyo"]
    assert (page.state, words()) == ("idle", ['at get_weather where city contains "Tok"'])


def test_the_tools_that_can_be_called_are_offered_with_their_arguments(page: Page) -> None:
    assert page.view.drawn is not None
    tools = page.view.drawn["controls"]["tools"]
    assert tools == [{"name": "get_weather", "arguments": ["city"]}]
    page.chat.tools = []
    assert page.view.drawn["controls"]["tools"] == tools  # its calls are open
    page.chat.breakpoints = ["get_weather"]
    assert [each["words"] for each in page.view.drawn["controls"]["breakpoints"]] == ["at get_weather"]


def test_doubts_and_samples_are_on_the_card(page: Page) -> None:
    async def script(page: Page) -> None:
        await page.ask("decide", id=page.ids[0], decision={"type": "fake", "content": "Tokyo: rain"})
        page.chat.stepping = True
        await page.ask("decide", id=page.ids[1], decision={"type": "fake", "content": "Paris: rain"})

    play(page, script)
    assert page.view.drawn is not None
    cards = page.view.drawn["cards"]
    assert all("swapped" in card["doubts"][0] for card in cards)
    assert [card["samples"] for card in cards] == [[], []]  # nothing was run, and the tool says no type


def test_a_call_is_faked_with_a_variable_picked_by_its_name(page: Page, ran: list[str]) -> None:
    names = page.session.shell.user_ns
    names.update(np=math, _private=1, get_weather=len, note="rain", df=Table(), chat=page.chat)

    async def script(page: Page) -> None:
        first, second = page.ids
        await page.ask("look_up", id=first, name=None)
        card = page.card(first)
        assert card["variables"] == [
            {"name": "df", "what": "Table, 3 × 2"},
            {"name": "note", "what": "str, 4 characters"},
        ]
        await page.ask("look_up", id=first, name="df")
        assert page.card(first)["taken"] == {"name": "df", "content": "a b\n1 2", "number": 1}
        names["df"] = Image.new("RGB", (4, 4))  # the cell that makes it was run again
        await page.ask("look_up", id=first, name="df")
        taken = page.card(first)["taken"]
        assert (taken["number"], taken["content"][0]["type"]) == (2, "image")
        for id, name in ((first, "df"), (second, "note")):
            await page.ask("decide", id=id, decision={"type": "fake", "variable": name, "is_error": False})

    play(page, script)
    faked = page.chat.messages[2]["content"]
    assert [block["content"] for block in faked] == [to_content(Image.new("RGB", (4, 4))), "rain"]
    assert page.chat.decisions[1]["decision"] == {"type": "fake", "content": "rain", "is_error": False}
    assert ran == []


@pytest.mark.parametrize("name", ["len([1])", "__import__('os')", "df.a", "", "nowhere", 3, ["df"]])
def test_what_names_no_variable_is_refused_and_never_evaluated(page: Page, name: object) -> None:
    page.session.shell.user_ns["df"] = Table()

    async def script(page: Page) -> None:
        for kind, more in (
            ("look_up", {"name": name}),
            ("decide", {"decision": {"type": "fake", "variable": name, "is_error": False}}),
        ):
            with pytest.raises(
                NbkitError, match=r"a variable is named by a name alone|no variable is called"
            ):
                await page.ask(kind, id=page.ids[0], **more)

    play(page, script)
    assert page.state == "paused"


def test_a_large_variable_is_shown_shortened_and_used_whole_only_when_that_is_said(page: Page) -> None:
    page.session.shell.user_ns["rows"] = "row\n" * 100_000

    async def script(page: Page) -> None:
        await page.ask("look_up", id=page.ids[0], name="rows")
        taken = page.card(page.ids[0])["taken"]
        assert taken["too_much"].startswith("the result is large: 400,000 characters")
        assert len(taken["content"]) < 50_000
        for id in page.ids:
            await page.ask("decide", id=id, decision={"type": "fake", "variable": "rows", "is_error": False})

    play(page, script)
    assert page.chat.messages[2]["content"][0]["content"] == "row\n" * 100_000


class Table:
    shape = (3, 2)

    def to_string(self) -> str:
        return "a b\n1 2"


def test_limits_are_remembered_as_they_were_written(page: Page) -> None:
    async def clicks() -> None:
        await page.ask(
            "limits", limits={"requests": "3", "tokens": None, "dollars": "0.1x" * 100, "more": "1"}
        )

    asyncio.run(clicks())
    assert page.view.drawn is not None
    assert page.view.drawn["limits"] == {"requests": "3"}


def test_a_tool_is_added_edited_and_removed_and_keeps_its_function(page: Page) -> None:
    page.chat.stop()
    new = {"name": "get_time", "description": "The time.", "input_schema": {"type": "object"}}

    async def clicks() -> None:
        await page.ask("set", path="tools.1", value=new)
        await page.ask(
            "set", path="tools.0", value={**page.chat.tools[0].definition(), "description": "Weather."}
        )

    asyncio.run(clicks())
    assert [tool.name for tool in page.chat.tools] == ["get_weather", "get_time"]
    assert page.chat.tools[0].description == "Weather."
    assert page.chat.tools[0].function is not None
    asyncio.run(page.ask("set", path="tools.0"))
    asyncio.run(page.ask("set", path="tools.0"))
    assert "tools" not in page.chat.request()
    asyncio.run(page.ask("set", path="tools.0", value=new))
    assert page.chat.request()["tools"] == [new]
    page.chat.undo()
    assert page.chat.tools == []


def test_a_change_is_judged_before_it_is_made(page: Page) -> None:
    page.chat.stop()
    before = page.chat.request()

    def told(**edit: Any) -> list[str]:
        answer = page.session.receiver.heard({"kind": "check", "view": "v", "edit": edit})
        assert isinstance(answer, dict)
        assert all(each["fix"] is None for each in answer["problems"])
        return [each["message"] for each in answer["problems"]]

    wrong = {"name": "a b", "input_schema": {"type": "object"}}
    assert (
        "tools.1.custom.name: String should match pattern" in told(kind="set", path="tools.1", value=wrong)[0]
    )
    right = {"name": "ab", "input_schema": {"type": "object"}}
    assert told(kind="set", path="tools.1", value=right) == []
    twice = {**right, "name": "get_weather"}
    assert told(kind="set", path="tools.1", value=twice) == ["tools: Tool names must be unique."]
    block = page.view.drawn["messages"][0]["blocks"][0]["id"]  # type: ignore[index]
    assert "messages.0.content.0" in told(kind="edit", id=block, value={"type": "txt"})[0]
    with pytest.raises(UsageError, match="a change that this kernel can't try"):
        told(kind="delete", ids=[block])
    assert page.chat.request() == before
