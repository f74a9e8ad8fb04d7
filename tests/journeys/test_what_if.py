"""What if, from the page: rows that are tried side by side, opened, and taken."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from journeys.conftest import Open
from journeys.editor import PATIENCE, Editor
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, ran, received, results, setup, shape
from journeys.test_real_money import ENVIRONMENT
from loopback import Loopback, message, streamed

SAID = """\
import nbkit
chat = nbkit.Conversation()
chat.messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
chat"""


class Question:
    """The panel in which rows are written, and the table of what came of them."""

    def __init__(self, editor: Editor) -> None:
        self.root = editor.root.get_by_role("group", name="what if", exact=True).first

    def row(self, number: int) -> Locator:
        return self.root.get_by_role("group", name=f"row {number}", exact=True)

    def fake(self, number: int, words: str) -> None:
        row = self.row(number)
        row.get_by_label(f"row {number}: get_weather", exact=True).select_option("fake")
        row.get_by_label(f"row {number}: made-up result of get_weather").fill(words)

    def press(self, label: str | re.Pattern[str]) -> None:
        self.root.get_by_role("button", name=label, exact=isinstance(label, str)).first.click()

    @property
    def outcomes(self) -> Locator:
        return self.root.locator("tbody").first.locator("tr")

    def wait_done(self, count: int) -> None:
        expect(self.root.locator("tr.nbk-row-done")).to_have_count(count, timeout=PATIENCE)


def paused(open_notebook: Open, *cells: str, kernel: str = "python3") -> Notebook:
    notebook = open_notebook([setup(), ask(QUESTION), *cells], kernel=kernel)
    notebook.run(0, 1)
    Editor(notebook, 1).wait("paused")
    return notebook


@pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])
def test_results_are_tried_at_a_pause_and_one_is_opened_and_one_taken(
    open_notebook: Open, old_kernel: str, kernel: str
) -> None:
    notebook = paused(
        open_notebook,
        "chat_2.messages[2]['content'][0]['content']",
        ask("Thanks!", "--chat chat_2"),
        kernel=kernel,
    )
    editor, question = Editor(notebook, 1), Question(Editor(notebook, 1))
    editor.card().press("What if…")
    question.fake(2, "snow, -3 °C")
    question.press("+ row")
    question.fake(3, "sun, 30 °C")
    question.press("Try 3")
    question.wait_done(3)

    expect(question.outcomes.nth(0)).to_contain_text("light rain in Paris")
    expect(question.outcomes.nth(1)).to_contain_text("snow")
    expect(question.outcomes.nth(2).locator("mark").first).to_be_visible()
    expect(question.outcomes.nth(0).locator("mark")).to_have_count(0)
    editor.wait("paused")  # the question itself is as it was
    expect(editor.cards).to_have_count(1)
    assert ran(notebook) == ["Paris"]
    _, *tried = received(notebook)
    assert sorted(results(body)[0]["content"] for body in tried) == [
        "light rain in Paris, 11 °C",
        "snow, -3 °C",
        "sun, 30 °C",
    ]

    question.press("open snow, -3 °C")
    inside = question.root.get_by_role("region", name="conversation chat_2")
    expect(inside).to_contain_text("snow, -3 °C", timeout=PATIENCE)
    notebook.run(2, 3)
    assert "snow" in notebook.text(2)
    expect(inside.locator(".nbk-role-user")).to_have_count(3)

    question.press("take sun, 30 °C")
    editor.wait("idle")
    expect(editor.view.first.locator("> .nbk-list")).to_contain_text("sun, 30 °C")
    editor.view.locator(".nbk-foot").last.get_by_role("button", name="undo").click()
    editor.wait("paused")


def test_the_keyboard_alone_writes_rows_tries_them_and_opens_one(open_notebook: Open) -> None:
    notebook = paused(open_notebook)
    keys = notebook.page.keyboard
    Editor(notebook, 1).card().root.get_by_role("button", name="What if…").focus()
    keys.press("Enter")
    question = Question(Editor(notebook, 1))
    expect(question.row(1).get_by_role("combobox").first).to_be_focused()
    second = question.row(2).get_by_label("row 2: made-up result of get_weather")
    for _ in range(20):
        keys.press("Tab")
        if second.evaluate("each => each === document.activeElement"):
            break
    keys.type("hail, 1 °C")
    keys.press("Control+Enter")
    question.wait_done(2)
    opening = question.root.get_by_role("button", name="open hail, 1 °C")
    for _ in range(20):
        if opening.evaluate("each => each === document.activeElement"):
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(question.root.get_by_role("region", name="conversation chat_2")).to_contain_text("hail, 1 °C")


def test_a_draft_outlives_updates_and_a_reload_brings_the_table_and_what_was_opened(
    open_notebook: Open,
) -> None:
    notebook = paused(open_notebook, "chat.system = 'Be brief.'")
    editor, question = Editor(notebook, 1), Question(Editor(notebook, 1))
    editor.card().press("What if…")
    question.fake(2, "sleet")
    notebook.run(2)  # the conversation changes under the draft
    expect(question.row(2).get_by_label("row 2: made-up result of get_weather")).to_have_value("sleet")
    question.press("Try 2")
    question.wait_done(2)
    question.press("open sleet")
    inside = question.root.get_by_role("region", name="conversation chat_2")
    expect(inside).to_contain_text("sleet")
    notebook.reload()
    question = Question(Editor(notebook, 1))
    question.wait_done(2)
    expect(question.root.get_by_role("region", name="conversation chat_2")).to_contain_text("sleet")

    notebook.save_once(1, "sleet")
    notebook.restart()
    editor = Editor(notebook, 1)
    editor.expect_static("sleet")
    expect(editor.record.locator("tbody tr")).to_have_count(2)


def test_stop_ends_what_is_under_way_and_the_page_is_free_meanwhile(open_notebook: Open) -> None:
    notebook = paused(open_notebook, "Recorder.wait = 0.5", "1 + 1")
    notebook.run(2)
    editor, question = Editor(notebook, 1), Question(Editor(notebook, 1))
    editor.card().press("What if…")
    question.fake(2, "snow")
    question.press("Try 2")
    expect(question.root.locator("tr.nbk-row-running")).to_have_count(2)
    notebook.run(3)
    assert notebook.text(3) == "2"
    editor.wait("paused")
    question.press("Stop")
    expect(question.root.locator("tr.nbk-row-stopped")).to_have_count(2)
    editor.wait("paused")


HOSTILE = (
    "<img src=x onerror=window.hacked=1> [x](javascript:window.hacked=2) $\\\\href{javascript:alert(1)}{x}$"
)


def test_the_table_of_the_code_has_the_same_buttons_and_hostile_words_are_text(open_notebook: Open) -> None:
    notebook = paused(
        open_notebook,
        f"nbkit.what_if(chat, nbkit.Fake('snow'), nbkit.Fake('{HOSTILE}'))",
        "chat_1.messages[-1]['role']",
    )
    notebook.run(2)
    table, question = Editor(notebook, 2), Question(Editor(notebook, 2))
    question.wait_done(2)
    table.wait("table")
    assert notebook.page.evaluate("() => window.hacked") is None
    expect(table.root.locator("img, a")).to_have_count(0)
    expect(question.outcomes.nth(1)).to_contain_text("<img src=x onerror=window.hacked=1>")
    question.press("open snow")
    expect(question.root.get_by_role("region", name="conversation chat_1")).to_contain_text("snow")
    notebook.run(3)
    assert notebook.text(3) == "'assistant'"
    question.press("take snow")
    Editor(notebook, 1).wait("idle")
    Editor(notebook, 1).wait_for("snow")
    notebook.save_once(2, "snow")


def test_at_the_end_of_an_answer_other_models_and_prompts_are_tried(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), "%%claude\nCount to 3"])
    notebook.run(0, 1)
    editor, question = Editor(notebook, 1), Question(Editor(notebook, 1))
    editor.wait("idle")
    editor.press("What if…")
    question.row(1).get_by_label("row 1: model").select_option("claude-haiku-4-5")
    question.row(2).get_by_label("row 2: message").fill("Count to 5")
    question.press("Try 2")
    question.wait_done(2)
    expect(question.outcomes.nth(1)).to_contain_text("1, 2, 3, 4, 5.")
    expect(question.outcomes.nth(0)).to_contain_text("model: claude-haiku-4-5")
    bodies = received(notebook)[1:]
    assert sorted(body["model"] for body in bodies) == ["claude-haiku-4-5", "claude-sonnet-5"]
    assert [shape(body) for body in bodies] == [[("user", ["text"])]] * 2


def test_real_requests_are_counted_and_confirmed(open_notebook: Open) -> None:
    answers = [streamed(message({"type": "text", "text": words})) for words in ("Rain.", "Sun.", "Fog.")]
    with Loopback(answers) as server:
        cells = [ENVIRONMENT.replace("ADDRESS", server.url), SAID]
        notebook = open_notebook(cells)
        notebook.run(0, 1)
        editor, question = Editor(notebook, 1), Question(Editor(notebook, 1))
        editor.press("What if…")
        expect(question.root).to_contain_text("2 requests to anthropic")
        question.press("Try 2")
        expect(question.root).to_contain_text("Send 2 requests to")
        assert server.received == []
        question.press("Send")
        question.wait_done(2)
        assert len(server.received) == 2
        assert "sk-test" not in json.dumps([cell["outputs"] for cell in notebook.save()["cells"]])
