"""What a Python request can hold and JSON can't: NaN, half a character, bytes, an object of somebody's.

`sizes` notices such a value in passing; only then is the request gone through for its place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace as replaced
from typing import Any

from nbkit.errors import a_kind
from nbkit.rules.body import json_why
from nbkit.rules.body.body import NOT_JSON, parse
from nbkit.rules.body.json_fault import fault
from nbkit.rules.problem import Fix, Problem, pointer_to, written_key
from nbkit.rules.sizes import DEEPEST, depth, is_text
from nbkit.wire.blocks import Json

Way = tuple[Any, ...]  # keys: strings, but where somebody has others
NEEDED = {"model", "messages", "max_tokens"}
LIMIT = 4096  # tokens: what stands in for a `max_tokens` that is no number
NO_TYPE = "JSON has objects, arrays, strings, numbers, true, false and null, and nothing else is sent."
BY_HAND = " An object of the SDK becomes a dict with its .model_dump()."
CODED = " Bytes are sent as text: those of an image in base64."


class Foreign:
    """What stands in for a value that JSON can't write, and what is said of it."""

    __slots__ = ("hint", "name")

    def __init__(self, name: str, hint: str) -> None:
        self.name, self.hint = name, hint


def unsendable(body: Json) -> list[Problem]:
    """Return a problem for each value and each key that makes the body no JSON.

    Of numbers and strings it says what the API says of what Python writes; the rest Python doesn't write.
    """
    problems = list(_problems(body))
    if not problems or not problems[0].message.startswith(NOT_JSON):
        return problems
    try:
        whole = parse(json.dumps(body).encode())
    except (TypeError, ValueError, RecursionError):
        return problems
    if isinstance(whole, Problem) and whole.message.startswith(problems[0].message):
        problems[0] = replaced(problems[0], message=whole.message)  # which says where
    return problems


def _problems(body: Json) -> Iterator[Problem]:
    if depth(body) > DEEPEST:
        yield Problem("body", "", f"{NOT_JSON}: recursion limit exceeded", why=json_why.TOO_DEEP)
        return
    rest: list[tuple[Way, Any, bool]] = [((), body, False)]
    while rest:
        way, value, is_key = rest.pop()
        if is_key:
            yield from _key(way, value)
        elif isinstance(value, dict):
            for key in reversed(value):  # told in the order in which they are written
                rest += [((*way, key), value[key], False), (way, key, True)]
        elif isinstance(value, list):
            rest += reversed([((*way, str(at)), inner, False) for at, inner in enumerate(value)])
        else:
            yield from _value(way, value)


def is_sendable(value: Any) -> bool:
    """Say whether a value is one of JSON's, whatever is inside it, or written as one."""
    if isinstance(value, str):
        return is_text(value) or _half(value) is None
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, dict | list | int)


def plain(value: Any) -> Any:
    """Return what JSON makes of a value: tuples are lists, and keys strings.

    What it can't write is `Foreign`: rules that look at it must not meet what somebody's object does.
    """
    holder = [value]
    rest: list[tuple[Any, Any]] = [(holder, 0)]
    for into, at in rest:
        inner = into[at]
        if isinstance(inner, dict):
            into[at] = made = with_written_keys(inner)
            rest += ((made, key) for key in made)
        elif isinstance(inner, list | tuple):
            into[at] = several = list(inner)
            rest += ((several, n) for n in range(len(several)))
        elif not (inner is None or isinstance(inner, str | int | float | Foreign)):
            into[at] = Foreign(_named(inner), _hint(inner))
    return holder[0]


def with_written_keys(value: Json) -> Json:
    """Return a dict with the keys that JSON makes of its own: strings, where it can write them."""
    return {written_key(key): inner for key, inner in value.items()}


def _path(way: Way) -> str:
    """Write the keys as a path; of one that is no string, what it is says enough."""
    return ".".join(key if isinstance(key, str) else f"({type(key).__name__})" for key in way)


def _key(way: Way, key: Any) -> Iterator[Problem]:
    place = _path(way)
    if not isinstance(key, str):
        message = f"{place + ': ' if place else ''}{_named(key)} can't be a key in JSON"
        yield Problem("body", place, message, why="The keys of an object in JSON are strings.")
    elif (words := _half(key)) is not None:
        yield Problem("body", _path((*way, key)), f"{NOT_JSON}: {words}", why=json_why.HALF)


def _value(way: Way, value: Any) -> Iterator[Problem]:
    path = _path(way)
    if is_sendable(value):
        return
    if isinstance(value, float):
        words, why = "unexpected character", json_why.NOT_FINITE
        yield Problem("body", path, f"{NOT_JSON}: {words}", why=why, fix=_without(way))
    elif isinstance(value, str):
        fix = _whole(way, value) if all(isinstance(key, str) for key in way) else None
        yield Problem("body", path, f"{NOT_JSON}: {_half(value)}", why=json_why.HALF, fix=fix)
    else:
        kind = value if isinstance(value, Foreign) else Foreign(_named(value), _hint(value))
        message = f"{path}: {kind.name} can't be written as JSON"
        yield Problem("body", path, message, why=NO_TYPE + kind.hint)


def _whole(way: Way, text: str) -> Fix:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    change = {"op": "replace", "path": pointer_to(way), "value": whole}
    return Fix("replace the half characters by \ufffd", (change,))


def _without(way: Way) -> Fix | None:
    """Take away a parameter that is no number; one that must be there gets one, if it is a number."""
    if way == ("max_tokens",):
        change = {"op": "replace", "path": "/max_tokens", "value": LIMIT}
        return Fix(f"set max_tokens to {LIMIT}", (change,))
    if len(way) != 1 or not isinstance(way[0], str) or way[0] in NEEDED:
        return None
    return Fix(f"remove {way[0]}", ({"op": "remove", "path": pointer_to(way)},))


def _hint(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return CODED
    return BY_HAND if hasattr(type(value), "model_dump") else ""


def _named(value: Any) -> str:
    return "bytes" if isinstance(value, bytes) else a_kind(value)


def _half(text: str) -> str | None:
    """Return what the API says of a string with half a character in it, as Python writes it."""
    if is_text(text):
        return None
    found = fault(json.dumps(text))
    return found.words if found else None
