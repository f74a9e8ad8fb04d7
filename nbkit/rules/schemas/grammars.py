"""Schemas that the API compiles: structured outputs and `strict` tools (contract, section 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.rules.problem import Fix, Problem
from nbkit.rules.request import Request
from nbkit.rules.schemas import grammar_refs, grammar_words
from nbkit.wire.blocks import Json

MOST_TOOLS, MOST_OPTIONAL, MOST_UNIONS = 20, 24, 16
CANT_HOLD = "A grammar can't hold the answer to this; say it in the description and check it afterwards."
WHOLE = "A grammar is compiled from the schema as a whole, and has no end if the schema has none."
Part = tuple[Json, tuple[str, ...]]  # a part of a schema, and the keys that lead to it in the request


def output_schema(request: Request) -> Iterator[Problem]:
    """A structured output's schema closes every object, and keeps to the supported part of JSON Schema."""
    for path, schema in _formats(request):
        yield from _faults(list(_parts(schema, tuple(path.split(".")))), path)


def strict_tools(request: Request) -> Iterator[Problem]:
    """A `strict` tool's schema obeys the rules of structured outputs; there are at most 20."""
    strict = _strict(request)
    for k, schema in strict:
        yield from _faults(list(_parts(schema, ("tools", str(k), "input_schema"))), f"tools.{k}.custom")
    if len(strict) > MOST_TOOLS:
        message = (
            f"Too many strict tools ({len(strict)}). The maximum number of strict tools supported is "
            f"{MOST_TOOLS}. Try reducing the number of tools marked as strict."
        )
        why = "Each strict tool is compiled into a grammar, and they share its room."
        yield Problem("output_schema", "tools", message, why=why)


def grammar_room(request: Request) -> Iterator[Problem]:
    """In all that is compiled at most 24 properties are optional, and 16 of several types."""
    roots = [*_formats(request), *((f"tools.{k}.input_schema", schema) for k, schema in _strict(request))]
    optional = unions = 0
    for schema, _ in (part for _, root in roots for part in _parts(root, ())):
        properties, required = schema.get("properties"), schema.get("required")
        if isinstance(properties, dict):
            names = required if isinstance(required, list) else []
            optional += sum(name not in names for name in properties)
            unions += sum(map(_is_union, properties.values()))
    path = "tools" if roots and roots[0][0].startswith("tools") else "output_config.format.schema"
    why = "Each choice multiplies the states of the grammar that the answer is written by."
    if optional > MOST_OPTIONAL:
        message = (
            f"Schemas contains too many optional parameters ({optional}), which would make grammar "
            "compilation inefficient. Reduce the number of optional parameters in your tool schemas "
            f"(limit: {MOST_OPTIONAL})."
        )
        yield Problem("output_schema", path, message, why=why)
    if unions > MOST_UNIONS:
        message = (
            f"Schemas contains too many parameters with union types ({unions} parameters with type arrays or "
            "anyOf). This causes exponential compilation cost. Reduce the number of nullable or union-typed "
            f"parameters (limit: {MOST_UNIONS} parameters with unions)."
        )
        yield Problem("output_schema", path, message, why=why)


def _formats(request: Request) -> list[tuple[str, Any]]:
    output = request.param("output_config")
    asked = {
        "output_format": request.param("output_format"),
        "output_config.format": output.get("format") if isinstance(output, dict) else None,
    }
    return [(f"{name}.schema", form.get("schema")) for name, form in asked.items() if isinstance(form, dict)]


def _strict(request: Request) -> list[tuple[int, Any]]:
    return [
        (k, tool["input_schema"])
        for k, tool in request.tools
        if tool.get("strict") and "input_schema" in tool
    ]


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


def _faults(parts: list[Part], path: str) -> Iterator[Problem]:
    root = parts[0][0] if parts else None
    names = grammar_refs.circle(root)
    if names:
        message = f"{path}: Circular reference detected in schema definitions: {' -> '.join(names)}"
        yield Problem("output_schema", ".".join(parts[0][1]), message, why=WHOLE)
    for schema, way in parts:
        where = ".".join(way)
        for fault in grammar_words.faults(schema):
            says = f"{path}: {fault.message}"
            yield Problem(
                "output_schema", where, says, level=fault.level, why=CANT_HOLD, fix=_mended(fault, way)
            )
        reference = schema.get("$ref")
        wrong = grammar_refs.fault(root, reference) if isinstance(reference, str) else None
        if wrong:
            fix = _mended(grammar_words.Fault(wrong, ("$ref",), (("type", "string"),)), way)
            yield Problem("output_schema", where, f"{path}: {wrong}", why=WHOLE, fix=fix)


def _mended(fault: grammar_words.Fault, way: tuple[str, ...]) -> Fix:
    removals = [{"op": "remove", "path": _at(way, word)} for word in fault.removed]
    additions = [{"op": "add", "path": _at(way, key), "value": value} for key, value in fault.added]
    words = fault.removed or tuple(key for key, _ in fault.added)
    return Fix(f"{'remove' if removals else 'set'} {' and '.join(words)}", (*removals, *additions))


def _is_union(schema: Any) -> bool:
    return isinstance(schema, dict) and (isinstance(schema.get("type"), list) or "anyOf" in schema)


def _at(way: tuple[str, ...], key: str) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in [*way, key])
