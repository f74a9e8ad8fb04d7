"""The same notebook, run by a person once and by nbclient, papermill and nbval ever after: the same array."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "What is the weather in Paris and in Oslo and in Rome?"

pytestmark = pytest.mark.notebooks

BEGIN = [
    "import json\nimport nbkit\n%load_ext nbkit",
    '@nbkit.tool\ndef get_weather(city: str) -> str:\n    "Current weather in a city."\n'
    '    return f"rain in {city}"',
]
END = "with open('array.json', 'w') as file:\n    json.dump(chat.messages, file)"
BY_HAND = [
    *BEGIN,
    f"%%claude --tools get_weather\n{QUESTION}",
    "first, second, third = chat.pending\n"
    "chat.decide(first, nbkit.Fake('snow, -3 °C'))\n"
    "chat.decide(second, nbkit.Approve(look=True))\n"
    "chat.decide(second, nbkit.EditResult('fog'))\n"
    "chat.decide(third, nbkit.EditInput({'city': 'Bergen'}))\n"
    "chat.resume()\n"
    "with open('decisions.json', 'w') as file:\n    json.dump(chat.decisions, file)",
    END,
]
SCRIPTED = [
    *BEGIN,
    "with open('decisions.json') as file:\n    script = json.load(file)\n"
    "chat = nbkit.Conversation(policy=nbkit.scripted(script))",
    f"%%claude --tools get_weather\n{QUESTION}",
    END,
]
ALLOWED = [
    *BEGIN,
    f"%%claude --tools get_weather --unattended allow\n{QUESTION}",
    "%%claude\nThank you.",
    END,
]
NOBODY = [*BEGIN, f"%%claude --tools get_weather\n{QUESTION}", "%%claude\nThank you."]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are processes of their own: they take nbkit from this clone too."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def written(cells: list[str], folder: Path) -> Path:
    path = folder / "notebook.ipynb"
    cells_ = [nbformat.v4.new_code_cell(cell, id=f"c{at}") for at, cell in enumerate(cells)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells_, metadata=metadata), path)
    return path


def with_nbclient(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    nbformat.write(notebook, path)


def with_papermill(path: Path) -> None:
    papermill.execute_notebook(path, path, cwd=path.parent, progress_bar=False)


def with_nbval(path: Path) -> None:
    """Compare with a run of nbclient, cell by cell, in a kernel of its own."""
    with_nbclient(path)
    (path.parent / "array.json").unlink()
    done = command("-m", "pytest", "--nbval", "-p", "no:cacheprovider", path.name, cwd=path.parent)
    assert done.returncode == 0, done.stdout


def command(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def array(folder: Path) -> Any:
    return json.loads((folder / "array.json").read_text(encoding="utf-8"))


RUNNERS = pytest.mark.parametrize("run", [with_nbclient, with_papermill, with_nbval])


@RUNNERS
def test_a_recorded_decision_log_gives_the_same_array_every_time(
    tmp_path: Path, run: Callable[[Path], None]
) -> None:
    with_nbclient(written(BY_HAND, tmp_path))
    recorded = array(tmp_path)
    results = [block["content"] for block in recorded[2]["content"]]
    assert results == ["snow, -3 °C", "fog", "rain in Bergen"]
    for _ in range(2):
        run(written(SCRIPTED, tmp_path))
        assert array(tmp_path) == recorded


@RUNNERS
def test_unattended_allow_runs_to_the_end_and_gives_the_same_array_twice(
    tmp_path: Path, run: Callable[[Path], None]
) -> None:
    arrays = []
    for _ in range(2):
        run(written(ALLOWED, tmp_path))
        arrays.append(array(tmp_path))
    assert arrays[0] == arrays[1]
    assert [message["role"] for message in arrays[0]] == ["user", "assistant"] * 3
    assert [block["content"] for block in arrays[0][2]["content"]] == [
        "rain in Paris",
        "rain in Oslo",
        "rain in Rome",
    ]


def test_without_a_policy_the_run_stops_in_one_sentence_and_fails(tmp_path: Path) -> None:
    path = written(NOBODY, tmp_path)
    begun = time.monotonic()
    convert = ("-m", "nbconvert", "--to", "notebook", "--execute", "--output", "out", path.name)
    done = command(*convert, cwd=tmp_path)
    assert done.returncode != 0
    told = [line for line in done.stderr.splitlines() if line.startswith("TurnError: ")]
    assert told
    assert "chat is paused on get_weather" in told[-1]
    with pytest.raises(papermill.PapermillExecutionError, match="chat is paused on get_weather"):
        with_papermill(path)
    assert time.monotonic() - begun < 60


def test_a_notebook_that_must_not_end_at_a_pause_says_so_in_its_last_cell(tmp_path: Path) -> None:
    with pytest.raises(CellExecutionError, match="turn is paused on toolu_"):
        with_nbclient(written([*NOBODY[:-1], "chat.resume()"], tmp_path))


def test_waiting_for_clicks_where_nobody_can_click_fails_at_once(tmp_path: Path) -> None:
    for wait in ("chat.wait()", "await chat.await_()"):
        path = written([*NOBODY[:-1], wait], tmp_path)
        with pytest.raises(CellExecutionError, match="TurnError: nobody can click here"):
            with_nbclient(path)
