"""The little that a small model knows by heart: the words of this API, and a few things that people ask
first.
"""

from __future__ import annotations

import re
from functools import cache

from nbkit.sim.brain.wordlists import table

_ASKS = re.compile(r"\b(?:what|who|how|explain|describe|why|tell me|define|when|where)\b", re.IGNORECASE)


def told(text: str) -> str:
    """What is known about a question, or ""."""
    if len(text) > 300 or not _ASKS.search(text) or not _known().search(text):
        return ""
    return next((said for pattern, said in table("lore") if re.search(pattern, text, re.IGNORECASE)), "")


@cache
def _known() -> re.Pattern[str]:
    """All patterns in one: most questions fit none of them."""
    return re.compile("|".join(f"(?:{pattern})" for pattern, _ in table("lore")), re.IGNORECASE)
