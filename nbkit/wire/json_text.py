"""JSON text from a server, read as the standard has it: no NaN, and nothing too deep to be gone through.

The fast parser takes less than the standard library's (no lone surrogates, say), and what both take they read
alike. So it goes first, and where it refuses the slow one decides and finds the words. Only of an integer it
takes more: one that Python won't write again is left to the slow one at once.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

LONGEST_INTEGER = 4300  # digits, as Python has it: a longer one could be read, and not be written again
DEEPEST = 201  # levels, as the fast parser has it; every copy and every walk of a value goes as deep


def parsed(text: str | bytes) -> Any:
    """Return what the text says. Raises `ValueError` for anything that is no JSON.

    A number that would be read as infinite is refused too: it could not be sent back.
    """
    value = parsed_event(text)
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise ValueError("it holds a number that is larger than any that can be kept") from None
    return value


def parsed_event(text: str | bytes) -> Any:
    """The same where time counts; a number past what a float can hold is read as infinite."""
    if len(text) > LONGEST_INTEGER and _holds_a_huge_integer(text):
        return _slowly(text)
    try:
        return _from_json()(text, allow_inf_nan=False)
    except (ValueError, TypeError):  # TypeError: a lone surrogate can't be handed over at all
        return _slowly(text)


def _holds_a_huge_integer(text: str | bytes) -> bool:
    """Whether so many digits stand in a row; those of a string are no integer, and the slow parser knows."""
    digits: Any = "0123456789" if isinstance(text, str) else b"0123456789"
    for at in range(0, len(text), LONGEST_INTEGER):  # a row that is too long covers one of these places
        left, right = text[max(0, at - LONGEST_INTEGER) : at], text[at : at + LONGEST_INTEGER + 1]
        row = len(left) - len(left.rstrip(digits)) + len(right) - len(right.lstrip(digits))
        if row > LONGEST_INTEGER:
            return True
    return False


@cache
def _from_json() -> Any:
    from pydantic_core import from_json  # takes longer to import than this whole room

    return from_json


def _slowly(text: str | bytes) -> Any:
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
