"""The API's own tools that the caller runs: shell, editor, memory, toolsets; and tools made with the SDK."""

from typing import Any

import pytest
from anthropic import beta_tool

import nbkit
from nbkit import Approve, ToolError
from nbkit.loop.calls.policy import allow
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import Tool
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.record.tool_faces import as_text
from nbkit.notebook.views.snapshot import Frame, snapshot
from nbkit.wire.blocks import Json
from scripted import Scripted, call, calls, says

BASH = {"type": "bash_20250124", "name": "bash"}
EDITOR = {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}
OLD_EDITOR = {"type": "text_editor_20250124", "name": "str_replace_editor"}
MEMORY = {"type": "memory_20250818", "name": "memory"}
COMPUTER = {"type": "computer_toolset_20260801"}


class Notes:
    """A memory in a dict."""

    def __init__(self) -> None:
        self.files = {"/memories/a": "tea"}

    def view(self, path: str, view_range: list[int] | None = None) -> str:
        return self.files[path]

    def create(self, path: str, file_text: str) -> str:
        self.files[path] = file_text
        return "created"

    def rename(self, old_path: str, new_path: str) -> str:
        self.files[new_path] = self.files.pop(old_path)
        return "renamed"


class Shell:
    def run(self, command: str) -> str:
        return f"ran {command}"

    def restart(self) -> str:
        return "restarted"


class Screen:
    secret = "a"

    def left_click(self, coordinate: list[int]) -> str:
        return f"clicked at {coordinate}"


def talk(definition: Any, name: str, input: Json, **more: Any) -> Conversation:
    block = {**call("toolu_1", name=name), "input": input}
    if "toolset" in str(definition):
        block["toolset_name"] = "computer"
    return Conversation(tools=[definition], client=Scripted([calls(block), says("done")]), **more)


RUNS: list[tuple[Any, str, Json, Any]] = [
    (Tool.from_definition(BASH, lambda command: f"ran {command}"), "bash", {"command": "ls"}, "ran ls"),
    (Tool.from_definition(BASH, Shell()), "bash", {"command": "ls"}, "ran ls"),
    (Tool.from_definition(BASH, Shell()), "bash", {"restart": True}, "restarted"),
    (Tool.from_definition(MEMORY, Notes()), "memory", {"command": "view", "path": "/memories/a"}, "tea"),
    (
        Tool.from_definition(MEMORY, Notes()),
        "memory",
        {"command": "rename", "old_path": "/memories/a", "new_path": "/memories/b"},
        "renamed",
    ),
    (
        Tool.from_definition(EDITOR, lambda command, path, **rest: f"{command} {path} {rest}"),
        EDITOR["name"],
        {"command": "insert", "path": "a.py", "insert_line": 0, "insert_text": "x"},
        "insert a.py {'insert_line': 0, 'insert_text': 'x'}",
    ),
]


@pytest.mark.parametrize(("tool", "name", "input", "value"), RUNS)
def test_what_the_user_supplies_runs_the_apis_tool(tool: Any, name: str, input: Json, value: str) -> None:
    chat = talk(tool, name, input, policy=allow)
    assert chat.send("go").text == "done"
    assert chat.messages[2]["content"][0]["content"] == value
    assert chat.request()["tools"] == [tool.definition()]


@pytest.mark.parametrize("definition", [BASH, EDITOR, MEMORY])
def test_nothing_runs_where_nobody_supplies_it(definition: Json) -> None:
    chat = talk(definition, definition["name"], {"command": "view", "path": "a"}, policy=allow)
    chat.send("go")
    assert chat.pending["toolu_1"].why_not == f"{definition['name']} has a definition and no function"


WRONG: list[tuple[Json, Json, str]] = [
    (BASH, {}, "command: Field required"),
    (BASH, {"command": 3}, "command: Input should be a valid string"),
    (MEMORY, {"command": "undo_edit", "path": "a"}, "command: Input should be 'view' or 'create' or"),
    (MEMORY, {"command": "rename", "old_path": "a"}, "new_path: Field required"),
    (
        EDITOR,
        {"command": "view", "path": "a", "view_range": ["1", 2]},
        "view_range.0: Input should be a valid integer",
    ),
    (EDITOR, {"command": "delete", "path": "a"}, "command: Input should be"),
    (EDITOR, {"command": ["view"]}, "command: Input should be"),
]


@pytest.mark.parametrize(("definition", "input", "why"), WRONG)
def test_an_input_that_these_tools_never_get_is_not_run(definition: Json, input: Json, why: str) -> None:
    ran: list[Json] = []
    tool = Tool.from_definition(definition, lambda **given: ran.append(given))
    with pytest.raises(ToolError, match=why.replace(".", r"\.")):
        tool.run(input)
    assert ran == []


def test_an_older_editor_undoes_its_edits() -> None:
    tool = Tool.from_definition(OLD_EDITOR, lambda command, path, **rest: command)
    assert tool.run({"command": "undo_edit", "path": "a"}) == "undo_edit"
    assert tool.run({"command": "insert", "path": "a", "insert_line": 1, "new_str": "x"}) == "insert"


def test_a_member_of_a_toolset_is_run_by_the_method_of_its_name() -> None:
    chat = talk(Tool.from_definition(COMPUTER, Screen()), "left_click", {"coordinate": [1, 2]}, policy=allow)
    assert chat.send("go").text == "done"
    result = chat.messages[2]["content"][0]
    assert (result["content"], result["toolset_name"]) == ("clicked at [1, 2]", "computer")


@pytest.mark.parametrize("name", ["right_click", "secret", "__init__", "left click"])
def test_a_member_without_a_method_can_only_be_faked(name: str) -> None:
    chat = talk(Tool.from_definition(COMPUTER, Screen()), name, {})
    chat.send("go")
    why = chat.pending["toolu_1"].why_not
    assert why is not None
    assert why.startswith(f"the toolset computer has nothing here that runs {name}")
    with pytest.raises(ToolError, match="can't be run"):
        chat.decide("toolu_1", Approve())


def test_a_tool_of_the_sdk_is_a_tool_here() -> None:
    @beta_tool
    def add(a: int, b: int) -> str:
        """Add.

        Args:
            a: One.
            b: Another.
        """
        return str(a + b)

    chat = talk(add, "add", {"a": 1, "b": 2}, policy=allow)
    assert chat.send("go").text == "done"
    assert chat.messages[2]["content"][0]["content"] == "3"
    assert chat.request()["tools"] == [add.to_dict()]


FACES: list[tuple[str, Any, str | None]] = [
    ("bash", {"command": "ls\npwd"}, "$ ls\n  pwd"),
    ("bash", {"restart": True}, "restart the shell"),
    ("bash", {"command": "ls", "other": 1}, None),
    ("get_weather", {"command": "ls"}, None),
    ("memory", {"command": "view", "path": "/m", "view_range": [1, -1]}, "view /m, lines 1 to the end"),
    ("memory", {"command": "create", "path": "/m", "file_text": "a\nb\n"}, "create /m\n+ a\n+ b"),
    ("memory", {"command": "rename", "old_path": "a", "new_path": "b"}, "rename a to b"),
    ("memory", {"command": "delete", "path": "a"}, "delete a"),
    (
        "str_replace_based_edit_tool",
        {"command": "str_replace", "path": "a.py", "old_str": "x", "new_str": "y\nz"},
        "replace in a.py\n- x\n+ y\n+ z",
    ),
    ("str_replace_based_edit_tool", {"command": "str_replace", "path": "a.py", "old_str": 3}, None),
    ("memory", ["command"], None),
]


@pytest.mark.parametrize(("name", "input", "text"), FACES)
def test_a_call_is_read_as_what_it_does(name: str, input: Any, text: str | None) -> None:
    assert as_text(name, input) == text


def test_saved_pages_show_an_edit_as_lines_and_the_toolset_of_a_call() -> None:
    edit = {"command": "str_replace", "path": "<a>.py", "old_str": "<b>", "new_str": "c"}
    chat = talk(EDITOR, EDITOR["name"], edit)
    chat.send("go")
    shot = snapshot(chat, Frame("v", 0, len(chat.history)), ())
    assert "replace in <a>.py\n  - <b>\n  + c" in plain(shot)
    assert "replace in &lt;a&gt;.py\n- &lt;b&gt;\n+ c" in html(shot)
    member = talk(COMPUTER, "left_click", {"coordinate": [1, 2]})
    member.send("go")
    shot = snapshot(member, Frame("v", 0, len(member.history)), ())
    assert "computer · left_click" in plain(shot)
    assert "computer · left_click" in html(shot)


def test_tools_is_where_functions_are_supplied_later() -> None:
    chat = talk(BASH, "bash", {"command": "ls"})
    chat.send("go")
    chat.tools = [Tool.from_definition(BASH, Shell())]
    assert chat.pending["toolu_1"].why_not is None
    assert nbkit.Conversation(tools=chat.tools).tools[0].input_schema is not None
