"""Small closed vocabularies: currencies, languages, units, companies, what enum values are also called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbkit.sim.brain import places
from nbkit.sim.brain.wordlists import group, table

CURRENCIES: Mapping[str, str] = table("currencies")
LANGUAGES: Mapping[str, str] = table("languages")
TICKERS: Mapping[str, str] = table("tickers")
UNITS: Mapping[str, str] = {word: word for word in sorted(group("units"))}
COLORS: Mapping[str, str] = {word: word for word in sorted(group("colors"))}

_CALENDAR: tuple[str, ...] = (*table("weekdays"), *table("months"))
_ALSO: Mapping[str, str] = table("also")


def terms(value: str) -> set[str]:
    """The words, in lower case, that can stand for an enum value in what a person says."""
    low = value.lower()
    found = {low, _spelled(value)} | set(_ALSO.get(low, "").split())
    for codes in (CURRENCIES, LANGUAGES, TICKERS):
        found |= {word for word, code in codes.items() if code.lower() == low and len(low) > 1}
    if len(low) == 3:
        found |= {day for day in _CALENDAR if day.startswith(low)}
    if len(value) == 2 and value.isupper():
        found |= {name for name, code in places.countries().items() if code == value}
    return found


def said_terms(text: str, wanted: set[str]) -> Iterator[re.Match[str]]:
    """Find terms as whole words; one-letter and two-letter ones only as they are spelled."""
    for term in sorted(wanted, key=len, reverse=True):
        edges = (r"(?<!\w)" if term[0].isalnum() else "", r"(?!\w)" if term[-1].isalnum() else "")
        if len(term) > 2 or not term.isalpha():
            plural = "s?" if len(term) > 3 and term.isalpha() else ""
            yield from re.finditer(edges[0] + re.escape(term) + plural + edges[1], text, re.IGNORECASE)
        else:  # a short one as a code, or as a unit behind its number or a preposition
            yield from re.finditer(
                rf"(?<!\w){term.upper()}(?!\w)|(?:(?<=\d)|(?<=\d )|(?<=\bto )|(?<=\binto )|(?<=\bin ))"
                rf"{term}(?!\w)",
                text,
            )


def said_options(text: str, options: list[Any]) -> Iterator[tuple[Any, re.Match[str]]]:
    """The options that a text says, with the places: by their own words first, then by words that also stand
    for them, where these are no option's own.
    """
    own = {_spelled(str(value)) for value in options} | {str(value).lower() for value in options}
    for value in options:
        yield from ((value, hit) for hit in said_terms(text, {str(value).lower(), _spelled(str(value))}))
    for value in options:
        text_of = str(value).lower() if isinstance(value, bool) else str(value)
        yield from ((value, hit) for hit in said_terms(text, terms(text_of) - own))


def _spelled(value: str) -> str:
    return re.sub(r"[_-]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", value)).lower()


def is_said(value: str, text: str) -> bool:
    """Whether a text has one of the words that can stand for a value."""
    return any(said_terms(text, terms(value)))


def scan(text: str, table: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """Every word of `table` in the text: what it stands for, and where; in the order of the text."""
    found: dict[int, tuple[str, int, int]] = {}
    low = text.lower()
    for word in sorted((word for word in table if word.lower() in low), key=len):
        edges = (r"(?<![^\W\d_])", r"(?!\w)") if word[0].isalnum() else ("", "")
        for hit in re.finditer(edges[0] + re.escape(word) + edges[1], text, re.IGNORECASE):
            if (
                len(word) > 2
                or not word.isalpha()
                or hit[0] == word
                or text[: hit.start()].rstrip()[-1:].isdigit()
            ):
                found[hit.start()] = (table[word], hit.start(), hit.end())
    return [found[at] for at in sorted(found)]
