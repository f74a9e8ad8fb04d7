"""Code takes a block away while somebody writes in it: the words stay in sight, and find another place."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import setup

KERNELS = pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])
TWO = """\
chat.messages = [{"role": "user", "content": [{"type": "text", "text": each} for each in ("One.", "Two.")]}]
chat"""
# Takes the second block away, once the test says so.
TAKE = """\
import os, time
while not os.path.exists("enough"):
    time.sleep(0.02)
chat.delete("messages.0.content.1")"""
ARRAY = "import json; print(json.dumps(chat.messages))"


@KERNELS
def test_words_that_were_saved_while_a_cell_took_their_block_are_offered(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook, editor = two(open_notebook, kernel)
    notebook.start(2)
    field = write(editor, "Two, and better.")
    field.press("ControlOrMeta+Enter")
    editor.wait_for("not saved yet")
    enough(notebook)
    words = lost(editor)
    expect(words).to_contain_text("The block in which this was written is gone, and it is not saved.")
    expect(words.get_by_role("textbox")).to_have_value("Two, and better.")
    words.get_by_role("button", name="Add to the last user message").click()
    expect(editor.block("messages.0.content.1")).to_contain_text("Two, and better.")
    expect(words).to_have_count(0)
    assert texts(notebook) == ["One.", "Two, and better."]


def test_whoever_writes_in_a_block_that_code_takes_goes_on_below(open_notebook: Open) -> None:
    notebook, editor = two(open_notebook, "python3")
    notebook.start(2)
    write(editor, "Two, and")
    enough(notebook)
    field = lost(editor).get_by_role("textbox")
    expect(field).to_be_focused()
    notebook.page.keyboard.press("End")
    notebook.page.keyboard.type(" better.")
    notebook.wait_done(2)
    notebook.reload()

    editor = Editor(notebook, 1)
    expect(lost(editor).get_by_role("textbox")).to_have_value("Two, and better.")
    editor.press("undo")  # the block is back, and with it its form
    field = editor.block("messages.0.content.1").get_by_role("textbox")
    expect(field).to_have_value("Two, and better.")
    expect(lost(editor)).to_have_count(0)
    field.press("ControlOrMeta+Enter")
    expect(editor.block("messages.0.content.1")).to_contain_text("Two, and better.")
    assert texts(notebook) == ["One.", "Two, and better."]


def two(open_notebook: Open, kernel: str) -> tuple[Notebook, Editor]:
    notebook = open_notebook([setup(), TWO, TAKE, ARRAY], kernel=kernel)
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    return notebook, editor


def write(editor: Editor, words: str) -> Locator:
    block = editor.block("messages.0.content.1")
    block.focus()
    block.press("Enter")
    field = block.get_by_role("textbox")
    field.fill(words)
    return field


def lost(editor: Editor) -> Locator:
    return editor.root.get_by_role("group", name="words without a block")


def enough(notebook: Notebook) -> None:
    (notebook.file.parent / "enough").touch()


def texts(notebook: Notebook) -> list[str]:
    notebook.run(3)
    [message] = json.loads(notebook.text(3))
    return [block["text"] for block in message["content"]]
