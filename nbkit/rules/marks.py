"""Where a checker stood before a message, and the way back there.

What it knows of the messages is noted by its length where it only grows, and copied where it is small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from nbkit.rules.request import Request, Seen

GROWING = ("calls", "server_uses")  # dicts that may be large, and are added to only
_MADE = {each.name: each.default_factory for each in fields(Seen)}
NOTHING: dict[Any, Any] = {}
LISTS = tuple(name for name, made in _MADE.items() if made is list)
SMALL = tuple(name for name, made in _MADE.items() if made is dict and name not in GROWING)
VALUES = tuple(name for name, made in _MADE.items() if made not in (list, dict))
_lists, _small, _values, _growing = (attrgetter(*names) for names in (LISTS, SMALL, VALUES, GROWING))


class Mark:
    """The state of a request and of the logs beside it after its first `count` messages.

    `is_loose`: something was found in the last of them, and may read differently once it is the last again.
    """

    __slots__ = (
        "_growing",
        "_lengths",
        "_small",
        "_turn",
        "_turns",
        "_values",
        "count",
        "is_loose",
    )

    def __init__(self, request: Request, logs: Sequence[list[Any]], count: int, is_loose: bool) -> None:
        seen, turns = request.seen, request.turns
        self.count = count
        self.is_loose = is_loose
        self._lengths = tuple(map(len, (*logs, *_lists(seen))))
        self._growing = tuple(map(len, (*_growing(seen), request.broken_blocks)))
        self._small = [_copy(value) if value else NOTHING for value in _small(seen)]
        self._values = _values(seen)
        self._turns = len(turns)
        self._turn = turns[-1].size if turns else None

    def restore(self, request: Request, logs: Sequence[list[Any]]) -> None:
        """Take a request and its logs back to where they were; to be done again as often as one likes."""
        seen = request.seen
        for log, length in zip((*logs, *_lists(seen)), self._lengths, strict=True):
            del log[length:]
        for dictionary, length in zip((*_growing(seen), request.broken_blocks), self._growing, strict=True):
            while len(dictionary) > length:
                dictionary.popitem()
        for name, value in zip(SMALL, self._small, strict=True):
            setattr(seen, name, _copy(value))
        for name, value in zip(VALUES, self._values, strict=True):
            setattr(seen, name, value)
        del request.turns[self._turns :]
        if self._turn:
            request.turns[-1].cut(self._turn)


def _copy(value: dict[Any, Any]) -> dict[Any, Any]:
    """Copy a dict, and those directly in it."""
    return {key: inner.copy() if isinstance(inner, dict) else inner for key, inner in value.items()}
