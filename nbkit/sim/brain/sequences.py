"""Fill an array: every value of the item's kind that was said, or one object for each part of a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nbkit.sim.brain import itemized, listings, phrases, schemas, vocabulary
from nbkit.sim.brain.candidates import FOUND, GUESSED, LABELLED, MADE_UP, REMEMBERED
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.brain.arguments import Filler


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
    item = {**item, **{mark: schema[mark] for mark in ("x-kind", "x-side") if mark in schema}}
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
    return listings.strings(filler, item, name, required)


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
