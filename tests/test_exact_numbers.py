"""Numbers that JavaScript rounds come back from the page as they were."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

import nbkit
from nbkit.loop.saved.document import document, read
from nbkit.notebook.page.exact import exact
from nbkit.notebook.page.sendable import MARK, marked, sendable, unmarked
from nbkit.notebook.record.plain import words
from nbkit.notebook.record.render import html
from nbkit.notebook.views.message_views import view_of
from nbkit.notebook.views.snapshot import Frame, snapshot
from test_edits import Editor

LONG = 1234567890123456789


def through_a_page(value: Any) -> Any:
    """A value as a page gets it, reads it with doubles, writes it in the fewest digits and sends it back."""

    return unmarked(as_a_page_writes(marked(sendable(value))))


def as_a_page_writes(value: Any) -> Any:
    """The JSON of a value read with doubles, and written in the fewest digits."""

    def double(text: str) -> float:
        number = Decimal(repr(float(text)))
        return int(number) if number == int(number) and number < 10**21 else float(text)

    return json.loads(json.dumps(value), parse_int=double, parse_float=double)


def test_a_page_gives_back_what_it_was_given() -> None:
    given = {
        "id": LONG,
        "list": [-LONG, 2**53 + 1],
        "most": 2**53,
        "half": 0.5,
        "large": float(LONG),
        "larger": 1e300,
        "yes": True,
        "text": "7",
    }
    assert through_a_page(given) == given


def test_no_text_is_taken_for_a_number() -> None:
    text = f"{MARK}12345"
    assert through_a_page({text: [text, f'say "{text}']}) == {
        "\ufffd12345": ["\ufffd12345", 'say "\ufffd12345']
    }


def test_a_number_that_a_person_writes_is_taken_as_it_is() -> None:
    assert repr(unmarked([MARK + "1.0", MARK + "18446744073709551616", MARK])) == repr(
        [1.0, 18446744073709551616, MARK]
    )
    for number in ("1e400", "9" * 5000):
        with pytest.raises(nbkit.UsageError, match="larger than any number that can be kept"):
            unmarked({"input": [MARK + number]})


def test_the_view_of_a_message_is_marked_for_the_page_only_and_once() -> None:
    editor = Editor()
    editor.chat.edit("messages.1.content.1.input", {"id": LONG})
    view = view_of(editor.chat.history[1])
    assert f"id={LONG}" in words(view["blocks"][1])
    assert marked([view])[0]["blocks"][1]["wire"]["input"] == {"id": f"{MARK}{LONG}"}
    assert marked(view) is marked(view)
    other = view_of(editor.chat.history[0])
    assert marked(other) is other


def test_the_record_shows_a_number_that_is_too_large_as_it_came() -> None:
    editor = Editor()
    editor.chat.edit("messages.2.content.0.content", '{"most": 1e400}')
    shown = html(snapshot(editor.chat, Frame("v", 0, 4)))
    assert "1e400" in shown
    assert "Infinity" not in shown


def test_a_notebook_that_a_page_has_saved_gives_them_back() -> None:
    editor = Editor()
    given = {"id": LONG, "list": [1.0, -LONG, 10**22, 2.5, float(LONG)], "city": "Paris", "yes": True}
    editor.chat.edit("messages.1.content.1.input", given)
    editor.chat.params = {"temperature": 1.0}
    saved = as_a_page_writes(document(editor.chat))
    assert saved["messages"][1]["content"][1]["input"]["id"] != LONG
    kept = read(saved, "it")
    assert repr(kept["messages"][1]["content"][1]["input"]) == repr(given)
    assert repr(kept["params"]["temperature"]) == "1.0"


def test_a_number_that_was_changed_in_the_file_is_read_as_it_stands_there() -> None:
    editor = Editor()
    editor.chat.edit("messages.1.content.1.input", {"id": LONG, "half": 1.0})
    saved = document(editor.chat)
    saved = {**saved, "messages": as_a_page_writes(saved["messages"])}
    saved["messages"][1]["content"][1]["input"] = changed = {"id": LONG + 1, "half": "1"}
    assert read(saved, "it")["messages"][1]["content"][1]["input"] == changed
    with pytest.raises(nbkit.LoadError, match="its key orders or its numbers can't be read"):
        read({**saved, "numbers": [["one", ["/messages/1/content/1/input/id"]]]}, "it")


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


@pytest.mark.parametrize(
    ("new", "before"),
    [(7, LONG), (2.5, 1.0), (True, 1.0), (None, 1.0), ("1", 1.0), (LONG + 1, LONG), (LONG + 1, float(LONG))],
)
def test_what_is_new_is_as_it_was_written(new: Any, before: Any) -> None:
    assert exact({"id": new}, {"id": before}) == {"id": new}
    assert type(exact(new, before)) is type(new)
