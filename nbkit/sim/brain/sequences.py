"""Fill an array: every value of the item's kind that was said, or one object for each part of a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nbkit.sim.brain import itemized, kinds, lexicon, phrases, schemas, values, vocabulary
from nbkit.sim.brain.candidates import FOUND, GUESSED, LABELLED, MADE_UP, REMEMBERED
from nbkit.sim.brain.wordlists import table
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.brain.arguments import Filler


_LEAD = re.compile(
    r"^.*\b(?:of|for|with|between|to|among|from|tags?|items?|list|has|had|have|having|is|are|like|as|feels?|feel|"
    r"contains?|includes?|add|buy|get|about)\s+(?:an?\s+|the\s+|some\s+)?(?=\S)",
    re.IGNORECASE,
)

_TRAIL = re.compile(r"\s+(?:in|at|for|from|to|by|under|within|using|on)\s+.*$", re.IGNORECASE)


def items(filler: Filler, schema: Json, name: str, depth: int, required: bool) -> tuple[list[Any], int]:
    """Return the items, and how sure they are."""
    if schema.get("prefixItems"):
        found = [filler.value(part, name, depth + 1, True, None) for part in schema["prefixItems"]]
        return [one.value for one in found], min(one.strength for one in found)
    item = schemas.resolve(schema.get("items") or {}, filler.root)
    options = schemas.variants(item, filler.root)
    if len(options) > 1 and all(one.get("properties") for one in options):
        return _alternatives(filler, options, name, depth)
    for option in options[:1]:
        item = schemas.resolve(option, filler.root)
    if item.get("enum"):
        return _enums(filler, item)
    if "const" in item:
        return ([item["const"]] if required else []), GUESSED
    match schemas.type_of(item):
        case "object":
            return itemized.entries(filler, item, name, depth)
        case "integer" | "number":
            return _numbers(filler, item)
        case "array":
            rows = re.findall(r"[\[(]([^\[\]()]+)[\])]", filler.context.said.text)
            return _rows(filler, item, rows)
        case "boolean" | "null":
            return [], MADE_UP
    return _strings(filler, item, name, required)


def _alternatives(filler: Filler, options: list[Json], name: str, depth: int) -> tuple[list[Any], int]:
    """The items of every alternative that something was said about, the surest alternative first."""
    order = []
    for at, option in enumerate(options):
        before = (len(filler.taken.spans), len(filler.missing), len(filler.used))
        _, strength = itemized.entries(filler, option, name, depth)
        order.append((strength, before[1] - len(filler.missing), -at))
        del filler.taken.spans[before[0] :], filler.missing[before[1] :], filler.used[before[2] :]
    found: list[Any] = []
    best = MADE_UP
    for strength, missing, at in sorted(order, reverse=True):
        if strength < FOUND or missing:
            continue
        before = (len(filler.taken.spans), len(filler.missing), len(filler.used))
        entries, strength = itemized.entries(filler, options[-at], name, depth)
        if strength >= FOUND and len(filler.missing) == before[1]:
            found, best = found + entries, max(best, strength)
        else:
            del filler.taken.spans[before[0] :], filler.missing[before[1] :], filler.used[before[2] :]
    return found, best


def bounded(found: list[Any], schema: Json, filler: Filler, name: str, depth: int) -> list[Any]:
    """Keep `uniqueItems`, `maxItems` and `minItems`; what is missing to the minimum is made up."""
    if schema.get("uniqueItems"):
        found = [one for at, one in enumerate(found) if one not in found[:at]]
    found = found[: schema.get("maxItems", len(found))]
    least = schema.get("minItems", 0)
    while len(found) < least:
        item = schemas.resolve(schema.get("items") or {}, filler.root)
        extra = filler.value(item, name, depth + 1, True, None).value
        if schema.get("uniqueItems") and extra in found:
            extra = _another(item, extra, len(found))
        found = [*found, extra]
    return found


def _another(item: Json, value: Any, number: int) -> Any:
    left = [one for one in item.get("enum", ()) if one != value]
    if left:
        return left[(number - 1) % len(left)]
    return value + number if isinstance(value, int | float) else f"{value} {number + 1}"


def _enums(filler: Filler, item: Json) -> tuple[list[Any], int]:
    hits: dict[int, Any] = {}
    options = [value for value in item["enum"] if value is not None]
    for value, hit in vocabulary.said_options(filler.context.said.text, options):
        if value not in hits.values() and filler.taken.free(*hit.span()):
            hits[hit.start()] = value
            filler.taken.take(*hit.span())
    return [hits[at] for at in sorted(hits)], LABELLED if hits else MADE_UP


def _numbers(filler: Filler, item: Json) -> tuple[list[Any], int]:
    found = []
    for mention in filler.context.said.of("number"):
        if filler.taken.free(mention.start, mention.end) and not (
            item.get("type") == "integer" and float(mention.value) % 1
        ):
            filler.taken.take(mention.start, mention.end)
            found.append(schemas.number_in(float(mention.value), item))
    return found, FOUND if len(found) > 1 else REMEMBERED if found else MADE_UP


def _rows(filler: Filler, item: Json, rows: list[str]) -> tuple[list[Any], int]:
    cell = schemas.resolve(item.get("items") or {}, filler.root)
    numeric = schemas.type_of(cell) in ("integer", "number")
    found: list[Any] = []
    for row in rows:
        parts = re.findall(r"-?\d+(?:\.\d+)?", row) if numeric else phrases.listed(row)
        found.append([schemas.number_in(float(one), cell) if numeric else one for one in parts])
    return found, FOUND if found else MADE_UP


def _strings(filler: Filler, item: Json, name: str, required: bool) -> tuple[list[Any], int]:
    said = filler.context.said
    if matching := _patterned(filler, item):
        return matching, LABELLED
    kind = kinds.kind_of(name, item)
    if kind in kinds.ENTITIES or kind in ("person", "company"):
        entity = _entities(filler, item, name)
        if entity:
            return entity, FOUND
    if quoted := [m for m in said.of("quoted") if filler.taken.free(m.start, m.end)]:
        group = said.joined(quoted[0])
        for mention in group:
            filler.taken.take(mention.start, mention.end)
        return [fitting for m in group if (fitting := schemas.text_in(str(m.value), item)) is not None], FOUND
    if label := _labelled(said.text, name, _others(filler.root, name)):
        return [
            fitting for one in phrases.listed(label) if (fitting := schemas.text_in(one, item)) is not None
        ], LABELLED
    if not required:
        return [], MADE_UP
    after = (
        said.text.split(":", 1)[1] if ":" in said.text else _TRAIL.sub("", _listing(phrases.topic(said.text)))
    )
    parts = phrases.listed(after)
    names = [str(m.value) for m in said.of("name", "place") if filler.taken.free(m.start, m.end)]
    if ":" not in said.text and len(names) > len(parts):
        parts = names
    return [
        fitting for one in parts if (fitting := schemas.text_in(one, item)) is not None
    ], GUESSED if parts else MADE_UP


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
    return phrase if phrase and phrase.split()[0].lower() not in lexicon.STOP else None


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
