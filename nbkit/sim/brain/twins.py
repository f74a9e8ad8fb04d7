"""Objects of one shape side by side (sender and recipient, white and black): of which of them a text
speaks where.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from nbkit.sim.brain import kinds, lexicon, schemas
from nbkit.wire.blocks import Json

Path = tuple[str, ...]
Zone = tuple[int, int]

_DEEPEST = 4
_SIDES = {
    "from": re.compile(r"\b(?:from|between|sender|by)\b", re.IGNORECASE),
    "to": re.compile(r"\b(?:to|into|towards?|recipient)\b", re.IGNORECASE),
}
_LEADS_TO_VALUE = re.compile(r"\W*(?:[a-z]+\W+)?[A-Z\d\"“'‘]")


def zones(schema: Json, root: Json, text: str) -> dict[Path, list[tuple[Zone, bool]]]:
    """For the path of each such object the stretches that speak of it (True) or of its twins (False)."""
    found: dict[Path, list[tuple[Zone, bool]]] = {}
    for path, keys in _groups(schema, root, (), 0):
        parts = _parts(keys, text)
        for key in keys if parts else ():
            found[(*path, key)] = [(zone, owner == key) for owner, zone in parts]
    return found


def standing(path: Path, span: Zone, found: dict[Path, list[tuple[Zone, bool]]]) -> int:
    """1 where a stretch speaks of the object that holds a parameter, -1 where of a twin, else 0."""
    for depth in range(len(path), 0, -1):
        for zone, own in found.get(path[:depth], ()):
            if zone[0] <= span[0] and span[1] <= zone[1]:
                return 1 if own else -1
        if path[:depth] in found and any(
            zone[0] < span[1] and span[0] < zone[1] for zone, _ in found[path[:depth]]
        ):
            return -1  # it reaches over the edge
    return 0


def _groups(schema: Json, root: Json, path: Path, depth: int) -> Iterator[tuple[Path, list[str]]]:
    shapes: dict[frozenset[str], list[str]] = defaultdict(list)
    for key, part in (schema.get("properties") or {}).items():
        part = schemas.resolve(part, root)
        part = next(iter(schemas.variants(part, root)), part)
        inner: dict[str, Any] = part.get("properties") or {}
        if inner:
            shapes[frozenset(inner)].append(key)
            if depth < _DEEPEST:
                yield from _groups(part, root, (*path, key), depth + 1)
    yield from ((path, keys) for keys in shapes.values() if len(keys) > 1)


def _parts(keys: list[str], text: str) -> list[tuple[str, Zone]]:
    """The stretch of each twin; none where the text has a word for fewer than two of them."""
    anchors: list[tuple[int, int, str]] = []
    for key in keys:
        others = {word for other in keys if other != key for word in lexicon.words(other)}
        own = [word for word in lexicon.words(key) if word not in others and len(word) > 2]
        hits = [
            hit
            for word in own
            for hit in re.finditer(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", text, re.IGNORECASE)
        ]
        if not hits and (side := kinds.side_of(key)):
            hits = list(_SIDES[side].finditer(text))
        if hits:
            first = min(hits, key=lambda hit: hit.start())
            anchors.append((first.start(), first.end(), key))
    if len(anchors) < 2:
        return []
    anchors.sort()
    if any(_LEADS_TO_VALUE.match(text, end) for _, end, _ in anchors):
        ends = [start for start, *_ in anchors[1:]] + [len(text)]
        return [(key, (start, end)) for (start, _, key), end in zip(anchors, ends, strict=True)]
    starts = [0] + [end for _, end, _ in anchors[:-1]]
    return [(key, (start, end)) for (_, end, key), start in zip(anchors, starts, strict=True)]
