"""The browser, the servers and the pages of the journeys; a page that fails leaves its picture."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from journeys.editor import PATIENCE
from journeys.lab import App, Server
from journeys.page import Notebook, notebook_file

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
OLD_KERNEL = "ipykernel6"
FAILED = pytest.StashKey[bool]()

Open = Callable[..., Notebook]


def missing(what: str) -> NoReturn:
    """Skip where something can't be had, and fail where it must be."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, so that its page can leave a picture."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


def playwright_here() -> AbstractContextManager[Playwright]:
    """Playwright on the machine's Node.js: the one it brings needs libraries that a bare machine lacks."""
    node = shutil.which("node")
    if node is not None:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node)
    return sync_playwright()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing(
            "no Chromium on the PATH: install it (Debian: apt-get install chromium) for the browser journeys"
        )
    expect.set_options(timeout=PATIENCE)  # a busy machine is slow, not wrong
    with playwright_here() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Jupyter path with one more kernel: this Python on the ipykernel 6 that `make` puts aside."""
    folder = tmp_path_factory.mktemp("jupyter")
    spec = folder / "kernels" / OLD_KERNEL
    spec.mkdir(parents=True)
    older = Path(sys.prefix) / OLD_KERNEL
    source = Path(__file__).resolve().parent.parent.parent
    content = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel 6)",
        "language": "python",
        "env": {"PYTHONPATH": os.pathsep.join([str(older), str(source)])},
    }
    (spec / "kernel.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory, kernels: Path) -> Iterator[Callable[[App], Server]]:
    """Start each application once, when it is first asked for."""
    running: dict[App, Server] = {}

    def start(app: App) -> Server:
        if app not in running:
            running[app] = Server(app, tmp_path_factory.mktemp(app), kernels=kernels)
        return running[app]

    yield start
    for server in running.values():
        server.close()


@pytest.fixture
def open_notebook(
    request: pytest.FixtureRequest, browser: Browser, servers: Callable[[App], Server], tmp_path: Path
) -> Iterator[Open]:
    """Write a notebook of these cells (or take a file's content), open it, and give its page."""
    opened: list[Notebook] = []

    def open_(
        cells: list[str] | None = None,
        *,
        app: App = "lab",
        kernel: str = "python3",
        start: bool = True,
        content: dict[str, object] | None = None,
    ) -> Notebook:
        server = servers(app)
        server.forget_choices()  # a theme, say, that an earlier journey wore
        folder = server.root / f"{request.node.originalname}-{len(list(server.root.iterdir()))}"
        folder.mkdir()
        file = folder / "notebook.ipynb"
        file.write_text(json.dumps(content or notebook_file(cells or [], kernel)), encoding="utf-8")
        notebook = Notebook(server, browser, f"{folder.name}/{file.name}", kernel=start)
        opened.append(notebook)
        return notebook

    yield open_
    for number, notebook in enumerate(opened):
        if request.node.stash.get(FAILED, False):
            picture = tmp_path / f"page-{number}.png"
            notebook.page.screenshot(path=str(picture))
            sys.stderr.write(f"the page as it was: {picture}\n{notebook.complaints}\n")
        notebook.close()


@pytest.fixture
def old_kernel() -> str:
    """Name the kernel that runs on ipykernel 6."""
    if not (Path(sys.prefix) / OLD_KERNEL).exists():
        missing(f"no ipykernel 6 in {Path(sys.prefix) / OLD_KERNEL}: `make test` puts it there")
    return OLD_KERNEL
