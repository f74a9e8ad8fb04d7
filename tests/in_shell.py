"""A notebook without Jupyter: a shell that believes it is a kernel, and what its cells show."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import nbkit
from nbkit.notebook.magics import ClaudeMagics

SETUP = """
import nbkit
@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    return f"22 °C in {city}"
"""


ASK = "%%claude --tools get_weather\nShould I take an umbrella in Paris?"


class Kernel:
    """What of a kernel the cells look at: which cell runs, and whether anybody can answer."""

    def __init__(self) -> None:
        self.parent: dict[str, Any] = {}

    def get_parent(self, channel: str) -> dict[str, Any]:
        return self.parent


class Screen(DisplayPublisher):
    """Takes the place of the display publisher and keeps what each cell shows."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.outputs: dict[str, dict[str, Any]] = {}
        self.shown: list[str] = []

    def publish(  # type: ignore[override]
        self, data: Any, metadata: Any = None, *, transient: Any = None, update: bool = False
    ) -> None:
        id = (transient or {}).get("display_id", f"unnamed-{len(self.shown)}")
        self.outputs[id] = data
        if not update:
            self.shown.append(id)


class Notebook:
    """A shell that believes it is a kernel, driven cell by cell."""

    def __init__(self, *, attended: bool = False) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self.shell = InteractiveShell(config=config)  # type: ignore[no-untyped-call]
        self.kernel = Kernel()
        self.screen = Screen()
        self.attended = attended
        self.runs = itertools.count(1)
        self.shell.kernel = self.kernel  # type: ignore[attr-defined]
        self.run("%load_ext nbkit")
        self.shell.display_pub = self.screen
        self.run(SETUP)

    def run(self, source: str, cell: str | None = None) -> None:
        """Run a cell and raise what it raised."""
        self.kernel.parent = {
            "header": {"msg_id": str(next(self.runs))},
            "content": {"allow_stdin": self.attended},
            "metadata": {"cellId": cell},
        }
        self.shell.run_cell(source).raise_error()  # type: ignore[no-untyped-call]

    @property
    def chat(self) -> nbkit.Conversation:
        chat: nbkit.Conversation = self.shell.user_ns["chat"]
        return chat

    def variable(self, name: str) -> Any:
        return self.shell.user_ns[name]

    def html(self, cell: str) -> str:
        text: str = self.screen.outputs[f"nbkit-chat-{cell}"]["text/html"]
        return text

    def said(self) -> list[str]:
        """The words of the person, in order."""
        return [message["content"] for message in self.chat.messages if isinstance(message["content"], str)]

    def saved(self, folder: Path) -> Path:
        """Save what the cells show as a notebook."""
        page = nbformat.v4.new_notebook()
        for id in self.screen.shown:
            cell = nbformat.v4.new_code_cell("%%claude")
            cell.outputs = [nbformat.v4.new_output("display_data", self.screen.outputs[id])]
            page.cells.append(cell)
        path = folder / "saved.ipynb"
        nbformat.write(page, path)
        return path


def error_of(work: Callable[[], object]) -> str:
    with pytest.raises(nbkit.NbkitError) as caught:
        work()
    return str(caught.value)


def magics_of(notebook: Notebook) -> ClaudeMagics:
    found = notebook.shell.magics_manager.registry["ClaudeMagics"]
    assert isinstance(found, ClaudeMagics)
    return found
