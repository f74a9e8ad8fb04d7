"""What a text mentions: quotes, addresses, dates, numbers, ids and names, each with its place in the text.

Finding comes in the order of certainty; what one pattern has taken, a later one leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from nbkit.sim.brain import dates, lexicon, places
from nbkit.sim.brain.wordlists import group, table, word_set

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("code", re.compile(r"```[a-z]*\n?(.+?)```", re.DOTALL)),
    (
        "quoted",
        re.compile(
            r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|`([^`]+)`|(?<!\w)'([^']+)'(?!\w)|(?<!\w)‘([^’]+)’(?!\w)"
        ),
    ),
    ("url", re.compile(r"\b[a-z][a-z0-9+.]{1,9}://[^\s<>\"')]*[^\s<>\"').,;:!?]")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("uuid", re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")),
    ("ip", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),
    (
        "hostname",
        re.compile(
            r"(?<![\w@/.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|edu|gov|de|fr|uk|eu|ch|at|it|es|nl|us|ca|au|jp"
            r"|info|app|ai|cloud|local|internal|lan)\b(?![\w/:@.-]*[\w/@])"
        ),
    ),
    (
        "path",
        re.compile(
            r"(?<![\w/])(?:~|\.{1,2})?(?:/[\w.-]+)+/?|\b[\w-]+(?:/[\w.-]+)*\.(?:[a-z]{2,4}|py|md"
            r"|json)\b(?!\.)"
        ),
    ),
    ("phone", re.compile(r"\+\d[\d ()-]{6,}\d")),
    ("color", re.compile(r"#[0-9a-fA-F]{6}\b")),
    ("hashtag", re.compile(r"(?<![\w&])#[A-Za-z][\w-]*|(?<![\w.])@[A-Za-z][\w-]*")),
    ("datetime", re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?")),
    ("date", dates.DATE),
    ("time", dates.TIME),
    (
        "timezone",
        re.compile(r"\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific)/[A-Z]\w+|\b(?:UTC|GMT)\b"),
    ),
    (
        "address",
        re.compile(
            r"\b\d+[A-Za-z]? (?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr"
            r"|Boulevard|Blvd|Square|Way|Place)\b\.?(?:, [A-Z]\w+(?: [A-Z]\w+)?)?"
            r"|\b[A-Z]\w+(?:(?: (?:den|der|dem|de|la|du|of|the))? [A-Z]\w+)+ \d{1,4}[a-z]?, [A-Z]\w+"
            r"|\b[A-Z]\w*(?:straße|strasse|weg|gasse|platz|allee) \d{1,4}[a-z]?(?:, (?:\d{5} )?[A-Z]\w+)?"
            r"|\b(?:Rue|Calle|Via|Avenida|Rua|Plaza) [\w' ]{3,30}?,? \d{1,4}(?:, [A-Z]\w+)?"
        ),
    ),
    (
        "id",  # a version, a branch, a tag
        re.compile(
            r"(?<![\w/.-])(?:v\d+(?:\.\d+)+(?:-[\w.]*\w)?|\d+\.\d+\.\d+(?:-[\w.]*\w)?"
            r"|[A-Za-z][\w-]*/\d[\w-]*(?:\.\d+)*)(?![\w/])"
        ),
    ),
    ("repository", re.compile(r"(?<![\w/.-])[A-Za-z][\w.-]*/[A-Za-z][\w.-]*\w(?![\w/])")),
    (
        "id",
        re.compile(
            r"#(\w*\d\w*)|\b([A-Za-z]+(?:[-_][A-Za-z0-9]+)*[-_]?\d[\w-]*)\b|\b(\d+(?:[-_][A-Za-z]"
            r"|[-_A-Za-z]+\d)[\w-]*|\d+[A-Z]{1,3}\d*)\b"
        ),
    ),
    ("token", re.compile(r"(?<![\w/.@-])[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+(?![\w/@-])")),
    (
        "number",
        re.compile(
            r"(?<![\w.])[-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])(?<!\d )[-−]?\d+(?:\.\d+)?"
            r"|(?<![\w.])\.\d+"
        ),
    ),
)
_NUMBER_WORDS: dict[str, float] = table("numbers")
_NUMBER_WORD = re.compile(r"\b(" + "|".join(_NUMBER_WORDS) + r")\b", re.IGNORECASE)
_SCALE = re.compile(r"\s?(k|thousand|million|billion)\b", re.IGNORECASE)
_SCALES = {"k": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_PLACE = re.compile(
    r"\b(" + "|".join(re.escape(n) for n in places.names() if n not in ("us", "nice")) + r")\b", re.IGNORECASE
)
_NAME = re.compile(
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

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        taken, found = Taken(), []
        for source in (self._patterned(), self._numbers(), self._places(), self._names()):
            for mention in source:
                if mention.kind == "name" and not taken.free(mention.start, mention.end):
                    mention = self._shortened(mention, taken)
                if mention.value and taken.free(mention.start, mention.end):
                    taken.take(mention.start, mention.end)
                    found.append(mention)
        return tuple(sorted(found, key=lambda mention: mention.start))

    def _shortened(self, mention: Mention, taken: Taken) -> Mention:
        """A name up to where something else begins: the "Bosch" of "Bosch WAX32"."""
        starts = [start for start, end in taken.spans if start < mention.end and end > mention.start]
        text = self.text[mention.start : max(mention.start, min(starts))].rstrip()
        return Mention("name", text, mention.start, mention.start + len(text), mention.cue)

    def of(self, *kinds: str) -> list[Mention]:
        """The mentions of these kinds, in the order of the text."""
        return [mention for mention in self.mentions if mention.kind in kinds]

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

    def _mention(self, kind: str, value: str | float, start: int, end: int) -> Mention:
        cue = _CUE.search(self.text, max(0, start - 40), start)
        return Mention(kind, value, start, end, cue[1].lower() if cue else "")

    def _patterned(self) -> Iterator[Mention]:
        for kind, pattern in _PATTERNS:
            for found in pattern.finditer(self.text):
                text = next((group for group in found.groups() if group), found[0])
                if kind == "number":
                    yield self._number(text, found.start(), found.end())
                elif not (kind == "quoted" and len(text) > 2000):
                    yield self._mention(
                        kind, text.strip() if kind != "code" else text, found.start(), found.end()
                    )

    def _number(self, text: str, start: int, end: int) -> Mention:
        value = float(text.replace(",", "").replace("−", "-"))
        if text[0] in "-−" and re.search(r"[\d)]\s*$", self.text[:start]):
            value, start = -value, start + 1  # a minus between two numbers subtracts
        if scale := _SCALE.match(self.text, end):
            value, end = value * _SCALES[scale[1].lower()], scale.end()
        return self._mention("number", value, start, end)

    def _numbers(self) -> Iterator[Mention]:
        for found in _NUMBER_WORD.finditer(self.text):
            word = found[1].lower()
            # "which one", "the two": a pronoun, not an amount
            before = re.search(r"(\w+)\s+$", self.text[: found.start()])
            if before and before[1].lower() in (
                "which",
                "the",
                "this",
                "that",
                "no",
                "any",
                "these",
                "those",
            ):
                continue
            yield self._mention("number", float(_NUMBER_WORDS[word]), found.start(), found.end())

    def _places(self) -> Iterator[Mention]:
        for found in _PLACE.finditer(self.text):
            end, name = found.end(), found[1]
            place = places.find(name)
            spelled = place.name if place and name.islower() else name.title() if name.islower() else name
            country = _COUNTRY.match(self.text, end)
            if country and (country[1].lower() in places.countries() or country[1].isupper()):
                spelled, end = f"{spelled}, {country[1]}", country.end()
            yield self._mention("place", spelled, found.start(), end)

    def _names(self) -> Iterator[Mention]:
        for found in _NAME.finditer(self.text):
            start, text = found.start(), found[0]
            while text and self._opens_sentence(start) and _is_common(text.split()[0]):
                head, _, rest = text.partition(" ")
                start, text = start + len(head) + 1, rest.lstrip()
            if " " not in text and self._opens_sentence(start) and not _acts(self.text, start + len(text)):
                continue
            if text.endswith(("'s", "’s")):
                text = text[:-2]
            if text and text not in ("I", "I'm", "I'd", "I'll", "OK", "A"):
                yield self._mention("name", text, start, start + len(text))

    def _opens_sentence(self, start: int) -> bool:
        return bool(re.search(r"(?:^|[.!?:;\n\"“>*-])\s*$", self.text[:start])) or start == 0


def _acts(text: str, end: int) -> bool:
    """Whether what follows the word that opens a sentence shows that it is a name: "Bob wants", "Ada's"."""
    after = text[end : end + 24]
    return not after.strip(" .,;:!?") or bool(_ACTS.match(after))


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
        or lexicon.stem(word) in _CONCEPT_STEMS
    )


_COMMON = group("common")
_CONCEPT_STEMS = frozenset(
    lexicon.stem(word)
    for word in word_set("weather time price email translate convert flight hotel news order")
)


def sentences(text: str) -> list[str]:
    """Split a text where sentences end; abbreviations and decimals stay whole."""
    parts = re.split(r"(?<=[.!?;])\s+(?=[^a-z\d\s])|\n+", text.strip())
    return [part.strip() for part in parts if part.strip()]


def enumerated(values: Iterable[str], last: str = "and") -> str:
    """Join words as a person does: a, b and c."""
    items = list(values)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""
