"""The workshop notebooks run where nobody watches, say the same each time, and read without a kernel."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

import nbkit

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIRST = ROOT / "notebooks" / "00_first_light.ipynb"

pytestmark = pytest.mark.notebooks


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are processes of their own: they take nbkit from this clone too."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def run(path: Path, folder: Path) -> list[dict[str, Any]]:
    """Run a notebook in a fresh kernel and give its cells."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.execute()
    cells: list[dict[str, Any]] = json.loads(nbformat.writes(notebook))["cells"]
    return cells


def outputs(cells: list[dict[str, Any]]) -> list[Any]:
    return [cell["outputs"] for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_two_runs_are_identical_to_each_other_and_to_the_stored_one(path: Path, tmp_path: Path) -> None:
    """The second run finds what the first one left beside the notebook."""
    first, second = outputs(run(path, tmp_path)), outputs(run(path, tmp_path))
    assert first == second
    assert first == outputs(json.loads(path.read_text(encoding="utf-8"))["cells"])


def test_papermill_runs_the_first_notebook_to_its_end(tmp_path: Path) -> None:
    done = papermill.execute_notebook(FIRST, tmp_path / "out.ipynb", cwd=tmp_path, progress_bar=False)
    assert all(cell.execution_count for cell in done.cells if cell.cell_type == "code")


DECIDED_LATER = [
    "%load_ext nbkit\nimport nbkit",
    '@nbkit.tool\ndef get_weather(city: str) -> str:\n    "Current weather in a city."\n    return "rain"',
    "%%claude --tools get_weather\nShould I take an umbrella in Paris and in Rome?",
    'for id in chat.pending:\n    chat.decide(id, nbkit.Fake("snow"))',
    "print(chat.resume().text)",
    "chat.delete('messages.3')",
    "chat",
]


def test_a_turn_that_later_cells_decide_passes_a_strict_comparison_and_loads_exactly(tmp_path: Path) -> None:
    path = tmp_path / "later.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in DECIDED_LATER])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert f"{len(DECIDED_LATER)} passed" in done.stdout, done.stdout
    loaded = nbkit.load(path)
    assert [message["role"] for message in loaded.messages] == ["user", "assistant", "user"]
    assert [record.decision["content"] for record in loaded.turn.line.log] == ["snow", "snow"]


def test_a_web_page_made_of_the_first_notebook_shows_the_conversation(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(tmp_path), str(FIRST)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    page = (tmp_path / "00_first_light.html").read_text(encoding="utf-8")
    conversation = nbkit.load(FIRST, conversation="trip")
    assert 'class="nbkit nbkit-' in page
    assert "Should I take an umbrella in Paris?" in page
    assert all(call in page for call in _calls(conversation.messages))


def test_the_saved_notebook_gives_the_conversation_back(tmp_path: Path) -> None:
    saved = shutil.copy(FIRST, tmp_path / "mine.ipynb")
    conversation = nbkit.load(saved, conversation="trip")
    assert conversation.messages[0]["role"] == "user"
    assert _calls(conversation.messages)
    assert not conversation.problems()


def _calls(messages: list[dict[str, Any]]) -> list[str]:
    blocks = [
        block for message in messages if isinstance(message["content"], list) for block in message["content"]
    ]
    return [block["id"] for block in blocks if block["type"] == "tool_use"]
