"""Tab after `%claude` and in the first line of a cell, as the kernel and the terminal ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.completer import provisionalcompleter

from in_shell import Notebook

ASK = "%%claude --tools get_weather\nWhat is the weather in Oslo and in Bergen?"


@pytest.fixture(params=[True, False], ids=["jedi", "no-jedi"])
def notebook(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Notebook]:
    monkeypatch.chdir(tmp_path)
    notebook = Notebook()
    notebook.run(ASK)
    notebook.run("other = nbkit.Conversation(); weather_table = [1]")
    assert notebook.shell.Completer is not None
    notebook.shell.Completer.use_jedi = request.param
    yield notebook
    notebook.run("%unload_ext nbkit")


def completed(notebook: Notebook, cell: str) -> list[str]:
    """Return the lines that Tab makes of the one with the cursor (`|`), as ipykernel asks for them."""
    cursor = cell.index("|")
    code = cell.replace("|", "")
    completer = notebook.shell.Completer
    assert completer is not None
    with provisionalcompleter():
        found = list(completer.completions(code, cursor))
    return [code[: each.start] + each.text + code[each.end :] for each in found]


def test_words_are_completed_and_nothing_else_is_offered(notebook: Notebook) -> None:
    assert completed(notebook, "%claude re|") == [
        "%claude result", "%claude refuse", "%claude remark",
        "%claude request", "%claude redo", "%claude rewind", "%claude rename",
    ]  # fmt: skip
    assert completed(notebook, "x = 1\n%claude pen|\ny = 2") == ["x = 1\n%claude pending\ny = 2"]
    assert "%claude split messages.0.content" in completed(notebook, "%claude split mess|")
    assert completed(notebook, "%claude sha|") == ["%claude share"]  # the other word for clean
    assert "%claude help rewind" in completed(notebook, "%claude help |")


def test_calls_tools_models_branches_and_conversations_are_completed(notebook: Notebook) -> None:
    first, second = notebook.chat.pending
    assert completed(notebook, "%claude run |")[:2] == ["%claude run 1", "%claude run 2"]
    assert set(completed(notebook, "%claude run toolu_|")) == {
        f"%claude run {first}",
        f"%claude run {second}",
    }
    assert completed(notebook, "%claude run 1 --lo|") == ["%claude run 1 --look"]
    assert completed(notebook, "%claude break get_|") == ["%claude break get_weather"]
    assert completed(notebook, "%claude break r|") == ["%claude break request"]
    assert completed(notebook, "%claude use oth|") == ["%claude use other"]
    assert completed(notebook, "%claude switch m|") == ["%claude switch main"]
    assert "%claude model claude-haiku-4-5-20251001" in completed(notebook, "%claude model claude-h|")
    assert completed(notebook, "%claude policy a|") == ["%claude policy allow", "%claude policy ask"]


def test_variables_are_completed_in_braces(notebook: Notebook) -> None:
    assert completed(notebook, "%claude fake 1 {weather_t|") == ["%claude fake 1 {weather_table"]
    assert completed(notebook, "%%claude\nLook at {weather_t|} now") == [
        "%%claude\nLook at {weather_table} now"
    ]


def test_the_options_of_a_cell_are_completed(notebook: Notebook) -> None:
    assert completed(notebook, "%%claude --to|\nhello") == ["%%claude --tools\nhello"]
    assert completed(notebook, "%%claude --tools get_|\nhello") == ["%%claude --tools get_weather\nhello"]
    assert "%%claude --model claude-haiku-4-5-20251001" in completed(notebook, "%%claude --model claude-h|")
    assert completed(notebook, "%%claude --chat o|") == ["%%claude --chat other"]
    assert completed(notebook, "%%claude --unattended |") == [
        "%%claude --unattended allow", "%%claude --unattended deny",
    ]  # fmt: skip


def test_other_lines_are_completed_as_ever(notebook: Notebook) -> None:
    assert "weather_table" in completed(notebook, "weather_t|")
    assert "other.rewind" in completed(notebook, "other.rew|")
    notebook.run("%unload_ext nbkit")
    try:
        assert completed(notebook, "%claude re|") != ["%claude result"]
        assert notebook.shell.Completer is not None
        assert notebook.shell.Completer.custom_matchers == []
    finally:
        notebook.run("%load_ext nbkit")
