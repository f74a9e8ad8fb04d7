"""The debugger's controls in a real page: samples, always, run to end, a tool that is given up, what if."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.scenes import QUESTION, TWO_CITIES, ask, ran, received, results, setup

HANGS = """\
import threading

ends = threading.Event()


@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    ends.wait(60)
    return "too late"
"""


def test_run_to_end_runs_every_call_and_answers(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(TWO_CITIES)])
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.press("Run to end")
    editor.wait("idle")
    assert sorted(ran(notebook)) == ["Oslo", "Paris"]
    first, second = results(received(notebook)[-1])
    assert (first["content"], second["content"]) == (
        "light rain in Paris, 11 °C",
        "light rain in Oslo, 11 °C",
    )


def test_a_real_result_is_offered_when_the_next_call_is_faked(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), ask("And in Oslo?")])
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().press("Run")
    editor.wait("idle")
    notebook.start(2)
    editor = Editor(notebook, 2)
    editor.wait("paused")
    card = editor.card()
    card.press("Fake")
    card.press("the last real result")
    expect(card.root.locator("textarea")).to_have_value("light rain in Paris, 11 °C")
    card.press("Use as result")
    editor.wait("idle")
    assert ran(notebook) == ["Paris"]
    assert results(received(notebook)[-1])[0]["content"] == "light rain in Paris, 11 °C"


def test_always_run_this_one(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), ask("And in Oslo?")])
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().root.get_by_label("always").check()
    editor.card().press("Run")
    editor.wait("idle")
    notebook.start(2)
    Editor(notebook, 2).wait("idle")
    assert ran(notebook) == ["Paris", "Oslo"]


def test_a_hanging_tool_is_given_up_and_faked(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), HANGS, ask(QUESTION)])
    notebook.run(0)
    notebook.run(1)
    notebook.start(2)
    editor = Editor(notebook, 2)
    editor.wait("paused")
    editor.card().press("Run")
    editor.wait("running")
    editor.card().press("Give up")
    editor.wait("paused")
    editor.card().fake("hail, 1 °C")
    editor.wait("idle")
    editor.wait_for("hail")
    assert results(received(notebook)[-1])[0]["content"] == "hail, 1 °C"


def test_what_if_lays_answers_side_by_side_and_leaves_the_pause_alone(open_notebook: Open) -> None:
    tried = 'nbkit.what_if(chat, snow=nbkit.Fake("snow, -3 °C"), evil=nbkit.Fake("22 <b id=evil> 22"))'
    notebook = open_notebook([setup(), ask(QUESTION), tried])
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    notebook.run(2)
    table = notebook.output(2).locator(".nbk table")  # the saved one is hidden behind it
    expect(table.locator("tr")).to_have_count(3)
    expect(table).to_contain_text(re.compile("-3 °C"))
    expect(table.locator("b")).to_have_count(0)
    editor.wait("paused")
    assert ran(notebook) == []
