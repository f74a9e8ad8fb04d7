"""A cell that waits for the decisions of a person: clicks arrive while it blocks, or it refuses to wait."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, ran, received, results, setup, shape

WAIT = {"blocking": "print(chat.wait().text)", "awaiting": "print((await chat.await_()).text)"}


@pytest.mark.parametrize("way", WAIT)
def test_a_click_decides_while_a_cell_waits(open_notebook: Open, way: str) -> None:
    notebook = waiting(open_notebook, WAIT[way])
    Editor(notebook, 1).card().press("Run")
    notebook.wait_done(2)
    assert "light rain in Paris" in notebook.text(2)
    assert ran(notebook) == ["Paris"]
    assert [shape(body)[-1] for body in received(notebook)] == [("user", ["text"]), ("user", ["tool_result"])]


@pytest.mark.parametrize("way", WAIT)
def test_an_interrupt_ends_the_wait_and_the_card_is_there_to_press(open_notebook: Open, way: str) -> None:
    notebook = waiting(open_notebook, WAIT[way])
    interrupted(notebook, 2)
    assert notebook.text(2).startswith(("KeyboardInterrupt", "CancelledError"))
    Editor(notebook, 1).card().fake("hail, 1 °C")
    Editor(notebook, 1).wait("idle")
    assert results(received(notebook)[-1])[0]["content"] == "hail, 1 °C"


@pytest.mark.parametrize("way", WAIT)
def test_a_kernel_that_hears_no_click_refuses_to_wait(open_notebook: Open, old_kernel: str, way: str) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), WAIT[way]], kernel=old_kernel)
    notebook.run(0, 1)
    notebook.start(2)
    notebook.wait_done(2)
    assert "hears no click from this page: decide on the card, and go on in the next cell" in notebook.text(2)
    Editor(notebook, 1).card().press("Run")
    Editor(notebook, 1).wait("idle")


def waiting(open_notebook: Open, cell: str) -> Notebook:
    """A notebook that is paused in its second cell, and waits in its third."""
    notebook = open_notebook([setup(), ask(QUESTION), cell])
    notebook.run(0, 1)
    Editor(notebook, 1).wait("paused")
    notebook.start(2)
    notebook.page.wait_for_function("() => panel().sessionContext.session.kernel.status === 'busy'")
    return notebook


def interrupted(notebook: Notebook, cell: int) -> None:
    """Press ■ as long as it takes: the kernel drops one that falls on a message of the page."""
    for _ in range(5):
        notebook.interrupt()
        with suppress(TimeoutError):
            return notebook.wait_done(cell, seconds=10)
    raise AssertionError("an interrupt does not end the wait")
