"""Which stretch of a text serves which parameter, decided for all of them at once.

Every parameter has candidates; each pair gets a score: how sure the value is, whether the parameter's name
stands beside it, and whether it stands on the right side of "from" and "to". The best pair is settled first;
a stretch serves one parameter only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.sim.brain import kinds, lexicon, schemas, twins, values, vocabulary
from nbkit.sim.brain.candidates import FOUND, REMEMBERED, Candidate
from nbkit.sim.brain.hearing import Said, Taken
from nbkit.wire.blocks import Json

Path = tuple[str, ...]

_DEEPEST = 5
_MOST_SLOTS = 60
_SIDES = re.compile(
    r"\b(?:(?P<from>from|between|von|desde|depuis|since)|(?P<to>to|into|until|till|towards?|nach|bis|hasta|vers))\b",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(r"\b(?:at least|more than|over|above|from|minimum(?: of)?|than)\s+\W?$", re.IGNORECASE)
_AT_MOST = re.compile(
    r"\b(?:at most|less than|under|below|up to|maximum(?: of)?|within|max)\s+\W?$", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.?!;:]\s|\n")


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter that a stretch of text can fill."""

    path: Path
    schema: Json
    required: bool

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def numeric(self) -> bool:
        return schemas.type_of(self.schema) in ("integer", "number")


def allot(schema: Json, root: Json, said: Said, taken: Taken) -> dict[Path, Candidate]:
    """Return the candidate of each parameter that has one; their stretches are taken."""
    slots = list(_slots(schema, root, (), True))[:_MOST_SLOTS]
    blocked = Taken([*taken.spans, *_chosen(schema, root, said, 0)])
    lists = any(_takes_a_list(part, root) for part in (schema.get("properties") or {}).values())
    rows = any(_takes_rows(part, root) for part in (schema.get("properties") or {}).values())
    zones = twins.zones(schema, root, said.text)
    names = labels(slots)
    pairs: list[tuple[float, int, tuple[int, int], Candidate]] = []
    for number, slot in enumerate(slots):
        for rank, candidate in enumerate(_candidates(slot, said)):
            span = candidate.span
            if span is None or str(candidate.value).lower() in names:
                continue  # a label is no value
            stands = twins.standing(slot.path, span, zones)
            bonus = (
                _bonus(slot, span, said) + 12 * stands - (6 if lists and _is_listed(candidate, said) else 0)
            )
            unsure = slot.numeric and (slot.required or bonus > 10)
            least = REMEMBERED if unsure or (stands > 0 and slot.required) else FOUND
            if candidate.strength < least or (rows and _holds_numbers(candidate, said)):
                continue
            if bonus > 10 and candidate.strength < FOUND:
                candidate = Candidate(candidate.value, FOUND, span, candidate.mention)
            score = candidate.strength * 10 + bonus - min(rank, 20) / 10
            pairs.append((-score, number, span, candidate))
    found: dict[Path, Candidate] = {}
    for _, number, span, candidate in sorted(pairs, key=lambda pair: pair[:3]):
        slot = slots[number]
        if slot.path in found or not blocked.free(*span):
            continue
        value = fitting(candidate.value, slot.schema)
        if value is not None:
            blocked.take(*span)
            taken.take(*span)
            found[slot.path] = Candidate(value, candidate.strength, span, candidate.mention)
    return found


def labels(slots: Iterable[Slot]) -> frozenset[str]:
    """The names of parameters and of the objects that hold them, as a person says them."""
    return frozenset(lexicon.humanize(part).lower() for slot in slots for part in slot.path)


def labels_of(schema: Json) -> frozenset[str]:
    return labels(_slots(schemas.resolve(schema, schema), schema, (), True))


def _takes_a_list(part: Any, root: Json) -> bool:
    part = schemas.resolve(part, root)
    item = schemas.resolve(part.get("items") or {}, root)
    return schemas.type_of(part) == "array" and schemas.type_of(item) == "string" and "enum" not in item


def _takes_rows(part: Any, root: Json) -> bool:
    part = schemas.resolve(part, root)
    return schemas.type_of(part) == "array" and bool(
        schemas.resolve(part.get("items"), root).get("properties")
    )


def _holds_numbers(candidate: Candidate, said: Said) -> bool:
    """Whether a long phrase holds what rather are the entries of a list."""
    start, end = candidate.span or (0, 0)
    inside = [one for one in said.of("number") if start <= one.start and one.end <= end]
    return len(inside) > 1 and end - start > 24


def _is_listed(candidate: Candidate, said: Said) -> bool:
    """Whether a value stands in an enumeration: a parameter that takes a list has more right to it."""
    mention = candidate.mention
    return mention is not None and mention in said.mentions and len(said.joined(mention)) > 1


def fitting(value: Any, schema: Json) -> Any:
    """Bring a value into a scalar schema's bounds; None when it can't be."""
    if schemas.type_of(schema) not in ("integer", "number"):
        return schemas.text_in(as_text(value), schema)
    whole = schema.get("type") == "integer"
    if isinstance(value, bool) or not isinstance(value, int | float) or (whole and value % 1):
        return None
    return schemas.number_in(value, schema)


def as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def hinted(schema: Any, root: Json, key: str, siblings: Any, around: Json, name: str) -> Json:
    """A property's schema with what its object says: whose a bare `name` is, which end of a route."""
    schema = schemas.resolve(schema, root)
    kind = kinds.inner_kind(key, siblings, name)
    side = kinds.side_of(key) or around.get("x-side") or ""
    marks = {"x-kind": kind} if kind and "x-kind" not in schema else {}
    if kinds.kind_of(key, schema) == "address" and any(
        kinds.kind_of(other, {}) in ("place", "postcode") for other in siblings if other != key
    ):
        marks["x-part"] = "street"
    if name and "x-kind" not in marks and kinds.side_of(key) and kinds.kind_of(name, {}) in _OF_ENDS:
        marks["x-kind"] = kinds.kind_of(name, {})
    if name and lexicon.words(key) in (["name"], ["id"], ["number"], ["code"]):
        marks["x-label"] = name
    return {**schema, **marks, **({"x-side": side} if side else {})}


_OF_ENDS = frozenset(("language", "currency", "unit", "timezone"))  # what both ends of a change are


def _slots(schema: Json, root: Json, path: Path, required: bool) -> Iterator[Slot]:
    properties = schema.get("properties") or {}
    for key, part in properties.items():
        part = hinted(part, root, key, properties, schema, path[-1] if path else "")
        needed = required and key in (schema.get("required") or ())
        options = schemas.variants(part, root)
        if len(options) == 1:
            part = {**options[0], "description": part.get("description", options[0].get("description", ""))}
        elif options:
            continue
        if part.get("properties") and len(path) < _DEEPEST:
            yield from _slots(part, root, (*path, key), needed)
        elif not {"enum", "const"} & set(part) and schemas.type_of(part) in ("string", "integer", "number"):
            yield Slot((*path, key), part, needed)


def _chosen(schema: Json, root: Json, said: Said, depth: int) -> Iterator[tuple[int, int]]:
    """The stretches that are values of enums."""
    for key, part in (schema.get("properties") or {}).items():
        part = schemas.resolve(part, root)
        part = next(iter(schemas.variants(part, root)), part)
        if schemas.type_of(part) == "array":
            part = schemas.resolve(part.get("items") or {}, root)
        if part.get("properties") and depth < _DEEPEST:
            yield from _chosen(part, root, said, depth + 1)
        side = kinds.side_of(key)
        for value in part.get("enum") or ():
            hits = (
                vocabulary.said_terms(said.text, vocabulary.terms(as_text(value)))
                if value is not None
                else ()
            )
            for hit in hits:
                if not side or side_at(said.text, hit.start()) == side:
                    yield hit.span()


def _candidates(slot: Slot, said: Said) -> Iterator[Candidate]:
    if slot.numeric:
        yield from values.numbers(slot.name, slot.schema, said)
    else:
        yield from values.candidates(slot.name, slot.schema, said)


def _bonus(slot: Slot, span: tuple[int, int], said: Said) -> float:
    bonus = 1.0 if slot.required else 0.0
    side = slot.schema.get("x-side") or kinds.side_of(slot.name, str(slot.schema.get("description", "")))
    if side and (stands := side_at(said.text, span[0])):
        bonus += 12 if stands == side else -14
    before = said.text[max(0, span[0] - 24) : span[0]]
    words = set(lexicon.words(slot.name))
    if slot.numeric and (
        (words & {"min", "minimum", "least", "above"} and _AT_LEAST.search(before))
        or (words & {"max", "maximum", "most", "below", "limit", "budget"} and _AT_MOST.search(before))
    ):
        bonus += 12
    if (
        slot.numeric
        and words & {"price", "rate", "cost", "fee"}
        and re.search(r"\b(?:at|for)\s+\W?$", before)
    ):
        bonus += 8
    kind = kinds.kind_of(slot.name, slot.schema)
    if kind in ("person", "title") and re.search(r"\b(?:by|von|por|par)\s+$", said.text[: span[0]], re.I):
        bonus += 4 if kind == "person" else -4
    near = _words_near(said.text, span)
    own = set(lexicon.stems(slot.name))
    if any(lexicon.alike(one, other) for one in near for other in own - values.UNITS):
        bonus += 6
    elif near & {stem for part in slot.path[:-1] for stem in lexicon.stems(part)}:
        bonus += 4
    elif near & set(lexicon.stems(str(slot.schema.get("description", "")))):
        bonus += 3
    return bonus


def side_at(text: str, start: int) -> str:
    """`from` or `to`, by the last such word before a place in its sentence; "" without one."""
    before = text[max(0, start - 80) : start]
    ends = [hit.end() for hit in _SENTENCE_END.finditer(before)]
    before = before[ends[-1] if ends else 0 :]
    hits = [hit for hit in _SIDES.finditer(before) if not _is_infinitive(before, hit)]
    if hits and hits[-1][0].lower() == "between" and re.search(r"\band\b", before[hits[-1].end() :]):
        return "to"
    return (hits[-1].lastgroup or "") if hits else ""


def _is_infinitive(text: str, hit: re.Match[str]) -> bool:
    """Whether a "to" stands before a verb: it leads nowhere."""
    verb = re.match(r"\s+([a-z]+)", text[hit.end() :])
    return hit[0].lower() == "to" and verb is not None and verb[1] in lexicon.VERBS


def _words_near(text: str, span: tuple[int, int]) -> set[str]:
    """The stems of the two words before a stretch and of the one after it."""
    before = re.findall(r"[^\W\d_]+", re.split(r"[,;.?!\n]", text[max(0, span[0] - 40) : span[0]])[-1])
    after = re.match(r"\s*([^\W\d_]+)", text[span[1] : span[1] + 30])
    told = [word for word in before if word.lower() not in lexicon.STOP][-2:]
    words = [*told, *(after.groups() if after else ())]
    return {lexicon.stem(word) for word in words} | {values.measured(word) for word in words}
