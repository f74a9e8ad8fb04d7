"""What a hand does to blocks by keys alone, in a cell's own turn, and while a reply comes in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from journeys.conftest import Open
from journeys.hands import Hands, Keyboard
from journeys.lab import App
from journeys.scenes import received, setup
from journeys.test_editing import HANDS, begin, sent, shown, text, words


@pytest.mark.parametrize("hands", HANDS)
def test_a_cells_own_turn_is_changed_undone_and_redone(open_notebook: Open, hands: type[Hands]) -> None:
    notebook = open_notebook([setup(), "%%claude\nSay a colour.", "chat.send('And now?')\nNone"])
    notebook.run(0, 1)
    hand = begin(notebook, hands)
    editor = hand.editor
    editor.wait("idle")
    question = editor.block("messages.0.content")
    hand.edit("messages.0.content", "Say a shape.")
    expect(question).to_contain_text("Say a shape.")
    again(hand, question, "undo", "Control+z")
    expect(question).to_contain_text("Say a colour.")
    again(hand, question, "redo", "Control+Shift+z")
    expect(question).to_contain_text("Say a shape.")
    notebook.run(2)
    assert received(notebook)[-1]["messages"][0]["content"] == "Say a shape."


def again(hand: Hands, block: Locator, name: str, key: str) -> None:
    """Undo or redo: by its button, or by its key, which leaves the focus where it was."""
    if not isinstance(hand, Keyboard):
        hand.press(hand.button(name))
        return
    hand.enter(block)
    hand.page.keyboard.press(key)
    expect(block).to_be_focused()


def test_a_reply_that_comes_in_leaves_the_form_and_the_caret_alone(open_notebook: Open) -> None:
    notebook = open_notebook([setup(0.05), f"chat.messages = {TALK!r}\nchat", "%%claude\nGo on.", "None"])
    notebook.run(0, 1)
    hand = begin(notebook, Keyboard)
    hand.form("messages.0.content")
    expect(hand.field).to_be_focused()
    notebook.page.keyboard.press("ControlOrMeta+a")
    notebook.page.keyboard.insert_text("half written")
    for _ in range(len("written")):
        notebook.page.keyboard.press("ArrowLeft")
    notebook.page.evaluate(
        "() => void panel().sessionContext.session.kernel.requestExecute({ code: \"chat.send('Go on.')\" })"
    )
    reply = hand.editor.block("messages.3.content.0")
    expect(reply).to_be_visible()
    hand.editor.wait("streaming")
    expect(hand.field).to_be_focused()
    notebook.page.keyboard.insert_text("well ")
    hand.editor.wait("idle")
    expect(hand.field).to_be_focused()
    expect(hand.field).to_have_value("half well written")
    hand.save()
    expect(hand.editor.block("messages.0.content")).to_contain_text("half well written")
    notebook.write(2, "chat.send('And?')\nNone")
    notebook.run(2)
    bodies = received(notebook)
    assert bodies[-2]["messages"][0]["content"] == "alpha"
    assert bodies[-1]["messages"][0]["content"] == "half well written"
    assert [message["role"] for message in bodies[-1]["messages"]] == ["user", "assistant"] * 2 + ["user"]


TALK = [{"role": "user", "content": "alpha"}, {"role": "assistant", "content": "beta"}]


def test_blocks_are_cut_chosen_moved_doubled_and_deleted_by_keys(open_notebook: Open) -> None:
    notebook = shown(open_notebook)
    hand = begin(notebook, Keyboard)
    page, editor = notebook.page, hand.editor
    hand.form("messages.1.content.0")
    expect(hand.field).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Shift+Enter")
    expect(editor.block("messages.1.content.1")).to_contain_text("eta")
    hand.enter(editor.block("messages.1.content.0"))
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect(editor.block("messages.1.content.0")).to_contain_text("gamma")
    assert words(editor) == ["alpha", "gamma", "b", "eta", "delta", "epsilon"]
    page.keyboard.press("d")
    expect(editor.block("messages.1.content.4")).to_be_visible()
    assert words(editor) == ["alpha", "gamma", "b", "eta", "b", "eta", "delta", "epsilon"]
    page.keyboard.press("Escape")
    hand.enter(editor.block("messages.1.content.2"))
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    expect(editor.block("messages.1.content.4")).to_have_count(0)
    assert words(editor) == ["alpha", "gamma", "b", "eta", "delta", "epsilon"]
    assert sent(hand)["messages"][1]["content"] == [text("gamma"), text("b"), text("eta")]


LONG = "lorem ipsum " * 20_000


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_control_s_saves_the_notebook_from_a_block_and_from_a_form(open_notebook: Open, app: App) -> None:
    notebook = open_notebook([setup(), "%%claude\nSay a colour."], app=app)
    notebook.run(0, 1)
    hand = begin(notebook, Keyboard)
    hand.editor.wait("idle")
    hand.edit("messages.0.content", "Say a shape.")
    notebook.page.wait_for_function(RECORDED)
    expect(hand.editor.block("messages.0.content")).to_be_focused()
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function("() => !panel().context.model.dirty")
    assert "Say a shape." in notebook.file.read_text("utf-8")
    notebook.page.evaluate("() => { panel().context.model.dirty = true; }")
    hand.form("messages.0.content")
    expect(hand.field).to_be_focused()
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function("() => !panel().context.model.dirty")
    expect(hand.field).to_be_focused()


RECORDED = (
    "() => JSON.stringify(panel().content.model.cells.get(1).outputs.toJSON()).includes('Say a shape.')"
)


GARBAGE = {
    "broken JSON": '{"type": "text", "text": "never en',
    "JSON of another shape": '{"rows": [1, 2, 3]}',
    "an array of no messages": "[1, 2, null]",
    "controls and halves": "backwards \x01\x02 \ud83d \u202e",
    "a long text": LONG,
}


def test_garbage_that_is_pasted_is_a_text_and_one_undo_takes_it_back(open_notebook: Open) -> None:
    notebook = shown(open_notebook)
    hand = begin(notebook, Keyboard)
    editor = hand.editor
    last, new = editor.block("messages.2.content.1"), editor.block("messages.2.content.2")
    error = editor.root.locator(".nbk-level-error")
    for name, garbage in GARBAGE.items():
        last.focus()
        last.evaluate(PASTE, garbage)
        expect(new, name).to_contain_text(garbage[:9])
        expect(error, name).to_have_count(1 if name == "controls and halves" else 0)
        last.focus()
        notebook.page.keyboard.press("Control+z")
        expect(new, name).to_have_count(0)
        expect(error, name).to_have_count(0)
        assert words(editor) == ["alpha", "beta", "gamma", "delta", "epsilon"], name
    last.focus()
    last.evaluate(PASTE, LONG)
    expect(new).to_contain_text(LONG[:9])
    body = sent(hand)
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][2]["content"] == [text("delta"), text("epsilon"), text(LONG)]


PASTE = """(element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""
