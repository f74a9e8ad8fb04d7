"""Whether a value fits a JSON schema: the keywords of tool definitions, for examples and for arguments alike.

What isn't known here, or can't be decided at a reasonable cost, is let pass: keywords of other vocabularies,
a `$ref` that leads out of the schema, a pattern that Python reads differently or that may take for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from nbkit.wire.blocks import Json

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
MOST_STEPS = 20_000  # schemas that refer to themselves twice at every step have more than anyone can go
LONGEST = 2_000  # characters that a pattern is tried on
ENDLESS = re.compile(r"[*+}][^()]*\)+[*+{]|\|[^()]*\)+[*+{]")  # something repeated inside what is repeated

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that a schema forbids: where in the value, by which keyword, in the words of `jsonschema`."""

    where: Where
    keyword: str
    wanted: Any
    words: str


class _TooMuch(Exception):
    """The schema takes more steps than it is worth."""


def misfits(value: Any, schema: Any) -> list[Misfit]:
    """Return what in `value` the schema forbids; nothing where the schema can't be followed to its end."""
    try:
        return list(_Fitting(schema).misfits(value, schema, ()))
    except (RecursionError, _TooMuch):  # a schema that only refers to itself says nothing
        return []


@dataclass
class _Fitting:
    root: Any
    left: int = field(default=MOST_STEPS)

    def misfits(self, value: Any, schema: Any, where: Where) -> Iterator[Misfit]:
        self.left -= 1
        if self.left < 0:
            raise _TooMuch
        if schema is False:
            yield Misfit(where, "false", False, f"False schema does not allow {value!r}")
        if not isinstance(schema, dict):
            return
        if isinstance(schema.get("$ref"), str):
            yield from self.misfits(value, _resolved(schema["$ref"], self.root), where)
        kinds = [kind for kind in _list(schema, "type") or [schema.get("type")] if isinstance(kind, str)]
        if kinds and not any(_is(value, kind) for kind in kinds):
            yield Misfit(where, "type", kinds, f"{value!r} is not of type {', '.join(map(repr, kinds))}")
            return
        yield from _of_itself(value, schema, where)
        yield from self._of_choices(value, schema, where)
        if isinstance(value, dict):
            yield from self._of_members(value, schema, where)
        elif isinstance(value, list):
            yield from self._of_items(value, schema, where)

    def _of_choices(self, value: Any, schema: Json, where: Where) -> Iterator[Misfit]:
        for keyword in ("anyOf", "oneOf"):
            choices = _list(schema, keyword)
            if choices and all(any(True for _ in self.misfits(value, each, where)) for each in choices):
                yield Misfit(
                    where, keyword, choices, f"{value!r} is not valid under any of the given schemas"
                )
        for part in _list(schema, "allOf"):
            yield from self.misfits(value, part, where)

    def _of_members(self, value: Json, schema: Json, where: Where) -> Iterator[Misfit]:
        given = schema.get("properties")
        properties = given if isinstance(given, dict) else {}
        for name in _list(schema, "required"):
            if isinstance(name, str) and name not in value:
                yield Misfit((*where, name), "required", name, f"{name!r} is a required property")
        rest = None if "patternProperties" in schema else schema.get("additionalProperties")
        for name, item in value.items():
            if name in properties:
                yield from self.misfits(item, properties[name], (*where, name))
            elif rest is False:
                words = f"Additional properties are not allowed ({name!r} was unexpected)"
                yield Misfit((*where, name), "additionalProperties", False, words)
            else:
                yield from self.misfits(item, rest, (*where, name))

    def _of_items(self, value: list[Any], schema: Json, where: Where) -> Iterator[Misfit]:
        first = _list(schema, "prefixItems")
        for at, item in enumerate(value):
            part = first[at] if at < len(first) else schema.get("items")
            yield from self.misfits(item, part, (*where, at))


def _of_itself(value: Any, schema: Json, where: Where) -> Iterator[Misfit]:
    """Judge by the keywords that look at the value alone."""
    enum = _list(schema, "enum")
    if enum and value not in enum:
        yield Misfit(where, "enum", enum, f"{value!r} is not one of {enum!r}")
    if "const" in schema and value != schema["const"]:
        yield Misfit(where, "const", schema["const"], f"{schema['const']!r} was expected")
    for keyword, (kind, fails, words) in LIMITS.items():
        limit = schema.get(keyword)
        if limit is not None and _is(limit, "number") and _is(value, kind) and fails(value, limit):
            yield Misfit(where, keyword, limit, f"{value!r} {words.format(limit)}")
    pattern = schema.get("pattern")
    if isinstance(value, str) and isinstance(pattern, str) and not _matches(pattern, value):
        yield Misfit(where, "pattern", pattern, f"{value!r} does not match {pattern!r}")


Limit = tuple[str, Callable[[Any, Any], bool], str]
LIMITS: dict[str, Limit] = {
    "minLength": ("string", lambda value, limit: len(value) < limit, "is too short"),
    "maxLength": ("string", lambda value, limit: len(value) > limit, "is too long"),
    "minItems": ("array", lambda value, limit: len(value) < limit, "is too short"),
    "maxItems": ("array", lambda value, limit: len(value) > limit, "is too long"),
    "minProperties": ("object", lambda value, limit: len(value) < limit, "does not have enough properties"),
    "maxProperties": ("object", lambda value, limit: len(value) > limit, "has too many properties"),
    "minimum": ("number", lambda value, limit: value < limit, "is less than the minimum of {}"),
    "maximum": ("number", lambda value, limit: value > limit, "is greater than the maximum of {}"),
    "exclusiveMinimum": (
        "number",
        lambda value, limit: value <= limit,
        "is less than or equal to the minimum of {}",
    ),
    "exclusiveMaximum": (
        "number",
        lambda value, limit: value >= limit,
        "is greater than or equal to the maximum of {}",
    ),
}


def _matches(pattern: str, text: str) -> bool:
    """Say whether a text matches, by JavaScript's letters and digits or by Python's."""
    if len(text) > LONGEST or ENDLESS.search(pattern):
        return True
    tried = _compiled(pattern)
    return not tried or any(each.search(text) for each in tried)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> tuple[re.Pattern[str], ...]:
    try:
        return re.compile(pattern), re.compile(pattern, re.ASCII)
    except (re.error, RecursionError, OverflowError):  # JavaScript's own, or none at all
        return ()


def _list(schema: Json, keyword: str) -> list[Any]:
    """Return a keyword's list; what has another shape is the API's to refuse, and is let pass here."""
    found = schema.get(keyword)
    return found if isinstance(found, list) else []


def _is(value: Any, kind: str) -> bool:
    if kind not in TYPES:
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES[kind])


def _resolved(ref: str, root: Any) -> Any:
    """Return the schema that a `$ref` inside this one leads to; None where it leads out of it, or nowhere."""
    if ref == "#":
        return root
    found: Any = root if ref.startswith("#/") else None
    for step in ref.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(key)] if key.isdecimal() and len(key) < 9 and int(key) < len(found) else None
        else:
            found = found.get(key) if isinstance(found, dict) else None
    return found
