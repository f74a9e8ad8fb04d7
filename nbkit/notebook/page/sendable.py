"""What Jupyter can carry: its messages are strict JSON in UTF-8, and one that isn't is lost with all it says.

The conversation itself keeps what it holds; only what is shown and saved of it is made fit. A page is written
in JavaScript, whose numbers are doubles: a larger one goes there as a string that begins with a mark, and
comes back so. The mark is a character that no text may hold: a text that does is shown with � instead.
"""

from __future__ import annotations

import math
import re
from typing import Any

from nbkit.errors import UsageError
from nbkit.loop.tools.results import whole
from nbkit.notebook.record.wording import shorten
from nbkit.wire.json_text import parsed

MARK = "\ufdd0"
MARKED = re.compile(f"{MARK}-?[0-9][0-9.eE+-]*")
EXACT = 2**53  # up to here a double holds every whole number


class Fit(dict[str, Any]):
    """What is fit already, and doesn't change: it is not walked through again."""

    @property
    def marked(self) -> dict[str, Any]:
        """The same for a page, made once."""
        made: dict[str, Any] = self.__dict__
        if "marked" not in made:
            made["marked"] = {key: marked(item) for key, item in self.items()} if _has_to_be(self) else self
        value: dict[str, Any] = made["marked"]
        return value


def sendable(value: Any) -> Any:
    """Return the value with halves of characters as �, and numbers that JSON has no words for as text."""
    match value:
        case Fit():
            return value
        case str():
            return whole(value)
        case dict():
            return {whole(key): sendable(item) for key, item in value.items()}
        case list() | tuple():
            return [sendable(item) for item in value]
        case float() if not math.isfinite(value):
            return str(value)
        case _:
            return value


def marked(value: Any) -> Any:
    """Return a value that is fit, with the numbers that a page would change as marked strings."""
    match value:
        case Fit():
            return value.marked
        case str():
            return value.replace(MARK, "\ufffd")
        case dict():
            return {marked(key): marked(item) for key, item in value.items()}
        case list():
            return [marked(item) for item in value]
        case int() | float() if EXACT < abs(value) < math.inf:
            return f"{MARK}{value}"
        case _:
            return value


def unmarked(value: Any) -> Any:
    """Return a value that a page has sent, with its marked numbers as such."""
    match value:
        case str() if MARKED.fullmatch(value):
            return _number(value[1:])
        case dict():
            return {key: unmarked(item) for key, item in value.items()}
        case list():
            return [unmarked(item) for item in value]
        case _:
            return value


def _number(text: str) -> Any:
    try:
        return parsed(text)
    except ValueError:
        raise UsageError(f"{shorten(text)} is larger than any number that can be kept") from None


def _has_to_be(value: Any) -> bool:
    match value:
        case str():
            return MARK in value
        case dict():
            return any(_has_to_be(key) or _has_to_be(item) for key, item in value.items())
        case list():
            return any(map(_has_to_be, value))
        case int() | float():
            return EXACT < abs(value) < math.inf
        case _:
            return False
