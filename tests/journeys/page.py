"""A notebook in a page of headless Chromium, worked as a person would.

Everything here waits for a condition and never for a time; how nbkit's own parts look is in `editor`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from playwright.sync_api import Browser, Locator, Page

from journeys.lab import Server

# The notebook panel, whichever of the two applications shows it.
PANEL = """() => { window.panel = () => [...window.jupyterapp.shell.widgets('main')].find(
    each => each.content && each.content.widgets && each.context); return !!window.panel(); }"""


class Notebook:
    """One notebook in one page. Cells are counted from 0, as on the screen from the top."""

    def __init__(
        self,
        server: Server,
        browser: Browser,
        name: str,
        *,
        kernel: bool = True,
        dark: bool = False,
        watch: Callable[[Page], object] = lambda page: None,
    ) -> None:
        self.server, self.name = server, name
        self.file = server.root / name
        self.complaints: list[str] = []
        context = browser.new_context(
            viewport={"width": 1280, "height": 1100}, color_scheme="dark" if dark else "light"
        )
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())
        watch(self.page)
        self.page.goto(server.url(name))
        self._wait_until_open(kernel)

    def _wait_until_open(self, kernel: bool) -> None:
        self.page.wait_for_function(
            f"() => window.jupyterapp && window.jupyterapp.shell && ({PANEL})()", timeout=90_000
        )
        self.page.evaluate("() => panel().context.ready.then(() => panel().revealed)")
        if kernel:
            self.wait_idle()

    def wait_idle(self) -> None:
        """The kernel is there and has nothing to do."""
        self.page.wait_for_function(
            "() => panel().sessionContext.session?.kernel?.status === 'idle'", timeout=90_000
        )

    # cells

    def cell(self, index: int) -> Locator:
        return self.page.locator(f'.jp-Notebook [data-windowed-list-index="{index}"]')

    def output(self, index: int) -> Locator:
        return self.cell(index).locator(".jp-Cell-outputArea")

    def find(self, id: str) -> int:
        """Where the cell of that id stands."""
        found: int = self.page.evaluate(
            "(id) => panel().content.widgets.findIndex(each => each.model.sharedModel.id === id)", id
        )
        assert found >= 0, f"the notebook has no cell {id!r}"
        return found

    def is_code(self, index: int) -> bool:
        return bool(
            self.page.evaluate("(index) => panel().content.widgets[index].model.type === 'code'", index)
        )

    def start(self, index: int) -> None:
        """Press Run on a cell and come back at once."""
        self.page.evaluate(
            """(index) => { const content = panel().content; content.activeCellIndex = index;
            content.widgets[index].model.sharedModel.execution_count = null;
            jupyterapp.commands.execute('notebook:run-cell'); }""",
            index,
        )

    def run(self, *indices: int) -> None:
        """Run cells one after the other, each to its end; none may fail."""
        for index in indices:
            self.start(index)
            self.wait_done(index)
            failed = [output for output in self.outputs(index) if output["output_type"] == "error"]
            assert not failed, f"cell {index}: {self.text(index)}"

    def wait_done(self, index: int, seconds: float = 90) -> None:
        """The cell has its number, and the kernel has nothing to do."""
        self.page.wait_for_function(
            r"""(index) => { const cell = panel().content.widgets[index];
            return cell.model.executionState !== 'running' && cell.model.executionCount !== null
                && /^\[\d+\]/.test(cell.node.querySelector('.jp-InputPrompt').innerText)
                && panel().sessionContext.session.kernel.status === 'idle'; }""",
            arg=index,
            timeout=seconds * 1000,
        )

    def write(self, index: int, source: str) -> None:
        """Replace what a cell says, as typing would."""
        self.page.evaluate(
            "([index, source]) => panel().content.widgets[index].model.sharedModel.setSource(source)",
            [index, source],
        )

    def show(self, index: int, where: Literal["start", "center"] = "center") -> None:
        """Scroll until a cell is there in the window."""
        self.page.evaluate("([index, where]) => panel().content.scrollToItem(index, where)", [index, where])

    def use_windowing(self, mode: str) -> None:
        """Choose what Lab does with cells out of sight (`full` takes them out of the layout)."""
        self.page.evaluate(
            """(mode) => { const content = panel().content;
            content.notebookConfig = { ...content.notebookConfig, windowingMode: mode }; }""",
            mode,
        )

    def outputs(self, index: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate(
            "(index) => panel().content.model.cells.get(index).outputs.toJSON()", index
        )
        return found

    def draw_anew(self, index: int) -> None:
        """Let Jupyter draw a cell's first output again, as it does when the kernel writes it again."""
        self.page.evaluate(
            """async (index) => {
            const { node, model } = panel().content.widgets[index];
            const before = node.querySelector('.nbkit');
            const { data, ...rest } = model.outputs.get(0).toJSON();
            const html = [data['text/html'], ' '].flat().join('');
            model.outputs.set(0, { ...rest, data: { ...data, 'text/html': html } });
            while (before.isConnected) await new Promise(requestAnimationFrame); }""",
            index,
        )

    def text(self, index: int) -> str:
        """What a cell printed, showed as text, or raised."""
        said = []
        for output in self.outputs(index):
            match output["output_type"]:
                case "stream":
                    said.append("".join(output["text"]))
                case "error":
                    said.append(f"{output['ename']}: {output['evalue']}")
                case _:
                    said.append("".join(output["data"].get("text/plain", "")))
        return "\n".join(said)

    # the kernel and the file

    def command(self, name: str) -> None:
        """Start one of the application's own commands, as its menu would."""
        self.page.evaluate("(name) => { jupyterapp.commands.execute(name); }", name)

    def interrupt(self) -> None:
        """Press ■."""
        self.command("notebook:interrupt-kernel")

    def restart(self) -> None:
        """Restart the kernel and say yes to the question."""
        self._confirm("notebook:restart-kernel")
        self.wait_idle()

    def restart_and_run_all(self) -> None:
        self._confirm("notebook:restart-run-all")

    def run_all(self) -> None:
        self.command("notebook:run-all-cells")

    def _confirm(self, command: str) -> None:
        self.command(command)
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    def save(self) -> dict[str, Any]:
        """Save, and give what the file holds."""
        self.page.evaluate("() => panel().context.save()")
        saved: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return saved

    def save_once(self, index: int, words: str) -> dict[str, Any]:
        """Save once a cell's outputs hold these words: a turn is on the page before its record is written."""
        self.page.wait_for_function(
            """([index, words]) => JSON.stringify(panel().content.model.cells.get(index).outputs.toJSON())
                .includes(words)""",
            arg=[index, words],
        )
        return self.save()

    def reload(self) -> None:
        """Reload the page; the kernel stays."""
        self.save()
        self.page.reload()
        self._wait_until_open(kernel=True)

    def shut_down(self) -> None:
        """End the kernel; the page stays."""
        self.page.evaluate("() => panel().sessionContext.shutdown()")

    def close(self) -> None:
        """Leave the page, and end its kernel so that the next journey has the machine."""
        self.page.context.close()
        self.server.end(self.name)


def notebook_file(cells: list[str], kernel: str = "python3") -> dict[str, Any]:
    """A notebook of code cells that has never run."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": kernel, "display_name": kernel, "language": "python"},
            "language_info": {"name": "python"},
        },
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{index}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for index, source in enumerate(cells)
        ],
    }


def forget_the_signature(saved: dict[str, Any]) -> dict[str, Any]:
    """A file from somebody else: Jupyter trusts the outputs it signed, so the copy differs by a word."""
    return {**saved, "metadata": {**saved["metadata"], "title": "from somebody else"}}
