"""A conversation among a user's own widgets: live in a `VBox`, its traits observed, its words left behind."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, expect

from journeys.conftest import Open
from journeys.editor import PATIENCE, Card
from journeys.lab import App
from journeys.page import Notebook
from journeys.scenes import QUESTION, ask, ran, setup

BOX = """\
from ipywidgets import HTML, VBox
light = HTML()
seen = []


def look(change):
    seen.append(change["new"])
    light.value = f"{change['new']}, {light_of.length} messages, open: {', '.join(light_of.pending)}"


light_of = chat.widget()
light_of.observe(look, "state")
VBox([light, light_of])"""
TOLD = (
    "import json; print(json.dumps([seen, light_of.length, light_of.pending, light_of.last, chat.last.text]))"
)
SIZE = "print(len(json.dumps(chat.widget().get_state())) - len(chat.widget().record))"


def box(notebook: Notebook, cell: int) -> Locator:
    return notebook.output(cell).locator(".nbkit .nbk").first


def told(notebook: Notebook, cell: int) -> list[object]:
    notebook.run(cell)
    found: list[object] = json.loads(notebook.text(cell))
    return found


@pytest.mark.parametrize(
    ("app", "old"), [("lab", False), ("lab", True), ("notebook", False), ("notebook", True)]
)
def test_a_conversation_in_a_vbox_is_live_and_its_traits_follow(
    open_notebook: Open, request: pytest.FixtureRequest, app: App, old: bool
) -> None:
    kernel = request.getfixturevalue("old_kernel") if old else "python3"
    notebook = open_notebook([setup(), BOX, ask(QUESTION), TOLD, SIZE], app=app, kernel=kernel)
    notebook.run(0, 1)
    expect(box(notebook, 1)).to_be_visible(timeout=PATIENCE)
    notebook.run(2)
    inside = box(notebook, 1)
    expect(inside).to_contain_text(QUESTION, timeout=PATIENCE)
    light = notebook.output(1).locator(".widget-html").first
    expect(light).to_contain_text("paused, 2 messages, open: toolu_", timeout=PATIENCE)

    Card(inside.get_by_role("group", name="decide on get_weather").first).press("Run")
    expect(light).to_contain_text("idle, 4 messages", timeout=PATIENCE)
    expect(inside).to_contain_text("light rain in Paris")
    assert ran(notebook) == ["Paris"]
    seen, length, pending, last, said = told(notebook, 3)
    assert isinstance(seen, list)
    assert seen[-1] == "idle"
    assert "paused" in seen
    assert (length, pending, last) == (4, [], said)
    notebook.run(4)
    assert int(notebook.text(4)) < 1000

    notebook.reload()
    expect(box(notebook, 1)).to_contain_text("light rain in Paris", timeout=PATIENCE)

    notebook.restart()
    expect(box(notebook, 1)).to_have_count(0, timeout=PATIENCE)
    area = notebook.output(1)
    expect(area.get_by_role("button")).to_have_count(0)
    expect(area).not_to_contain_text("model not found")
    expect(area).to_contain_text("light rain in Paris")
