"""Where the loop goes on to, as the page says: without asking, to a limit, to a breakpoint."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

import nbkit
from at_page import Page, play
from nbkit.errors import NbkitError
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html


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


def test_limits_are_remembered_as_they_were_written(page: Page) -> None:
    async def clicks() -> None:
        await page.ask(
            "limits", limits={"requests": "3", "tokens": None, "dollars": "0.1x" * 100, "more": "1"}
        )

    asyncio.run(clicks())
    assert page.view.drawn is not None
    assert page.view.drawn["limits"] == {"requests": "3"}
