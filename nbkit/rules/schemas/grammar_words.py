"""What the compiler of grammars says of one part of a schema (structured outputs and `strict` tools).

The words are the live API's. A part is judged by itself; what a `$ref` leads to is judged in `grammar_refs`.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from nbkit.facts import switches
from nbkit.rules.problem import Level
from nbkit.wire.blocks import Json

FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
)
BOUNDS = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
UNSUPPORTED = {
    "number": BOUNDS,
    "integer": BOUNDS,
    "string": ("maxLength", "minLength"),
    "array": (
        "contains",
        "maxContains",
        "maxItems",
        "minContains",
        "prefixItems",
        "unevaluatedItems",
        "uniqueItems",
    ),
    "object": (
        "dependentRequired",
        "dependentSchemas",
        "if",
        "maxProperties",
        "minProperties",
        "patternProperties",
        "propertyNames",
        "unevaluatedProperties",
    ),
}
# Beside a union the API takes words about it, and none of a type's own.
NOT_BESIDE_UNION = ("additionalProperties", "discriminator", "properties", "required", "type")
SHAPES = frozenset(("$ref", "allOf", "anyOf", "const", "enum", "items", "not", "oneOf", "properties", "type"))
NOT_PLAIN = re.compile(r"\(\?(?!:)|\\[bB1-9]")  # looking around, named or numbered groups, word boundaries
TYPES: dict[str, Any] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "number": int | float,
    "object": dict,
    "string": str,
}


class Fault(NamedTuple):
    """What is said, the keys whose removal mends it, and what else is put in their place."""

    message: str
    removed: tuple[str, ...] = ()
    added: tuple[tuple[str, Any], ...] = ()
    level: Level = "error"


def kinds(schema: Json) -> list[str]:
    kind = schema.get("type")
    return [each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)]


def faults(schema: Json) -> Iterator[Fault]:
    """Yield what the compiler refuses of a part, in the order in which it looks."""
    union = next((word for word in ("anyOf", "allOf") if isinstance(schema.get(word), list)), None)
    beside = [word for word in NOT_BESIDE_UNION if word in schema]
    if union and beside:
        # Of `allOf`, too, it speaks as of `anyOf`.
        yield Fault(f"For 'anyOf', '{', '.join(beside)}' is not supported", tuple(beside))
        return
    if "oneOf" in schema:
        yield Fault("Schema type 'oneOf' is not supported", ("oneOf",), (("anyOf", schema["oneOf"]),))
        return
    if "not" in schema:
        yield Fault("Schema keyword 'not' is not supported", ("not",))
    yield from _without_shape(schema)
    for kind in kinds(schema):
        if kind == "object":
            yield from _open(schema)
        words = [word for word in UNSUPPORTED.get(kind, ()) if word in schema]
        if words:
            also = [word for word in ("then", "else") if "if" in words and word in schema]
            level: Level = "warning" if kind == "string" and switches.GRAMMARS_TAKE_LENGTHS else "error"
            yield Fault(_not_supported(kind, words), (*words, *also), level=level)
    yield from _items(schema)
    yield from _strings(schema)
    yield from _values(schema)


def _not_supported(kind: str, words: list[str]) -> str:
    if len(words) == 1:
        return f"For '{kind}' type, property '{words[0]}' is not supported"
    return f"For '{kind}' type, properties {', '.join(words)} are not supported"


def _without_shape(schema: Json) -> Iterator[Fault]:
    """A part that says nothing of the shape: any value would do, which no grammar can write."""
    if not SHAPES.isdisjoint(schema):
        return
    if schema.keys() <= {"title"}:  # a title alone is counted as nothing, a description is not
        message = "Empty schema ({}) that accepts any JSON value is not supported. Please specify a "
        message += "concrete type."
    else:
        words = ", ".join(f"{key!r}: {reprlib.repr(value)}" for key, value in schema.items())
        message = f"Invalid schema: Schema type is missing for schema: {{{words}}}"
    yield Fault(message, (), (("type", "string"),))


def _open(schema: Json) -> Iterator[Fault]:
    rest = schema.get("additionalProperties")
    if rest is False:
        return
    message = "For 'object' type, 'additionalProperties' must be explicitly set to false"
    if rest is True or isinstance(rest, dict):
        kind = "true" if rest is True else "object"
        message = (
            f"For 'object' type, 'additionalProperties: {kind}' is not supported. "
            "Please set 'additionalProperties' to false"
        )
    yield Fault(message, (), (("additionalProperties", False),))


def _items(schema: Json) -> Iterator[Fault]:
    fewest = schema.get("minItems", 0)
    if fewest not in (0, 1):
        most = schema.get("maxItems", "∞")
        message = "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
        yield Fault(f"{message} (got: [{fewest}, {most}])", ("minItems",))
    if isinstance(schema.get("items"), list):
        message = "Invalid schema: Array types must be specified with a single object schema for 'items'."
        yield Fault(message, ("items",))


def _strings(schema: Json) -> Iterator[Fault]:
    form, pattern = schema.get("format"), schema.get("pattern")
    if "string" in kinds(schema) and isinstance(form, str) and form not in FORMATS:
        yield Fault(f"For 'string' type, format '{form}' is not supported", ("format",))
    odd = NOT_PLAIN.search(pattern) if isinstance(pattern, str) else None
    if odd:
        reason = "Quantifier '?' without preceding element"
        if not odd[0].startswith("("):
            reason = f"'{odd[0]}' is not supported"
        yield Fault(f"Invalid regex in pattern field: {reason}", ("pattern",))


def _values(schema: Json) -> Iterator[Fault]:
    values, kind = schema.get("enum"), schema.get("type")
    if not isinstance(values, list):
        return
    if any(isinstance(value, dict | list) for value in values):
        yield Fault("'enum' values must be strings, numbers, booleans or null", ("enum",))
        return
    odd = [value for value in values if isinstance(kind, list) or not _is(value, kind)]
    if odd and kind is not None:
        message = f"Invalid schema: Enum value '{odd[0]}' does not match declared type '{kind}'"
        yield Fault(message, ("type",))


def _is(value: Any, kind: Any) -> bool:
    if not isinstance(kind, str) or kind not in TYPES:
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return True
    return isinstance(value, TYPES[kind])
