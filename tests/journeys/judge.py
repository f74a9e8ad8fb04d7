"""What judges how a page can be used by everyone: axe-core in any of Lab's themes, and how a part looks."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator

from journeys.conftest import missing
from journeys.page import Notebook

THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
AXE = Path(__file__).resolve().parents[2] / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
# The parts of Lab lie on one another, and its body has no height: axe-core would take all of it as hidden.
READY = "() => { document.body.style.height = '100vh'; }"
# Lab names the new theme first; then its window is hidden for a frame, and a splash lies on it for a while.
WORN = """(theme) => document.body.dataset.jpThemeName === theme
    && !jupyterapp.shell.isHidden && !document.querySelector('#jupyterlab-splash')"""
JUDGED = """async (view) => {
    const found = await axe.run(view, { resultTypes: ['violations'] });
    const told = each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 200)).join(' ; ')}`;
    return [found.violations.map(told),
            found.passes.map(each => each.id)]; }"""


def wear(notebook: Notebook, theme: str) -> None:
    notebook.page.evaluate(
        "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme
    )
    notebook.page.wait_for_function(WORN, arg=theme)


def violations(notebook: Notebook, views: dict[str, Locator]) -> dict[str, list[str]]:
    """All that axe-core finds in these parts of a page, by theme and part."""
    if not AXE.exists():
        missing(f"no axe-core in {AXE.parent}: `npm --prefix widgets install` puts it there")
    notebook.page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    notebook.page.evaluate(READY)
    found: dict[str, list[str]] = {}
    for theme in THEMES:
        wear(notebook, theme)
        for name, view in views.items():
            view.evaluate("each => each.scrollIntoView({ block: 'start' })")
            violated, passed = notebook.page.evaluate(JUDGED, view.element_handle())
            assert {"color-contrast", "button-name"} <= set(passed), (theme, name)  # it has really looked
            if violated:
                found[f"{theme}, {name}"] = violated
    return found
