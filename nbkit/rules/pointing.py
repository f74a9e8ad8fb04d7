"""Where in a request a problem is: its path, which is spelt as the API spells it, as a JSON pointer.

The API writes the tag of a union as a step of the path (`messages.0.content.0.text.citations`), and names
fields that aren't there; a pointer leads to what is, so that a program can mark it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nbkit.rules.problem import Problem

# Steps that the API writes and no `type` spells: its name for a document, a tool's and a marker's only form.
TAGS = frozenset(("custom", "ephemeral", "pdf"))
MOST_DIGITS = 9  # of an index; keys that a request makes up may be longer


def pointed(problems: Iterable[Problem], document: Any) -> None:
    """Tell each problem that has no pointer yet where it is in `document`.

    Done in place and once: the same problem may be kept, and told again each time a conversation grows.
    """
    for problem in problems:
        if not problem.pointer and problem.path:
            object.__setattr__(problem, "pointer", located(problem.path, document))


def located(path: str, document: Any) -> str:
    """Return the JSON pointer of the deepest place on the way of `path` that `document` has."""
    node, steps, parts = document, [], path.split(".")
    at = 0
    while at < len(parts):
        part = parts[at]
        at += 1
        if isinstance(node, list):
            if not part.isdecimal():
                if part.startswith("list["):  # the API's name for the list's own type
                    continue
                break
            if len(part) > MOST_DIGITS or int(part) >= len(node):
                break
            node = node[int(part)]
        elif isinstance(node, dict):
            key = _key(node, parts, at - 1)
            if key is None:
                if part == node.get("type") or part in TAGS:
                    continue
                break
            at += key.count(".")
            node, part = node[key], key.replace("~", "~0").replace("/", "~1")
        else:
            break
        steps.append(part)
    return "".join(f"/{step}" for step in steps)


def _key(node: dict[str, Any], parts: list[str], at: int) -> str | None:
    """Return the key that the path goes on with; None where its next step is none."""
    part, rest = parts[at], ".".join(parts[at:])
    if rest in node:  # a key may hold dots itself
        return rest
    if part not in node:
        return None
    inside, following = node[part], parts[at + 1 : at + 2]
    is_tag = part == node.get("type") and following and not _holds(inside, following[0])
    return None if is_tag else part


def _holds(node: Any, part: str) -> bool:
    return part in node if isinstance(node, dict) else isinstance(node, list) and part.isdecimal()
