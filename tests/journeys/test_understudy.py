"""Be the model in a real page: the cell ends, a person writes the turn on a card, the output goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask

LEGS = [("lab", "python3"), ("notebook", "python3"), ("lab", "ipykernel6")]
SETUP = """\
import nbkit
%load_ext nbkit


@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    return f"light rain in {city}, 11 °C"


simulator = nbkit.Simulator(brain="person")
chat = nbkit.Conversation(client=simulator, tools=[get_weather])
"""


def card(editor: Editor) -> Locator:
    return editor.root.get_by_role("group", name="you are the model")


def press(editor: Editor, label: str) -> None:
    card(editor).get_by_role("button", name=label, exact=True).click()


def waiting(
    open_notebook: Open, *more: str, app: str = "lab", kernel: str = "python3"
) -> tuple[Notebook, Editor]:
    """A notebook whose cell has ended, and whose model is the person at the page."""
    notebook = open_notebook([SETUP, ask(QUESTION), *more], app=app, kernel=kernel)
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    expect(card(editor)).to_be_visible(timeout=30_000)
    return notebook, editor


@pytest.mark.parametrize(("app", "kernel"), LEGS)
def test_a_person_calls_a_tool_reads_its_result_and_answers(
    open_notebook: Open, old_kernel: str, app: str, kernel: str
) -> None:
    notebook, editor = waiting(
        open_notebook, "len(simulator.person.waiting)", "chat.messages[-1]['content']", app=app, kernel=kernel
    )
    assert "no page" not in notebook.text(1)
    notebook.run(2)  # the kernel is free while the person thinks
    assert notebook.text(2).strip() == "1"

    press(editor, "+ tool call")
    press(editor, "Send")
    editor.wait("paused")
    editor.card().press("Run")
    expect(card(editor)).to_be_visible(timeout=30_000)
    editor.wait_for("light rain in")
    card(editor).get_by_role("textbox").fill("Take an umbrella along.")
    card(editor).get_by_role("textbox").press("Control+Enter")
    editor.wait("idle")
    editor.wait_for("Take an umbrella along.")
    expect(card(editor)).to_have_count(0)
    notebook.run(3)
    assert "Take an umbrella along." in notebook.text(3)


def test_what_no_model_says_is_refused_in_the_card(open_notebook: Open) -> None:
    _, editor = waiting(open_notebook)
    press(editor, "Send")
    expect(card(editor).get_by_role("alert")).to_contain_text("the turn is empty")
    card(editor).get_by_role("textbox").fill("Something, then.")
    press(editor, "Send")
    editor.wait("idle")
    editor.wait_for("Something, then.")


def test_a_reload_keeps_the_request_and_stop_withdraws_it(open_notebook: Open) -> None:
    notebook, editor = waiting(open_notebook, "simulator.person.waiting")
    notebook.reload()
    editor = Editor(notebook, 1)
    expect(card(editor)).to_be_visible(timeout=30_000)
    editor.press("Stop")
    expect(card(editor)).to_have_count(0)
    notebook.run(2)
    assert notebook.text(2).strip() == "[]"


def test_another_cell_is_told_that_the_model_has_not_spoken_yet(open_notebook: Open) -> None:
    notebook, editor = waiting(open_notebook, ask("And in Oslo?"))
    notebook.start(2)
    notebook.wait_done(2)
    assert "chat is streaming a reply: wait for its end, or press its Stop" in notebook.text(2)
    card(editor).get_by_role("textbox").fill("First this.")
    press(editor, "Send")
    editor.wait("idle")


def test_a_desk_answers_another_program(open_notebook: Open) -> None:
    program = """\
import threading

got = []
other = nbkit.Conversation(client=simulator, system="Be brief.", tools=[get_weather])
thread = threading.Thread(target=lambda: got.append(other.send("Who is there?").text))
thread.start()
"""
    notebook = open_notebook([SETUP, "simulator.person", program, "thread.join(20); got"])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait_for("No request waits.")
    notebook.run(2)
    expect(card(editor)).to_be_visible(timeout=30_000)
    editor.wait_for("Who is there?")
    editor.wait_for("Be brief.")
    card(editor).get_by_role("textbox").fill("A person.")
    press(editor, "Send")
    editor.wait_for("No request waits.")
    notebook.run(3)
    assert "A person." in notebook.text(3)
