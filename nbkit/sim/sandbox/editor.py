"""The text editor of a container: `view`, `create` and `str_replace`, with the results that the API gives."""

from __future__ import annotations

from typing import Any

from nbkit.sim.sandbox.bounds import Unknown
from nbkit.sim.sandbox.disk import HOME, Disk, OutOfSpace
from nbkit.wire.blocks import Json

RESULT = "text_editor_code_execution_{}_result"
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


class Unfit(Exception):
    """The editor can't do that: an error code, and what is wrong."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def edited(given: Json, disk: Disk) -> Json:
    """Do what a use of the editor asks for, and return the content of its result."""
    try:
        return _done(given, disk)
    except Unfit as unfit:
        return _failed(unfit.code, str(unfit))
    except FileNotFoundError:
        return _failed("file_not_found", f"The path {given['path']} does not exist.")
    except IsADirectoryError:
        return _failed("invalid_tool_input", f"The path {given['path']} is a directory.")
    except Unknown:
        return _failed("unavailable", f"The simulator has no {given['path']}; files can be in {HOME}.")
    except OutOfSpace:
        return _failed("unavailable", "No space left on device")


def _failed(code: str, message: str) -> Json:
    kind = "text_editor_code_execution_tool_result_error"
    return {"type": kind, "error_code": code, "error_message": message}


def _done(given: Json, disk: Disk) -> Json:
    path = given.get("path")
    if not isinstance(path, str) or not path:
        raise Unfit("invalid_tool_input", "Missing parameter: path")
    match given.get("command"):
        case "view":
            return _viewed(path, given.get("view_range"), disk)
        case "create":
            text = _text(given, "file_text")
            is_update = disk.exists(path)
            disk.write(path, text.encode())
            return {"type": RESULT.format("create"), "is_file_update": is_update}
        case "str_replace":
            return _replaced(path, _text(given, "old_str"), str(given.get("new_str") or ""), disk)
        case command:
            raise Unfit("invalid_tool_input", f"Unknown command: {command}")


def _text(given: Json, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise Unfit("invalid_tool_input", f"Missing parameter: {name}")
    return value


def _viewed(path: str, view_range: Any, disk: Disk) -> Json:
    if disk.is_directory(path):
        names = disk.listed(path)
        return _view("\n".join(names), "text", len(names), 1, len(names))
    data = disk.read(path)
    if path.lower().endswith(IMAGES) or data.startswith(b"%PDF-"):
        kind = "pdf" if data.startswith(b"%PDF-") else "image"
        return _view("", kind, None, None, None)
    lines = data.decode("utf-8", "replace").split("\n")
    lines = lines[:-1] if len(lines) > 1 and not lines[-1] else lines
    first, last = _range(view_range, len(lines))
    shown = lines[first - 1 : last]
    return _view("\n".join(shown), "text", len(shown), first, len(lines))


def _range(view_range: Any, most: int) -> tuple[int, int]:
    """The first and the last line to show: -1 is the end."""
    if view_range is None:
        return 1, most
    fits = (
        isinstance(view_range, list) and len(view_range) == 2 and all(type(one) is int for one in view_range)
    )
    first, last = view_range if fits else (0, 0)
    last = most if last == -1 else last
    if not 1 <= first <= last:
        raise Unfit("invalid_tool_input", f"Invalid `view_range`: {view_range}")
    return first, min(last, most)


def _view(content: str, file_type: str, shown: int | None, first: int | None, total: int | None) -> Json:
    return {
        "type": RESULT.format("view"),
        "file_type": file_type,
        "content": content,
        "num_lines": shown,
        "start_line": first,
        "total_lines": total,
    }


def _replaced(path: str, old: str, new: str, disk: Disk) -> Json:
    text = disk.text(path)
    times = text.count(old) if old else 0
    if times != 1:
        found = "No match found" if not times else f"Found {times} matches"
        raise Unfit("invalid_tool_input", f"{found} for `old_str` in {path}; it has to occur exactly once.")
    disk.write(path, text.replace(old, new).encode())
    before = text[: text.index(old)]
    head = before.rpartition("\n")[2]
    tail = text[text.index(old) + len(old) :].partition("\n")[0]
    start = before.count("\n") + 1
    gone, come = (f"{head}{each}{tail}".split("\n") for each in (old, new))
    return {
        "type": RESULT.format("str_replace"),
        "old_start": start,
        "old_lines": len(gone),
        "new_start": start,
        "new_lines": len(come),
        "lines": [*(f"-{line}" for line in gone), *(f"+{line}" for line in come)],
    }
