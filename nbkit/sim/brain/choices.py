"""Fill what is chosen rather than written: enums, booleans, free keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nbkit.sim.brain import deeds, errands, kinds, lexicon, phrases, schemas, vocabulary
from nbkit.sim.brain.allotment import side_at
from nbkit.sim.brain.candidates import GUESSED, KNOWN, LABELLED, MADE_UP, REMEMBERED, Candidate
from nbkit.sim.brain.hearing import Mention
from nbkit.sim.brain.wordlists import word_set
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.brain.arguments import Filler


_NEGATED = re.compile(
    r"\b(?:no|not|don't|do not|without|skip|never|exclude|excluding)\b(?:\W+\w+){0,3}\W*$", re.IGNORECASE
)
_SWITCHES = word_set("on enabled enable active power state switch")
_EVERY = re.compile(r"\b(?:all|every|everywhere|each|whole|entire)\b", re.IGNORECASE)
_SWITCHED = re.compile(
    r"\b(?:(?P<off>off|disable|deactivate|stop)|on|enable|activate|start)\b", re.IGNORECASE
)


def one_of(filler: Filler, schema: Json, name: str, required: bool, base: Any) -> Candidate:
    text = filler.context.said.text
    hits = [
        (hit.start(), hit.end(), value)
        for value, hit in vocabulary.said_options(text, [one for one in schema["enum"] if one is not None])
    ]
    verb = phrases.opening_verb(text)
    if len({value for *_, value in hits}) > 1:  # the verb of an order says what to do, not how
        hits = [hit for hit in hits if hit[0] != verb] or hits
    hits = hits or list(_derived(text, schema["enum"]))
    side = kinds.side_of(name)
    ordered = sorted(
        hits, key=lambda hit: (bool(side) and _side_of_unit(text, hit[0]) != side, hit[0], -hit[1])
    )
    for start, end, value in ordered:
        if filler.taken.free(start, end):
            filler.taken.take(start, end)
            word = text[start:end].lower()
            filler.used.append(Mention(f"enum {name}", value, start, end, word))
            return Candidate(value, LABELLED)
    deed = deeds.asked(text)
    for value in schema["enum"] if deed is not None and deed.stem else ():
        if (
            isinstance(value, str)
            and deed is not None
            and lexicon.stem(value) in (deed.stem, deed.stem.removeprefix("re"))
        ):
            return Candidate(value, LABELLED)  # "close it" makes it closed
    if base in schema["enum"] and base is not None:
        return Candidate(base, REMEMBERED)
    known = [v for key, v in filler.context.known.items() if same_key(key, name) and v in schema["enum"]]
    if known:
        return Candidate(known[0], KNOWN)
    if "mixed" in schema["enum"] and errands.is_mixed(text):
        return Candidate("mixed", KNOWN)
    rated = (
        errands.polarity(text) if {"positive", "negative"} <= {str(v).lower() for v in schema["enum"]} else ""
    )
    if rated and (fits := [value for value in schema["enum"] if str(value).lower() == rated]):
        return Candidate(fits[0], REMEMBERED)
    default = schema.get("default")
    return Candidate(
        default if default in schema["enum"] else schema["enum"][0],
        MADE_UP if default is None else GUESSED,
    )


def _derived(text: str, options: list[Any]) -> Iterator[tuple[int, int, Any]]:
    """Words of the family of a value: "was cancelled" for `cancellation`."""
    spoken = [
        (hit.start(), hit.end(), lexicon.stem(hit[0])) for hit in re.finditer(r"[^\W\d_]{5,}", text[:3000])
    ]
    for value in options[:50]:
        words = lexicon.words(value) if isinstance(value, str) else []
        if len(words) == 1 and len(words[0]) > 4:
            stem = lexicon.stem(words[0])
            yield from ((start, end, value) for start, end, one in spoken if lexicon.alike(one, stem))


def _side_of_unit(text: str, start: int) -> str:
    """What is counted is converted from, what is asked for is converted to: "how many miles are 3 km"."""
    if re.search(r"\d\s*$", text[max(0, start - 12) : start]):
        return "from"
    if re.search(r"\bhow (?:many|much)(?: in)?\s*$", text[max(0, start - 16) : start], re.IGNORECASE):
        return "to"
    return side_at(text, start)


def truth(filler: Filler, schema: Json, name: str, base: Any) -> Candidate:
    text = filler.context.said.text
    if set(lexicon.words(name)) <= _SWITCHES | {"is"} and (turned := _SWITCHED.search(text)):
        return Candidate(not turned["off"], LABELLED)
    if "all" in lexicon.words(name) and not _EVERY.search(text):
        return Candidate(bool(schema.get("default", False)), GUESSED)
    asked = [
        stem
        for stem in lexicon.stems(name)
        if stem not in ("includ", "only", "allow", "enabl", "show", "us", "is", "want", "with")
    ]
    spoken = {lexicon.stem(word) for word in lexicon.words(text)}
    if asked and all(any(lexicon.alike(one, other) for other in spoken) for one in asked):
        at = next(
            (
                hit.start()
                for hit in re.finditer(r"\w+", text)
                if lexicon.alike(lexicon.stem(hit[0]), asked[0])
            ),
            0,
        )
        return Candidate(not _NEGATED.search(text[:at]), LABELLED)
    if isinstance(base, bool):
        return Candidate(base, REMEMBERED)
    return Candidate(bool(schema.get("default", False)), GUESSED)


def pairs(filler: Filler, schema: Any) -> Json:
    """Free keys: every "key is value", "key=value" or "key: value" that was said."""
    wanted = (
        schemas.type_of(schemas.resolve(schema, filler.root))
        if isinstance(schema, dict) and schema
        else "string"
    )
    pairs: Json = {}
    text = filler.context.said.text
    for hit in _EQUALS.finditer(text) if _EQUALS.search(text) else _SAYS.finditer(text):
        if not filler.taken.free(*hit.span()):
            continue
        value = hit[2].strip("\"'")
        number = re.fullmatch(r"-?\d+(?:\.\d+)?", value)
        if wanted in ("integer", "number"):
            if number:
                pairs[hit[1]] = schemas.number_in(float(value), schema)
        elif wanted == "string":
            pairs[hit[1]] = value
    return pairs


_VALUE = r"(\"[^\"]+\"|'[^']+'|[\w+-]+(?:\.[\w+-]+)*)"
_EQUALS = re.compile(rf"\b([\w.-]+)\s*=\s*{_VALUE}")
_SAYS = re.compile(rf"\b([\w-]+)\s*(?::|\bis\b|\bto\b)\s*{_VALUE}")


def free(filler: Filler, name: str) -> str:
    label = phrases.labelled(filler.context.said.text, name)
    return label[0] if label else phrases.topic(filler.context.said.text)


def same_key(key: str, name: str) -> bool:
    """Whether the key of a result is the parameter's: the same words, or the name's last word where that
    tells enough.
    """
    one, other = lexicon.words(key), lexicon.words(name)
    return (
        one == other
        or (len(other) > 1 and one[-len(other) :] == other)
        or (len(one) > 1 and other[-len(one) :] == one)
    )
