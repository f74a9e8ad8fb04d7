"""Words: which are too common to tell anything, which mean nearly the same, and how to bring them to one
form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from nbkit.sim.brain.wordlists import group, table

STOP = group("stop")
GENERIC = group("generic")
VERBS = GENERIC | group("verbs")
OPENERS = VERBS | group("openers")
READS = group("reads")

_IRREGULAR = {
    "news": "news",
    "was": "was",
    "children": "child",
    "people": "people",
    "data": "data",
    "this": "this",
}
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]|\d+")


@lru_cache(8192)
def stem(word: str) -> str:
    """Bring a word to the form in which `convert`, `converts`, `converting` and `converted` are one."""
    word = word.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for suffix in ("ing", "ed"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            if word[-1] == word[-2] and word[-1] not in "ls":
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def words(text: str) -> list[str]:
    """Split a text or an identifier (`getUserID`, `user-id`) into lower-case words."""
    return list(_words(text) if len(text) < 200 else _split(text))


def _split(text: str) -> tuple[str, ...]:
    text = text.replace("°C", " celsius ").replace("°F", " fahrenheit ").replace("°", " degrees ")
    return tuple(word.lower() for word in _WORD.findall(text))


_words = lru_cache(4096)(_split)


def stems(text: str) -> list[str]:
    """The stems of the words that tell something."""
    return list(_stems(text))


@lru_cache(4096)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text) if word not in STOP and (len(word) > 1 or word.isdigit()))


@cache
def _concepts() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, alike in enumerate(table("concepts")):
        for word in alike.split():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@lru_cache(4096)
def concepts(stemmed: str) -> frozenset[int]:
    """The groups of near-synonyms that a stem belongs to."""
    found = _concepts()
    bases = (
        stemmed,
        re.sub(r"(?:er|est)$", "", stemmed),
        re.sub(r"(.)\1(?:er|est)$", r"\1", stemmed),
        re.sub(r"i(?:er|est)$", "y", stemmed),
    )
    return next((found[base] for base in bases if base in found), frozenset())


def alike(one: str, other: str) -> float:
    """How near two stems are: 1 the same, less for a shared beginning (`calculat`, `calculator`), else 0."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) >= 4 and long.startswith(short):
        return 0.8
    return 0.7 if len(short) >= 6 and short[:6] == long[:6] else 0.0


def singular(noun: str) -> str:
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


def plural(noun: str) -> str:
    """A noun as it stands behind "no" and "many"."""
    if noun.endswith(("s", "data", "news", "weather", "history", "information", "metadata")):
        return noun
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeou" else noun + "s"


def snake(text: str) -> str:
    """A state as the word lists have it: `not_found`."""
    return "_".join(words(text))


def humanize(name: str) -> str:
    """`wind_speed` and `windSpeed` as a person writes them."""
    if " " in name or name.isupper():
        return name
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return (split.lower() if split != name else name).replace("_", " ").strip()


def enumerated(values: Iterable[str], last: str = "and") -> str:
    """Join words as a person does: a, b and c."""
    items = list(values)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""
