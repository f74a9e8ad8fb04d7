"""The foot of a view and the ways back from a card, on both kernels, each to what the simulator received."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import PATIENCE, Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, TWO_CITIES, ask, ran, received, results, setup, shape

pytestmark = pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])


def paused(open_notebook: Open, kernel: str, question: str, *more: str) -> tuple[Notebook, Editor]:
    """A notebook whose second cell waits for a decision; `more` cells come after it."""
    notebook = open_notebook([setup(), ask(question), *more], kernel=kernel)
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    return notebook, editor


def test_step_is_there_without_its_box_and_does_one_thing_at_a_time(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook, editor = paused(open_notebook, kernel, TWO_CITIES)
    editor.press("Step")
    expect(editor.root.locator(".nbk-status")).to_contain_text("Step waits for a decision on get_weather")
    assert (ran(notebook), len(received(notebook))) == ([], 1)
    editor.root.get_by_label("step", exact=True).check()
    editor.card(0).press("Run")
    editor.card(0).wait_decided("ran")
    editor.card(1).fake("hail, 1 °C")
    editor.wait("ready")
    assert len(received(notebook)) == 1  # all is decided, and nothing goes out before the next step
    editor.press("Step")
    editor.wait("idle")
    assert ran(notebook) == ["Paris"]
    assert [result["content"] for result in results(received(notebook)[-1])] == [
        "light rain in Paris, 11 °C",
        "hail, 1 °C",
    ]


def test_run_then_look_edit_fake_and_refuse_can_all_be_cancelled(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook, editor = paused(open_notebook, kernel, QUESTION)
    card = editor.card()
    for button in ("Edit input", "Fake", "Refuse"):
        card.press(button)
        card.press("Cancel")
    card.press("Run, then look")
    expect(card.root.get_by_label("result of get_weather")).to_have_value("light rain in Paris, 11 °C")
    card.press("Fake")
    card.press("Cancel")
    card.press("Cancel")
    expect(card.root.get_by_role("button", name="Run, then look")).to_be_visible(timeout=PATIENCE)
    card.edit_input('{"town": "Bergen"}')
    expect(card.root.get_by_role("alert")).to_contain_text("city")
    assert (ran(notebook), len(received(notebook))) == (["Paris"], 1)
    card.write('{"city": "Bergen"}')
    card.press("Run with it")
    editor.wait("idle")
    assert ran(notebook) == ["Paris", "Bergen"]
    assert results(received(notebook)[-1])[0]["content"] == "light rain in Bergen, 11 °C"


def test_undo_is_offered_only_where_something_can_be_taken_back(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook, editor = paused(open_notebook, kernel, TWO_CITIES)
    undo, redo = (editor.root.get_by_role("button", name=name) for name in ("undo", "redo"))
    expect(redo).to_have_attribute("aria-disabled", "true")
    editor.card(0).fake("hail, 1 °C")
    editor.card(0).wait_decided("faked")
    undo.click()
    expect(redo).not_to_have_attribute("aria-disabled", "true")
    expect(editor.root.locator(".nbk-decided")).to_have_count(0)
    redo.click()
    editor.card(0).wait_decided("faked")
    expect(redo).to_have_attribute("aria-disabled", "true")
    editor.card(1).press("Run")
    editor.wait("idle")
    first, second = received(notebook)
    assert shape(first) == [("user", ["text"])]
    assert [result["content"] for result in results(second)] == ["hail, 1 °C", "light rain in Oslo, 11 °C"]


ENDLESS = """\
endless = nbkit.Scenario([{"say": [{"tool_use": "get_weather", "input": {"city": "Rome"}}]}])
chat = nbkit.Conversation(client=Recorder(scenario=endless))
"""


def test_run_to_end_stops_at_the_limits_that_were_typed_and_goes_on(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    """By the keyboard alone."""
    notebook = open_notebook([setup(), ENDLESS, ask(QUESTION)], kernel=kernel)
    notebook.run(0, 1)
    notebook.start(2)
    editor = Editor(notebook, 2)
    editor.wait("paused")
    keyboard = notebook.page.keyboard
    editor.root.get_by_role("button", name=re.compile("^limits of Run to end: ≤ 25 requests")).focus()
    keyboard.press("Enter")
    keyboard.press("ControlOrMeta+a")
    keyboard.type("2")
    keyboard.press("Enter")
    editor.wait_for("stopped because the turn has made 2 requests: Continue goes on from here")
    editor.wait("ready")
    assert (ran(notebook), len(received(notebook))) == (["Rome", "Rome", "Rome"], 3)
    keyboard.press("Tab")
    keyboard.type("10")
    keyboard.press("Enter")
    editor.wait_for(re.compile(r"stopped because the turn has used [\d,]+ tokens of 10"))
    assert len(received(notebook)) == 4
    record = notebook.save_once(2, "tokens of 10; ready")["cells"][2]["outputs"][0]["data"]
    for kind in ("text/plain", "text/html"):
        assert "tokens of 10; ready: chat.resume()" in "".join(record[kind])
    assert shape(received(notebook)[-1])[-1] == ("user", ["tool_result"])


def test_breakpoints_of_the_page_stop_a_run_to_end_at_an_argument_an_error_and_a_request(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook, editor = paused(open_notebook, kernel, TWO_CITIES)
    editor.press("Breakpoints ▾")
    group = editor.root.get_by_role("group", name="breakpoints")
    group.get_by_label("condition").select_option("contains")
    group.get_by_label("value").fill("Os")
    group.get_by_label("value").press("Enter")
    expect(group).to_contain_text('at get_weather where city contains "Os"')
    group.get_by_label("before each request").check()
    group.get_by_label("on an error").check()
    editor.press("Run to end")
    editor.wait_for('stopped at a call of get_weather where city contains "Os": decide on the card')
    assert (ran(notebook), len(received(notebook))) == (["Paris"], 1)
    record = notebook.save_once(1, "stopped at a call of get_weather")["cells"][1]["outputs"][0]["data"]
    for kind in ("text/plain", "text/html"):
        assert "stopped at a call of get_weather where city" in "".join(record[kind])
    editor.card(1).press("Refuse")
    editor.card(1).press("Refuse")
    editor.wait_for("stopped because get_weather has failed: Continue goes on from here")
    group.get_by_label("on an error").uncheck()
    editor.card(1).press("Change")
    editor.card(1).fake("hail, 1 °C")
    editor.wait("idle")
    assert ran(notebook) == ["Paris"]
    assert [result["content"] for result in results(received(notebook)[-1])] == [
        "light rain in Paris, 11 °C",
        "hail, 1 °C",
    ]


def test_a_remark_goes_out_after_the_results_and_outlives_updates_reload_and_undo(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook, editor = paused(open_notebook, kernel, TWO_CITIES)
    editor.root.get_by_role("button", name="Add a remark").focus()
    notebook.page.keyboard.press("Enter")
    notebook.page.keyboard.type("Answer in French.")
    expect(editor.root).to_contain_text("teaches the model to stop early")
    editor.card(0).press("Run")  # what is written goes along, added or not
    editor.card(0).wait_decided("ran")
    editor.wait_for("after the results goes: Answer in French.")
    editor.press("undo")
    expect(editor.root.locator(".nbk-decided")).to_have_count(0)
    editor.wait_for("after the results goes: Answer in French.")
    editor.press("undo")
    expect(editor.root).not_to_contain_text("Answer in French.")
    editor.press("redo")
    notebook.reload()
    editor = Editor(notebook, 1)
    editor.wait_for("after the results goes: Answer in French.")
    for number in (0, 1):
        editor.card(number).fake("hail, 1 °C")
    editor.wait("idle")
    second = received(notebook)[1]
    assert shape(second)[-1] == ("user", ["tool_result", "tool_result", "text"])
    assert second["messages"][-1]["content"][-1] == {"type": "text", "text": "Answer in French."}


def test_rewind_to_a_message_and_fork_from_it(open_notebook: Open, old_kernel: str, kernel: str) -> None:
    other = 'chat_fork.decide(next(iter(chat_fork.pending)), nbkit.Fake("snow"))\nchat_fork.resume()'
    notebook, editor = paused(open_notebook, kernel, QUESTION, other)
    editor.card().press("Run")
    editor.wait("idle")
    message = editor.root.get_by_role("listitem").filter(has_text="get_weather").first
    message.hover()
    editor.press("fork from messages.1")
    expect(editor.root.locator(".nbk-status")).to_contain_text(
        "chat_fork is a fork with the first 2 messages"
    )
    message.hover()
    editor.press("rewind to messages.1")
    editor.wait("paused")
    editor.card().fake("hail, 1 °C")
    editor.wait("idle")
    notebook.run(2)
    assert ran(notebook) == ["Paris"]
    sent = [results(body)[0]["content"] for body in received(notebook)[1:]]
    assert sent == ["light rain in Paris, 11 °C", "hail, 1 °C", "snow"]
    assert [shape(body)[:2] for body in received(notebook)[1:]] == [shape(received(notebook)[1])[:2]] * 3
