"""Things of many megabytes put in at the page: more than Jupyter's server takes in one message."""

from __future__ import annotations

import base64
import json

from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.judge import violations
from journeys.scenes import received, setup
from pictures import paper

PASTE = """(element, [name, type, data]) => {
    const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], name, { type }));
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_a_large_pdf_goes_in_whole_and_one_that_no_request_can_hold_is_refused(open_notebook: Open) -> None:
    array = json.dumps([{"role": "user", "content": "What does it say?"}])
    notebook = open_notebook([setup(), f"chat.messages = {array}\nchat", "chat.resume()\nNone"])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    question = editor.block("messages.0.content")
    large = base64.b64encode(paper(end=b"\n" * 14_000_000 + b"%%EOF")).decode()
    question.focus()
    question.evaluate(PASTE, ["large.pdf", "application/pdf", large])
    expect(editor.block("messages.0.content.1")).to_contain_text("large.pdf")
    huge = base64.b64encode(paper(end=b"\n" * 40_000_000 + b"%%EOF")).decode()
    editor.block("messages.0.content.0").focus()
    editor.block("messages.0.content.0").evaluate(PASTE, ["huge.pdf", "application/pdf", huge])
    editor.wait_for("larger than a request may be")
    notebook.run(2)
    [request] = received(notebook)
    [_, document] = request["messages"][0]["content"]
    assert document["source"]["data"] == large


LINES = """\
chat.messages = [{"role": "user", "content": "a line of it\\n" * 30_000 + "the needle"}]
chat"""
IN_SIGHT = """each => { const found = [...CSS.highlights.get('nbk-found')][0];
    const range = document.createRange();
    range.setStart(found.startContainer, found.startOffset);
    range.setEnd(found.endContainer, found.endOffset);
    const [match, frame] = [range, each].map(part => part.getBoundingClientRect());
    return match.top >= frame.top && match.bottom <= frame.bottom; }"""


def test_a_text_of_many_pages_leaves_the_foot_in_sight_and_what_is_looked_for_is_seen(
    open_notebook: Open,
) -> None:
    notebook = open_notebook([setup(), LINES])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    height = "each => each.getBoundingClientRect().height"
    assert editor.view.evaluate(height) < 900
    editor.press("Search")
    editor.root.get_by_role("textbox", name="search in the messages").fill("needle")
    frame = editor.root.get_by_role("group", name="long text")
    expect(editor.root.get_by_role("search").get_by_role("status")).to_contain_text("1 match")
    notebook.page.wait_for_function(IN_SIGHT, arg=frame.element_handle())
    assert violations(notebook, {"view": editor.root}) == {}
    editor.press("Show all 390,010 characters")
    assert editor.view.evaluate(height) > 100_000
    editor.press("Show less")
    assert editor.view.evaluate(height) < 900
