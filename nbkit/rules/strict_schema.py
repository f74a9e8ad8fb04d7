"""Schemas that the API compiles: structured outputs and `strict` tools (contract, section 2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbkit.rules.problem import Fix, Problem
from nbkit.rules.request import Request
from nbkit.wire.blocks import Json

MOST_TOOLS, MOST_OPTIONAL, MOST_UNIONS = 20, 24, 16
FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
)
BOUNDS = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
UNSUPPORTED = {
    "number": BOUNDS,
    "integer": BOUNDS,
    "string": ("maxLength", "minLength"),
    "array": ("maxContains", "maxItems", "minContains", "uniqueItems"),
}
NOT_PLAIN = re.compile(r"\(\?(?!:)|\\[bB1-9]")  # looking around, named or numbered groups, word boundaries
CANT_HOLD = "A grammar can't hold the answer to this; say it in the description and check it afterwards."
Part = tuple[Json, tuple[str, ...]]  # a part of a schema, and the keys that lead to it in the request


def output_schema(request: Request) -> Iterator[Problem]:
    """A structured output's schema closes every object, and keeps to the supported part of JSON Schema."""
    output = request.param("output_config")
    asked = {
        "output_format": request.param("output_format"),
        "output_config.format": output.get("format") if isinstance(output, dict) else None,
    }
    for name, form in asked.items():
        if isinstance(form, dict):
            path = f"{name}.schema"
            parts = list(_parts(form.get("schema"), tuple(path.split("."))))
            yield from _faults(parts, path)
            yield from _too_complex(parts, path)


def strict_tools(request: Request) -> Iterator[Problem]:
    """A `strict` tool's schema obeys the rules of structured outputs; there are at most 20."""
    strict = [(k, tool) for k, tool in request.tools if tool.get("strict") and "input_schema" in tool]
    every: list[Part] = []
    for k, tool in strict:
        parts = list(_parts(tool["input_schema"], ("tools", str(k), "input_schema")))
        every += parts
        yield from _faults(parts, f"tools.{k}.custom")
    if len(strict) > MOST_TOOLS:
        yield _complex("tools", f"Each strict tool is compiled into a grammar; at most {MOST_TOOLS} fit.")
    else:
        yield from _too_complex(every, "tools")


def _parts(schema: Any, way: tuple[str, ...]) -> Iterator[Part]:
    """Yield a schema and the schemas in it, outermost first."""
    rest = [(schema, way)]
    while rest:
        part, steps = rest.pop()
        if isinstance(part, dict):
            yield part, steps
            rest += reversed(list(_inner(part, steps)))


def _inner(schema: Json, way: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for word in ("properties", "$defs", "definitions"):
        group = schema.get(word)
        for name, part in group.items() if isinstance(group, dict) else ():
            yield part, (*way, word, str(name))
    yield schema.get("items"), (*way, "items")
    for word in ("anyOf", "allOf"):
        group = schema.get(word)
        for n, part in enumerate(group if isinstance(group, list) else ()):
            yield part, (*way, word, str(n))


def _kinds(schema: Json) -> list[str]:
    kind = schema.get("type")
    return [each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)]


def _faults(parts: list[Part], path: str) -> Iterator[Problem]:
    for schema, way in parts:
        if "object" in _kinds(schema) and schema.get("additionalProperties") is not False:
            message = f"{path}: For 'object' type, 'additionalProperties' must be explicitly set to false"
            close = {"op": "add", "path": _at(way, "additionalProperties"), "value": False}
            why = "The answer is written by a grammar, which must know every key beforehand."
            yield Problem("output_schema", ".".join(way), message, why=why, fix=Fix("close it", (close,)))
        for words, message in _unsupported(schema):
            removals = tuple({"op": "remove", "path": _at(way, word)} for word in words)
            fix = Fix(f"remove {' and '.join(words)}", removals)
            where = ".".join(way)
            yield Problem("output_schema", where, f"{path}: {message}", why=CANT_HOLD, fix=fix)


def _unsupported(schema: Json) -> Iterator[tuple[list[str], str]]:
    """Yield the keywords that the compiler doesn't know, and what the API says of them."""
    for kind in _kinds(schema):
        words = [word for word in UNSUPPORTED.get(kind, ()) if word in schema]
        if len(words) == 1:
            yield words, f"For '{kind}' type, property '{words[0]}' is not supported"
        elif words:
            yield words, f"For '{kind}' type, properties {', '.join(words)} are not supported"
    if schema.get("minItems", 0) not in (0, 1):
        yield ["minItems"], "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    form, pattern, reference = (schema.get(word) for word in ("format", "pattern", "$ref"))
    if "string" in _kinds(schema) and isinstance(form, str) and form not in FORMATS:
        yield ["format"], f"For 'string' type, format '{form}' is not supported"
    if isinstance(pattern, str) and NOT_PLAIN.search(pattern):
        yield ["pattern"], f"For 'string' type, pattern '{pattern}' is not supported"
    if isinstance(reference, str) and not reference.startswith("#"):
        yield ["$ref"], f"External reference '{reference}' is not supported"
    values = schema.get("enum")
    if isinstance(values, list) and any(isinstance(value, dict | list) for value in values):
        yield ["enum"], "'enum' values must be strings, numbers, booleans or null"


def _too_complex(parts: list[Part], path: str) -> Iterator[Problem]:
    """At most 24 optional properties, and 16 that may have several types."""
    optional = unions = 0
    for schema, _ in parts:
        properties, required = schema.get("properties"), schema.get("required")
        if isinstance(properties, dict):
            names = required if isinstance(required, list) else []
            optional += sum(name not in names for name in properties)
            unions += sum(map(_is_union, properties.values()))
    if optional > MOST_OPTIONAL or unions > MOST_UNIONS:
        why = f"At most {MOST_OPTIONAL} properties may be optional, and {MOST_UNIONS} of several types."
        yield _complex(path, why)


def _is_union(schema: Any) -> bool:
    return isinstance(schema, dict) and (isinstance(schema.get("type"), list) or "anyOf" in schema)


def _complex(path: str, why: str) -> Problem:
    return Problem("output_schema", path, "Schema is too complex for compilation.", why=why)


def _at(way: tuple[str, ...], key: str) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in [*way, key])
