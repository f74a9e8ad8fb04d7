"""What is written in the page is there after a reload, and after a restart, until the kernel has it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

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


@KERNELS
def test_a_reload_while_an_edit_waits_does_not_open_its_form_again(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    wait = "import os, time\nwhile not os.path.exists('enough'):\n    time.sleep(0.02)"
    notebook = open_notebook([setup(), ask(QUESTION), "chat", wait, "print(chat.messages[0])"], kernel=kernel)
    notebook.run(0, 1, 2)
    editor = Editor(notebook, 2)
    editor.wait("paused")
    notebook.save()
    notebook.start(3)
    write(editor, "And in Rome?").press("ControlOrMeta+Enter")
    editor.wait_for("not saved yet")
    notebook.page.reload()
    (notebook.file.parent / "enough").touch()
    notebook._wait_until_open(kernel=True)

    editor = Editor(notebook, 2)
    expect(editor.block("messages.0.content")).to_contain_text("And in Rome?")
    expect(editor.root.get_by_role("textbox")).to_have_count(0)
    notebook.run(4)
    assert "And in Rome?" in notebook.text(4)


@KERNELS
def test_words_are_there_again_when_the_cells_are_run_in_another_kernel(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), "chat", "import os; os._exit(1)"], kernel=kernel)
    notebook.run(0, 1, 2)
    whole, turn = Editor(notebook, 2), Editor(notebook, 1)
    turn.wait("paused")
    write(whole, "And in Rome?")
    turn.card().press("Fake")
    turn.card().write("hail, 1 °C")
    notebook.start(3)  # the kernel dies of it, and Jupyter starts another
    notebook.page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    turn.expect_static("paused")
    notebook.wait_idle()
    notebook.run(0, 1, 2)

    turn.wait("paused")
    expect(turn.card().root.get_by_role("textbox")).to_have_value("hail, 1 °C")
    field = whole.block("messages.0.content").get_by_role("textbox")
    expect(field).to_have_value("And in Rome?")
    field.press("ControlOrMeta+Enter")
    expect(whole.block("messages.0.content")).to_contain_text("And in Rome?")
    turn.card().press("Use as result")
    turn.wait("idle")
    assert received(notebook)[-1]["messages"][0]["content"] == "And in Rome?"
    assert results(received(notebook)[-1])[0]["content"] == "hail, 1 °C"


def test_words_whose_block_no_cell_makes_again_are_offered_below(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), "chat"])
    notebook.run(0, 1, 2)
    write(Editor(notebook, 2), "And in Rome?")
    notebook.restart()
    notebook.write(1, ask("What is new in Oslo?"))
    notebook.run(0, 1, 2)
    words = Editor(notebook, 2).root.get_by_role("group", name="words without a block")
    expect(words.get_by_role("textbox")).to_have_value("And in Rome?")
    words.get_by_role("button", name="Add to the last user message").click()
    expect(Editor(notebook, 2).block("messages.0.content.1")).to_contain_text("And in Rome?")


def write(editor: Editor, words: str) -> Locator:
    """Begin to write in the first block."""
    block = editor.block("messages.0.content")
    block.focus()
    block.press("Enter")
    field = block.get_by_role("textbox")
    field.fill(words)
    return field
