"""What is written in the page and not sent yet is there after a reload of the page, and then goes out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.scenes import QUESTION, TWO_CITIES, ask, ran, received, results, setup

KERNELS = pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])


@KERNELS
def test_a_reload_keeps_drafts_on_cards_the_remark_and_the_limits(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = open_notebook([setup(), ask(TWO_CITIES)], kernel=kernel)
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card(0).press("Fake")
    editor.card(0).write("hail, 1 °C")
    editor.card(1).press("Edit input")
    editor.card(1).press("JSON")
    editor.card(1).write('{"city": "Ros')
    editor.press("limits of Run to end: ≤ 25 requests")
    editor.root.get_by_role("textbox", name="requests").fill("3")
    editor.root.get_by_role("textbox", name="dollars").fill("0.50")
    editor.press("Add a remark ▾")
    editor.root.get_by_label("remark after the results").fill("In French, please.")
    notebook.reload()

    editor = Editor(notebook, 1)
    editor.wait("paused")
    expect(editor.card(0).root.get_by_role("textbox")).to_have_value("hail, 1 °C")
    expect(editor.card(1).root.get_by_role("textbox")).to_have_value('{"city": "Ros')
    editor.press("limits of Run to end: ≤ 3 requests · $0.5")
    expect(editor.root.get_by_label("remark after the results")).to_have_value("In French, please.")
    editor.card(0).press("Use as result")
    editor.card(0).wait_decided("faked")
    editor.card(1).root.get_by_role("textbox").press("ControlOrMeta+End")
    editor.card(1).root.get_by_role("textbox").press_sequentially('kilde"}')
    editor.card(1).press("Run with it")
    editor.wait("idle")
    assert ran(notebook) == ["Roskilde"]
    first, second = results(received(notebook)[-1])
    assert (first["content"], second["content"]) == ("hail, 1 °C", "light rain in Roskilde, 11 °C")
    assert received(notebook)[-1]["messages"][-1]["content"][-1] == {
        "type": "text",
        "text": "In French, please.",
    }
    kept = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('nbkit '))"
    assert notebook.page.evaluate(kept) == []


def test_a_reload_keeps_what_is_written_in_a_block(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), "chat"])
    notebook.run(0, 1, 2)
    editor = Editor(notebook, 2)
    editor.wait("paused")
    block = editor.block("messages.0.content")
    block.focus()
    block.press("Enter")
    block.get_by_role("textbox").fill("And in Rome?")
    notebook.reload()
    editor = Editor(notebook, 2)
    field = editor.block("messages.0.content").get_by_role("textbox")
    expect(field).to_have_value("And in Rome?")
    field.press("ControlOrMeta+Enter")
    expect(editor.block("messages.0.content")).to_contain_text("And in Rome?")
    editor.card().press("Run")
    editor.wait("idle")
    assert received(notebook)[-1]["messages"][0]["content"] == "And in Rome?"
