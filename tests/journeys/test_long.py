"""A long conversation stays: a second view, the notebook without a kernel, exported HTML."""

from __future__ import annotations

import json

import nbformat
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import PATIENCE, Editor
from journeys.page import Notebook

LONG = """\
import nbkit
%load_ext nbkit
chat = nbkit.Conversation(client="simulator")
chat.messages = [{"role": ("user", "assistant")[at % 2], "content": [
    {"type": "text", "text": f"first words of {at}"}, {"type": "text", "text": f"second words of {at}"}]}
    for at in range(250)]"""
RECORDED = """() => panel().content.model.cells.get(1).outputs.toJSON().some(
    (each) => each.data?.['application/vnd.nbkit.turn+json'])"""


def saved(notebook: Notebook) -> str:
    """The file, once the record is written."""
    notebook.page.wait_for_function(RECORDED, timeout=PATIENCE)
    return json.dumps(notebook.save())


def test_a_conversation_of_500_blocks_is_whole_in_a_second_view_without_a_kernel_and_exported(
    open_notebook: Open,
) -> None:
    notebook = open_notebook([LONG, "chat", "chat"])
    notebook.run(0, 1, 2)
    one, other = Editor(notebook, 1), Editor(notebook, 2)
    for each in (one, other):
        expect(each.root.locator(".nbk-frame .nbk-block").first).to_be_visible(timeout=PATIENCE)
    content = json.loads(saved(notebook))

    notebook.show(1, "start")
    block = one.root.locator(".nbk-frame [data-id]").last
    block.focus()
    block.press("Enter")
    one.root.get_by_role("textbox", name="block").fill("changed in one view")
    one.root.get_by_role("textbox", name="block").press("Control+Enter")
    expect(one.root.locator(".nbk-frame")).to_contain_text("changed in one view", timeout=PATIENCE)
    notebook.show(2, "start")
    expect(other.root.locator(".nbk-frame")).to_contain_text("changed in one view", timeout=PATIENCE)

    html, _ = HTMLExporter().from_notebook_node(nbformat.reads(json.dumps(content), as_version=4))
    for words in ("first words of 0<", "second words of 124<", "second words of 249<"):
        assert words in html

    reopened = open_notebook(content=content, start=False)
    Editor(reopened, 1).expect_static("second words of 249")
    expect(reopened.output(1)).to_contain_text("first words of 0")
    expect(reopened.output(1)).not_to_contain_text("more messages")
    expect(reopened.output(1).get_by_role("button")).to_have_count(0)
