"""Pages that treat widgets as VS Code and Colab do: what is live there, and how it looks without Lab."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from journeys.editor import PATIENCE, Card
from journeys.lab import App, Server
from journeys.scenes import QUESTION, ask, setup

Host = Literal["vscode", "colab"]
SCRIPT = Path(__file__).with_name("elsewhere.js")
IN_COLAB = """\
import sys, types
for name in ("google", "google.colab", "google.colab.output"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["google.colab.output"].enable_custom_widget_manager = lambda: None
"""
BOXED = """\
view = {"version_major": 2, "version_minor": 0, "model_id": chat.widget().model_id}
display({"application/vnd.jupyter.widget-view+json": view}, raw=True)"""
THEME = "--vscode-editor-background: #1e1e1e; --vscode-editor-foreground: #ccc"
BACKGROUND = "(element) => getComputedStyle(element).backgroundColor"


class Elsewhere:
    """A page of that host's kind."""

    def __init__(self, server: Server, browser: Browser, host: Host) -> None:
        self.host = host
        self._server = server
        self.page: Page = browser.new_context(viewport={"width": 1000, "height": 1000}).new_page()
        origin = f"127.0.0.1:{server.port}"
        self.page.goto(f"http://{origin}/login")  # the page is of the server's own origin
        self._kernel = server.api("kernels", "POST")["id"]
        self.page.set_content("<!doctype html><body></body>")
        self.page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
        url = f"ws://{origin}/api/kernels/{self._kernel}/channels?session_id=page&token={server.token}"
        self.page.evaluate(
            "([host, url]) => { window.notebook = new Page(host); return notebook.connect(url); }",
            [host, url],
        )

    def run(self, index: int, source: str) -> None:
        assert self.page.evaluate("([index, code]) => notebook.run(index, code)", [index, source]) == "ok"

    def output(self, index: int) -> Locator | FrameLocator:
        cell = self.page.locator(f"#cell-{index}")
        return cell if self.host == "vscode" else cell.frame_locator("iframe")

    def editor(self, index: int) -> Locator:
        return self.output(index).locator(".nbkit .nbk").first

    def card(self, index: int) -> Card:
        return Card(self.editor(index).get_by_role("group", name=re.compile("^decide on ")).first)

    def close(self) -> None:
        self.page.context.close()
        self._server.api(f"kernels/{self._kernel}", "DELETE")


@pytest.fixture
def open_elsewhere(
    browser: Browser, servers: Callable[[App], Server], tmp_path: Path
) -> Iterator[Callable[[Host], Elsewhere]]:
    opened: list[Elsewhere] = []

    def open_(host: Host) -> Elsewhere:
        page = Elsewhere(servers("lab"), browser, host)
        opened.append(page)
        page.run(
            0, f"import os; os.chdir({str(tmp_path)!r})\n" + (IN_COLAB if host == "colab" else "") + setup()
        )
        return page

    yield open_
    for page in opened:
        page.close()


@pytest.mark.parametrize("host", ["vscode", "colab"])
def test_a_cell_is_live_and_its_card_leads_to_the_end(
    open_elsewhere: Callable[[Host], Elsewhere], host: Host
) -> None:
    notebook = open_elsewhere(host)
    notebook.run(1, ask(QUESTION))
    editor = notebook.editor(1)
    expect(editor).to_contain_text("Paused: get_weather waits for you", timeout=PATIENCE)
    notebook.run(2, BOXED)
    boxed = notebook.editor(2)
    expect(boxed).to_contain_text("Paused: get_weather waits for you", timeout=PATIENCE)

    notebook.card(1).press("Run")
    for each in (editor, boxed):
        expect(each).to_contain_text("light rain in Paris, 11 °C", timeout=PATIENCE)
        expect(each).to_contain_text("end_turn", timeout=PATIENCE)
    notebook.run(3, ask("Should I take an umbrella in Oslo?"))
    notebook.card(3).fake("snow, -3 °C")
    expect(notebook.editor(3)).to_contain_text("snow, -3 °C", timeout=PATIENCE)
    expect(boxed).to_contain_text("snow, -3 °C", timeout=PATIENCE)


def test_dark_pages_have_dark_views(open_elsewhere: Callable[[Host], Elsewhere]) -> None:
    notebook = open_elsewhere("vscode")
    paint = "(css) => { document.body.style.cssText = css; }"
    notebook.page.evaluate(paint, "background: #222; color: #ddd")
    notebook.run(1, ask(QUESTION))
    view = notebook.editor(1).locator(".nbk-view").first
    expect(view).to_be_visible(timeout=PATIENCE)
    assert view.evaluate(BACKGROUND) == "rgb(33, 33, 33)"
    notebook.page.evaluate(paint, THEME)
    notebook.page.evaluate("() => document.body.classList.add('vscode-dark')")
    notebook.page.emulate_media(color_scheme="dark")
    expect(view).to_have_css("background-color", "rgb(30, 30, 30)")
