"""What a person asks for opens where they are, in turns that are longer than the window."""

from __future__ import annotations

from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.scenes import QUESTION, ask, setup

TALL = """\
tall = nbkit.Conversation(client=Recorder())
tall.messages = [
    {"role": ("user", "assistant")[i % 2], "content": "\\n\\n".join([f"Line of message {i}."] * 30)}
    for i in range(6)]
tall"""
WORDY = ask(QUESTION + "\n" + "It may be windy.\n" * 80)
COPY = "is a copy without private results"


def test_the_answer_to_a_button_far_from_the_foot_lies_beside_it(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), TALL])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("idle")
    notebook.show(1, "start")
    button = editor.root.get_by_role("button", name="Share clean")
    button.click()
    said = editor.root.locator(".nbk-status")
    expect(said).to_contain_text(COPY)
    expect(said).to_be_in_viewport(ratio=1)
    expect(editor.root.locator(".nbk-foot")).not_to_be_in_viewport()
    over, pressed = said.bounding_box(), button.bounding_box()
    assert over is not None
    assert pressed is not None
    assert 0 <= over["y"] - pressed["y"] < 80
    notebook.page.keyboard.press("Escape")
    expect(said).not_to_be_in_viewport()
    editor.root.locator(".nbk-foot").scroll_into_view_if_needed()
    expect(said).to_contain_text(COPY)
    expect(said).to_be_in_viewport()


def test_more_of_a_turn_opens_at_its_foot_and_answers_there(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), WORDY])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.press("all of the conversation")
    share = editor.root.get_by_role("button", name="Share clean")
    expect(share).to_be_in_viewport(ratio=1)
    share.click()
    said = editor.root.locator(".nbk-status")
    expect(said).to_contain_text(COPY)
    expect(said).to_be_in_viewport(ratio=1)
    editor.press("Since the last request")
    expect(editor.root.locator(".nbk-diff")).to_be_in_viewport()


def test_the_keys_open_at_the_block_and_give_the_focus_back(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), TALL])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("idle")
    block = editor.block("messages.1.content")
    block.focus()
    keys = editor.root.get_by_role("group", name="keys on a block")
    block.press("?")
    expect(keys).to_be_focused()
    expect(keys).to_be_in_viewport(ratio=0.99)
    keys.press("Escape")
    expect(keys).to_have_count(0)
    expect(block).to_be_focused()
