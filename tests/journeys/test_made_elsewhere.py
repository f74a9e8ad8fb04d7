"""A notebook from VS Code or Colab, opened in JupyterLab: its outputs name models that are gone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import forget_the_signature
from journeys.scenes import QUESTION, ask, setup
from nbkit.notebook.page.hosts import waking


@pytest.mark.parametrize("kernel", [False, True], ids=["no kernel", "a new kernel"])
def test_what_woke_the_page_there_says_nothing_here(open_notebook: Open, kernel: bool) -> None:
    notebook = open_notebook([setup(), ask(QUESTION)])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    editor.card().fake("drizzle, 9 °C")
    editor.wait("idle")
    saved: dict[str, Any] = forget_the_signature(notebook.save_once(1, "drizzle, 9 °C"))
    notebook.close()
    widget = {"output_type": "display_data", "metadata": {}, "data": waking("0" * 32)}
    saved["cells"][1]["outputs"].append(widget)

    opened = open_notebook(content=saved, start=kernel)
    Editor(opened, 1).expect_static("drizzle, 9 °C")
    for words in ("model not found", "Loading widget"):
        expect(opened.page.get_by_text(words)).to_have_count(0)
