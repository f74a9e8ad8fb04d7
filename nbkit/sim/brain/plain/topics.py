"""The topics of plain talk in their order: the narrow ones first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from nbkit.sim.brain.plain import (
    advice,
    code_reading,
    conversions,
    correspondence,
    days,
    figures,
    filled_json,
    guesses,
    knowledge,
    letters,
    lists,
    made_up,
    rewrites,
    small_talk,
    small_texts,
    snippets,
    tables,
    translations,
    word_problems,
    words_talk,
)

Topic = Callable[[str], str]


@lru_cache(256)  # the texts of a conversation come again with every request
def about(text: str, today: date) -> str:
    """What the first topic that knows something says, or ""."""
    return (
        next((said for topic in _FIRST if (said := topic(text))), "")
        or days.said(text, today)
        or next((said for topic in _THEN if (said := topic(text))), "")
    )


_FIRST: tuple[Topic, ...] = (
    code_reading.said,
    snippets.said,
    correspondence.said,
    filled_json.said,
    made_up.said,
    tables.said,
    small_talk.said,
    words_talk.said,
    translations.said,
    translations.capital_abroad,
    rewrites.said,
    letters.said,
)
_THEN: tuple[Topic, ...] = (
    conversions.said,
    figures.said,
    word_problems.said,
    guesses.said,
    knowledge.told,
    advice.said,
    lists.said,
    small_texts.said,
)
