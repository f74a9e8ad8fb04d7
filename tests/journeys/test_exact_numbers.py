"""Numbers that JavaScript would round, in a real page: shown, edited and saved with every digit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

import nbkit
from journeys.conftest import Open
from journeys.editor import Editor
from journeys.hands import Keyboard
from journeys.scenes import setup

LONG = 12345678901234567890
CALL = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {"id": LONG, "city": "Paris"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": f'{{"id": {LONG}, "most": 1e400}}'}
ARRAY: list[dict[str, Any]] = [
    {"role": "user", "content": "Find it"},
    {"role": "assistant", "content": [CALL]},
    {"role": "user", "content": [RESULT]},
]


def test_a_long_number_keeps_its_digits_at_the_page_and_in_the_notebook(
    open_notebook: Open, tmp_path: Path
) -> None:
    notebook = open_notebook(
        [setup(), f"chat.messages = {ARRAY!r}\nchat", "chat.messages[1]['content'][0]['input']"]
    )
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    call, result = editor.root.locator(".nbk-json").all()
    expect(call).to_have_text(f'{{ "id": {LONG}, "city": "Paris" }}')
    expect(result).to_have_text(f'{{ "id": {LONG}, "most": 1e400 }}')
    hands = Keyboard(editor)
    hands.edit("messages.1.content.0", {**CALL, "input": {"id": LONG + 1, "city": "Oslo"}})
    expect(call).to_have_text(f'{{ "id": {LONG + 1}, "city": "Oslo" }}')
    notebook.run(2)
    assert f"'id': {LONG + 1}" in notebook.text(2)
    saved = tmp_path / "saved.ipynb"
    saved.write_text(json.dumps(notebook.save()), encoding="utf-8")
    assert nbkit.load(saved).messages[1]["content"][0]["input"] == {"id": LONG + 1, "city": "Oslo"}
