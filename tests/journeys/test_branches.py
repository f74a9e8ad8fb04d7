"""Changing what is signed, cache breakpoints, branches side by side, and search, in a real page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import received, setup

BOUND = 'chat.model = "claude-opus-5-5"'
TALK = 'chat.send("Which is larger, 9.11 or 9.9?")\nchat.send("And 3.2 or 3.12? Explain it.")\nNone'


def block(editor: Editor, path: str) -> Locator:
    return editor.root.get_by_role("group", name=re.compile(rf"block, {re.escape(path)}\b"))


def shown(notebook: Notebook, cell: int) -> Editor:
    """The whole conversation, as the last line of a cell."""
    notebook.run(cell)
    editor = Editor(notebook, cell)
    expect(editor.view).to_be_visible(timeout=30_000)
    notebook.show(cell)
    return editor


def kinds(body: dict[str, Any]) -> list[str]:
    return [
        part["type"]
        for each in body["messages"]
        if isinstance(each["content"], list)
        for part in each["content"]
    ]


def test_an_edit_above_signed_thinking_says_so_first_and_goes_out_without_it(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), BOUND, TALK, "chat", 'chat.send("So?")\nNone'])
    notebook.run(0, 1, 2)
    assert "thinking" in kinds(received(notebook)[-1])
    editor = shown(notebook, 3)
    first = block(editor, "messages.0.content")
    first.focus()
    first.press("Enter")
    field = first.get_by_role("textbox")
    field.fill("Which is larger, 9.1 or 9.9?")
    field.press("ControlOrMeta+Enter")
    panel = first.get_by_role("alertdialog")
    expect(panel).to_contain_text("signed for exactly what stands before it")
    expect(panel.get_by_role("button", name="Change a fork")).to_be_focused()
    notebook.page.keyboard.press("Tab")
    notebook.page.keyboard.press("Enter")
    expect(panel).to_have_count(0)
    expect(first).to_contain_text("9.1 or 9.9")
    expect(first).to_be_focused()
    notebook.run(4)
    body = received(notebook)[-1]
    assert "thinking" not in kinds(body)
    assert "9.1 or" in str(body["messages"][0])
