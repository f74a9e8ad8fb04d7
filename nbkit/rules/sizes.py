"""Texts and how long they are: what costs tokens as text, and what only takes room."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import Any, TypeGuard

from nbkit.errors import UsageError

# Pictures and files cost tokens by their own measure, signatures and what is encrypted none that can be seen.
DEEPEST = 900  # levels: more than any request has, and fewer than Python's own parser takes
MANY = 1_000_000  # values; behind them it is worth a look whether the walk has an end
UNCOUNTED = frozenset({"base64", "redacted_thinking", "signature", "encrypted_content", "encrypted_index"})


def text_sizes(value: Any, odd: list[Any] | None = None) -> tuple[int, int]:
    """Return the characters of the strings that cost tokens as text, and those of the others.

    `odd` gets what is no JSON: values, the keys of a dict, and a whole that is too deep.
    """
    whole, seen = value, 0
    count, rest, apart = 0, [value], []
    while rest:
        value = rest.pop()
        if len(rest) + seen > MANY:
            _refuse_circles(whole)
            seen = -sys.maxsize
        seen += 1
        if odd is not None and _is_odd(value):
            odd.append(value)
        if isinstance(value, str):
            count += len(value)
        elif isinstance(value, list):
            rest += value
        elif isinstance(value, dict):
            kind = value.get("type")
            if isinstance(kind, str) and kind in UNCOUNTED:
                apart.append(value)
            elif UNCOUNTED.isdisjoint(value):
                rest += value.values()
            else:
                for name, inner in value.items():
                    (apart if name in UNCOUNTED else rest).append(inner)
    if odd is not None and not 0 <= seen <= DEEPEST and depth(whole) > DEEPEST:
        odd.append(whole)
    return count, text_size(apart, odd)


def words(value: Any) -> int:
    """Count the words of the strings that cost tokens as text."""
    count, rest = 0, [value]
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            count += len(value.split())
        elif isinstance(value, list):
            rest += value
        elif isinstance(value, dict) and str(value.get("type")) not in UNCOUNTED:
            rest += [inner for name, inner in value.items() if name not in UNCOUNTED]
    return count


def text_size(value: Any, odd: list[Any] | None = None) -> int:
    """Count the characters of all strings: less than the size as JSON, and quickly had."""
    size, rest, most = 0, [value], MANY
    for each in rest:
        if odd is not None and _is_odd(each):
            odd.append(each)
        if isinstance(each, str):
            size += len(each)
        elif isinstance(each, dict):
            rest += each.values()
        elif isinstance(each, list):
            rest += each
        if len(rest) > most:
            _refuse_circles(value)
            most = sys.maxsize
    if odd is not None and len(rest) > DEEPEST and depth(value) > DEEPEST:
        odd.append(value)
    return size


def depth(value: Any) -> int:
    """Count the levels of lists and dicts in a value, which must have an end."""
    levels, level = 0, [value]
    while level := [each for each in level if isinstance(each, (dict, list))]:
        levels += 1
        level = [item for each in level for item in (each.values() if isinstance(each, dict) else each)]
    return levels


def has_words_as_keys(value: dict[Any, Any]) -> bool:
    """Say whether every key is a string that can be sent."""
    try:
        keys = "".join(value)
    except TypeError:  # one is no string
        return False
    return keys.isascii() or is_text(keys)


def _is_odd(value: Any) -> bool:
    """Say whether JSON can't write this value, whatever is inside it; a doubt is a yes."""
    if isinstance(value, str):
        return not (value.isascii() or is_text(value))
    if isinstance(value, dict):
        return not has_words_as_keys(value)
    if isinstance(value, float):
        return not math.isfinite(value)
    return not (value is None or isinstance(value, list | int))


def _refuse_circles(value: Any) -> None:
    """Raise `UsageError` for what contains itself: it is no JSON, and a walk through it has no end."""
    above: set[int] = set()
    ways: list[tuple[int, Iterator[Any]]] = [(0, iter([value]))]
    while ways:
        key, inside = ways[-1]
        inner = next((each for each in inside if isinstance(each, (dict, list))), None)
        if inner is None:
            ways.pop()
            above.discard(key)
        elif id(inner) in above:
            raise UsageError("a request is JSON, and this one has a list or a dict that contains itself")
        else:
            above.add(id(inner))
            ways.append((id(inner), iter(inner.values() if isinstance(inner, dict) else inner)))


def is_text(value: Any) -> TypeGuard[str]:
    """Say whether this is a string that UTF-8 can write: half a character can't be."""
    if type(value) is not str:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
