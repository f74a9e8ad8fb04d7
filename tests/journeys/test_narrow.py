"""Narrow cells, as at a zoom of 200 %: what one reads has the width, and buttons are in sight."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, setup
from journeys.test_what_if import Question

TALK = """\
@nbkit.tool
def get_forecast(city: str) -> str:
    \"\"\"Forecast for a city. It goes on as those of real tools do: which units it uses, how it fails,
    which words mean which kind of weather, and what a model shall do with all of it when it answers.

    The last line of it.\"\"\"
    return "snow"
talk = nbkit.Conversation(client=Recorder(), tools=[get_forecast])
talk.messages = [
    {"role": "user", "content": "Am I right in thinking that it rains tomorrow?"},
    {"role": "assistant", "content": [
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "toolu_1", "name": "get_forecast", "input": {"city": "Paris"}}]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "snow"}]},
    {"role": "assistant", "content": "It snows, understandably."},
]
talk"""
LINES = (
    "each => Math.round(each.getBoundingClientRect().height / parseFloat(getComputedStyle(each).lineHeight))"
)
WIDTHS = """view => [...view.querySelectorAll('.nbk-list .nbk-block > :is(.nbk-text, .nbk-box)')]
    .map(each => [each, each.closest('.nbk-blocks')].map(part => part.getBoundingClientRect().width))
    .map(([own, all]) => own / all)"""
BOX = "each => each.getBoundingClientRect().toJSON()"


def talk(open_notebook: Open, width: int) -> tuple[Notebook, Editor]:
    notebook = open_notebook([setup(), TALK])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("idle")
    editor.root.evaluate("(each, width) => { each.style.width = `${width}px`; }", width)
    return notebook, editor


@pytest.mark.parametrize("width", [250, 500])
def test_texts_have_the_width_and_their_buttons_another_line(open_notebook: Open, width: int) -> None:
    _, editor = talk(open_notebook, width)
    block = editor.block("messages.1.content.0")
    assert all(share > 0.85 for share in editor.root.evaluate(WIDTHS))
    block.hover()
    button = editor.root.get_by_role("button", name="edit messages.1.content.0")
    text = block.locator(".nbk-text")
    assert button.evaluate(BOX)["bottom"] <= text.evaluate(BOX)["top"] + 2


def test_what_is_said_at_the_foot_has_a_line_of_its_own(open_notebook: Open) -> None:
    notebook, editor = talk(open_notebook, 500)
    notebook.page.set_viewport_size({"width": 1280, "height": 2000})  # else it lies over the page
    foot = editor.root.locator(".nbk-foot")
    step = foot.locator(".nbk-check")
    before = step.evaluate(BOX)
    assert step.evaluate(LINES) == 1
    editor.press("Share clean")
    status = foot.get_by_role("status")
    expect(status).to_contain_text("is a copy without private results")
    box, after = status.evaluate(BOX), step.evaluate(BOX)
    assert box["width"] > foot.evaluate(BOX)["width"] - 30
    assert before["left"] == after["left"]
    assert box["top"] >= after["bottom"]
    editor.root.evaluate("each => { each.style.width = '250px'; }")
    assert step.evaluate(LINES) == 1


@pytest.mark.parametrize("width", [250, 1000])
def test_a_long_description_of_a_tool_takes_one_line_until_it_is_unfolded(
    open_notebook: Open, width: int
) -> None:
    _, editor = talk(open_notebook, width)
    line = editor.root.locator(".nbk-tool summary")
    assert line.evaluate(LINES) == 1
    line.click()
    assert line.evaluate(LINES) > 2
    expect(line).to_contain_text("The last line of it.")


@pytest.mark.parametrize("width", [250, 500])
def test_the_rows_of_a_what_if_have_their_buttons_in_sight(open_notebook: Open, width: int) -> None:
    notebook = open_notebook([setup(), ask(QUESTION)])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().press("What if…")
    question = Question(editor)
    question.fake(2, "snow, -3 °C")
    question.press("Try 2")
    question.wait_done(2)
    editor.root.evaluate("(each, width) => { each.style.width = `${width}px`; }", width)
    edge = editor.view.evaluate(BOX)["right"]
    for button in question.root.locator(".nbk-go-on button").all():
        assert button.evaluate(BOX)["right"] < edge
    assert question.root.locator(".nbk-table").evaluate("each => each.scrollWidth <= each.clientWidth")
    row = question.root.get_by_role("row", name="snow, -3 °C")
    expect(row.get_by_role("rowheader")).to_have_text("snow, -3 °C")
    expect(row.get_by_role("cell").first).to_contain_text("Paris")
    expect(question.root.get_by_role("columnheader", name="then")).to_have_count(1)
