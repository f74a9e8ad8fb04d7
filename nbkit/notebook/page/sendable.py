"""What Jupyter can carry: its messages are strict JSON in UTF-8, and one that isn't is lost with all it says.

The conversation itself keeps what it holds; only what is shown and saved of it is made fit.
"""

from __future__ import annotations

import math
from typing import Any

from nbkit.loop.tools.results import whole


class Fit(dict[str, Any]):
    """What is fit already, and doesn't change: it is not walked through again."""


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
