"""How a text is cut into tokens: word pieces of about 3.5 characters.

Not the real tokenizer, but of the size that `rules/estimate` counts with, so that usage, `max_tokens` and the
number of deltas agree with each other.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r"\s*[^\W\d_]{1,6}|\s*\d{1,3}|\s*(?:[^\w\s]|_){1,3}|\s+")


def pieces(text: str) -> list[str]:
    """Cut `text` into tokens; joined they are the text again."""
    return _PIECE.findall(text)
