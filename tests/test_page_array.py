"""What the page changes in the array and around it: mended, sent as it is, taken back, forked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import nbkit
from at_page import Page, play
from nbkit.errors import NbkitError, UsageError


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
