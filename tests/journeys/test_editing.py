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
    expect(editor.block("messages.2.content.2")).to_have_class(re.compile("nbk-cached"))
    delete(hand, "messages.2.content.0")
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


def delete(hand: Hands, path: str) -> None:
    if isinstance(hand, Mouse):
        hand.editor.delete(path)
    else:
        hand.do(path, "Delete", "Delete")


def once(hand: Hands, way: str) -> None:
    """Undo or redo one step, and wait until it shows."""
    shown = hand.editor.root.locator(".nbk-list")
    before = shown.inner_html()
    hand.press(hand.button(way))
    hand.page.wait_for_function(
        "([list, before]) => list.innerHTML !== before", arg=[shown.element_handle(), before]
    )
