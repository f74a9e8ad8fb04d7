"""What the page asks for, through the front door of a session, in an unexpected order too."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import nbkit
from at_page import Page, play
from nbkit.errors import NbkitError


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
