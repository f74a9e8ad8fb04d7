"""Pages that are not JupyterLab: those that wake late, and those that draw an output only once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from in_shell import ASK, Notebook
from nbkit.notebook.page import hosts
from nbkit.wire.blocks import Json


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    """A front end with a person that knows no cells and no widgets: jupyter console, qtconsole."""
    monkeypatch.chdir(tmp_path)
    made = Notebook(attended=True)
    yield made
    made.run("%unload_ext nbkit")


def test_a_front_end_that_draws_once_gets_the_pause_and_not_its_beginning(plain: Notebook) -> None:
    plain.run(ASK)
    (shown,) = plain.screen.shown
    said = plain.screen.outputs[shown]["text/plain"]
    assert "still streaming" not in said
    assert "paused: waiting for a decision on get_weather" in said


def test_there_what_goes_on_in_a_later_cell_is_shown_by_that_cell(plain: Notebook) -> None:
    plain.run(ASK)
    plain.run("%claude run 1")
    plain.run("%claude continue")
    assert plain.chat.last is not None
    shown = plain.screen.outputs[plain.screen.shown[-1]]["text/plain"]
    assert plain.chat.last.text in shown


@pytest.mark.parametrize(
    ("cell", "late"),
    [("vscode-notebook-cell:/home/me/a.ipynb#W0sZmlsZQ%3D%3D", True), ("4f2a", False), (None, False)],
)
def test_vs_code_is_known_by_the_ids_of_its_cells(cell: str | None, late: bool) -> None:
    assert hosts.wakes_late(cell) is late


def test_colab_is_known_by_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert hosts.wakes_late(None)


def shown_by(cells: list[str | None]) -> dict[str, bool]:
    """Let cells show their outputs one after the other; says of each display id whether it holds a widget."""
    shown: dict[str, bool] = {}

    def publish(bundle: Json, metadata: Json, *, transient: Json, update: bool = False) -> None:
        id = transient["display_id"]
        assert update is (id in shown)
        shown[id] = hosts.WIDGET in bundle

    shell: Any = SimpleNamespace(display_pub=SimpleNamespace(publish=publish))
    waker = hosts.Waker(shell)
    for number, cell in enumerate(cells):
        waker.wake("m", f"chat-{number}", cell)
    return shown


def test_in_vs_code_only_the_last_output_holds_a_widget_that_will_not_be_found_elsewhere() -> None:
    wakes = shown_by([f"vscode-notebook-cell:a.ipynb#W{number}" for number in range(3)])
    assert list(wakes.values()) == [False, False, True]
    assert shown_by(["4f2a", None]) == {}


def test_in_colab_each_output_wakes_a_page_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert list(shown_by([None, None]).values()) == [True, True]
