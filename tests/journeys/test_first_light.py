"""The shipped notebook, worked through by somebody new: Run All, meet the pause, click, go on."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.scenes import RECORDER, received, results

PAUSED = "chat is paused on"


def test_run_all_meets_the_pause_and_clicks_lead_to_the_end(open_notebook: Open, root: Path) -> None:
    notebook = open_notebook(content=shipped(root))
    question, follow_up, answer = (notebook.find(each) for each in ("umbrella", "rome", "answer"))
    notebook.run_all()
    notebook.wait_done(follow_up)
    assert PAUSED in notebook.text(follow_up)
    assert "Traceback" not in notebook.text(follow_up)
    editor = Editor(notebook, question)
    editor.wait("paused")
    expect(editor.badge).to_contain_text("simulated")
    assert "tool_use" in notebook.text(notebook.find("messages"))

    editor.card().press("Run")
    editor.wait("idle")
    editor.wait_for("light rain, 11 °C")
    notebook.run(follow_up)
    in_rome = Editor(notebook, follow_up)
    in_rome.wait("paused")
    in_rome.wait_for("{city} = Rome")
    in_rome.card().fake("a heat wave, 41 °C")
    in_rome.wait("idle")
    notebook.run(answer)
    assert "41 °C" in notebook.text(answer)

    trip, last = notebook.find("editor"), notebook.find("save")
    notebook.run(*[index for index in range(answer + 1, last + 1) if notebook.is_code(index)])
    whole = Editor(notebook, trip)
    whole.wait("idle")
    whole.delete("messages.2.content.0")
    whole.wait_for("`tool_use` ids were found without `tool_result` blocks immediately after")
    whole.root.get_by_role("button", name="Fix:").first.click()
    expect(whole.root.locator(".nbk-level-error")).to_have_count(0)
    assert notebook.text(last) == "True"
    asked = [results(body) for body in received(notebook)]
    assert [result["content"] for result in asked[1]] == ["light rain, 11 °C"]
    assert [result["content"] for result in asked[3]] == ["a heat wave, 41 °C"]


def shipped(root: Path) -> dict[str, object]:
    """The notebook as it is shipped, on a simulator that keeps what it receives."""
    content = json.loads((root / "notebooks" / "00_first_light.ipynb").read_text(encoding="utf-8"))
    setup = next(cell for cell in content["cells"] if cell["cell_type"] == "code")
    loading, _, rest = "".join(setup["source"]).partition("import nbkit\n")
    setup["source"] = f"{loading}import nbkit\n{RECORDER}\nnbkit.Simulator = Recorder\n{rest}"
    return dict(content)
