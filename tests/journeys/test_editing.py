"""The array, changed in a real page by mouse and by keyboard, and sent as it then is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.hands import Hands, Keyboard, Mouse
from journeys.page import Notebook
from journeys.scenes import received, setup

ARRAY: list[dict[str, Any]] = [
    {"role": "user", "content": "alpha"},
    {"role": "assistant", "content": [{"type": "text", "text": "beta"}, {"type": "text", "text": "gamma"}]},
    {"role": "user", "content": [{"type": "text", "text": "delta"}, {"type": "text", "text": "epsilon"}]},
]
HANDS = [pytest.param(Mouse, id="mouse"), pytest.param(Keyboard, id="keyboard")]


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def shown(open_notebook: Open, *cells: str, kernel: str = "python3") -> Notebook:
    """A notebook whose cell 1 shows the conversation that holds the array."""
    notebook = open_notebook([setup(), f"chat.messages = {ARRAY!r}\nchat", *cells], kernel=kernel)
    notebook.run(0, 1)
    Editor(notebook, 1).wait("ready")
    return notebook


def begin(notebook: Notebook, hands: type[Hands], cell: int = 1) -> Hands:
    """Be at the cell, as one is who has just run it."""
    notebook.page.evaluate(
        "(at) => { panel().content.activeCellIndex = at; panel().content.mode = 'command';"
        "panel().content.activate(); }",
        cell,
    )
    return hands(Editor(notebook, cell))


def words(editor: Editor) -> list[str]:
    """The texts of the array as one reads them, from the top."""
    return editor.root.locator(".nbk-list .nbk-block").locator(".nbk-plain-text, .nbk-md").all_inner_texts()


def sent(hands: Hands) -> dict[str, Any]:
    """Press Continue, wait for the answer, and give the body that the simulator received."""
    notebook, editor = hands.editor.notebook, hands.editor
    before = len(received(notebook))
    hands.press(hands.button("Continue"))
    editor.wait("idle")
    bodies = received(notebook)
    assert len(bodies) == before + 1
    return bodies[-1]


@pytest.mark.parametrize("hands", HANDS)
@pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])
def test_every_block_is_changed_undone_redone_and_sent(
    open_notebook: Open, old_kernel: str, kernel: str, hands: type[Hands]
) -> None:
    notebook = shown(open_notebook, kernel=kernel)
    hand = begin(notebook, hands)
    editor = hand.editor
    original = words(editor)

    hand.edit("messages.0.content", "alpha, changed")
    expect(editor.block("messages.0.content")).to_contain_text("alpha, changed")
    hand.do("messages.1.content.0", "Move down", "Alt+ArrowDown")
    expect(editor.block("messages.1.content.0")).to_contain_text("gamma")
    hand.do("messages.2.content.0", "Duplicate", "d")
    expect(editor.block("messages.2.content.1")).to_contain_text("delta")
    hand.do("messages.2.content.1", "Join", "m")
    expect(editor.block("messages.2.content.1")).to_contain_text("deltaepsilon")
    hand.do("messages.2.content.1", "Add below", "o")
    hand.write("zeta")
    expect(editor.block("messages.2.content.2")).to_contain_text("zeta")
    hand.do("messages.2.content.2", "Cache breakpoint", "b")
    expect(editor.block("messages.2.content.2")).to_contain_text("cache breakpoint")
    hand.delete("messages.2.content.0")
    expect(editor.block("messages.2.content.2")).to_have_count(0)

    changed = words(editor)
    assert changed == ["alpha, changed", "gamma", "beta", "deltaepsilon", "zeta"]
    for _ in range(7):
        once(hand, "undo")
    assert words(editor) == original
    once(hand, "undo")  # the line of code that wrote the array is a step, too
    assert words(editor) == []
    expect(hand.button("undo")).to_have_attribute("aria-disabled", "true")
    for _ in range(8):
        once(hand, "redo")
    expect(hand.button("redo")).to_have_attribute("aria-disabled", "true")
    assert words(editor) == changed
    body = sent(hand)
    assert body["messages"] == [
        {"role": "user", "content": "alpha, changed"},
        {"role": "assistant", "content": [text("gamma"), text("beta")]},
        {
            "role": "user",
            "content": [text("deltaepsilon"), {**text("zeta"), "cache_control": {"type": "ephemeral"}}],
        },
    ]


def once(hand: Hands, way: str) -> None:
    """Undo or redo one step, and wait until it shows."""
    shown = hand.editor.root.locator(".nbk-list")
    before = shown.inner_html()
    hand.press(hand.button(way))
    hand.page.wait_for_function(
        "([list, before]) => list.innerHTML !== before", arg=[shown.element_handle(), before]
    )


def both(notebook: Notebook) -> tuple[Editor, Editor]:
    notebook.run(2)
    first, second = Editor(notebook, 1), Editor(notebook, 2)
    second.wait("ready")
    return first, second


def test_two_views_stay_equal_and_neither_takes_a_draft_or_the_caret(open_notebook: Open) -> None:
    notebook = shown(open_notebook, "chat")
    first, second = both(notebook)
    hand = Mouse(second)
    hand.form("messages.1.content.0")
    notebook.page.keyboard.press("ControlOrMeta+a")
    notebook.page.keyboard.insert_text("half a thou")
    notebook.page.keyboard.press("ArrowLeft")
    caret = hand.field.evaluate("each => each.selectionStart")

    first.delete("messages.2.content.0")
    expect(second.block("messages.2.content.1")).to_have_count(0)
    expect(hand.field).to_have_value("half a thou")
    hand.field.click()
    notebook.page.keyboard.press("End")
    hand.press(hand.button("Save"))
    expect(first.block("messages.1.content.0")).to_contain_text("half a thou")
    assert caret == len("half a tho")
    assert words(first) == words(second) == ["alpha", "half a thou", "gamma", "epsilon"]

    notebook.reload()
    notebook.show(2)
    Editor(notebook, 2).wait("ready")
    assert words(Editor(notebook, 2)) == ["alpha", "half a thou", "gamma", "epsilon"]
    body = sent(Mouse(Editor(notebook, 2)))
    assert body["messages"] == [
        ARRAY[0],
        {"role": "assistant", "content": [text("half a thou"), text("gamma")]},
        {"role": "user", "content": [text("epsilon")]},
    ]


def test_an_edit_by_code_leaves_the_form_and_the_caret_that_a_person_is_at(open_notebook: Open) -> None:
    notebook = shown(open_notebook, "chat.edit('messages.0.content', 'by code')")
    hand = begin(notebook, Keyboard)
    hand.form("messages.2.content.0")
    expect(hand.field).to_be_focused()
    notebook.page.keyboard.press("ControlOrMeta+a")
    notebook.page.keyboard.insert_text("in the midst")
    for _ in range(5):
        notebook.page.keyboard.press("ArrowLeft")
    notebook.page.evaluate(
        "() => panel().sessionContext.session.kernel.requestExecute("
        "{ code: \"chat.edit('messages.0.content', 'by code')\" }).done.then(() => {})"
    )
    expect(hand.editor.block("messages.0.content")).to_contain_text("by code")
    expect(hand.field).to_be_focused()
    notebook.page.keyboard.insert_text("very ")
    expect(hand.field).to_have_value("in the very midst")
    hand.save()
    body = sent(hand)
    assert body["messages"][0]["content"] == "by code"
    assert body["messages"][2]["content"] == [text("in the very midst"), text("epsilon")]


def test_what_is_copied_is_pasted_and_a_picture_becomes_a_block(open_notebook: Open) -> None:
    notebook = shown(open_notebook)
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hand = begin(notebook, Keyboard)
    hand.enter(hand.editor.block("messages.1.content.1"))
    notebook.page.keyboard.press("ControlOrMeta+c")
    hand.enter(hand.editor.block("messages.2.content.1"))
    notebook.page.keyboard.press("ControlOrMeta+v")
    expect(hand.editor.block("messages.2.content.2")).to_contain_text("gamma")
    notebook.page.evaluate(COPY_A_PICTURE)
    notebook.page.keyboard.press("ControlOrMeta+v")
    expect(hand.editor.root.get_by_role("group", name=re.compile("^image block"))).to_be_visible()
    body = sent(hand)
    assert [block["type"] for block in body["messages"][2]["content"]] == ["text", "text", "image", "text"]
    assert body["messages"][2]["content"][2]["source"]["media_type"] == "image/png"
    assert body["messages"][2]["content"][3] == text("gamma")


COPY_A_PICTURE = """async () => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 16;
    canvas.getContext('2d').fillRect(2, 2, 9, 9);
    const blob = await new Promise(done => canvas.toBlob(done));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]); }"""


def test_a_block_is_dragged_to_another_message_and_its_role_is_changed(open_notebook: Open) -> None:
    notebook = shown(open_notebook)
    hand = begin(notebook, Mouse)
    block = hand.editor.block("messages.2.content.1")
    block.hover()
    block.locator(".nbk-grip").drag_to(
        hand.editor.block("messages.1.content.0"), target_position={"x": 20, "y": 2}
    )
    expect(hand.editor.block("messages.1.content.0")).to_contain_text("epsilon")
    hand.say_as("messages.1", "user")
    expect(hand.editor.root.locator(".nbk-role-assistant")).to_have_count(0)
    assert sent(hand)["messages"] == [
        ARRAY[0],
        {"role": "user", "content": [text("epsilon"), text("beta"), text("gamma")]},
        {"role": "user", "content": [text("delta")]},
    ]


@pytest.mark.parametrize("hands", HANDS)
def test_system_prompt_tools_and_parameters_are_what_is_sent(open_notebook: Open, hands: type[Hands]) -> None:
    notebook = shown(open_notebook)
    hand = begin(notebook, hands)
    hand.set("system", "Be brief.")
    tool = {"name": "f", "description": "does f", "input_schema": {"type": "object"}}
    hand.set(
        "params", {"model": "claude-sonnet-5", "max_tokens": 99, "tools": [tool], "version": "2026-10-21"}
    )
    hand.set("tools.0", {**tool, "description": "does g"})
    body = sent(hand)
    assert (body["system"], body["max_tokens"]) == ("Be brief.", 99)
    assert [each["description"] for each in body["tools"]] == ["does g"]
    assert "thinking" not in body


CALLED = [
    {"role": "user", "content": "The weather in Paris?"},
    {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}}],
    },
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "rain"}]},
]


@pytest.mark.parametrize("hands", HANDS)
def test_a_result_is_written_as_its_text_and_marked_as_an_error(
    open_notebook: Open, hands: type[Hands]
) -> None:
    notebook = open_notebook([setup(), f"chat.tools = [get_weather]\nchat.messages = {CALLED!r}\nchat"])
    notebook.run(0, 1)
    hand = begin(notebook, hands)
    hand.editor.wait("ready")
    hand.form("messages.2.content.0")
    mark = hand.editor.root.get_by_role("checkbox", name="is_error")
    hand.go(mark) if isinstance(hand, Keyboard) else None
    mark.press("Space")
    hand.field.focus()
    hand.write("snow")
    expect(hand.editor.block("messages.2.content.0")).to_contain_text("snow")
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "snow", "is_error": True}
    assert sent(hand)["messages"][2]["content"] == [result]
