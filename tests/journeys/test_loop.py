"""The loop in a real page: a reply streams, pauses at its calls, takes decisions from clicks, and answers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, TWO_CITIES, ask, ran, received, results, setup, shape

LEGS = [("lab", "python3"), ("notebook", "python3"), ("lab", "ipykernel6")]


@pytest.mark.parametrize(("app", "kernel"), LEGS)
def test_fake_one_call_edit_another_and_read_the_answer(
    open_notebook: Open, old_kernel: str, app: str, kernel: str
) -> None:
    notebook = open_notebook([setup(), ask(TWO_CITIES)], app=app, kernel=kernel)
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("streaming")
    editor.wait("paused")
    expect(editor.badge).to_contain_text("simulated")
    expect(editor.cards).to_have_count(2)
    assert ran(notebook) == []

    editor.card(0).fake("snow, -3 °C")
    editor.card(0).wait_decided("faked")
    editor.card(1).edit_input('{"city": "Bergen"}')
    editor.wait("idle")

    editor.wait_for("-3")
    editor.wait_for("light rain in Bergen")
    assert ran(notebook) == ["Bergen"]
    first, second = received(notebook)
    assert shape(first) == [("user", ["text"])]
    faked, run = results(second)
    assert (faked["content"], run["content"]) == ("snow, -3 °C", "light rain in Bergen, 11 °C")
    calls = [block for block in second["messages"][1]["content"] if block["type"] == "tool_use"]
    assert [faked["tool_use_id"], run["tool_use_id"]] == [call["id"] for call in calls]
    assert [call["input"]["city"] for call in calls] == ["Paris", "Bergen"]


def test_reload_the_page_in_mid_pause_and_go_on(open_notebook: Open) -> None:
    notebook = paused(open_notebook)
    notebook.reload()
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().fake("hail, 1 °C")
    editor.wait("idle")
    editor.wait_for("hail")
    assert ran(notebook) == []
    assert [shape(body)[-1] for body in received(notebook)] == [("user", ["text"]), ("user", ["tool_result"])]
    assert results(received(notebook)[-1])[0]["content"] == "hail, 1 °C"


@pytest.mark.parametrize("windowing", ["contentVisibility", "full"])
def test_scroll_away_and_back_and_find_what_was_begun(open_notebook: Open, windowing: str) -> None:
    long = "\n".join(f"print({number})" for number in range(60))
    notebook = open_notebook([setup(), ask(QUESTION), *[long] * 4])
    notebook.use_windowing(windowing)
    notebook.run(0, 1, 2, 3, 4)
    notebook.show(1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().press("Fake")
    editor.card().write("sleet")
    notebook.show(5)
    notebook.cell(5).locator(".jp-InputArea-editor").click()
    expect(notebook.output(1)).not_to_be_in_viewport()
    notebook.show(1)
    expect(editor.card().root.get_by_role("textbox")).to_have_value("sleet")
    editor.card().press("Use as result")
    editor.wait("idle")
    editor.wait_for("sleet")
    assert results(received(notebook)[-1])[0]["content"] == "sleet"


def test_stop_in_mid_stream_keeps_the_array_and_the_cell_can_run_again(open_notebook: Open) -> None:
    notebook = open_notebook([setup(wait=0.2), ask(QUESTION), "chat.messages", "Recorder.wait = 0"])
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("streaming")
    expect(editor.root.locator(".nbk-live").first).to_be_visible()
    notebook.interrupt()
    notebook.wait_done(1)
    assert "Traceback" not in editor.record.inner_text()
    notebook.run(2)
    assert notebook.text(2) == "[]"

    notebook.run(3, 1)
    editor.wait("paused")
    editor.card().press("Run")
    editor.wait("idle")
    assert ran(notebook) == ["Paris"]
    stopped, again, last = received(notebook)
    assert stopped == again
    assert shape(last)[-1] == ("user", ["tool_result"])


def test_run_all_stops_at_the_pause_and_rerunning_replaces_the_turn(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), ask("And in Oslo?")])
    for restart in (notebook.run_all, notebook.restart_and_run_all):
        restart()
        notebook.wait_done(2)
        assert "paused" in notebook.text(2)
        assert "Traceback" not in notebook.text(2)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    notebook.run(1)
    editor.wait("paused")
    expect(editor.cards).to_have_count(1)
    editor.card().press("Run")
    editor.wait("idle")
    notebook.run(2)
    oslo = Editor(notebook, 2)
    oslo.wait("paused")
    oslo.card().press("Refuse")
    oslo.card().press("Refuse")
    oslo.wait("idle")
    *_, first, answered, second, refused = received(notebook)
    assert [len(body["messages"]) for body in (first, answered, second, refused)] == [1, 3, 5, 7]
    assert ran(notebook) == ["Paris"]
    assert results(refused)[0]["is_error"] is True


def test_run_then_look_shows_the_result_before_it_is_used(open_notebook: Open) -> None:
    notebook = paused(open_notebook)
    editor = Editor(notebook, 1)
    editor.card().press("Run, then look")
    looked_at = editor.card().root.get_by_role("textbox")
    expect(looked_at).to_have_value(re.compile("light rain in Paris"))
    assert len(received(notebook)) == 1
    editor.card().write("thunderstorm, 31 °C")
    editor.card().press("Use my version")
    editor.wait("idle")
    editor.wait_for("thunderstorm")
    assert ran(notebook) == ["Paris"]
    assert results(received(notebook)[-1])[0]["content"] == "thunderstorm, 31 °C"


def paused(open_notebook: Open) -> Notebook:
    """A notebook whose second cell is paused on one call."""
    notebook = open_notebook([setup(), ask(QUESTION)])
    notebook.run(0, 1)
    Editor(notebook, 1).wait("paused")
    return notebook
