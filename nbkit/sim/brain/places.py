"""A small gazetteer, so that a city can stand for its country, its time zone or its coordinates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    country: str
    code: str
    timezone: str
    latitude: float
    longitude: float


@cache
def _read() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("places.json").read_text(encoding="utf-8"))
    return data


@cache
def _by_name() -> dict[str, Place]:
    places = [Place(*row) for row in _read()["cities"]]
    return {place.name.lower(): place for place in places}


@cache
def countries() -> dict[str, str]:
    """Return the country code of each country that the gazetteer has, by its name in lower case."""
    codes = {place.country.lower(): place.code for place in _by_name().values()}
    return codes | {"uk": "GB", "england": "GB", "usa": "US", "us": "US", "america": "US"}


def find(name: str) -> Place | None:
    """Return the city of that name; what stands after a comma ("Paris, France") does not matter."""
    return _by_name().get(name.split(",")[0].strip().lower())


_WORD = re.compile(r"\w+")
_ORDINARY = ("us", "nice")  # words that are seldom meant as a place


@cache
def _by_first_word() -> dict[str, tuple[str, ...]]:
    """The names of all cities and countries, in lower case, the longest first, by their first word."""
    found: dict[str, list[str]] = {}
    for name in sorted({*_by_name(), *countries()}.difference(_ORDINARY), key=len, reverse=True):
        found.setdefault(_WORD.findall(name)[0], []).append(name)
    return {word: tuple(names) for word, names in found.items()}


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each name of a city or a country in a text, in any case."""
    by_first, done = _by_first_word(), 0
    for word in _WORD.finditer(text):
        start = word.start()
        for name in by_first.get(word[0].lower(), ()) if start >= done else ():
            end = start + len(name)
            if text[start:end].lower() == name and not _WORD.match(text, end):
                yield start, end
                done = end
                break


def capital_of(country: str) -> str | None:
    """Return the capital of a country, if the gazetteer has it."""
    code = countries().get(country.lower())
    capitals = (find(name) for name in _read()["capitals"])
    return next((place.name for place in capitals if place and place.code == code), None)
