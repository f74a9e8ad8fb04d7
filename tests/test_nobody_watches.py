"""Cells where nobody is at the page: each tells once what it did, and a notebook is the same each time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

import nbkit
from in_shell import ASK, SETUP, Notebook
from nbkit.loop.saved.store import MIME


def test_the_cell_ends_at_a_pause_and_says_so_once(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.run(ASK, "c1")
    assert notebook.chat.state.name == "PAUSED"
    assert capsys.readouterr().out == ""
    for shown in (notebook.screen.outputs["nbkit-chat-c1"]["text/plain"], notebook.html("c1")):
        assert shown.count("paused: waiting for a decision on get_weather(city=") == 1
        assert "or set unattended=" in shown


@pytest.mark.parametrize("name", ["chat", "other"])
def test_what_a_pause_says_is_all_that_a_new_kernel_needs(
    tmp_path: Path, notebook: Notebook, name: str
) -> None:
    notebook.run(f"%%claude --chat {name} --tools get_weather\nShould I take an umbrella in Paris?", "c1")
    file, [shown] = notebook.saved(tmp_path), notebook.screen.shown
    words = notebook.screen.outputs[shown]["text/plain"].replace("NOTEBOOK.ipynb", str(file))
    notebook.run("%unload_ext nbkit")
    new = Notebook()
    try:
        new.run("%unload_ext nbkit")
        here, there = words.split("in a new kernel first ")
        said = re.split(r" and (?=%)", there)
        decided = re.search(r"decide with (.*?) \(or", here)
        assert decided
        assert f"; {name} in a cell shows its card" in here
        for each in (*said, *decided[1].split(" and "), f"{name}.resume()"):
            new.run(each)
        assert "22 °C" in new.variable(name).messages[-1]["content"][-1]["text"]
    finally:
        new.run("%unload_ext nbkit")
        notebook.run("%load_ext nbkit")


def test_where_nobody_watches_a_later_cell_tells_the_rest_of_the_turn_itself(
    notebook: Notebook, tmp_path: Path
) -> None:
    notebook.run(ASK, "c1")
    first = dict(notebook.screen.outputs["nbkit-chat-c1"])
    notebook.run('for id in chat.pending: chat.decide(id, nbkit.Fake("30 °C"))', "c2")
    assert "has its result: 30 °C" in notebook.screen.outputs["nbkit-chat-c2"]["text/plain"]
    [kept] = nbkit.load(notebook.saved(tmp_path)).pending.values()
    assert kept.result == next(iter(notebook.chat.pending.values())).result
    notebook.run("_ = chat.resume()", "c3")
    assert "30 °C" in notebook.html("c3")
    notebook.run("chat.messages", "c4")
    notebook.run('chat.delete("messages.3")', "c5")
    assert notebook.screen.outputs["nbkit-chat-c1"] == first
    assert notebook.screen.shown == [f"nbkit-chat-c{number}" for number in (1, 2, 3, 5)]
    loaded = nbkit.load(notebook.saved(tmp_path))
    assert loaded.messages == notebook.chat.messages
    assert len(loaded.messages) == 3


def test_what_changes_nothing_shows_nothing_where_nobody_watches(notebook: Notebook) -> None:
    notebook.run(ASK, "c1")
    with pytest.raises(nbkit.NbkitError):
        notebook.run("chat.decide('toolu_nobody', nbkit.Approve())", "c2")
    assert notebook.screen.shown == ["nbkit-chat-c1"]


def test_turns_taken_back_where_nobody_watches_stay_away_after_loading(
    notebook: Notebook, tmp_path: Path
) -> None:
    notebook.run("%%claude\nfirst", "c1")
    notebook.run("%%claude\nsecond", "c2")
    notebook.run("chat.undo()", "c3")
    assert nbkit.load(notebook.saved(tmp_path)).messages == notebook.chat.messages
    notebook.run("%%claude\nthird", "c4")
    assert nbkit.load(notebook.saved(tmp_path)).messages == notebook.chat.messages


def test_unattended_runs_the_loop_to_its_end(notebook: Notebook) -> None:
    notebook.run(ASK.replace("%%claude", "%%claude --unattended allow"), "c1")
    assert notebook.chat.state.name == "IDLE"
    assert "22 °C in Paris" in str(notebook.chat.messages)


def test_a_command_that_goes_on_says_what_came_of_it_where_nobody_watches(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    held = "chat is stopped by a breakpoint before a request: %claude continue or chat.resume() goes on\n"
    notebook.run("%claude break request", "c1")
    notebook.run(ASK, "c2")
    notebook.run("%claude step", "c3")
    notebook.run("%claude run 1", "c4")
    capsys.readouterr()
    for cell, said in {"end": held, "continue": "chat waits for what you say\n"}.items():
        notebook.run(f"%claude {cell}")
        assert capsys.readouterr().out == said


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> list[Any]:
    """The same notebook run twice in real kernels."""
    cells = [
        f"import sys; sys.path.insert(0, {str(root)!r})\n%load_ext nbkit",
        SETUP,
        ASK,
        "%%claude --chat other\nSay *hello* <img src=x onerror=alert(1)>",
        "%%claude\nAnd in London?",
    ]
    runs = []
    for turn in ("one", "two"):
        page = nbformat.v4.new_notebook()
        for number, source in enumerate(cells):
            cell = nbformat.v4.new_code_cell(source, id=f"c{number}")
            page.cells.append(cell)
        client = nbclient.NotebookClient(
            page,
            allow_errors=True,
            record_timing=False,
            resources={"metadata": {"path": str(tmp_path_factory.mktemp(turn))}},
        )
        runs.append(client.execute())
    return runs


def test_a_notebook_run_twice_is_the_same_byte_for_byte(executed: list[Any]) -> None:
    assert nbformat.writes(executed[0]) == nbformat.writes(executed[1])


def test_a_kernel_without_a_page_pauses_in_one_sentence_and_stops_there(executed: list[Any]) -> None:
    _, _, asked, other, refused = executed[0].cells
    assert [output.output_type for output in asked.outputs] == ["display_data"]
    assert set(asked.outputs[0].data) == {"text/html", "text/plain", MIME}
    assert asked.outputs[0].data["text/plain"].count("paused:") == 1
    assert "&lt;img src=x onerror" in other.outputs[0].data["text/html"]
    (error,) = refused.outputs
    assert (error.output_type, error.ename) == ("error", "TurnError")
    assert len(error.traceback) == 1
    assert "widgets" not in executed[0].metadata


def test_a_table_of_what_ifs_is_shown_as_html_and_text_where_nobody_is_at_the_page() -> None:
    notebook = Notebook()
    notebook.run("%%claude --tools get_weather\nShould I take an umbrella in Paris?", "c1")
    notebook.run("tried = nbkit.what_if(chat, nbkit.Fake('snow'), nbkit.Fake('sun'))")
    data, _ = notebook.shell.display_formatter.format(notebook.variable("tried"))  # type: ignore[union-attr]
    assert "<table" in data["text/html"]
    assert "tried[0].chat" in data["text/html"]
    assert "snow" in data["text/plain"]
