"""What opens beside the array, for everyone: axe-core on it, and its states in the system's own colours."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.judge import violations
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, setup
from journeys.test_what_if import Question
from journeys.test_wire import Wire

Scene = Callable[[Open], tuple[Notebook, Editor]]
SHOWN = """\
chat.model = "claude-opus-5-5"  # its thinking is signed for what stands before it
chat"""
TALK = """\
chat.send("Which is larger, 9.11 or 9.9?")
chat.send("And 3.2 or 3.12? Explain it.")
chat.rewind(2)
chat.send("And 3.3 or 3.13? Explain it.")
None"""


def talk(open_notebook: Open) -> tuple[Notebook, Editor]:
    """Two branches side by side, the wire of a reply, a guard's question, a search, and a selected block."""
    notebook = open_notebook([setup(), SHOWN, TALK])
    notebook.page.set_viewport_size({"width": 1280, "height": 2800})
    notebook.run(0, 1, 2)
    editor = Editor(notebook, 1)
    editor.wait("idle")
    wire = Wire(editor, "messages.1")
    wire.open()
    wire.events.get_by_role("option").nth(2).click()
    editor.press("2 branches ▾")
    editor.press("compare with branch-1")
    expect(editor.root.get_by_role("region", name="compared with branch branch-1")).to_be_visible()
    first = editor.block("messages.0.content")
    first.focus()
    first.press("Enter")
    first.get_by_role("textbox").fill("Which is larger, 9.1 or 9.9?")
    first.get_by_role("textbox").press("ControlOrMeta+Enter")
    expect(first.get_by_role("alertdialog")).to_be_visible()
    editor.block("messages.1.content.1").click(modifiers=["ControlOrMeta"])
    editor.press("Search")
    editor.root.get_by_role("textbox", name="search in the messages").fill("larger")
    expect(editor.root.get_by_role("search").get_by_role("status")).to_contain_text("1 of")
    return notebook, editor


def table(open_notebook: Open) -> tuple[Notebook, Editor]:
    """A pause with a table of what was tried, the foot with limits that are none, and a remark."""
    notebook = open_notebook([setup(), ask(QUESTION)])
    notebook.page.set_viewport_size({"width": 1280, "height": 2800})
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().press("What if…")
    question = Question(editor)
    question.fake(2, "snow, -3 °C")
    question.press("Try 2")
    question.wait_done(2)
    editor.press("Add a remark ▾")
    editor.root.get_by_role("button", name=re.compile("^limits of")).click()
    editor.root.get_by_role("textbox", name="requests").fill("many")
    expect(editor.root.get_by_role("textbox", name="requests")).to_have_attribute("aria-invalid", "true")
    return notebook, editor


PLAIN = "each => { const plain = document.createElement('span'); plain.append(...each.childNodes); \
each.replaceWith(plain); }"
# What tells a state, and how the same looks without it.
STATES: dict[Scene, dict[str, str]] = {
    talk: {
        "[aria-pressed=true]": "each => each.removeAttribute('aria-pressed')",
        ".nbk-wire-row[aria-selected=true]": "each => each.classList.remove('nbk-chosen')",
        ".nbk-lane > i": "each => each.remove()",
        ".nbk-diff ins": PLAIN,
        ".nbk-diff del": PLAIN,
        ".nbk-selected": "each => each.classList.remove('nbk-selected')",
        ".nbk-list .nbk-md": "each => CSS.highlights.clear()",
        ".nbk-found-at": "each => each.classList.remove('nbk-found-at')",
    },
    table: {
        "[aria-disabled=true]": "each => each.removeAttribute('aria-disabled')",
        "[aria-invalid=true]": "each => each.removeAttribute('aria-invalid')",
        ".nbk-table mark": PLAIN,
        ".nbk-card-open": "each => each.classList.remove('nbk-card-open')",
    },
}


@pytest.mark.parametrize("scene", STATES)
def test_axe_finds_nothing_in_what_opens_beside_the_array(open_notebook: Open, scene: Scene) -> None:
    notebook, editor = scene(open_notebook)
    assert violations(notebook, {"view": editor.root}) == {}


@pytest.mark.parametrize("scene", STATES)
def test_every_state_shows_in_the_colours_of_the_system(open_notebook: Open, scene: Scene) -> None:
    notebook, editor = scene(open_notebook)
    notebook.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    unseen = []
    for selector, without in STATES[scene].items():
        part = editor.root.locator(selector).first
        around = surroundings(part)
        before = picture(notebook, around)
        part.evaluate(without)
        if picture(notebook, around) == before:
            unseen.append(selector)
    assert unseen == []


def test_the_focus_shows_in_the_colours_of_the_system(open_notebook: Open) -> None:
    notebook, editor = talk(open_notebook)
    notebook.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    unseen = []
    for _ in range(25):
        notebook.page.keyboard.press("Tab")
        part = editor.root.locator(":focus")
        around = surroundings(part)
        before = picture(notebook, around)
        element = part.element_handle()
        element.evaluate("each => each.blur()")
        if picture(notebook, around) == before:
            unseen.append(element.evaluate("each => each.outerHTML.slice(0, 120)"))
        element.evaluate("each => each.focus()")
    assert unseen == []


def surroundings(part: Locator) -> FloatRect:
    """Where a part stands in the window, with what is drawn around it."""
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    assert box is not None
    return {"x": box["x"] - 8, "y": box["y"] - 8, "width": box["width"] + 16, "height": box["height"] + 16}


def picture(notebook: Notebook, around: FloatRect) -> bytes:
    return notebook.page.screenshot(clip=around, animations="disabled", caret="hide")
