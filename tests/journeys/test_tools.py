"""What tools give and what they are faked with, in a real page: variables, pictures, large results."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import PATIENCE, Editor
from journeys.scenes import QUESTION, TWO_CITIES, ask, ran, received, results, setup

VARIABLES = """\
import pandas as pd
from matplotlib.figure import Figure

df = pd.DataFrame({"city": ["Paris", "Oslo"], "degrees": [11, 3]})
plot = Figure(figsize=(3, 2))
_ = plot.subplots().plot([11, 3])
"""

LARGE = """\
import pandas as pd


@nbkit.tool
def get_weather(city: str):
    "Current weather in a city."
    with open("ran.txt", "a") as log:
        log.write(city + "\\n")
    return pd.DataFrame({"hour": range(40_000), "degrees": 11})
"""


@pytest.mark.parametrize("old", [False, True], ids=["ipykernel7", "ipykernel6"])
def test_calls_are_faked_with_variables_of_the_notebook(
    open_notebook: Open, old: bool, request: pytest.FixtureRequest
) -> None:
    kernel = request.getfixturevalue("old_kernel") if old else "python3"
    notebook = open_notebook([setup(), ask(TWO_CITIES), VARIABLES], kernel=kernel)
    notebook.run(0)
    notebook.start(1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    notebook.run(2)  # made while the turn is paused
    first, second = editor.card(0), editor.card(1)
    first.press("Fake")
    name = first.root.get_by_label("from a variable")
    name.click()
    expect(first.root.locator("datalist option[value=df]")).to_have_count(1, timeout=PATIENCE)
    name.press_sequentially("df")
    name.press("Enter")
    expect(first.root.get_by_role("textbox", name="made-up result")).to_have_value(
        "    city  degrees\n0  Paris       11\n1   Oslo        3", timeout=PATIENCE
    )
    first.press("Use as result")
    first.wait_decided("faked")
    second.press("Fake")
    second.root.get_by_label("from a variable").fill("plot")
    second.press("Take it")
    expect(second.root.locator("img")).to_be_visible(timeout=PATIENCE)
    second.press("Use as result")
    editor.wait("idle")
    table, picture = results(received(notebook)[-1])
    assert table["content"].startswith("    city  degrees\n0  Paris")
    assert [block["type"] for block in picture["content"]] == ["image"]
    assert ran(notebook) == []


def test_a_table_of_forty_thousand_rows_is_not_sent_unasked(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), LARGE, ask(QUESTION)])
    notebook.run(0, 1)
    notebook.start(2)
    editor = Editor(notebook, 2)
    editor.wait("paused")
    card = editor.card()
    card.press("Run")
    expect(card.root.get_by_role("status")).to_contain_text("the result is large", timeout=PATIENCE)
    expect(card.root.get_by_role("status")).to_contain_text("with every request that it is in")
    assert len(received(notebook)) == 1
    expect(card.root.get_by_role("textbox", name="shortened result")).to_have_value(
        re.compile("characters left out")
    )
    card.press("Use the shorter one")
    editor.wait("idle")
    (result,) = results(received(notebook)[-1])
    assert 1000 < len(result["content"]) < 50_000
    assert ran(notebook) == ["Paris"]


SHELL = """\
bash = {"type": "bash_20250124", "name": "bash"}
chat.tools = [nbkit.Tool.from_definition(bash, lambda command: f"ran {command}")]
edit = {"command": "str_replace", "path": "a.py", "old_str": "one", "new_str": "two"}
chat.tools += [{"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}]
names = {"bash": {"command": "ls -l"}, "str_replace_based_edit_tool": edit}
use = lambda name: {"type": "tool_use", "id": f"toolu_{name}", "name": name, "input": names[name]}
uses = list(map(use, names))
chat.messages = [{"role": "user", "content": "mend it"}, {"role": "assistant", "content": uses}]
chat
"""


def test_a_shell_runs_what_the_user_supplied_and_an_edit_is_seen_as_lines(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), SHELL])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("paused")
    expect(editor.root.locator(".nbk-typed")).to_have_text("$ ls -l")
    expect(editor.root.locator(".nbk-gone")).to_contain_text("- one")
    expect(editor.root.locator(".nbk-added")).to_contain_text("+ two")
    shell, edit = editor.card(0), editor.card(1)
    expect(edit.root.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    shell.press("Run")
    shell.wait_decided("ran")
    edit.fake("edited")
    editor.wait("idle")
    assert [result["content"] for result in results(received(notebook)[-1])] == ["ran ls -l", "edited"]


NO_TOOLS = """\
chat.messages = [{"role": "user", "content": "What time is it in Oslo?"}]
chat"""


def test_a_tool_is_added_in_the_editor_and_told_what_is_wrong_while_one_types(open_notebook: Open) -> None:
    notebook = open_notebook([setup(), NO_TOOLS])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    editor.press("+ tool")
    part = editor.root.locator(".nbk-request .nbk-block").filter(
        has=notebook.page.get_by_label("name", exact=True)
    )
    part.get_by_label("name", exact=True).fill("get time")
    expect(part.locator(".nbk-problem")).to_contain_text("tools.0.custom.name: String should match pattern")
    part.get_by_label("name", exact=True).fill("get_time")
    expect(part.locator(".nbk-problem")).to_have_count(0)
    part.get_by_label("description", exact=True).fill("The time in a city.")
    schema = '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}'
    part.get_by_label("input_schema", exact=True).fill(schema[:-1])
    expect(part).to_contain_text("not JSON yet")
    part.get_by_label("input_schema", exact=True).fill(schema)
    part.get_by_label("input_schema", exact=True).press("ControlOrMeta+Enter")
    expect(editor.root.locator(".nbk-tool summary")).to_contain_text(["get_time The time in a city."])
    editor.press("+ tool")
    editor.root.get_by_label("name", exact=True).fill("get_date")
    editor.press("Add")
    editor.root.get_by_role("button", name="edit tools.1").click()
    editor.root.get_by_label("description", exact=True).fill("The date.")
    editor.press("Save")
    expect(editor.root.locator(".nbk-tool summary")).to_contain_text(["get_time", "get_date The date."])
    editor.root.get_by_role("button", name="delete tools.1").click()
    expect(editor.root.locator(".nbk-tool")).to_have_count(1)
    editor.press("Continue")
    editor.wait("paused")
    (tool,) = received(notebook)[-1]["tools"]
    assert tool == {
        "name": "get_time",
        "description": "The time in a city.",
        "input_schema": json.loads(schema),
    }
    editor.card().fake("noon")
    editor.wait("idle")
    assert results(received(notebook)[-1])[0]["content"] == "noon"
