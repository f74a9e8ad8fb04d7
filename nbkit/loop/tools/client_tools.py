"""The API's own tools that the caller runs: what their inputs are, and how an object runs them.

A request names only their type (`bash_20250124`), so what an input must be is looked up here. One object may
stand for a family: its methods are the commands of an editor or a memory, or the members of a toolset.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from nbkit.errors import ToolError, a_kind
from nbkit.facts import facts
from nbkit.wire.blocks import Json

DATED = re.compile(r"_\d{8}$")
OLD_EDITORS = ("text_editor_20250124", "text_editor_20241022")


def family(definition: Json) -> str:
    """Return what kind of tool of the API's a definition is, without its date; empty for one of ours."""
    kind = definition.get("type")
    return DATED.sub("", kind) if isinstance(kind, str) else ""


def input_schema(definition: Json, input: Json | None = None) -> Json | None:
    """Return the schema of an input for one of the API's tools, by the command that it gives.

    None for any other tool; where an input gives no known command, the schema says which there are.
    """
    kind = family(definition)
    known = facts.client_inputs()
    if kind == "bash":
        needed = [] if input and input.get("restart") else ["command"]
        return {"type": "object", "properties": known["bash"], "required": needed}
    if kind not in ("text_editor", "memory"):
        return None
    commands = dict(known[kind])
    if definition["type"] in OLD_EDITORS:
        commands |= known[OLD_EDITORS[0]]
    command = input.get("command") if input is not None else None
    fields = commands.get(command, {}) if isinstance(command, str) else {}
    return {
        "type": "object",
        "properties": {
            "command": {"type": "string", "enum": list(commands)},
            **{name.rstrip("?"): schema for name, schema in fields.items()},
        },
        "required": ["command", *(name for name in fields if not name.endswith("?"))],
    }


def runner(definition: Json, given: Any) -> Callable[..., Any]:
    """Return what runs a tool: the function that was given, or an object by its methods."""
    if callable(given):
        function: Callable[..., Any] = given
        return function
    kind = family(definition)
    if kind in ("text_editor", "memory"):
        return partial(_by_command, given)
    if kind == "bash":
        return partial(_shell, given)
    if kind.endswith("_toolset"):
        return partial(_no_member, kind.removesuffix("_toolset"))
    raise ToolError(f"a tool runs a function, not {a_kind(given)}")


def member(given: Any, name: str) -> Callable[..., Any] | None:
    """Return the method of an object that runs a member of a toolset."""
    method = getattr(given, name, None) if name.isidentifier() and not name.startswith("_") else None
    return method if callable(method) else None


def _by_command(given: Any, /, command: str, **rest: Any) -> Any:
    method = getattr(given, command, None)
    if not callable(method):
        raise ToolError(f"{type(given).__name__} has no method {command}")
    return method(**rest)


def _shell(given: Any, /, command: str = "", restart: bool = False, **rest: Any) -> Any:
    return given.restart() if restart else given.run(command, **rest)


def _no_member(toolset: str, /, **input: Any) -> Any:
    raise ToolError(f"the toolset {toolset} is run by its members")
