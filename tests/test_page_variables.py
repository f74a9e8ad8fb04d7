"""Results that a card takes from a variable, by its name."""

from __future__ import annotations

import math

import pytest
from PIL import Image

from at_page import Page, play
from nbkit.errors import NbkitError
from nbkit.loop.tools.results import to_content


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
