"""Numbers that a page can't hold: JavaScript has doubles only, so a long whole number comes back rounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def exact(value: Any, before: Any) -> Any:
    """Return a value from the page with its numbers as `before` has them, where they are the same double.

    A number is looked for in its own place, and then, if it is too long for a double, anywhere in `before`.
    """
    long: dict[float, set[int]] = {}
    for number in _long(before):
        long.setdefault(_double(number), set()).add(number)
    return _exact(value, before, long)


def _exact(value: Any, before: Any, long: dict[float, set[int]]) -> Any:
    if isinstance(value, dict):
        there = before if isinstance(before, dict) else {}
        return {key: _exact(each, there.get(key), long) for key, each in value.items()}
    if isinstance(value, list):
        around = before if isinstance(before, list) else []
        return [_exact(each, around[at] if at < len(around) else None, long) for at, each in enumerate(value)]
    if not _is_number(value):
        return value
    if _is_number(before) and _double(before) == _double(value):
        return before
    meant = long.get(_double(value), set())
    return next(iter(meant)) if len(meant) == 1 else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def _long(value: Any) -> Iterator[int]:
    """Yield the whole numbers that a double may round."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _long(each)
    elif isinstance(value, list):
        for each in value:
            yield from _long(each)
    elif isinstance(value, int) and abs(value) > 2**53:
        yield value
