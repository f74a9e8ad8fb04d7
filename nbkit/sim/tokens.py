"""How a text is cut into pieces: parts of words of about 3.5 characters, a token each of the older models.

Not the real tokenizer, but of the size that `rules/estimate` counts with, so that usage, `max_tokens` and the
number of deltas agree with each other.
"""

from __future__ import annotations

import re

from nbkit.facts import facts
from nbkit.rules.portable.estimate import CHARS_PER_TOKEN, scale_of

_PIECE = re.compile(r"\s*[^\W\d_]{1,6}|\s*\d{1,3}|\s*(?:[^\w\s]|_){1,3}|\s+")


def per_piece(model: str) -> float:
    """Return the tokens of a piece: the newer models' tokenizer makes more of the same text."""
    return CHARS_PER_TOKEN / scale_of(facts.model(model)).chars_per_token


def pieces(text: str) -> list[str]:
    """Cut `text` into tokens; joined they are the text again."""
    return _PIECE.findall(text)
