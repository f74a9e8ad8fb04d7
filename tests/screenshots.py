"""Take the README's pictures from the real thing: the first notebook in JupyterLab, paused on its call.

Run as `make screenshots`; both themes, written to notebooks/images.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from journeys.conftest import BROWSERS, FLAGS, playwright_here
from journeys.editor import Editor
from journeys.lab import Server
from journeys.page import Notebook

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "notebooks" / "00_first_light.ipynb"
PICTURES = ROOT / "notebooks" / "images"
THEMES = {"first_light.png": "JupyterLab Light", "first_light_dark.png": "JupyterLab Dark"}


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit(
            "no Chromium on the PATH: install it (Debian: apt-get install chromium) and try again"
        )
    with tempfile.TemporaryDirectory() as folder, playwright_here() as playwright:
        server = Server("lab", Path(folder))
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            for name, theme in THEMES.items():
                folder_of_its_own = server.root / Path(name).stem
                folder_of_its_own.mkdir()
                copy = Path(shutil.copy(FIRST, folder_of_its_own))
                take(Notebook(server, browser, str(copy.relative_to(server.root))), theme, PICTURES / name)
        finally:
            browser.close()
            server.close()


def take(notebook: Notebook, theme: str, picture: Path) -> None:
    """Run the notebook up to its question and take what is on the screen then."""
    page = notebook.page
    page.set_viewport_size({"width": 1080, "height": 640})
    page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    notebook.command("application:toggle-left-area")
    question = notebook.find("umbrella")
    for index in range(question):
        if notebook.is_code(index):
            notebook.run(index)
    notebook.run(question)
    editor = Editor(notebook, question)
    editor.wait("paused")
    notebook.show(question, "start")
    page.mouse.move(0, 0)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.screenshot(path=str(picture))
    notebook.close()


if __name__ == "__main__":
    main()
