"""Arrays that are sent as they stand, legal or not; what the API says to them stands where it is about."""

from __future__ import annotations

from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.scenes import received, setup

PREFILL = """\
chat = nbkit.Conversation("MODEL", client=Recorder(), thinking={"type": "disabled"})
chat.messages = [{"role": "user", "content": "Say a colour."}]
chat"""
REFUSED = "This model does not support assistant message prefill."


def test_an_assistants_words_are_gone_on_with_where_the_model_allows_it(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), PREFILL.replace("MODEL", "claude-sonnet-4-5")])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    editor.press("+ message")
    form = editor.root.locator(".nbk-add")
    form.get_by_role("textbox").fill("The colour is")
    form.get_by_role("button", name="Add").click()
    editor.wait("idle")
    editor.press("Send as it is")
    editor.wait_for("blue")
    editor.wait("idle")
    assert [each["role"] for each in received(notebook)[-1]["messages"]] == ["user", "assistant"]
    assert received(notebook)[-1]["messages"][1]["content"][0]["text"] == "The colour is"


def test_what_the_api_refuses_stands_at_the_block_and_goes_with_an_edit(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), PREFILL.replace("MODEL", "claude-sonnet-5")])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    editor.press("+ message")
    form = editor.root.locator(".nbk-add")
    form.get_by_role("textbox").fill("The colour is")
    form.get_by_role("button", name="Add").click()
    editor.wait("idle")
    editor.press("Send as it is")
    told = editor.root.locator(".nbk-list .nbk-message").nth(1).locator(".nbk-level-error")
    expect(told).to_contain_text(REFUSED)
    expect(told.get_by_role("button", name="Fix: add a user message")).to_be_visible()
    assert received(notebook) == []
    editor.press("Send anyway")
    said = editor.root.locator(".nbk-list .nbk-message").nth(1).locator(".nbk-level-answer")
    expect(said).to_contain_text(REFUSED)
    expect(said).to_contain_text("API 400")
    expect(editor.root.get_by_role("group", name="error")).to_contain_text(REFUSED)
    expect(editor.root.locator(".nbk-list .nbk-words").filter(has_text=REFUSED)).to_have_count(1)
    assert received(notebook)[-1]["messages"][-1]["role"] == "assistant"
    editor.delete("messages.1.content.0")
    expect(editor.root.locator(".nbk-level-answer")).to_have_count(0)
    editor.press("Continue")
    editor.wait("idle")
    assert [each["role"] for each in received(notebook)[-1]["messages"]] == ["user"]


UNANSWERED = """\
chat = nbkit.Conversation(client=Recorder())
chat.messages = [
    {"role": "user", "content": "The weather in Paris?"},
    {"role": "assistant", "content": [
        {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}}]},
    {"role": "user", "content": "Never mind."},
]
chat"""


def test_an_illegal_array_is_sent_on_purpose_and_refused_at_its_block(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), UNANSWERED])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    editor.press("Send anyway")
    said = editor.root.locator(".nbk-list .nbk-message").nth(1).locator(".nbk-level-answer")
    expect(said).to_contain_text("`tool_use` ids were found without `tool_result` blocks")
    body = received(notebook)[-1]
    assert body["messages"][2]["content"] == "Never mind."
    assert len(received(notebook)) == 1
