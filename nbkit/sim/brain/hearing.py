"""What a text mentions: quotes, addresses, dates, numbers, ids and names, each with its place in the text.

Finding comes in the order of certainty; what one pattern has taken, a later one leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from nbkit.sim.brain import dates, lexicon, patterns, places
from nbkit.sim.brain.wordlists import group, table, word_set

_NUMBER_WORDS: dict[str, float] = table("numbers")
_SCALE = re.compile(r"\s?(k|thousand|million|billion)\b", re.IGNORECASE)
_SCALES = {"k": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_WORD = re.compile(r"\w+")
_PRONOUN_BEFORE = re.compile(r"\b(?:which|the|this|that|no|any|these|those)\s+$", re.IGNORECASE)
_NAME = re.compile(
    r"(?:(?:Dr|Prof|Mrs?|Ms|Mx|Rev)\.\s+)?"
    r"(?:[A-Z][\w’'&.-]*[\w]|[A-Z])(?:(?:\s+(?:de|da|do|del|la|van|von|der|of the|&)\s+"
    r"|\s+)(?:[A-Z][\w’'&-]*[\w]|[A-Z]\b|\d{1,4}\b(?![.:/-]?\d)))*"
)
_JOINED = re.compile(
    r"\s*(?:,\s*(?:and|or|&)?|and|or|&|vs\.?|versus|via|/|with|to|against|than|as well as"
    r"|plus)\s*(?:in|at|for|from|of|the)?\s*",
    re.IGNORECASE,
)
_COUNTRY = re.compile(r",\s*([A-Z]\w+)")
_CUE = re.compile(r"([A-Za-z]+)\s*(?:the\s+|a\s+|an\s+|my\s+|:\s*)?$")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something a text mentions: what kind of thing, its value, where it stands, and the word before it."""

    kind: str
    value: str | float
    start: int
    end: int
    cue: str = ""


@dataclass(slots=True)
class Taken:
    """The stretches of a text that are spoken for."""

    spans: list[tuple[int, int]] = field(default_factory=list)

    def free(self, start: int, end: int) -> bool:
        return all(end <= first or start >= last for first, last in self.spans)

    def take(self, start: int, end: int) -> None:
        self.spans.append((start, end))


class Said:
    """One text, and what it mentions."""

    def __init__(
        self, text: str, today: date = dates.FIXED_TODAY, dull: frozenset[str] = frozenset()
    ) -> None:
        self.text = text
        self.today = today
        self.dull = dull  # words that name what is asked for, not what it is asked of

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """What the text mentions, in its order."""
        return _mentions(self.text)

    def of(self, *kinds: str) -> list[Mention]:
        """The mentions of these kinds, in the order of the text."""
        return [mention for mention in self.mentions if mention.kind in kinds]

    def covers(self, at: int, kind: str) -> bool:
        """Whether a mention of a kind holds a place of the text."""
        return any(mention.start <= at < mention.end for mention in self.of(kind))

    def joined(self, mention: Mention) -> list[Mention]:
        """The mentions enumerated together with this one ("Paris, Rome and Oslo"), itself included."""
        peers = self.of(mention.kind)
        at = peers.index(mention)
        first, last = at, at
        while first > 0 and self._are_joined(peers[first - 1], peers[first]):
            first -= 1
        while last + 1 < len(peers) and self._are_joined(peers[last], peers[last + 1]):
            last += 1
        return peers[first : last + 1]

    def _are_joined(self, one: Mention, other: Mention) -> bool:
        return bool(_JOINED.fullmatch(self.text, one.end, other.start))


@lru_cache(256)  # of the texts of a conversation each comes again with every request
def _mentions(text: str) -> tuple[Mention, ...]:
    taken, found = bytearray(len(text)), []  # 1 for each letter that is spoken for
    for source in (_patterned(text), _numbers(text), _places(text), _names(text)):
        for mention in source:
            at = taken.find(1, mention.start, mention.end)
            if mention.kind == "name" and at >= 0:
                mention, at = _shortened(text, mention, at), -1
            if mention.value and at < 0:
                whole = mention.kind != "address"  # the town of an address is a place, too
                ends = mention.end if whole else mention.start + len(str(mention.value).split(",")[0])
                taken[mention.start : ends] = b"\1" * (ends - mention.start)
                found.append(mention)
    return tuple(sorted(found, key=lambda mention: mention.start))


def _shortened(text: str, mention: Mention, end: int) -> Mention:
    """A name up to where something else begins: the "Bosch" of "Bosch WAX32"."""
    name = text[mention.start : end].rstrip()
    return Mention("name", name, mention.start, mention.start + len(name), mention.cue)


def _mention(text: str, kind: str, value: str | float, start: int, end: int) -> Mention:
    cue = _CUE.search(text, max(0, start - 40), start)
    return Mention(kind, value, start, end, cue[1].lower() if cue else "")


def _patterned(text: str) -> Iterator[Mention]:
    for kind, found in patterns.matches(text):
        value = next((group for group in found.groups() if group), found[0])
        if kind == "number":
            yield _number(text, value, found.start(), found.end())
        elif not (kind == "quoted" and len(value) > 2000):
            yield _mention(text, kind, value if kind == "code" else value.strip(), *found.span())


def _number(text: str, said: str, start: int, end: int) -> Mention:
    value = float(said.replace(",", "").replace("−", "-"))
    if said[0] in "-−" and re.search(r"[\d)]\s*$", text[max(0, start - 40) : start]):
        value, start = -value, start + 1  # a minus between two numbers subtracts
    if scale := _SCALE.match(text, end):
        value, end = value * _SCALES[scale[1].lower()], scale.end()
    return _mention(text, "number", value, start, end)


def _numbers(text: str) -> Iterator[Mention]:
    for found in _WORD.finditer(text):
        value = _NUMBER_WORDS.get(found[0].lower())
        # "which one", "the two": a pronoun, not an amount
        if value is not None and not _PRONOUN_BEFORE.search(text, max(0, found.start() - 20), found.start()):
            yield _mention(text, "number", float(value), *found.span())


def _places(text: str) -> Iterator[Mention]:
    for start, end in places.spans(text):
        name = text[start:end]
        place = places.find(name)
        spelled = place.name if place and name.islower() else name.title() if name.islower() else name
        country = _COUNTRY.match(text, end)
        if country and (country[1].lower() in places.countries() or country[1].isupper()):
            spelled, end = f"{spelled}, {country[1]}", country.end()
        yield _mention(text, "place", spelled, start, end)


def _names(text: str) -> Iterator[Mention]:
    for found in _NAME.finditer(text):
        start, name = found.start(), found[0]
        while name and _opens_sentence(text, start) and _is_common(name.split()[0]):
            head, _, rest = name.partition(" ")
            start, name = start + len(head) + 1, rest.lstrip()
            if counted := re.match(r"\d+\s+", name):
                start, name = start + counted.end(), name[counted.end() :]
        if " " not in name and _opens_sentence(text, start) and not _acts(text, start + len(name)):
            continue
        if name.endswith(("'s", "’s")):
            name = name[:-2]
        if name and name not in _NO_NAMES and name.lower() not in _CALENDAR:
            yield _mention(text, "name", name, start, start + len(name))


_NO_NAMES = frozenset(("I", "I'm", "I'd", "I'll", "OK", "A"))
_CALENDAR = frozenset((*table("months"), *table("weekdays"))) - {"april", "may", "june", "august"}


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip()
    return not before or before[-1] in '.!?:;"“>*-' or "\n" in text[len(before) : start]


def _acts(text: str, end: int) -> bool:
    """Whether what follows the word that opens a sentence shows that it is a name: "Bob wants", "Ada's"."""
    after = text[end : end + 24]
    verb = re.match(r"\s+([a-z]+?)(?:e?s)\b(?!\s+(?:is|are|was)\b)", after)
    acts = verb is not None and (verb[1] in lexicon.VERBS or f"{verb[1]}e" in lexicon.VERBS)
    return acts or not after.strip(" .,;:!?") or bool(_ACTS.match(after))


_ACTS = re.compile(
    r"['’]s\b|\s*[,:&/]|\s+(?:is|was|has|had|wants?|needs?|and|or|vs|versus|says|said|will|owes?|paid|to|likes?|lives?)\b"
)


def _is_common(word: str) -> bool:
    """Whether a word that opens a sentence is capitalised for that reason only."""
    word = re.sub(r"['’].*$", "", word.lower())
    return (
        word in lexicon.STOP
        or word in lexicon.OPENERS
        or word in _COMMON
        or word in _ORDERS
        or lexicon.stem(word) in _CONCEPT_STEMS
    )


_COMMON = group("common")
_ORDERS = group("actions") - word_set("bill chase grant hope jack lance mark pat rob sue will")
_CONCEPT_STEMS = frozenset(
    lexicon.stem(word)
    for word in word_set("weather time price email translate convert flight hotel news order")
)


def sentences(text: str) -> list[str]:
    """Split a text where sentences end; abbreviations and decimals stay whole."""
    parts = re.split(r"(?<=[.!?;])\s+(?=[^a-z\d\s])|\n+", text.strip())
    return [part.strip() for part in parts if part.strip()]
