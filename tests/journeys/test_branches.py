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


OTHER_WAY = """\
chat.messages = [
    {"role": "user", "content": [{"type": "text", "text": "My umbrella is red. Which colour is it?"}]},
    {"role": "assistant", "content": [{"type": "text", "text": "Red."}]},
    {"role": "user", "content": [{"type": "text", "text": "And my hat is green."}]},
]
chat.rewind(2)
chat.edit("messages.0.content.0.text", "My umbrella is blue. Which colour is it?")
"""


def test_a_block_is_taken_from_another_branch_and_goes_out(open_notebook: Open, old_kernel: str) -> None:
    notebook = open_notebook([setup(), OTHER_WAY, "chat", "chat.resume()\nNone"], kernel=old_kernel)
    notebook.run(0, 1)
    editor = shown(notebook, 2)
    editor.press("2 branches ▾")
    editor.press("compare with branch-1")
    diff = editor.root.get_by_role("region", name="compared with branch branch-1")
    expect(diff.locator("ins")).to_contain_text(["red", "And my hat is green."])
    expect(diff.locator("del")).to_have_text(["blue. "])
    diff.get_by_role("button", name="Take this: messages.0.content.0").press("Enter")
    expect(block(editor, "messages.0.content.0")).to_contain_text("My umbrella is red.")
    diff.get_by_role("button", name="Take this: messages.2.content.0").press("Enter")
    expect(diff).to_contain_text("No difference in the messages.")
    notebook.run(3)
    texts = [part["text"] for each in received(notebook)[-1]["messages"] for part in each["content"]]
    assert texts == ["My umbrella is red. Which colour is it?", "Red.", "And my hat is green."]


def test_two_requests_are_compared_and_a_block_is_taken_in_a_cells_own_turn(open_notebook: Open) -> None:
    notebook = open_notebook(
        [setup(), "%%claude\nSay a colour.", "%%claude\nAnd an animal.", "chat.send('So?')\nNone"]
    )
    notebook.run(0, 1, 2)
    editor = Editor(notebook, 2)
    editor.wait("idle")
    editor.press("all of the conversation")
    expect(editor.root.get_by_role("button", name="Search", exact=True)).to_be_visible()
    editor.delete("messages.2.content")
    editor.press("Since the last request")
    editor.root.get_by_label("compare", exact=True).select_option("request 1, 1 message")
    diff = editor.root.get_by_role(
        "region", name=re.compile("request 1, 1 message compared with last request")
    )
    expect(diff.locator("ins")).to_contain_text(["And an animal."])
    expect(diff.get_by_role("button", name=re.compile("Take this"))).to_have_count(0)
    editor.root.get_by_label("compare", exact=True).select_option("here")
    editor.root.get_by_label("compare with").select_option("request 2, 3 messages")
    diff = editor.root.get_by_role("region", name="compared with request 2, 3 messages")
    diff.get_by_role("button", name="Take this: messages.2.content.0").press("Enter")
    expect(diff.get_by_role("button", name=re.compile("Take this"))).to_have_count(0)
    editor.press("Share clean")
    editor.wait_for("chat_clean.json is a copy without private results")
    assert "And an animal." in (notebook.file.parent / "chat_clean.json").read_text("utf-8")
    notebook.run(3)
    assert "And an animal." in str(received(notebook)[-1]["messages"])


LONG_TALK = """\
chat.messages = [
    {"role": "assistant" if n % 2 else "user", "content": [{"type": "text", "text": f"line {n} of 200"}]}
    for n in range(200)
] + [{"role": "user", "content": "the end"}]
"""
# Whether these words are marked once, where one sees them.
MARKED = """(words) => { const marks = [...CSS.highlights.get('nbk-found')].map(each =>
    each.startContainer.isConnected && each.startContainer.data?.slice(each.startOffset, each.endOffset));
    return marks.length === 1 && marks[0] === words; }"""


def test_search_finds_what_a_long_array_does_not_draw_and_it_is_edited_there(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), LONG_TALK, "chat", "chat.resume()\nNone"])
    notebook.run(0, 1)
    editor = shown(notebook, 2)
    last = block(editor, "messages.200.content")
    last.focus()
    last.press("/")
    field = editor.root.get_by_role("textbox", name="search in the messages")
    field.press_sequentially("line 42 ")
    expect(editor.root.get_by_role("search").get_by_role("status")).to_have_text("1 of 1: 1 match in 1 block")
    found = block(editor, "messages.42.content.0")
    expect(found).to_be_in_viewport()
    notebook.page.wait_for_function(MARKED, arg="line 42 ")
    notebook.draw_anew(2)
    expect(field).to_be_focused()
    notebook.page.wait_for_function(MARKED, arg="line 42 ")
    field.press("Escape")
    expect(found).to_be_focused()
    found.press("Delete")
    expect(found).to_contain_text("line 43 of 200")
    notebook.run(3)
    sent = str(received(notebook)[-1]["messages"])
    assert "line 42 of" not in sent
    assert "line 43 of" in sent


def test_a_cache_breakpoint_is_set_by_a_key_and_says_what_it_costs(open_notebook: Open) -> None:
    talk = 'chat.messages = [{"role": "user", "content": [{"type": "text", "text": "An umbrella. " * 1200}]}]'
    notebook = open_notebook([setup(), talk, "chat", "chat.resume()\nNone"])
    notebook.run(0, 1)
    editor = shown(notebook, 2)
    first = block(editor, "messages.0.content.0")
    first.focus()
    first.press("b")
    expect(first).to_contain_text(
        re.compile(r"cache breakpoint about [\d,]+ tokens up to here: \$[\d.]+ to write")
    )
    notebook.run(3)
    expect(first).to_contain_text("as in the last request: read for $")
    assert received(notebook)[-1]["messages"][0]["content"][0]["cache_control"] == {"type": "ephemeral"}
