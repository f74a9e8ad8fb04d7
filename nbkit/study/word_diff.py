"""Which words of a text another one has not: what is marked where answers stand beside each other."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

MOST = 800  # words of both together: comparing costs their product, so what is longer is compared by line
WORDS = re.compile(r"\S+\s*|\s+")

Part = tuple[str, bool]  # a piece of the text, and whether it differs


def differing(text: str, first: str) -> list[Part]:
    """Return the text in pieces, each with whether it differs from what `first` says there."""
    words, others = WORDS.findall(text), WORDS.findall(first)
    if len(words) + len(others) > MOST:
        words, others = text.splitlines(keepends=True), first.splitlines(keepends=True)
    if len(words) + len(others) > MOST:
        words, others = [text], [first]
    blocks = SequenceMatcher(None, others, words, autojunk=False).get_opcodes()
    return [("".join(words[start:end]), kind != "equal") for kind, _, _, start, end in blocks if start < end]
