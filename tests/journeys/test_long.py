"""A long conversation stays: a second view, the notebook without a kernel, exported HTML."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import PATIENCE, Editor
from journeys.page import Notebook, forget_the_signature

LONG = """\
import nbkit
%load_ext nbkit
chat = nbkit.Conversation(client="simulator")
chat.messages = [{"role": ("user", "assistant")[at % 2], "content": [
    {"type": "text", "text": f"first words of {at}"}, {"type": "text", "text": f"second words of {at}"}]}
    for at in range({count})]"""
RECORDED = """() => panel().content.model.cells.get(1).outputs.toJSON().some(
    (each) => each.data?.['application/vnd.nbkit.turn+json'])"""


WRITTEN = """(words) => panel().content.model.cells.get(1).outputs.toJSON().some(
    (each) => [each.data?.['text/html']].flat().join('').includes(words))"""
# What a person sees of cells, whether the page draws all of them or not: from the first to the last line.
LINES = """(index) => {
  const area = panel().content.widgets[index].outputArea.node;
  return area.innerText.split('\\n').map((line) => line.trim()).filter((line) => line.includes(' words of '));
}"""


def array(count: int) -> str:
    return LONG.replace("{count}", str(count))


def saved(notebook: Notebook) -> str:
    """The file, once the record is written."""
    notebook.page.wait_for_function(RECORDED, timeout=PATIENCE)
    return json.dumps(notebook.save())


def test_a_conversation_of_500_blocks_is_whole_in_a_second_view_without_a_kernel_and_exported(
    open_notebook: Open,
) -> None:
    notebook = open_notebook([array(250), "chat", "chat"])
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
    frame = one.root.locator(".nbk-frame")
    expect(frame).to_contain_text("changed in one view", timeout=PATIENCE)
    place = frame.bounding_box()
    notebook.page.wait_for_function(WRITTEN, arg="changed in one view", timeout=PATIENCE)
    expect(frame).to_contain_text("changed in one view")
    assert frame.bounding_box() == place
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


@pytest.mark.parametrize("count", [250, 2500], ids=["500 blocks", "5000 blocks"])
def test_a_long_conversation_from_somebody_else_is_whole_without_a_kernel(
    open_notebook: Open, count: int
) -> None:
    notebook = open_notebook([array(count), "chat"])
    notebook.run(0, 1)
    content = forget_the_signature(json.loads(saved(notebook)))
    notebook.close()

    reopened = open_notebook(content=content, start=False)
    assert not reopened.page.evaluate("() => panel().content.widgets[1].model.trusted")
    Editor(reopened, 1).expect_static(f"second words of {count - 1}")
    lines = [f"{which} words of {at}" for at in range(count) for which in ("first", "second")]
    assert reopened.page.evaluate(LINES, 1) == lines
    for words in ("model not found", "Loading widget", "more messages"):
        expect(reopened.output(1)).not_to_contain_text(words)
    expect(reopened.output(1).get_by_role("button")).to_have_count(0)
    assert reopened.complaints == []
