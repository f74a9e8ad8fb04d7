"""Somebody leaves in the middle of it (a reload, a closed laptop) and comes back: the kernel has gone on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, ran, received, results, setup, shape

KERNELS = pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])
# A tool that takes as long as the test wants.
SLOW_TOOL = """\
import os, time


@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    with open("ran.txt", "a") as log:
        log.write(city + "\\n")
    while not os.path.exists("enough"):
        time.sleep(0.02)
    return f"light rain in {city}, 11 °C"
"""
# Offline, the server's answer to a close may never come: Lab is told at once, as by a line that broke.
CUT_OFF = """() => {
  const socket = panel().sessionContext.session.kernel._ws;
  const told = socket?.onclose;
  socket?.close();
  told?.call(socket, new CloseEvent("close", { code: 1006 }));
}"""
IS_AWAY = "() => panel().sessionContext.session.kernel.connectionStatus !== 'connected'"
IS_BACK = "() => panel().sessionContext.session.kernel.connectionStatus === 'connected'"
CONNECT = "() => { panel().sessionContext.session.kernel.reconnect(); }"


@KERNELS
def test_a_reload_while_a_tool_runs_finds_it_running_and_its_result(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = tool_runs(open_notebook, kernel)
    notebook.reload()
    editor = Editor(notebook, 2)
    editor.wait_for("running")
    enough(notebook)
    editor.wait("idle")
    editor.wait_for("light rain in Paris")
    expect_one_run(notebook)


@KERNELS
def test_a_cell_run_again_while_its_tool_runs_keeps_its_card_and_goes_on_there(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = tool_runs(open_notebook, kernel)
    notebook.start(2)
    notebook.wait_done(2)
    assert "wait for its end, or press its Stop" in notebook.text(2)
    editor = Editor(notebook, 2)
    editor.wait_for("running")
    expect(editor.card().root.get_by_role("button", name="Stop")).to_be_enabled()
    enough(notebook)
    editor.wait("idle")
    editor.wait_for("light rain in Paris")
    expect_one_run(notebook)


@KERNELS
def test_a_reload_while_a_click_streams_finds_the_answer(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = answer_streams(open_notebook, kernel)
    notebook.reload()
    editor = Editor(notebook, 2)
    editor.wait("idle")
    editor.wait_for("light rain in Paris")
    expect_one_run(notebook)


@KERNELS
def test_a_laptop_that_was_closed_while_a_tool_ran_shows_what_came_of_it(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = tool_runs(open_notebook, kernel)
    close(notebook)
    enough(notebook)
    answered(notebook)
    open_again(notebook)
    editor = Editor(notebook, 2)
    editor.wait("idle")
    editor.wait_for("light rain in Paris")
    expect_one_run(notebook)


def test_a_laptop_that_was_closed_in_mid_stream_shows_the_answer(open_notebook: Open) -> None:
    notebook = answer_streams(open_notebook, "python3")
    close(notebook)
    open_again(notebook)
    editor = Editor(notebook, 2)
    editor.wait("idle")
    editor.wait_for("light rain in Paris")
    expect_one_run(notebook)


@KERNELS
def test_a_laptop_that_was_closed_in_mid_pause_finds_the_pause(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = paused(open_notebook, kernel)
    close(notebook)
    open_again(notebook)
    editor = Editor(notebook, 2)
    editor.wait("paused")
    editor.card().fake("hail, 1 °C")
    editor.wait("idle")
    assert ran(notebook) == []
    assert results(received(notebook)[-1])[0]["content"] == "hail, 1 °C"


def test_a_press_while_the_laptop_is_offline_is_said_and_not_done_twice(open_notebook: Open) -> None:
    notebook = paused(open_notebook, "python3")
    enough(notebook)
    close(notebook)
    editor = Editor(notebook, 2)
    editor.card().press("Run")
    open_again(notebook)
    editor.wait("idle")
    expect_one_run(notebook)


def paused(open_notebook: Open, kernel: str, wait: float = 0) -> Notebook:
    notebook = open_notebook([setup(), SLOW_TOOL, ask(QUESTION), f"Recorder.wait = {wait}"], kernel=kernel)
    notebook.run(0, 1, 2, 3)
    Editor(notebook, 2).wait("paused")
    return notebook


def tool_runs(open_notebook: Open, kernel: str) -> Notebook:
    notebook = paused(open_notebook, kernel)
    Editor(notebook, 2).card().press("Run")
    Editor(notebook, 2).wait_for("running")
    return notebook


def answer_streams(open_notebook: Open, kernel: str) -> Notebook:
    notebook = paused(open_notebook, kernel, wait=0.2)
    enough(notebook)
    Editor(notebook, 2).card().press("Run")
    Editor(notebook, 2).wait("streaming")
    return notebook


def close(notebook: Notebook) -> None:
    """Close the laptop: the page's connection is gone, and none can be made."""
    notebook.page.context.set_offline(True)
    # Lab may just be connecting anew when the line is cut: then that connection is cut as well.
    notebook.page.wait_for_function(f"() => {{ ({CUT_OFF})(); return ({IS_AWAY})(); }}", polling=200)


def open_again(notebook: Notebook) -> None:
    notebook.page.context.set_offline(False)
    notebook.page.evaluate(CONNECT)
    notebook.page.wait_for_function(IS_BACK)


def enough(notebook: Notebook) -> None:
    """Let the tool come to its end."""
    (notebook.file.parent / "enough").touch()


def answered(notebook: Notebook) -> None:
    """The kernel has gone on with the result."""
    notebook.page.wait_for_timeout(0)
    for _ in range(600):
        if len(received(notebook)) == 2:
            return
        notebook.page.wait_for_timeout(50)
    raise AssertionError("the kernel did not go on")


def expect_one_run(notebook: Notebook) -> None:
    assert ran(notebook) == ["Paris"]
    assert [shape(body)[-1] for body in received(notebook)] == [("user", ["text"]), ("user", ["tool_result"])]
    assert results(received(notebook)[-1])[0]["content"] == "light rain in Paris, 11 °C"
    expect(Editor(notebook, 2).cards).to_have_count(0)
