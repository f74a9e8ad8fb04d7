"""Numbers that JavaScript rounds come back from the page as they were."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

import nbkit
from nbkit.notebook.page.exact import exact
from test_edits import Editor

LONG = 1234567890123456789


def through_a_page(value: Any) -> Any:
    """A value as a page reads and writes it: with doubles, in the fewest digits."""

    def double(text: str) -> float:
        number = Decimal(repr(float(text)))
        return int(number) if number == int(number) else float(text)

    return json.loads(json.dumps(value), parse_int=double, parse_float=double)


def test_a_page_rounds_them() -> None:
    assert through_a_page({"id": LONG, "half": 1.0}) == {"id": 1234567890123456800, "half": 1}


def test_an_edit_of_something_else_leaves_them() -> None:
    editor = Editor()
    given = {"id": LONG, "whole": 1.0, "list": [LONG + 10_000, 2.5], "city": "Paris"}
    editor.chat.edit("messages.1.content.1.input", given)
    block = through_a_page(editor.contents()[1][1])
    block["input"]["city"] = "Oslo"
    editor.ask("edit", id=editor.id(1, 1), value=block)
    held = editor.contents()[1][1]["input"]
    assert held == {**given, "city": "Oslo"}
    assert [type(each) for each in held.values()] == [int, float, list, str]
    editor.ask("edit", id=editor.id(1, 1), field="input", value=through_a_page({"moved": LONG}))
    assert editor.contents()[1][1]["input"] == {"moved": LONG}


def test_the_tools_and_parameters_keep_theirs() -> None:
    editor = Editor()
    schema = {"type": "object", "properties": {"n": {"type": "integer", "maximum": LONG}}}
    editor.chat.tools = [{"name": "f", "description": "a", "input_schema": schema}]
    tool = {**through_a_page(editor.chat.request()["tools"][0]), "description": "b"}
    editor.ask("set", path="tools.0", value=tool)
    assert editor.chat.request()["tools"][0] == {**tool, "input_schema": schema}
    editor.chat.params = {"metadata": {"seed": LONG}}
    editor.ask("set", fields=through_a_page({"metadata": {"seed": LONG, "user_id": "u"}}))
    assert editor.chat.params["metadata"] == {"seed": LONG, "user_id": "u"}


def test_a_tool_that_runs_with_another_input_gets_the_others_whole() -> None:
    seen: list[dict[str, Any]] = []
    editor = Editor()

    def f(city: str, id: int) -> str:
        seen.append({"city": city, "id": id})
        return "warm"

    editor.chat.tools = [nbkit.tool(f)]
    call = {"type": "tool_use", "id": "toolu_2", "name": "f", "input": {"city": "Paris", "id": LONG}}
    editor.chat.messages = [{"role": "user", "content": "q"}, {"role": "assistant", "content": [call]}]
    given = through_a_page({"city": "Oslo", "id": LONG})
    decision = {"type": "edit_input", "input": given, "rewrite": True, "look": True, "is_error": None}
    editor.work("decide", id="toolu_2", decision=decision)
    assert seen == [{"city": "Oslo", "id": LONG}]


@pytest.mark.parametrize("new", [7, 2.5, True, None, "1234567890123456800"])
def test_what_is_new_is_as_it_was_written(new: Any) -> None:
    assert exact({"id": new}, {"id": LONG}) == {"id": new}
    assert type(exact(new, LONG)) is type(new)


def test_two_that_a_page_can_not_tell_apart_are_told_by_their_places() -> None:
    two = {"a": LONG, "b": LONG + 1}
    assert exact(through_a_page(two), two) == two
    moved = exact(through_a_page({"c": LONG}), two)
    assert moved == {"c": 1234567890123456800}  # either: so neither is made up
