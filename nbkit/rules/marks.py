"""Where a checker stood before a message, and the way back there.

What it knows of the messages is noted by its length where it only grows, and copied where it is small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from nbkit.rules.request import Request, Seen

NAMES = tuple(each.name for each in fields(Seen))
GROWING = frozenset({"calls", "server_uses"})  # dicts that may be large, and are added to only


class Mark:
    """The state of a request and of the logs beside it after its first `count` messages.

    `is_loose`: something was found in the last of them, and may read differently once it is the last again.
    """

    __slots__ = ("_lengths", "_seen", "_turn", "_turns", "count", "is_loose")

    def __init__(self, request: Request, logs: Sequence[list[Any]], count: int, is_loose: bool) -> None:
        self.count = count
        self.is_loose = is_loose
        self._lengths = [len(log) for log in logs]
        self._seen = {name: _noted(name, getattr(request.seen, name)) for name in NAMES}
        self._turns = len(request.turns)
        self._turn = request.turns[-1].size if request.turns else None

    def restore(self, request: Request, logs: Sequence[list[Any]]) -> None:
        """Take a request and its logs back to where they were; to be done again as often as one likes."""
        for log, length in zip(logs, self._lengths, strict=True):
            del log[length:]
        for name, noted in self._seen.items():
            _take_back(request.seen, name, noted)
        del request.turns[self._turns :]
        if self._turn:
            request.turns[-1].cut(self._turn)
        if request.broken_blocks:
            request.broken_blocks = {each for each in request.broken_blocks if each[0] < self.count}


def _noted(name: str, value: Any) -> Any:
    if isinstance(value, list) or name in GROWING:
        return len(value)
    return _copy(value) if isinstance(value, dict) else value


def _take_back(seen: Seen, name: str, noted: Any) -> None:
    value = getattr(seen, name)
    if isinstance(value, list):
        del value[noted:]
    elif name in GROWING:
        while len(value) > noted:
            value.popitem()
    else:
        setattr(seen, name, _copy(noted) if isinstance(noted, dict) else noted)


def _copy(value: dict[Any, Any]) -> dict[Any, Any]:
    """Copy a dict, and those directly in it."""
    return {key: inner.copy() if isinstance(inner, dict) else inner for key, inner in value.items()}
