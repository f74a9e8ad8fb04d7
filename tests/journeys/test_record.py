"""The saved notebook as the record: without a kernel, after a restart, and with a rule broken on purpose."""

from __future__ import annotations

from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import forget_the_signature
from journeys.scenes import QUESTION, ask, ran, received, results, setup, shape

# Jupyter sorts the keys of what it saves, so arrays are compared as JSON.
ARRAY = "import json; print(json.dumps(chat.messages, sort_keys=True))"
RESTORE = "chat = nbkit.load('notebook.ipynb', client=Recorder(), tools=[get_weather])\nchat"


def test_save_restart_the_kernel_and_restore(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), ARRAY, RESTORE, ARRAY])
    notebook.run(0, 1, 2)
    Editor(notebook, 1).wait("paused")
    notebook.save()
    notebook.restart()
    Editor(notebook, 1).expect_static("paused")
    notebook.run(0, 3, 4)
    assert notebook.text(4) == notebook.text(2)

    restored = Editor(notebook, 3)
    restored.wait("paused")
    restored.card().press("Run")
    restored.wait("idle")
    restored.wait_for("light rain in Paris")
    assert ran(notebook) == ["Paris"]
    first, last = received(notebook)
    assert last["messages"][:1] == first["messages"]
    assert shape(last)[-1] == ("user", ["tool_result"])


def test_break_a_rule_read_the_problem_fix_it_and_hear_the_400(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION), ARRAY])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().press("Run")
    editor.wait("idle")
    notebook.run(2)
    before = notebook.text(2)

    editor.delete("messages.2.content.0")
    editor.wait_for("`tool_use` ids were found without `tool_result` blocks immediately after")
    editor.press("Send anyway")
    editor.wait_for("400 invalid_request_error")
    said = editor.root.locator(".nbk-error").inner_text()
    assert "`tool_use` ids were found without `tool_result` blocks immediately after" in said
    assert [role for role, _ in shape(received(notebook)[-1])] == ["user", "assistant", "assistant"]

    editor.root.get_by_role("button", name="Fix:").first.click()
    expect(editor.root.locator(".nbk-problem.nbk-level-error")).to_have_count(0)
    notebook.run(2)
    assert notebook.text(2) != before
    assert "tool_result" in notebook.text(2)


def test_an_untrusted_notebook_without_a_kernel_is_readable(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), ask(QUESTION)])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().fake("drizzle, 9 °C")
    editor.wait("idle")
    saved = forget_the_signature(notebook.save_once(1, "drizzle, 9 °C"))
    assert results(received(notebook)[-1])[0]["content"] == "drizzle, 9 °C"
    notebook.close()

    opened = open_notebook(content=saved, start=False)
    opened.shut_down()
    record = Editor(opened, 1)
    record.expect_static("drizzle, 9 °C")
    record.expect_static(QUESTION)
    for words in ("model not found", "Loading widget"):
        expect(opened.page.get_by_text(words)).to_have_count(0)
    assert opened.save()["cells"][1]["outputs"] == saved["cells"][1]["outputs"]
