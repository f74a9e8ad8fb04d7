"""What somebody does who is new, clumsy or unlucky: nothing of it may end the kernel or lose the record."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, ran, received, results, setup, shape

# A tool that does what the variable `trouble` says, instead of answering.
TROUBLE = """\
import sys

trouble = None


@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    match trouble:
        case "exit":
            sys.exit(3)
        case "interrupt":
            raise KeyboardInterrupt
        case "stop":
            return next(iter([]))
        case _:
            return "\\ud800 fog"
"""
ALIVE = "print(trouble)"
# What streams above it pushes a button out from under the pointer.
MOVED = """button => new Promise(resolve => {
  const before = button.getBoundingClientRect();
  const top = () => button.getBoundingClientRect().top;
  const look = () => top() > before.bottom ? resolve() : requestAnimationFrame(look);
  look();
})"""
REOPEN = """async (path) => {
    const { commands } = jupyterapp;
    await commands.execute('application:close');
    await commands.execute('docmanager:open', { path });
}"""


@pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])
def test_no_tool_ends_the_kernel_or_hangs(open_notebook: Open, old_kernel: str, kernel: str) -> None:
    said = {"exit": "SystemExit: 3", "stop": "StopIteration", "fog": "\ufffd fog"}
    cells = [setup(), TROUBLE, ask(QUESTION), ALIVE]
    notebook = open_notebook(
        [*cells, *(f"trouble = {word!r}" for word in ("interrupt", *said))], kernel=kernel
    )
    notebook.run(0, 1, 4, 2)
    editor = Editor(notebook, 2)
    editor.wait("paused")
    editor.card().press("Run")
    editor.wait_for(
        "was interrupted and may have run: decide again, with Run, Fake or Refuse, or end the turn with Stop"
    )
    for cell, words in enumerate(said.values(), 5):
        notebook.run(cell, 2)
        editor.wait("paused")
        editor.card().press("Run")
        editor.wait("idle")
        assert words in results(received(notebook)[-1])[0]["content"]
    notebook.run(3)
    assert notebook.text(3).strip() == "fog"  # the same kernel as ever, with its variables


def test_a_turn_that_was_undone_to_its_beginning_can_be_had_again(open_notebook: Open) -> None:
    notebook = paused(open_notebook)
    editor = Editor(notebook, 1)
    editor.press("undo")
    editor.wait("stale")
    editor.press("redo")
    editor.wait("paused")
    editor.delete("messages.1.content.2")
    expect(editor.cards).to_have_count(0)
    editor.press("undo")
    editor.card().press("Run")
    editor.wait("idle")
    assert ran(notebook) == ["Paris"]
    assert shape(received(notebook)[-1])[-1] == ("user", ["tool_result"])


def test_a_cell_that_is_refused_because_another_one_waits_keeps_its_turn(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), ask("And in Oslo?")])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().fake("hail")
    editor.wait("idle")
    notebook.run(2)
    Editor(notebook, 2).wait("paused")
    notebook.start(1)
    notebook.wait_done(1)
    assert "chat is paused on get_weather" in notebook.text(1)
    editor.wait_for("hail")


def test_deleting_what_was_said_takes_the_message(open_notebook: Open) -> None:
    notebook = paused(open_notebook, "print(len(chat.messages))")
    Editor(notebook, 1).delete("messages.0.content")
    expect(Editor(notebook, 1).root.locator(".nbk-role-user")).to_have_count(0)
    notebook.run(2)
    assert notebook.text(2).strip() == "1"
    assert [shape(body) for body in received(notebook)] == [[("user", ["text"])]]


def test_a_page_that_was_reloaded_in_mid_stream_saves_how_it_went_on(open_notebook: Open) -> None:
    notebook = open_notebook([setup(wait=0.1), ask(QUESTION)])
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("streaming")
    notebook.reload()
    editor.wait("paused")
    expect_saved(notebook, "paused: waiting for a decision")
    assert [shape(body) for body in received(notebook)] == [[("user", ["text"])]]


def test_a_notebook_that_was_closed_and_opened_again_goes_on_being_saved(open_notebook: Open) -> None:
    notebook = paused(open_notebook)
    notebook.save()
    notebook.page.evaluate(REOPEN, notebook.name)
    notebook.wait_idle()
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().fake("hail, 1 °C")
    editor.wait("idle")
    expect_saved(notebook, "hail, 1 °C")
    assert results(received(notebook)[-1])[0]["content"] == "hail, 1 °C"


def test_while_a_cell_streams_only_the_toolbar_stops_it(open_notebook: Open) -> None:
    notebook = open_notebook([setup(wait=0.1), ask(QUESTION)])
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("streaming")
    expect(editor.root.get_by_role("button", name="Stop")).to_have_count(0)
    editor.wait("paused")
    editor.card().press("Run")
    editor.wait("streaming")
    editor.press("Stop")
    editor.wait_for("nothing of it was kept")
    editor.press("Continue")
    editor.wait("idle")
    assert len(received(notebook)) == 3
    assert received(notebook)[1] == received(notebook)[2]


def test_a_button_that_moves_away_under_the_pointer_is_pressed(open_notebook: Open) -> None:
    notebook = paused(open_notebook, "Recorder.wait = 0.1")
    notebook.run(2)
    editor = Editor(notebook, 1)
    editor.card().press("Run")
    editor.wait("streaming")
    stop = editor.root.get_by_role("button", name="Stop", exact=True)
    stop.hover()
    notebook.page.mouse.down()
    notebook.page.evaluate(MOVED, stop.element_handle())
    notebook.page.mouse.up()
    editor.wait_for("nothing of it was kept")
    assert len(received(notebook)) == 2


def test_prices_in_dollars_are_no_formula(open_notebook: Open) -> None:
    words = "It costs $5 and then $10."
    notebook = open_notebook([setup(), f"chat.messages = [{{'role': 'user', 'content': {words!r}}}]\nchat"])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait_for(words)
    notebook.restart()
    editor.expect_static(words)
    expect(notebook.page.locator("mjx-container")).to_have_count(0)
    assert received(notebook) == []  # an array that is only looked at is not sent


def paused(open_notebook: Open, *more: str) -> Notebook:
    """A notebook whose second cell is paused on one call."""
    notebook = open_notebook([setup(), ask(QUESTION), *more])
    notebook.run(0, 1)
    Editor(notebook, 1).wait("paused")
    return notebook


def expect_saved(notebook: Notebook, words: str) -> None:
    """The page has written these words into its notebook, and saving puts them into the file."""
    outputs: list[dict[str, Any]] = notebook.save_once(1, words)["cells"][1]["outputs"]
    assert words in re.sub(r"\s+", " ", "".join(outputs[0]["data"]["text/plain"]))
