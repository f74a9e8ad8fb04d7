"""How a reply came over the wire, looked at in the page: events, bytes, and the request to copy."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from journeys.conftest import Open
from journeys.editor import PATIENCE, Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, received, setup

# A reply as hostile as it can be made, and long: it says back what it was told.
HOSTILE = """\
import nbkit
%load_ext nbkit
import sys
sys.path.insert(0, ".")
from nbkit.wire.events import encode_event, message_events
import httpx

WORDS = '<img src=x onerror="document.title=1"> </script><script>document.title = 2</script> \\u202e ' * 40


def answer(request):
    reply = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5",
             "content": [{"type": "text", "text": WORDS * REPEAT}], "stop_reason": "end_turn",
             "stop_sequence": None, "usage": {"input_tokens": 7, "output_tokens": 5}}
    chunks = [encode_event(event) for event in message_events(reply, chunk=4)]
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=iter(chunks))


client = nbkit.Client(nbkit.Anthropic(key="sk-ant-hush", base_url="http://127.0.0.1:9"),
                      transport=httpx.MockTransport(answer))
chat = nbkit.Conversation(client=client)
"""


class Wire:
    """The panel below a reply."""

    def __init__(self, editor: Editor, path: str) -> None:
        self._opener = editor.root.get_by_role("button", name=f"wire of {path}", exact=True)
        self.root = editor.root.get_by_role("group", name=f"wire of {path}", exact=True)

    def open(self) -> None:
        self._opener.click()
        expect(self.root).to_contain_text("first byte", timeout=PATIENCE)

    def press(self, label: str) -> None:
        self.root.get_by_role("button", name=label, exact=True).click()

    @property
    def events(self) -> Locator:
        return self.root.get_by_role("listbox")

    @property
    def chosen(self) -> Locator:
        return self.events.get_by_role("option", selected=True)


def copied(notebook: Notebook) -> str:
    return str(notebook.page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])
def test_a_reply_is_looked_at_event_by_event_and_its_request_copied(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = open_notebook([setup(), ask(QUESTION)], kernel=kernel)
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    wire = Wire(editor, "messages.1")
    wire.open()
    expect(wire.root).to_contain_text(re.compile(r"first byte [\d.]+ m?s · first token [\d.]+ m?s"))
    expect(wire.events.get_by_role("option").first).to_contain_text("message_start")

    # By keyboard alone: a delta, and where it stands in its block.
    wire.events.focus()
    notebook.page.keyboard.press("Home")
    expect(wire.chosen).to_contain_text("message_start")
    for _ in range(50):
        if "input_json_delta" in wire.chosen.inner_text() and '"{' not in wire.chosen.inner_text():
            break
        notebook.page.keyboard.press("ArrowDown")
    expect(wire.root).to_contain_text("in block")
    expect(wire.root.locator("mark")).to_have_count(1)
    notebook.page.keyboard.press("End")
    expect(wire.chosen).to_contain_text("message_stop")

    wire.press("Bytes")
    expect(wire.root).to_contain_text("event: message_start\\n")
    wire.press("Blocks")
    expect(wire.root.locator("pre")).to_contain_text('"stop_reason": "tool_use"')

    wire.press("copy the request as JSON")
    expect(wire.root.get_by_role("status")).to_contain_text("copied as json")
    assert json.loads(copied(notebook)) == received(notebook)[0]
    wire.press("copy the request as curl")
    expect(wire.root.get_by_role("status")).to_contain_text("copied as curl")
    assert copied(notebook).startswith("curl ")
    assert "$ANTHROPIC_API_KEY" in copied(notebook)


def test_ten_thousand_events_of_a_hostile_reply_are_text_and_scroll(open_notebook: Open) -> None:
    setup = HOSTILE.replace("REPEAT", "13")
    notebook = open_notebook([setup, "chat", 'reply = chat.send("Hi")'])
    notebook.run(0, 1, 2)
    editor = Editor(notebook, 1)
    editor.wait("idle")
    title = notebook.page.title()
    wire = Wire(editor, "messages.1")
    wire.open()
    expect(wire.root).to_contain_text(re.compile(r"1\d,\d\d\d events"))
    assert wire.events.get_by_role("option").count() < 80  # the others are drawn when one looks at them
    wire.events.focus()
    notebook.page.keyboard.press("End")
    expect(wire.chosen).to_contain_text("message_stop")
    notebook.page.keyboard.press("PageUp")
    expect(wire.root.locator("mark")).to_have_count(1)
    wire.press("Bytes")
    expect(wire.root).to_contain_text("event: message_start")
    assert wire.root.locator("img, script, a").count() == 0
    assert notebook.page.title() == title


def test_the_request_that_the_api_refused_is_copied_from_its_error(open_notebook: Open) -> None:
    lost = {"type": "tool_result", "tool_use_id": "toolu_lost", "content": "of no call"}
    illegal = f"chat.messages = [{{'role': 'user', 'content': [{lost}]}}]\nchat"
    notebook = open_notebook([setup(), illegal])
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    editor.press("Send anyway")
    error = editor.root.get_by_role("group", name="error", exact=True)
    expect(error).to_contain_text("400", timeout=PATIENCE)
    error.get_by_role("button", name="wire of the last request").click()
    expect(error).to_contain_text("no events came", timeout=PATIENCE)
    error.get_by_role("button", name="copy the request as JSON").click()
    expect(error.get_by_role("status")).to_contain_text("copied as json")
    assert json.loads(copied(notebook)) == received(notebook)[-1]
