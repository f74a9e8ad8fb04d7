"""Calls of what the tables hold: each is checked first, as it might fill the memory or never end."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from nbkit.sim.sandbox.bounds import LONGEST, Steps, TooLong, Unknown, check_format, check_product, length
from nbkit.sim.sandbox.builtin_names import File

# What goes through all that a value holds, however deep.
_THROUGH = frozenset(
    {"repr", "print", "dumps", "sorted", "max", "min", "index", "count", "remove", "reduce", "mode", "join"}
    | {"writerow", "writerows", "writelines"}
)
# What calls what it is given, with values that nobody has seen before.
_CALLING = frozenset({"map", "filter", "sorted", "sort", "max", "min", "reduce", "accumulate"})
_ENCODINGS = ("utf-8", "utf8", "ascii", "latin-1", "utf-16")  # others take their time, or are modules
_LONGEST_NAMED = 100  # characters: a separator, an end of lines


def called(function: Any, args: list[Any], named: dict[str, Any], steps: Steps) -> Any:
    """Call it, if what it would make isn't too large. Raises `TooLong`, `Unknown` and what it raises."""
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "")
    values = [owner, *args, *named.values()]
    steps.spend(1 + sum(map(length, values)) // 10)
    if any(type(value) is range and len(value) > 100_000 for value in values):
        raise TooLong
    _check_named(named)
    if isinstance(owner, str | bytes) and name != "join":
        _check_text(name, owner, [*args, *named.values()])
    if check := _CHECKS.get(name):
        args = check(owner, args, named, steps)
    if name in _CALLING:
        args = [_guarded(each, steps) for each in args]
        named = {key: _guarded(each, steps) for key, each in named.items()}
    _spend_on(function, name, values, steps)
    if function in (int, float, str) and args and _digits(args[0]) > 4000:
        raise TooLong
    return function(*args, **named)


def _spend_on(function: Any, name: str, values: list[Any], steps: Steps) -> None:
    for value in values:
        if isinstance(value, File):
            steps.spend(len(value.getvalue()) // 2000)
        if name in _THROUGH or isinstance(function, type):
            steps.walk(value)
    if getattr(function, "__module__", "") == "statistics":
        steps.spend(sum(map(length, values)))


def _guarded(value: Any, steps: Steps) -> Any:
    """What another function calls, within the same bounds."""
    if not callable(value):
        return value
    return lambda *args: steps.made(called(value, list(args), {}, steps))


def _joined(owner: Any, args: list[Any], named: dict[str, Any], steps: Steps) -> list[Any]:
    if not isinstance(owner, str) or not args:
        return args
    parts = _spent(args[0], steps)
    check_product(len(parts), owner)
    if sum(map(length, parts)) > 1_000_000:
        raise TooLong
    return [parts, *args[1:]]


def _combined(owner: Any, args: list[Any], named: dict[str, Any], steps: Steps) -> list[Any]:
    if len(args) != 2:
        raise Unknown("combinations")
    parts = _spent(args[0], steps)
    steps.spend(math.comb(len(parts), args[1]))
    return [parts, args[1]]


def _accumulated(owner: Any, args: list[Any], named: dict[str, Any], steps: Steps) -> list[Any]:
    return [*args, operator.add] if len(args) < 2 and "func" not in named else args


def _rounded(owner: Any, args: list[Any], named: dict[str, Any], steps: Steps) -> list[Any]:
    if any(isinstance(each, int) and abs(each) > 1000 for each in [*args[1:], *named.values()]):
        raise TooLong
    return args


def _indented(owner: Any, args: list[Any], named: dict[str, Any], steps: Steps) -> list[Any]:
    """Each value stands behind the indents of all that it is in."""
    indent = named.get("indent") or 0
    if not isinstance(indent, int) or indent > 8:
        raise Unknown("indent")
    wide, level = 0, [each for each in args if isinstance(each, list | tuple | dict)] if indent else []
    for depth in range(1, 1000):
        held = [one for each in level for one in (each.values() if isinstance(each, dict) else each)]
        level = [one for one in held if isinstance(one, list | tuple | dict)]
        wide += len(held) * depth * indent
        if wide > 10 * LONGEST:
            raise TooLong
    return args


_CHECKS: dict[str, Callable[[Any, list[Any], dict[str, Any], Steps], list[Any]]] = {
    "join": _joined,
    "combinations": _combined,
    "accumulate": _accumulated,
    "round": _rounded,
    "dumps": _indented,
}


def _spent(values: Any, steps: Steps) -> list[Any]:
    """All the values there are, each for a step: nobody knows before how many a generator has."""
    held = []
    for value in values:
        steps.spend()
        held.append(value)
    return held


def _check_named(named: dict[str, Any]) -> None:
    """A separator or an end of lines stands between all values: raises `Unknown` where one is long."""
    for name, value in named.items():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, str) and len(each) > _LONGEST_NAMED:
                raise Unknown(name)


def _digits(value: Any) -> int:
    return value.bit_length() // 3 if isinstance(value, int) else length(value)


def _check_text(name: str, owner: str | bytes, args: list[Any]) -> None:
    if name in ("encode", "decode") and args and str(args[0]).lower() not in _ENCODINGS:
        raise Unknown(name)
    if name in ("ljust", "rjust", "center", "zfill"):
        check_format(str(args[0]))
    elif name == "replace" and len(args) > 1:
        check_product((len(owner) + 1), str(args[1]))
