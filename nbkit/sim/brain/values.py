"""The value that what was said gives to one parameter: candidates of its kind, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from nbkit.sim.brain import finders, kinds, lexicon, phrases, schemas, vocabulary, wordings
from nbkit.sim.brain.candidates import FOUND, LABELLED, REMEMBERED, Candidate
from nbkit.sim.brain.hearing import Mention, Said
from nbkit.sim.brain.mentions import spelled
from nbkit.sim.brain.wordlists import table, word_set
from nbkit.wire.blocks import Json


def candidates(name: str, schema: Json, said: Said) -> Iterator[Candidate]:
    """Yield values for a string parameter, surest first."""
    kind = kinds.kind_of(name, schema)
    yield from patterned(said, schema)
    if wordings.is_glob(schema):
        meant = list(wordings.globs(said))
        yield from meant
        if meant:
            return
    if (before := phrases.before_label(said.text, name)) and _can_stand_before(kind, before, said):
        yield Candidate(before[0], LABELLED, (before[1], before[2]))
    if set(lexicon.words(name)) & _REASONS and (why := _BECAUSE.search(said.text)):
        yield Candidate(why[1].rstrip(".!? "), LABELLED, why.span(1))
    yield from _labelled(name, kind, schema, said)
    if kind in ("thing", "id"):
        for word in _described(name, str(schema.get("description", ""))):
            if label := phrases.labelled(said.text, word):
                yield Candidate(label[0], FOUND, (label[1], label[2]))
    if kind in ("person", "company"):
        yield from _acting(name, said)
    side = schema.get("x-side") or kinds.side_of(name, str(schema.get("description", "")))
    if side and kind in _OF_WORDS and (found := phrases.exchanged(said.text, side)):
        yield Candidate(found[0], LABELLED, (found[1], found[2]))
    yield from finders.FINDERS.get(kind, wordings.text)(said, side, schema)


def _labelled(name: str, kind: str, schema: Json, said: Said) -> Iterator[Candidate]:
    """What stands behind a parameter's name, or behind that of the object whose name it is."""
    long = kind in _LONG and not (kind == "code" and _CODE_OF_CAPITALS.search(said.text))
    if label := phrases.labelled(said.text, name, long=long):
        value = _fitting(kind, label, said)
        if kind in ("date", "time"):  # in the form that its schema wants
            inside = [one for one in finders.FINDERS[kind](said, "", schema) if one.span]
            spans = [(one.span, one.value) for one in inside if one.span]
            value = next((one for (a, b), one in spans if label[1] <= a and b <= label[2] + 1), value)
        if value is not None:
            yield Candidate(value, LABELLED, (label[1], label[2]))
    if (words := lexicon.words(name)) and (introduced := phrases.introduced(said.text, words[-1])):
        yield Candidate(introduced[0], LABELLED, (introduced[1], introduced[2]))
    label = phrases.labelled(said.text, schema["x-label"]) if "x-label" in schema else None
    if label and re.match(r"[A-Z\d]", label[0]) and (value := _fitting(kind, label, said)) is not None:
        yield Candidate(value, LABELLED, (label[1], label[2]))


def _can_stand_before(kind: str, before: tuple[str, int, int], said: Said) -> bool:
    """Whether a value of this kind can stand before its label: "the checkout deployment", "the Enter key"."""
    if before[0].lower() in said.dull:
        return False  # the "discount" of "a discount code" is what the tool is for
    if kind == "id":
        return before[0][0].isupper()
    if kind == "person":  # "on the kitchen speaker": a thing
        return _ON.search(said.text[: before[1]]) is not None
    return kind not in kinds.ENTITIES


_CODE_OF_CAPITALS = re.compile(r"\bcode (?!SELECT|INSERT|UPDATE|DELETE)[A-Z][A-Z0-9_-]{2,}\b")
_REASONS = word_set("reason why cause justification rationale")
_BECAUSE = re.compile(r"\b(?:because of|because|since|as it|due to|the reason is)\s+(.+)", re.IGNORECASE)
_ON = re.compile(r"\b(?:on|over|through|via) (?:the|my|our) $")


def _acting(name: str, said: Said) -> Iterator[Candidate]:
    """Who does what a parameter's name says: "Petra Hahn approves" for an approver."""
    stem = lexicon.stem(lexicon.words(name)[-1]) if lexicon.words(name) else ""
    for mention in said.of("name"):
        verb = _DOES.match(said.text, mention.end)
        if verb and len(verb[1]) > 3 and lexicon.alike(lexicon.stem(verb[1]), stem):
            yield Candidate(mention.value, LABELLED, (mention.start, mention.end), mention)


_DOES = re.compile(r"\s+(?:(?:will|would|should|must|has|is|was)\s+)?([a-z]+)\b")
_OF_WORDS = frozenset(("thing", "text", "title", "query", "item", "code"))
_LONG = frozenset(("text", "title", "query", "topic", "code", "expression"))


def _described(name: str, description: str) -> list[str]:
    """The words of a short description that can stand as a label: "branch or tag"."""
    words = lexicon.words(re.split(r"[.(;]|\be\.g", description)[0])
    if len(words) > 8:
        return []
    return [w for w in words if len(w) > 2 and w not in lexicon.STOP | lexicon.VERBS and w not in _VAGUE]


_VAGUE = word_set("name id identifier key code number unique value string text format full type")


def numbers(name: str, schema: Json, said: Said) -> Iterator[Candidate]:
    """Yield values for a numeric parameter: the labelled one, one with a fitting unit, then the others in
    turn.
    """
    kind = kinds.kind_of(name, schema)
    if kind in ("latitude", "longitude"):
        yield from finders.coordinates(kind, said)
    if set(lexicon.words(name)) & _COUNTS:
        yield from _counts(said)
    spoken = set(lexicon.stems(name)) | set(lexicon.stems(str(schema.get("description", ""))))
    own = {lexicon.stem(word) for word in lexicon.words(name)}
    yield from _spans_of_time(set(lexicon.words(name)), said)
    if own & _AMOUNTS:
        own, spoken = own | {_MONEY}, spoken | {_MONEY}
    rest = []
    for mention in said.of("number"):
        near = _near(said.text, mention)
        strength = LABELLED if near & own - UNITS else FOUND if near & (spoken | own) else 0
        if _MONEY in near and not own & _AMOUNTS and not near & own:
            strength = 0
        if "year" in own and not strength and 1500 <= float(mention.value) <= 2200:
            strength = FOUND
        candidate = Candidate(mention.value, strength or REMEMBERED, (mention.start, mention.end), mention)
        if strength:
            yield candidate
        else:
            rest.append(candidate)
    for mention in said.of("id"):
        if kind == "id" and str(mention.value).isdigit():
            yield Candidate(float(mention.value), FOUND, (mention.start, mention.end), mention)
    yield from rest


def _spans_of_time(words: set[str], said: Said) -> Iterator[Candidate]:
    """The 14 of "in 14 days" for what is counted in days: as a whole it is a date."""
    for unit in words & _SPANS:
        for hit in re.finditer(
            rf"(?<![\w.-])(\d{{1,4}})[\s-]*{unit.rstrip('s')}s?\b", said.text, re.IGNORECASE
        ):
            if said.covers(hit.start(), "date"):
                yield Candidate(float(hit[1]), LABELLED, hit.span(1))


UNITS = frozenset(lexicon.stem(unit) for unit in vocabulary.UNITS)
_SPANS = word_set("day days week weeks month months year years")
_MONEY = "money"
_AMOUNTS = frozenset(
    lexicon.stem(word)
    for word in word_set("price cost fee amount budget salary income fare payment total principal")
)
_COUNTS = word_set("count quantity qty limit times top max results rolls copies")


def _counts(said: Said) -> Iterator[Candidate]:
    """Numbers that count things: "three dice", "top 5"."""
    for mention in said.of("number"):
        after = re.match(r"\s+(?:[A-Za-z]+\s+)?([A-Za-z]+s|dice|people|children)\b", said.text[mention.end :])
        unit = after and (after[1] in vocabulary.UNITS or after[1] == "sides")
        if mention.cue in ("top", "first", "last") or (after and not unit):
            yield Candidate(mention.value, FOUND, (mention.start, mention.end), mention)


def patterned(said: Said, schema: Json) -> Iterator[Candidate]:
    """Whatever in the text has the shape that the schema asks for, where that shape is a telling one."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str) or not _telling(pattern):
        return
    sure = LABELLED if not re.search(pattern, "HELLO") else FOUND
    bare = pattern.removeprefix("^").removesuffix("$")
    for hit in re.finditer(rf"(?<![\w-])(?:{bare})(?![\w-])", said.text[:_LONGEST]):
        if len(hit[0].strip()) > 1 and not re.fullmatch(r"[A-Z]?[a-z]+", hit[0]):
            mention = next((one for one in said.mentions if (one.start, one.end) == hit.span()), None)
            yield Candidate(hit[0], sure, hit.span(), mention)


@cache
def _telling(pattern: str) -> bool:
    """Whether ordinary words don't fit a pattern, so that what fits it is meant for it."""
    if not schemas.is_quick(pattern):
        return False
    try:
        compiled = re.compile(pattern)
    except re.error:
        return False
    return not any(compiled.search(text) for text in _ORDINARY)


_WORDS = ["hello", "it's", "(a)", "b,", "-", "c", "d!", "e"]
_ORDINARY = ("", "Hello", "Hello World", "well-known", *(" ".join(_WORDS[:n]) for n in range(1, len(_WORDS))))
_LONGEST = 20_000


def measured(word: str) -> str:
    """The stem of what a word measures: "high" a height."""
    return _MEASURES.get(word.lower(), "")


def _near(text: str, mention: Mention) -> set[str]:
    """The stems next to a number: the word after it, and the two before it."""
    after = re.match(r"[\s-]*([^\W\d_]+|%|°[CF])(?:\s+([^\W\d_]+))?", text[mention.end :])
    before = re.findall(r"[^\W\d_]+", _BOUNDARY.split(text[: mention.start])[-1])[-3:]
    before = [word for word in before if word.lower() not in lexicon.STOP]
    money = vocabulary.scan(text[mention.end : mention.end + 12], vocabulary.CURRENCIES)
    paid = (money and money[0][1] <= 1) or text[: mention.start].rstrip().endswith(("$", "€", "£", "¥"))
    words = [_MONEY] * bool(paid) + [word for word in (after.groups() if after else ()) if word] + before[-2:]
    telling = (word for word in words if word.lower() not in lexicon.STOP or word in vocabulary.UNITS)
    stems = {lexicon.stem(word) for word in telling}
    return stems | {noun for word in words if (noun := measured(word))}


_BOUNDARY = re.compile(r"[,;.?!()]|\b(?:and|with|plus|but|then)\b", re.IGNORECASE)
_MEASURES: dict[str, str] = {word: lexicon.stem(noun) for word, noun in table("measures").items()}


_LOOSE = word_set("hostname path owner repository color")  # words that name other things as well


def _fitting(kind: str, label: tuple[str, int, int], said: Said) -> str | None:
    """Bring a labelled phrase to the form of its kind: the mention in it, if there is one."""
    phrase, start, end = label
    inside = [m for m in said.mentions if m.start >= start and m.end <= end + 1]
    wanted = {
        "date": ("date",),
        "time": ("time",),
        "email": ("email",),
        "url": ("url",),
        "place": ("place", "name"),
        "id": ("id", "number", "uuid"),
    }.get(kind)
    if wanted is None:
        free = kind in ("person", "company", "unit") or (kind in _LOOSE and not said.of(kind))
        return phrase if kind not in kinds.ENTITIES or free else None
    found = next((m for m in inside if m.kind in wanted), None)
    if kind in ("place", "id") and re.fullmatch(r"[A-Z][\w' -]+ \d+", phrase):
        return phrase  # a name that ends with a number: "Elm Street 4", "Invoice 2231"
    if (
        found is None
        and kind == "id"
        and re.fullmatch(r"[\w.-]+", phrase)
        and phrase.lower() not in lexicon.STOP
    ):
        return phrase
    if found is None and kind == "place" and phrase[:1].isupper():
        return phrase
    return None if found is None else spelled(found, said)
