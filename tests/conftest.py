"""What every test stands on: no key and no address of the person who runs it; slow tests last."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from at_page import Page
    from in_shell import Notebook

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by where it stands, and run it after what is quick."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
        elif item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.notebooks)
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> int:
    """Playwright keeps an event loop in the main thread once it runs, so nothing may follow the journeys."""
    if item.get_closest_marker("journey"):
        return 2
    return 1 if item.get_closest_marker("notebooks") else 0


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is billed by a test, and no proxy stands between a test and its own loopback server."""
    private = ("ANTHROPIC_", "NBKIT_", "AWS_", "GOOGLE_", "CLAUDE_")
    for name in list(os.environ):
        if name.startswith(private) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def root() -> Path:
    """The clone the tests run in."""
    return ROOT


@pytest.fixture(autouse=True)
def nobody_left_at_the_page() -> Iterator[None]:
    """A notebook that a test leaves loaded is asked nothing by the tests after it."""
    yield
    if "nbkit.notebook.magics" in sys.modules:
        from nbkit.connection import Connection
        from nbkit.loop.conversation import Conversation

        Connection.before_sending = Conversation.listener = None


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Notebook"]:
    """A notebook that runs where nobody is at the page."""
    yield from _loaded(tmp_path, monkeypatch, attended=False)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Notebook"]:
    """The same with a page, so outputs can be updated."""
    yield from _loaded(tmp_path, monkeypatch, attended=True)


def _loaded(folder: Path, monkeypatch: pytest.MonkeyPatch, *, attended: bool) -> Iterator["Notebook"]:
    from in_shell import Notebook

    monkeypatch.chdir(folder)
    made = Notebook(attended=attended)
    yield made
    made.run("%unload_ext nbkit")


@pytest.fixture
def ran() -> list[str]:
    """The cities that the tool of `page` has run for."""
    return []


@pytest.fixture
def page(ran: list[str]) -> "Page":
    """A page whose conversation is paused on two calls."""
    from at_page import Page

    def run(city: str) -> str:
        ran.append(city)
        return f"{len(city)} °C"

    return Page(runs=run)
