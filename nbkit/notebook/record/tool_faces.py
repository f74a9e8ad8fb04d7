"""Calls of the API's own tools as a person reads them: a command as a command, an edit as lines.

Lines are pairs of a sign and a text: `+` is added, `-` taken away, `$` typed into a shell. The page draws the
same (`widgets/src/tool-faces.ts`).
"""

from __future__ import annotations

from typing import Any

from nbkit.wire.blocks import Json

Line = tuple[str, str]
EDITORS = frozenset({"str_replace_based_edit_tool", "str_replace_editor", "memory"})


def face(name: object, input: Any) -> tuple[str, list[Line]] | None:
    """Return a title and lines, None for other tools and for inputs of another shape."""
    if not isinstance(input, dict):
        return None
    command = input.get("command")
    if name == "bash":
        if input.get("restart") is True:
            return "restart the shell", []
        return ("", _lines("$", command)) if isinstance(command, str) and len(input) == 1 else None
    if not isinstance(name, str) or name not in EDITORS or not isinstance(command, str):
        return None
    return _edit(command, input)


def _edit(command: str, input: Json) -> tuple[str, list[Line]] | None:
    match {"command": command, **input}:
        case {"command": "view", "path": str(path), "view_range": [int(start), int(end)]}:
            return f"view {path}, lines {start} to {'the end' if end == -1 else end}", []
        case {"command": "view", "path": str(path)}:
            return f"view {path}", []
        case {"command": "create", "path": str(path), "file_text": str(text)}:
            return f"create {path}", _lines("+", text)
        case {"command": "str_replace", "path": str(path), "old_str": str(old)}:
            new = input.get("new_str")
            added = _lines("+", new) if isinstance(new, str) and new else []
            return f"replace in {path}", _lines("-", old) + added
        case {"command": "insert", "path": str(path), "insert_line": int(at)}:
            new = input.get("insert_text", input.get("new_str"))
            return (f"insert into {path} after line {at}", _lines("+", new)) if isinstance(new, str) else None
        case {"command": "delete", "path": str(path)}:
            return f"delete {path}", []
        case {"command": "rename", "old_path": str(old), "new_path": str(new)}:
            return f"rename {old} to {new}", []
        case {"command": "undo_edit", "path": str(path)}:
            return f"undo the last edit of {path}", []
    return None


def _lines(sign: str, text: str) -> list[Line]:
    lines = text.removesuffix("\n").split("\n")
    return [(sign if sign != "$" or at == 0 else " ", line) for at, line in enumerate(lines)]


def as_text(name: object, input: Any) -> str | None:
    """Return the face as text, None where there is none."""
    found = face(name, input)
    if found is None:
        return None
    title, lines = found
    return "\n".join([*([title] if title else []), *(f"{sign} {line}" for sign, line in lines)])
