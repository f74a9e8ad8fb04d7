"""A small gazetteer, so that a city can stand for its country, its time zone or its coordinates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
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
    data: dict[str, Any] = json.loads(
        files("nbkit.sim.brain").joinpath("places.json").read_text(encoding="utf-8")
    )
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


def names() -> tuple[str, ...]:
    """Return the names of all cities and countries, in lower case, longest first."""
    return tuple(sorted([*_by_name(), *countries()], key=len, reverse=True))


def capital_of(country: str) -> str | None:
    """Return the capital of a country, if the gazetteer has it."""
    code = countries().get(country.lower())
    capitals = (find(name) for name in _read()["capitals"])
    return next((place.name for place in capitals if place and place.code == code), None)
