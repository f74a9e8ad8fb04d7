"""The order of keys, kept beside a document: Jupyter sorts the keys of all JSON that it saves in a notebook.

The API reads a request as text, so the order of keys is part of what was sent: a prefix with other bytes is
another prefix, and misses the cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from nbkit.wire.blocks import Json

KEY = "key_order"


Orders = tuple[tuple[str, tuple[str, ...]], ...]


def with_order(document: Json, known: Mapping[str, Iterable[Orders]]) -> Json:
    """Return the document with its key orders: pairs of keys and the pointers to their objects.

    `known` holds, for lists of the document by their names, the orders of each item as `orders` tells them:
    a long list needn't be walked through again for one item that is new.
    """
    found: dict[tuple[str, ...], list[str]] = {}
    for name, value in document.items():
        if name in known:
            for at, item in enumerate(known[name]):
                for pointer, keys in item:
                    found.setdefault(keys, []).append(f"/{name}/{at}{pointer}")
            continue
        for pointer, keys in _unsorted(value, f"/{name}"):
            found.setdefault(keys, []).append(pointer)
    return {**document, KEY: [[list(keys), pointers] for keys, pointers in sorted(found.items())]}


def orders(value: Any) -> Orders:
    """Return the key orders in a value that aren't the alphabet's, each with the pointer to its object."""
    return tuple(_unsorted(value, ""))


def restored(document: Json) -> Json:
    """Return the document with all keys in the order they were written; without orders, as it is."""
    orders = {pointer: keys for keys, pointers in document.get(KEY) or () for pointer in pointers}
    return _ordered(document, "", orders) if orders else document


def _unsorted(value: Any, pointer: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, dict):
        keys = tuple(value)
        if any(one > other for one, other in pairwise(keys)):
            yield pointer, keys
    for step, item in _items(value):
        yield from _unsorted(item, f"{pointer}/{step}")


def _ordered(value: Any, pointer: str, orders: dict[str, list[str]]) -> Any:
    parts = {key: _ordered(item, f"{pointer}/{step}", orders) for key, (step, item) in _keyed(value)}
    if isinstance(value, list):
        return list(parts.values())
    if not isinstance(value, dict):
        return value
    keys = orders.get(pointer, ())
    return {key: parts[key] for key in [*(key for key in keys if key in parts), *parts]}


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    return (pair for _, pair in _keyed(value))


def _keyed(value: Any) -> Iterator[tuple[Any, tuple[str, Any]]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, (key.replace("~", "~0").replace("/", "~1"), item)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield at, (str(at), item)
