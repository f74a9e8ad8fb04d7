"""The order of keys, and numbers as they were written, kept beside a document: Jupyter keeps neither.

It sorts the keys of all JSON that it saves in a notebook; its pages round long whole numbers, and write 1.0
as 1. The API reads a request as text, so both are part of what was sent: a prefix with other bytes is another
prefix, and misses the cache.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from nbkit.wire.blocks import Json

KEY = "key_order"
NUMBERS = "numbers"
EXACT = 2**53  # up to here a page's doubles hold every whole number

Written = tuple[str, ...] | str  # the keys of an object, or a number as JSON
Orders = tuple[tuple[str, Written], ...]


def with_order(document: Json, known: Mapping[str, Iterable[Orders]]) -> Json:
    """Return the document with its key orders: pairs of keys and the pointers to their objects.

    So it is with numbers that a page would change, where there are any.
    `known` holds, for lists of the document by their names, the orders of each item as `orders` tells them:
    a long list needn't be walked through again for one item that is new.
    """
    keys: dict[tuple[str, ...], list[str]] = {}
    numbers: dict[str, list[str]] = {}
    for pointer, written in _all(document, known):
        if isinstance(written, str):
            numbers.setdefault(written, []).append(pointer)
        else:
            keys.setdefault(written, []).append(pointer)
    return {
        **document,
        KEY: [[list(order), pointers] for order, pointers in sorted(keys.items())],
        **(
            {NUMBERS: [[number, pointers] for number, pointers in sorted(numbers.items())]} if numbers else {}
        ),
    }


def orders(value: Any) -> Orders:
    """Return the key orders in a value that aren't the alphabet's, and the numbers that a page would change.

    Each stands behind the pointer to its place.
    """
    return tuple(_written(value, ""))


def restored(document: Json) -> Json:
    """Return the document with all keys in the order they were written, and all numbers as they were."""
    written = {
        pointer: each
        for name in (KEY, NUMBERS)
        for each, pointers in document.get(name) or ()
        for pointer in pointers
    }
    return _restored(document, "", written) if written else document


def _all(document: Json, known: Mapping[str, Iterable[Orders]]) -> Iterator[tuple[str, Written]]:
    for name, value in document.items():
        if name not in known:
            yield from _written(value, f"/{name}")
            continue
        for at, item in enumerate(known[name]):
            yield from ((f"/{name}/{at}{pointer}", written) for pointer, written in item)


def _written(value: Any, pointer: str) -> Iterator[tuple[str, Written]]:
    if isinstance(value, dict):
        keys = tuple(value)
        if any(one > other for one, other in pairwise(keys)):
            yield pointer, keys
    elif isinstance(value, int | float) and _changes(value):
        yield pointer, json.dumps(value)
    for step, item in _items(value):
        yield from _written(item, f"{pointer}/{step}")


def _changes(number: int | float) -> bool:
    """Whether a page that reads and writes the number makes another one of it."""
    return number.is_integer() if isinstance(number, float) else abs(number) > EXACT


def _restored(value: Any, pointer: str, written: dict[str, Any]) -> Any:
    if isinstance(value, int | float):
        return _number(written[pointer], value) if pointer in written else value
    parts = {key: _restored(item, f"{pointer}/{step}", written) for key, (step, item) in _keyed(value)}
    if isinstance(value, list):
        return list(parts.values())
    if not isinstance(value, dict):
        return value
    keys = written.get(pointer, ())
    return {key: parts[key] for key in [*(key for key in keys if key in parts), *parts]}


def _number(text: Any, saved: float) -> Any:
    """The number as it was written, where the one that was saved is what a page makes of it."""
    number = json.loads(text)
    if saved == number:
        return number
    double = float(number)
    return number if saved in (double, Decimal(repr(double))) else saved


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    return (pair for _, pair in _keyed(value))


def _keyed(value: Any) -> Iterator[tuple[Any, tuple[str, Any]]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, (key.replace("~", "~0").replace("/", "~1"), item)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield at, (str(at), item)
