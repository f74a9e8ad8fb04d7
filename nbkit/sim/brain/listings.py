"""Fill an array of strings: values of a kind, what is quoted, what is listed behind a label or a colon."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nbkit.sim.brain import errands, kinds, lexicon, phrases, schemas, values
from nbkit.sim.brain.candidates import FOUND, GUESSED, LABELLED, MADE_UP
from nbkit.sim.brain.wordlists import group, table, word_set
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.brain.arguments import Filler

_LEAD = re.compile(
    r"^.*\b(?:of|for|with|between|to|among|from|tags?|items?|list|has|had|have|having|is|are|like|as|feels?|feel|"
    r"contains?|includes?|add|buy|get|about)\s+(?:an?\s+|the\s+|some\s+)?(?=\S)",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"\s+(?:in|at|for|from|to|by|under|within|using|on)\s+.*$", re.IGNORECASE)


def strings(filler: Filler, item: Json, name: str, required: bool) -> tuple[list[Any], int]:
    """Return the strings, and how sure they are."""
    said = filler.context.said
    if matching := _patterned(filler, item):
        return matching, LABELLED
    kind = kinds.kind_of(name, item)
    if (kind in kinds.ENTITIES or kind in ("person", "company")) and (found := _entities(filler, item, name)):
        return found, FOUND
    if rated := _rated(said.text, name):
        return rated, FOUND
    if quoted := [m for m in said.of("quoted") if filler.taken.free(m.start, m.end)]:
        group = said.joined(quoted[0])
        for mention in group:
            filler.taken.take(mention.start, mention.end)
        return _fitting([str(mention.value) for mention in group], item), FOUND
    if label := _labelled(said.text, name, _others(filler.root, name)):
        return _fitting(_alike(phrases.listed(label)), item), LABELLED
    found = _fitting(_guessed(filler, name), item) if required else []
    return found, GUESSED if found else MADE_UP


def _fitting(parts: list[str], item: Json) -> list[Any]:
    return [fitting for one in parts if (fitting := schemas.text_in(one, item)) is not None]


def _guessed(filler: Filler, name: str) -> list[str]:
    """What a text lists, when nothing says that it is this list."""
    said, last = filler.context.said, (lexicon.words(name) or [""])[-1]
    names = [str(m.value) for m in said.of("name", "place") if filler.taken.free(m.start, m.end)]
    if last in ("names", "people") and names:
        return names
    listing = re.split(r":(?=\s)", said.text, maxsplit=1)[1:]
    if not listing and (plain := _enumeration(filler)):
        return plain
    after = listing[0] if listing else _TRAIL.sub("", _listing(phrases.topic(said.text)))
    parts = _alike(phrases.listed(after))
    if listing and len(parts) < 2 and last in _ABOUT:
        return _content(after)
    if not listing and len(names) > len(parts):
        return names
    return [] if filler.context.careful and len(parts) < 2 else parts


def _enumeration(filler: Filler) -> list[str]:
    """The first enumeration in plain words that no other value has: "to the server room and the archive"."""
    text = filler.context.said.text
    for lead in _OPENS.finditer(text):
        stop = _STOPS.search(text, lead.end())
        end = stop.start() if stop else len(text)
        parts = [_ARTICLE.sub("", one) for one in phrases.listed(text[lead.end() : end])]
        if (
            len(parts) > 1
            and all(len(one.split()) < 5 for one in parts)
            and filler.taken.free(lead.end(), end)
        ):
            return parts
    return []


_OPENS = re.compile(r"\b(?:of|for|with|between|to|among|add|buy|include|exclude|open|invite)\s+(?=[a-z])")
_STOPS = re.compile(
    r"[.;:?!](?:\s|$)|\s(?:on|in|at|from|by|until|with|to|for|under|per|within|using|before|after)\s"
)
_ARTICLE = re.compile(r"^(?:the|an?|some|my|our)\s+", re.IGNORECASE)
_ORDERS = group("actions")
_ABOUT = word_set("keyword keywords tag tags topic topics theme themes subject subjects labels")
_PRAISES = word_set("pros positives strengths advantages likes benefits")
_BLAMES = word_set("cons negatives weaknesses disadvantages dislikes drawbacks complaints problems")


def _rated(text: str, name: str) -> list[str]:
    """The parts of a judgement that please or displease, for "pros" and "cons"."""
    wanted = "positive" if name.lower() in _PRAISES else "negative" if name.lower() in _BLAMES else ""
    if not wanted:
        return []
    quoted = re.search(r"[\"“'‘](.{8,}?)[\"”’'](?!\w)", text)
    given = quoted[1] if quoted else text.partition(": ")[2] or text
    parts = [one.strip() for one in re.split(r"[,.;!]\s*|\s+(?:but|and|although|though|yet)\s+", given)]
    return [one for one in parts if one and errands.polarity(one) == wanted]


def _content(text: str) -> list[str]:
    """The first words of a text that tell what it is about."""
    words = re.findall(r"[^\W\d_][\w'-]{2,}", text)
    telling = [word for word in words if word.lower() not in lexicon.STOP | lexicon.VERBS]
    return list(dict.fromkeys(telling))[:5]


def _alike(parts: list[str]) -> list[str]:
    """Items whose last does not go on with the sentence: "Carla" of "Anna, Bert and Carla went home"."""
    if len(parts) < 2:
        return parts
    opens = re.match(r"([A-Z][a-z]+) (?=[A-Z])", parts[0])
    if opens and opens[1].lower() in lexicon.VERBS | _ORDERS:
        parts = [parts[0][opens.end() :], *parts[1:]]
    first = parts[:-1]
    names = [re.match(r"[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*", one) for one in parts]
    if (
        all(hit is not None and hit[0] == one for hit, one in zip(names[:-1], first, strict=True))
        and names[-1]
    ):
        return [*first, names[-1][0]]
    return parts


def _patterned(filler: Filler, item: Json) -> list[Any]:
    """Everything said that has the shape which the items want."""
    found = [
        one
        for one in values.patterned(filler.context.said, item)
        if one.span and filler.taken.free(*one.span)
    ]
    filler.taken.spans += [one.span for one in found if one.span]
    return [one.value for one in found]


def _listing(text: str) -> str:
    """An enumeration without what leads to it: "a patient has had fever, cough" gives "fever, cough"."""
    first, comma, rest = text.partition(",") if "," in text else text.partition(" and ")
    return _LEAD.sub("", first) + comma + rest


def _others(root: Json, name: str) -> list[str]:
    """The names of the other parameters: where one begins, a list ends."""
    return [lexicon.humanize(key).lower() for key in (root.get("properties") or {}) if key != name]


def _labelled(text: str, name: str, others: list[str]) -> str | None:
    """What is listed after the array's name, up to the end of the clause: "tags a, b and c"."""
    spoken = lexicon.humanize(name).lower().split()
    words = [re.escape(word.rstrip("s")) + (r"\w{0,4}" if len(word) > 3 else "") for word in spoken]
    label = r"[\s_-]*".join(words)
    if others_say := _LABELS.get(spoken[-1].rstrip("s") if spoken else ""):
        label = rf"(?:{label}|{others_say})"
    found = re.search(
        rf"\b{label}\b(?:\s*[=:]\s*|\s+(?:are|is|of|as|in|includes?)?\s*)([^.;?!\n]+)", text, re.IGNORECASE
    )
    if found is None:
        return None
    phrase = re.split(r"\s+(?:with|at|on|in|for|from|to|by|due)\s+", found[1])[0].strip()
    ends = "|".join(
        rf"{re.escape(one[:-1] if one.endswith('s') else one)}s?" for one in others if len(one) > 2
    )
    if ends:
        phrase = re.split(rf",?\s+(?:and\s+|or\s+)?(?:{ends})\b", phrase, flags=re.IGNORECASE)[0].strip()
    return phrase if phrase and phrase.split()[0].lower().strip(":,") not in lexicon.STOP else None


_LABELS: dict[str, str] = table("labels")


def _entities(filler: Filler, item: Json, name: str) -> list[Any]:
    found: list[tuple[int, Any]] = []
    for candidate in values.candidates(name, item, filler.context.said):
        if candidate.strength < FOUND or candidate.span is None or not filler.taken.free(*candidate.span):
            continue
        value = schemas.text_in(str(candidate.value), item)
        if value is not None:
            filler.taken.take(*candidate.span)
            found.append((candidate.span[0], value))
    return [value for _, value in sorted(found)]
