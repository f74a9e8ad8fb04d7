"""A notebook's clean copy has no private byte in it, and still is a notebook that shows its turns."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

import nbkit
from in_shell import Notebook
from nbkit.loop.saved.store import MIME

SECRET = "s3cret"
TOOL = f"""
@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    print("looked it up: " + "{SECRET[:2]}" + "{SECRET[2:]}")
    return "{SECRET[:2]}" + "{SECRET[2:]} of " + city
"""


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[Path]:
    """Two turns with a secret in their results, and outputs of every other kind that quote it."""
    notebook = Notebook(attended=True)
    notebook.run(TOOL)
    notebook.run("%%claude --tools get_weather\nShould I take an umbrella in Paris?", "one")
    notebook.run("%claude run")
    notebook.run("%claude continue")
    notebook.run("chat.edit('messages.3.content', 'Take one.')")  # an answer stays, and may quote the result
    notebook.run("%%claude\nAnd in Oslo?", "two")
    notebook.run("%claude run")
    path = notebook.saved(tmp_path)
    page: Any = nbformat.read(path, 4)
    assert SECRET in path.read_text()
    page.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"of": SECRET}}}
    page.cells[0].metadata = {"tags": ["kept"], "execution": {"note": SECRET}}
    error = nbformat.v4.new_output(
        "error", ename="KeyError", evalue=SECRET, traceback=[f"KeyError: {SECRET}"]
    )
    page.cells[-1].outputs += [
        nbformat.v4.new_output("stream", name="stdout", text=f"printed {SECRET}"),
        nbformat.v4.new_output("execute_result", {"text/plain": SECRET, "text/html": SECRET}),
        nbformat.v4.new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"x": SECRET}}),
        error,
    ]
    page.cells.append(nbformat.v4.new_markdown_cell("# What was asked"))
    nbformat.write(page, path)
    yield path
    notebook.run("%unload_ext nbkit")


def clean(*words: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "nbkit", "clean", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return f"{ran.returncode} {ran.stderr.strip()}"


def test_no_byte_of_the_copy_is_private(saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    said = clean(str(saved), "-o", str(tmp_path / "copy.ipynb"))
    told = f"{tmp_path / 'copy.ipynb'} has 2 turns without private results; 4 other outputs left out"
    assert said == f"0 nbkit: {told}; its texts and calls may quote them, so look at it"
    data = (tmp_path / "copy.ipynb").read_bytes()
    for private in (SECRET, "signature", "widget-state", "looked it up"):
        assert private.encode() not in data
    assert saved.read_bytes() == before


def test_the_copy_is_a_notebook_with_the_same_cells_and_turns(saved: Path, tmp_path: Path) -> None:
    clean(str(saved), "-o", str(tmp_path / "copy.ipynb"))
    page: Any = nbformat.read(tmp_path / "copy.ipynb", 4)
    nbformat.validate(page)
    assert [cell.source for cell in page.cells] == [cell.source for cell in nbformat.read(saved, 4).cells]
    assert page.cells[0].metadata == {"tags": ["kept"]}
    first, second = (cell.outputs[0].data for cell in page.cells[:2])
    assert "[result removed]" in first["text/html"]
    assert "[result removed]" in first["text/plain"]
    assert "simulated, clean copy" in first["text/html"]
    assert "And in Oslo?" in second["text/plain"]
    assert "umbrella" not in second["text/plain"]  # a turn shows itself, not what it stands on
    assert second[MIME]["base"]["length"] == 4


def test_the_copy_loads_as_the_clean_conversation(saved: Path, tmp_path: Path) -> None:
    clean(str(saved), "-o", str(tmp_path / "copy.ipynb"))
    copy = nbkit.load(tmp_path / "copy.ipynb")
    assert copy.messages == nbkit.load(saved).clean().messages
    assert [each["role"] for each in copy.messages] == ["user", "assistant"] * 3
    assert list(copy.pending)


def test_a_turn_that_stands_on_nothing_is_left_out(saved: Path, tmp_path: Path) -> None:
    page: Any = nbformat.read(saved, 4)
    page.cells[0].outputs = []
    nbformat.write(page, saved)
    assert "has 0 turns without private results; 5 other outputs left out" in clean(str(saved))
    assert SECRET.encode() not in (tmp_path / "saved-clean.ipynb").read_bytes()


def test_nothing_is_written_over_and_what_is_no_notebook_is_said(saved: Path, tmp_path: Path) -> None:
    assert "saved.ipynb is there already" in clean(str(saved), "-o", str(saved))
    (tmp_path / "text.ipynb").write_text("hello")
    assert "2 nbkit: text.ipynb is no JSON, so it is no notebook" in clean(str(tmp_path / "text.ipynb"))
    (tmp_path / "list.ipynb").write_text("[1]")
    assert "list.ipynb is no notebook: it has no cells" in clean(str(tmp_path / "list.ipynb"))
    assert "none.ipynb can't be read" in clean(str(tmp_path / "none.ipynb"))


def test_a_saved_conversation_is_copied_too(saved: Path, tmp_path: Path) -> None:
    nbkit.load(saved).save(tmp_path / "work.json")
    assert clean(str(tmp_path / "work.json")).startswith("0 ")
    data = (tmp_path / "work-clean.json").read_bytes()
    assert SECRET.encode() not in data
    assert json.loads(data)["format"] == "nbkit/1"
