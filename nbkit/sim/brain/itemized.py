"""Fill an array of objects: one for each thing that a text counts, rates, pairs or lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nbkit.sim.brain import kinds, lexicon, schemas, values, vocabulary
from nbkit.sim.brain.allotment import as_text
from nbkit.sim.brain.candidates import FOUND, LABELLED, MADE_UP
from nbkit.sim.brain.hearing import Said, Taken
from nbkit.sim.brain.wordlists import word_set
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.brain.arguments import Filled, Filler

Stretch = tuple[int, int]

_DEEPEST = 5
_CUT = re.compile(r"\s*(?:[;:](?!\S)|,\s*(?:and\s+)?|\.(?=\s|$)|\s(?:and|with|has|have|&)\s+|\n+)\s*")
_COMMAS = re.compile(r"\s*(?:[;:](?!\S)|,\s*(?:and\s+)?|\.(?=\s|$)|\n+)\s*")
_ANDS = re.compile(r"\s*(?:[;:](?!\S)|,\s*(?:and\s+)?|\.(?=\s|$)|\s(?:and|&)\s+|\n+)\s*")
_COUNT = re.compile(
    r"(?<![\w.,:/-])(?:\d+(?:\.\d+)?(?![\d.:/-])|(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|dozen)\b)"
    r"(?=\s*[A-Za-z])(?!\s+(?:and|or|to|at|each|apiece|per|with|is|are|on)\b)",
    re.IGNORECASE,
)
_TUPLE = re.compile(r"\(([^()]*\d[^()]*)\)|\[([^\[\]]*\d[^\[\]]*)\]")
_LEADS_TO_NUMBER = re.compile(
    r"[A-Za-z]{2,}.*?\s(?:for|worth|at|costing|of|valued at|priced at|is|was|=|:|to|by|x)\s*[$€£]?\s*$",
    re.IGNORECASE,
)
_AFTER_VALUE = re.compile(r"\s+(?!(?:at|on|in|for|from|to|by|with|until|and|as|of)\b)[A-Za-z]")

_AFTER_COUNT = re.compile(r"\s+(?:to|into|in|from|for|on|by|at(?!\s+\W?\d))\b")
_PAIR = re.compile(r"(?<![\w.-])([A-Za-z_][\w.-]*)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s,;]*[^\s,;.])")
_KEYS = word_set("key name field variable header label attribute property column parameter")
_VALUES = word_set("value val content data")


def entries(filler: Filler, item: Json, name: str, depth: int) -> tuple[list[Any], int]:
    """Return one object for each part of the text that says what an object needs; else one from the whole."""
    if depth > _DEEPEST:
        return [], MADE_UP
    rooted = _rooted(filler, item, name)
    if pairs := _pairs(filler, item):
        return pairs, LABELLED
    if points := _tuples(filler, item):
        return points, LABELLED
    named = _named(filler, rooted)
    for stretches, certain in _ways(filler, item):
        made = [
            (one, at) for at in stretches if (one := _entry(filler, rooted, at, depth, certain)) is not None
        ]
        if len(made) >= max(2, len(named)) or (made and certain):
            for one, (start, end) in made:
                filler.taken.spans += (
                    [(start, end)] if certain else [(a + start, b + start) for a, b in one.spans]
                )
            return [one.input for one, _ in made], max(FOUND, *(one.strength for one, _ in made))
    if len(named) > 1:
        filler.taken.spans += [span for _, span in named]
        return [one for one, _ in named], FOUND
    lacking = len(filler.missing)
    whole = filler.object(rooted, name, depth + 1, None)
    unsure = filler.context.careful and (whole.strength < FOUND or len(filler.missing) > lacking)
    return ([whole.value], whole.strength) if whole.strength > MADE_UP and not unsure else ([], MADE_UP)


def _tuples(filler: Filler, item: Json) -> list[Any]:
    """An entry for each bracket with a number for every numeric property: "(47.1, 8.3) and (47.2, 8.4)"."""
    parts = {key: schemas.resolve(part, filler.root) for key, part in (item.get("properties") or {}).items()}
    numeric = [key for key, part in parts.items() if schemas.type_of(part) in ("integer", "number")]
    required = set(item.get("required") or ())
    if len(numeric) < 2 or not required <= set(numeric):
        return []
    found = []
    for hit in _TUPLE.finditer(filler.context.said.text):
        numbers = re.split(r"\s*[,;]\s*", (hit[1] or hit[2]).strip())
        if not len(required) <= len(numbers) <= len(numeric) or len(numbers) < 2:
            continue
        if all(re.fullmatch(r"-?\d+(?:\.\d+)?", number) for number in numbers):
            filler.taken.take(*hit.span())
            keys = zip(numeric, numbers, strict=False)
            found.append({key: schemas.number_in(float(number), parts[key]) for key, number in keys})
    return found


def _named(filler: Filler, item: Json) -> list[tuple[Json, Stretch]]:
    """An entry for each place, person or other name, where nothing else is required of an entry."""
    required: list[str] = list(item.get("required") or ())
    if len(required) != 1 or required[0] not in (item.get("properties") or {}):
        return []
    part = schemas.resolve(item["properties"][required[0]], filler.root)
    if schemas.type_of(part) != "string" or kinds.kind_of(required[0], part) not in kinds.ENTITIES:
        return []
    found: dict[tuple[int, int], Any] = {}
    for candidate in values.candidates(required[0], part, filler.context.said):
        if candidate.span and candidate.strength >= FOUND and filler.taken.free(*candidate.span):
            value = schemas.text_in(as_text(candidate.value), part)
            if value is not None and Taken(list(found)).free(*candidate.span):
                found[candidate.span] = value
    return [({required[0]: found[span]}, span) for span in sorted(found)]


def _rooted(filler: Filler, item: Json, name: str) -> Json:
    properties = item.get("properties") or {}
    hinted = {
        key: {**part, "x-kind": kind}
        if isinstance(part, dict) and (kind := kinds.inner_kind(key, properties, name))
        else part
        for key, part in properties.items()
    }
    definitions = {key: filler.root.get(key, {}) for key in ("$defs", "definitions")}
    return {**item, "properties": hinted, **definitions}


def _ways(filler: Filler, item: Json) -> Iterator[tuple[list[Stretch], bool]]:
    """The ways to cut the text into entries, the most telling first; and whether one alone is sure."""
    text, taken = filler.context.said.text, filler.taken
    parts = [schemas.resolve(part, filler.root) for part in (item.get("properties") or {}).values()]
    kinds_of = {schemas.type_of(next(iter(schemas.variants(part, filler.root)), part)) for part in parts}
    if kinds_of & {"integer", "number"} and _free_name(item, filler.root):
        if grouped := _grouped(filler, item):
            yield grouped, True
        valued = _valued(filler)
        if len(valued) > 1:
            yield valued, True
        yield [at for at in _counted(text) if taken.free(*at)], True
    if _free_name(item, filler.root) and (chosen := _chosen(text, taken, parts)):
        yield chosen, True
    yield clauses(text, _COMMAS), False
    yield clauses(text, _ANDS), False
    yield clauses(text), False


def _counted(text: str) -> list[Stretch]:
    """The stretches that count something: "200 g flour", "an epic sword"."""
    found = []
    for hit in _COUNT.finditer(text):
        ends = [cut.start() for pattern in (_CUT, _AFTER_COUNT) if (cut := pattern.search(text, hit.end()))]
        following = _COUNT.search(text, hit.end())
        ends += [following.start()] if following else []
        found.append((hit.start(), min([*ends, len(text)])))
    return [(start, end) for start, end in found if end - start < 80]


def _grouped(filler: Filler, item: Json) -> list[Stretch]:
    """The clauses with several numbers that say what they count: "squats 5 sets of 8 reps"."""
    said, found = filler.context.said, []
    names = {stem for key in item.get("properties") or {} for stem in lexicon.stems(key)}
    for start, end in clauses(said.text, _ANDS):
        inside = [one for one in said.of("number") if start <= one.start and one.end <= end]
        words = [re.match(r"\s*([a-z]+)", said.text[one.end : end]) for one in inside]
        counted = [word for word in words if word and lexicon.stem(word[1]) in names]
        if len(counted) > 1 and filler.taken.free(inside[0].start, inside[-1].end):
            found.append((start, end))
    return found


def _valued(filler: Filler) -> list[Stretch]:
    """The clauses that name a thing and then one number of it: "the lawn for 30 minutes"."""
    said, found = filler.context.said, []
    numbers = [one for one in said.of("number") if filler.taken.free(one.start, one.end)]
    for start, end in clauses(said.text):
        inside = [one for one in numbers if start <= one.start and one.end <= end]
        if len(inside) != 1:
            continue
        before, unit = said.text[start : inside[0].start], _UNIT_AFTER.match(said.text, inside[0].end)
        closes = unit is not None and not re.match(
            r"\s+(?!(?:at|on|in|from|by|until)\b)\w", said.text[unit.end() : end]
        )
        if _LEADS_TO_NUMBER.search(before) or (closes and re.search(r"[A-Za-z]{2,}\s+$", before)):
            found.append((start, min(end, unit.end() if unit else inside[0].end)))
    return found


_UNIT_AFTER = re.compile(r"\s*(?!(?:at|on|in|for|from|to|by|with|until|as|of)\b)(?:[A-Za-z]+|[%€£])")


def _chosen(text: str, taken: Taken, parts: list[Json]) -> list[Stretch]:
    """The clauses that hold a value of an enum: "severe chest pain"."""
    hits = [
        hit.span()
        for part in parts
        for value in part.get("enum") or ()
        if isinstance(value, str)
        for hit in vocabulary.said_terms(text, {value.lower()})
        if taken.free(*hit.span())
    ]
    found = []
    for start, end in clauses(text):
        inside = sorted(hit for hit in hits if start <= hit[0] and hit[1] <= end)
        if inside:
            goes_on = _AFTER_VALUE.match(text[:end], inside[0][1])
            found.append((inside[0][0] if goes_on else start, end))
    return found


def clauses(text: str, marks: re.Pattern[str] = _CUT) -> list[Stretch]:
    """The parts of an enumeration, as places in the text."""
    found, start = [], 0
    for cut in marks.finditer(text):
        found.append((start, cut.start()))
        start = cut.end()
    return [(first, last) for first, last in [*found, (start, len(text))] if text[first:last].strip()]


def _entry(filler: Filler, rooted: Json, at: Stretch, depth: int, certain: bool) -> Filled | None:
    from nbkit.sim.brain import arguments

    start, end = at
    said = filler.context.said
    spans = filler.taken.spans
    taken = [(first - start, last - start) for first, last in spans if last > start and first < end]
    part = said.text[start:end]
    context = arguments.Context(Said(part, said.today))
    filled = arguments.fill(rooted, context, taken, depth + 1)
    named = _free_name(rooted, filler.root)
    lacks = named in [one.name for one in filled.missing]
    if named and (certain or lacks):  # its name is what the other values leave of the part
        others = {key: one for key, one in rooted["properties"].items() if key != named}
        bare = arguments.fill(
            {**rooted, "properties": others, "required": [key for key in filled.input if key != named]},
            context,
            taken,
            depth + 1,
        )
        rest = _rest(part, bare.spans)
        value = (
            schemas.text_in(rest, schemas.resolve(rooted["properties"][named], filler.root)) if rest else None
        )
        if value is not None:
            order = {key: bare.input.get(key, filled.input.get(key)) for key in rooted["properties"]}
            given = {key: one for key, one in order.items() if key in bare.input or key in filled.input}
            missing = tuple(one for one in filled.missing if one.name != named)
            filled = arguments.Filled(
                {**given, named: value}, missing, bare.used, filled.strength, bare.spans
            )
        elif certain and lacks:
            return None
    elif named:
        filled = arguments.Filled(
            {**filled.input, named: _without_who(filled.input, named)},
            filled.missing, filled.used, filled.strength, filled.spans,
        )  # fmt: skip
    return None if filled.missing or (filled.strength < FOUND and not certain) else filled


def _without_who(given: Json, named: str) -> Any:
    """What somebody is to do, without the name that another value has: "Ann will call" gives "call"."""
    text = given.get(named)
    for key, other in given.items():
        if key != named and isinstance(text, str) and isinstance(other, str) and text.startswith(other + " "):
            return re.sub(
                r"^\s+(?:(?:will|should|must|shall|needs? to|has to|is to|to)\s+)?", "", text[len(other) :]
            )
    return text


def _free_name(item: Json, root: Json) -> str:
    """The one required property that takes any name: what is counted or rated."""
    free = [
        key
        for key, part in (item.get("properties") or {}).items()
        if key in (item.get("required") or ())
        for part in [schemas.resolve(part, root)]
        if schemas.type_of(part) == "string"
        and not {"enum", "pattern", "format", "const"} & set(part)
        and kinds.kind_of(key, part) not in kinds.ENTITIES - {"person", "place", "company"}
    ]
    return free[0] if len(free) == 1 else ""


def _rest(text: str, spans: tuple[Stretch, ...]) -> str:
    """What of a text no other value has used: the first stretch that names something."""
    start = 0
    for first, last in [*sorted(spans), (len(text), len(text))]:
        if piece := _name_in(text[start : max(first, start)], opens=start == 0):
            return piece
        start = max(last, start)
    return ""


def _name_in(text: str, *, opens: bool) -> str:
    """The name in a stretch, without the words that lead to it and on from it."""
    words = text.split()
    while words and (
        words[0].lower().strip(".,") in _LEADS
        or words[0].strip(".,()") in ("", "x")
        or (opens and len(words) > 1 and words[0].istitle() and words[0].lower() in lexicon.VERBS)
    ):
        words = words[1:]
    if words and words[0].lower() in vocabulary.UNITS:
        words = words[1:]
    if words and words[0].lower() == "of":
        words = words[1:]
    while words and words[-1].lower().strip(".,") in _TRAILS:
        words = words[:-1]
    return " ".join(words).strip(" .,;:!?()\"'")


_TRAILS = lexicon.STOP | word_set("worth costing priced named called")
_LEADS = lexicon.STOP | word_set("the a an buy order put send deliver please")


def _pairs(filler: Filler, item: Json) -> list[Any]:
    """Entries of a key and a value: "DEPLOY=true and REGION=eu-1"."""
    properties = item.get("properties") or {}
    key = next((one for one in properties if one.lower() in _KEYS), "")
    value = next((one for one in properties if one.lower() in _VALUES), "")
    if not key or not value:
        return []
    found = []
    for hit in _PAIR.finditer(filler.context.said.text):
        if filler.taken.free(*hit.span()):
            filler.taken.take(*hit.span())
            text = hit[2].strip("\"'")
            wanted = schemas.resolve(properties[value], filler.root)
            number = re.fullmatch(r"-?\d+(?:\.\d+)?", text)
            numeric = schemas.type_of(wanted) in ("integer", "number")
            typed = schemas.number_in(float(text), wanted) if numeric and number else as_text(text)
            found.append({key: hit[1], value: typed})
    return found
