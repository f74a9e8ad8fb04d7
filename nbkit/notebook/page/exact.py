"""Numbers that a page writes in another way: JavaScript has one kind only, so 1.0 comes back as 1."""

from __future__ import annotations

from typing import Any


def exact(value: Any, before: Any) -> Any:
    """Return a value from the page with its floats as `before` has them in the same place."""
    if isinstance(value, dict):
        there = before if isinstance(before, dict) else {}
        return {key: exact(each, there.get(key)) for key, each in value.items()}
    if isinstance(value, list):
        around = before if isinstance(before, list) else []
        return [exact(each, around[at] if at < len(around) else None) for at, each in enumerate(value)]
    return before if type(value) is int and isinstance(before, float) and before == value else value
