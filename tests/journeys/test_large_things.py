"""Things of many megabytes put in at the page: more than Jupyter's server takes in one message."""

from __future__ import annotations

import base64
import json

from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
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
