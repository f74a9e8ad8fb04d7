"""The schemas of client tools that the API defines: requests name only their type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.brain.scene import Tool


_TEXT: Json = {"type": "string"}
_PATH: Json = {"type": "string", "description": "Path of the file or directory"}
_EDITOR: Json = {
    "type": "object",
    "properties": {"command": {"type": "string", "enum": ["view", "create"]}, "path": _PATH},
    "required": ["command", "path"],
}
_KNOWN: dict[str, tuple[str, Json]] = {
    "bash": (
        "Run a shell command: list files, read a file, run a program",
        {
            "type": "object",
            "properties": {"command": {**_TEXT, "description": "The command to run"}},
            "required": ["command"],
        },
    ),
    "str_replace_based_edit_tool": ("View and edit files", _EDITOR),
    "str_replace_editor": ("View and edit files", _EDITOR),
    "memory": (
        "Remember things in files, and look up what was remembered",
        {
            "type": "object",
            "properties": {
                "command": {"type": "string", "enum": ["view"]},
                "path": {**_PATH, "default": "/memories"},
            },
            "required": ["command", "path"],
        },
    ),
    "computer": (
        "Look at the screen, click and type",
        {
            "type": "object",
            "properties": {"action": {"type": "string", "enum": ["screenshot"]}},
            "required": ["action"],
        },
    ),
}


def tool(name: str) -> Tool:
    """Return a tool of that fixed name."""
    from nbkit.sim.brain.scene import Tool

    description, schema = _KNOWN.get(name, ("", {"type": "object", "properties": {}}))
    return Tool(name, description, schema)
