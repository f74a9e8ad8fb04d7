"""JSON text from a server, read as the standard has it: no NaN, and nothing too deep to be gone through."""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 200  # levels; every copy and every walk of a value goes as deep as the value


def parsed(text: str | bytes) -> Any:
    """Return what the text says. Raises `ValueError` for anything that is no JSON."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if _depth(value) > DEEPEST:
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, (dict, list))]:
        depth += 1
        level = [item for each in level for item in (each.values() if isinstance(each, dict) else each)]
    return depth
