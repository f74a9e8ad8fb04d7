"""What kind of thing a parameter wants, read off its name, its format and its description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.wordlists import group, table, word_set
from nbkit.wire.blocks import Json

# Of the rows of names the first that has a word of the parameter's name wins: a special word stands before a
# general one.
_FORMATS: dict[str, str] = table("formats")
_BY_WORD = {word: kind for kind, words in reversed(table("kinds")) for word in words.split()}
_HINTS: list[tuple[str, str]] = [(kind, pattern) for kind, pattern in table("hints")]
_COMPOUNDS: dict[str, str] = table("compounds")
# Kinds that can't be guessed from a topic: without a mention the value is missing.
ENTITIES = group("entities")

_FROM = word_set("from origin source start departure base sender begin initial old current previous original")
_TO = word_set("to destination target end arrival recipient dest quote final until new replacement")


def kind_of(name: str, schema: Json) -> str:
    """Return the kind of a string or number parameter: one of the kinds above, or `text`."""
    if "x-kind" in schema:  # what the object around it says of a bare `name`
        return str(schema["x-kind"])
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    described = str(schema.get("description") or schema.get("title") or "")
    return _named_kind(name, described, schema.get("minLength") == schema.get("maxLength") == 3)


@lru_cache(2048)
def _named_kind(name: str, described: str, three_letters: bool) -> str:
    words = lexicon.words(name)
    if words == ["code"] and re.search(r"\bcurrency|\bcountry", described, re.IGNORECASE):
        return "currency" if "urrency" in described else "country"
    if re.search(r"\bISO[ -]?639|\blanguage code|\btarget language", described, re.IGNORECASE):
        return "language"
    for one, other in pairwise(words):
        if kind := _COMPOUNDS.get(f"{one} {other}"):
            return kind
    for word in reversed(words):  # the last word says what it is: `user_email` is an email
        if word in _BY_WORD or word.rstrip("s") in _BY_WORD:
            return _refined(_BY_WORD.get(word) or _BY_WORD[word.rstrip("s")], words, described)
    if three_letters:
        return "currency"
    hinted = next((kind for kind, hint in _HINTS if re.search(hint, described, re.IGNORECASE)), "")
    return hinted or ("person" if name == "to" else "thing")


def _refined(kind: str, words: list[str], described: str) -> str:
    if kind == "id" and any(_BY_WORD.get(word) == "channel" for word in words[:-1]):
        return "channel"
    if kind == "place" and re.search(r"\brooms?\b", described, re.IGNORECASE):
        return "room"
    if kind == "title" and words[-1] == "name":
        owners = {_BY_WORD.get(word) for word in words[:-1]}
        return next(
            (owner for owner in ("place", "person", "company", "item", "path") if owner in owners),
            _named(described),
        )
    if (
        kind == "code"
        and words == ["code"]
        and not re.search(r"\bpython|\bscript|\bprogram|\brun|\bexecute|\bsource", described, re.I)
    ):
        return "id" if described else "code"
    if (
        kind == "place"
        and words[-1] in ("departure", "arrival")
        and re.search(r"\bdate\b|\btime\b", described, re.I)
    ):
        return "date"
    return kind


_OF_PEOPLE = frozenset(("place", "address", "email", "phone", "postcode"))


def inner_kind(name: str, siblings: Mapping[str, Any], around: str) -> str | None:
    """The kind of a bare `name` in an object: of whom or what it is the name, by the object's key and its
    other keys.
    """
    if lexicon.words(name) not in (["name"], ["title"], ["label"]):
        return None
    if {"quantity", "qty", "count", "amount", "price"} & {sibling.lower() for sibling in siblings}:
        return "item"
    owner = kind_of(around, {}) if around else ""
    told = [(key, part if isinstance(part, dict) else {}) for key, part in siblings.items()]
    lives = {kind_of(key, part) for key, part in told} & _OF_PEOPLE
    goes_to = lexicon.words(around)[-1:] in (["to"], ["from"])
    lives_there = bool(lives) and owner not in ("company", "place", "room")
    if around and lexicon.words(name) == ["name"] and (goes_to or lives_there):
        return "person"
    return owner if owner in ("person", "company", "place", "item", "room") else None


def _named(described: str) -> str:
    hints = (
        ("place", r"\bcity|\bplace|\btown|\bcountry"),
        ("person", r"\bperson|\bcustomer|\buser|\bguest|\bwho"),
        ("item", r"\bproduct|\bitem|\bdish"),
    )
    return next((kind for kind, hint in hints if re.search(hint, described, re.IGNORECASE)), "title")


@lru_cache(2048)
def side_of(name: str, description: str = "") -> str:
    """`from`, `to`, or neither: which end of a route, a conversion or a span a parameter is."""
    words = [lexicon.singular(word) for word in lexicon.words(name)]
    if any(word in _FROM for word in words):
        return "from"
    if any(word in _TO for word in words):
        return "to"
    return (
        "to" if re.search(r"\b(?:convert|translate)\w* (?:to|into)\b|\btarget\b", description, re.I) else ""
    )
