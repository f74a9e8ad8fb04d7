"""Whether a tool's `input_schema` is JSON Schema draft 2020-12: what its meta-schema says of each keyword.

Only the form is judged: whether a `$ref` leads anywhere, or a pattern compiles, the API doesn't ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


def is_json_schema(schema: Any) -> bool:
    """Say whether every part of a schema has the form that the meta-schema asks of it."""
    rest = [schema]
    while rest:
        part = rest.pop()
        if isinstance(part, bool):
            continue
        if not isinstance(part, dict):
            return False
        for word, value in part.items():
            accepts = KEYWORDS.get(word)
            if accepts is not None and not accepts(value):
                return False
            rest += subschemas(word, value)
    return True


def subschemas(word: str, value: Any) -> Iterator[Any]:
    """Yield the schemas that a keyword holds, whatever they look like."""
    if word in ONE:
        yield value
    elif word in MANY and isinstance(value, list):
        yield from value
    elif word in NAMED and isinstance(value, dict):
        yield from value.values()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == value // 1


def _is_type(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and _are_names(names) and TYPES.issuperset(names)


def _are_names(value: Any) -> bool:
    """A list of strings, each of them once."""
    return (
        isinstance(value, list)
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value)
    )


def _are_named_names(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_are_names, value.values()))


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


ONE = frozenset(
    (
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    )
)
MANY = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
NAMED = frozenset(("$defs", "definitions", "dependentSchemas", "patternProperties", "properties"))
COUNTS = (
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
)
STRINGS = (
    "$anchor",
    "$comment",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "contentEncoding",
    "contentMediaType",
    "description",
    "format",
    "pattern",
    "title",
)
KEYWORDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(MANY, lambda value: isinstance(value, list) and bool(value)),
    **dict.fromkeys(NAMED, _is(dict)),
    **dict.fromkeys(COUNTS, _is_count),
    **dict.fromkeys(STRINGS, _is(str)),
    **dict.fromkeys(("deprecated", "readOnly", "uniqueItems", "writeOnly"), _is(bool)),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"), _is_number),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "type": _is_type,
    "required": _are_names,
    "dependentRequired": _are_named_names,
    "enum": _is(list),
    "examples": _is(list),
}
