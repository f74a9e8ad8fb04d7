"""How much a script may do: steps, sizes, and what is not known here at all."""

from __future__ import annotations

import re
from collections.abc import Sized
from typing import Any

MOST_STEPS = 150_000
LONGEST = 200_000  # characters or items of one value
MOST_BITS = 20_000  # of a whole number
WIDEST = 1_000  # of a formatted field
DEEPEST = 50  # calls within calls
_HOLDERS = (list, tuple, set, frozenset, dict)
_WIDE = re.compile(r"\d{4,}|\*")


class Unknown(Exception):
    """The code may well be right, but it isn't known here what it does."""


class TooLong(Exception):
    """The code does more than is done for one run."""


class Steps:
    """Counts what a run does; raises `TooLong` when it is too much."""

    def __init__(self) -> None:
        self.done = 0

    def spend(self, steps: int = 1) -> None:
        self.done += steps
        if self.done > MOST_STEPS:
            raise TooLong

    def made(self, value: Any) -> Any:
        """Return a value that was made, if it isn't too large; spend what it takes to keep it."""
        self.spend(length(sized(value)) // 100)
        return value

    def walk(self, value: Any) -> None:
        """Spend what it takes to go through all of a value: lists may hold one another many times over."""
        left = [value] if isinstance(value, _HOLDERS) else []
        while left:
            one = left.pop()
            self.spend(1 + len(one) // 10)
            held = [*one.keys(), *one.values()] if isinstance(one, dict) else one
            self.spend(sum(len(each) for each in held if isinstance(each, str | bytes)) // 100)
            left += [each for each in held if isinstance(each, _HOLDERS)]


def sized(value: Any) -> Any:
    """The value, if it isn't too large. Raises `TooLong`."""
    if isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            raise TooLong
    elif isinstance(value, Sized) and len(value) > LONGEST:
        raise TooLong
    return value


def length(value: Any) -> int:
    """How much there is to go through in a value."""
    return len(value) if isinstance(value, Sized) else 0


def check_product(one: Any, other: Any) -> None:
    """Raises `TooLong` where a product would be too large to be made."""
    if isinstance(one, int) and isinstance(other, int):
        if one.bit_length() + other.bit_length() > MOST_BITS:
            raise TooLong
    elif isinstance(one, int) or isinstance(other, int):
        times = max(one if isinstance(one, int) else 0, other if isinstance(other, int) else 0)
        if max(length(one), length(other)) * times > LONGEST:
            raise TooLong


def check_power(base: Any, power: Any) -> None:
    if isinstance(base, int) and isinstance(power, int) and base.bit_length() * abs(power) > MOST_BITS:
        raise TooLong


def check_format(spec: str) -> str:
    """The format, if it makes nothing wider than a line. Raises `Unknown`."""
    if _WIDE.search(spec):
        raise Unknown(spec)
    return spec
