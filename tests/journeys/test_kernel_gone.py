"""A kernel that was shut down, and one that is out of reach: the page says which, and no button is dead."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, ran, received, results, setup
from journeys.test_away import close, open_again

START = "() => panel().sessionContext.startKernel()"


def test_a_kernel_that_was_shut_down_is_called_so_and_no_button_asks_it(open_notebook: Open) -> None:
    notebook, editor = paused(open_notebook)
    notebook.start(2)  # the kernel hears nothing while this cell runs
    editor.card().press("Run")
    editor.wait_for("the kernel is busy")
    editor.card().press("Fake")
    editor.card().write("hail, 1 °C")
    notebook.shut_down()

    expect(said(editor)).to_contain_text("no kernel: it was shut down")
    expect(said(editor)).to_contain_text("run the cells again")
    expect(editor.root).not_to_contain_text("busy")
    assert live_buttons(editor) == {"raw", "Cancel"}
    expect(editor.card().root.get_by_role("textbox")).to_have_value("hail, 1 °C")
    editor.card().root.get_by_role("textbox").press("Control+Enter")
    expect(editor.card().root.get_by_role("alert")).to_contain_text("no kernel")
    assert ran(notebook) == []

    notebook.page.evaluate(START)
    editor.expect_static("paused")
    notebook.run(0, 1)
    editor.wait("paused")
    expect(said(editor)).to_have_text("")
    editor.card().press("Use as result")  # what was written is still there
    editor.wait("idle")
    assert ran(notebook) == []
    assert results(received(notebook)[-1])[0]["content"] == "hail, 1 °C"


def test_a_lost_connection_is_called_so_and_what_is_asked_waits(open_notebook: Open) -> None:
    notebook, editor = paused(open_notebook)
    close(notebook)
    expect(said(editor)).to_contain_text("not connected to the kernel")
    editor.card().fake("hail, 1 °C")
    expect(said(editor)).to_contain_text("waits until the connection is back")
    open_again(notebook)
    editor.wait("idle")
    expect(said(editor)).to_have_text("")
    assert results(received(notebook)[-1])[0]["content"] == "hail, 1 °C"


def paused(open_notebook: Open) -> tuple[Notebook, Editor]:
    notebook = open_notebook([setup(), ask(QUESTION), "import time\nwhile True:\n    time.sleep(0.1)"])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    return notebook, editor


def said(editor: Editor) -> Locator:
    return editor.root.locator(".nbk-status")


def live_buttons(editor: Editor) -> set[str]:
    """What can be pressed, but for what only unfolds something."""
    return set(editor.root.locator("button:not([aria-disabled=true]):not([aria-expanded])").all_inner_texts())
