"""The check of an input against a tool's plain JSON schema: the keywords that tool definitions use.

For tools that came as a definition; a tool made of a function is checked against its types (`signature`).
Keywords that are not known here are let pass: the tool itself has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator
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


def faults(value: Any, schema: Any, root: Json | None = None, where: str = "") -> Iterator[str]:
    """Yield a sentence for each thing in `value` that the schema forbids, with its place in front."""
    if not isinstance(schema, dict):
        return
    root = schema if root is None else root
    if isinstance(schema.get("$ref"), str):
        yield from faults(value, _resolved(schema["$ref"], root), root, where)
    kinds = schema.get("type")
    if kinds and not any(_is(value, kind) for kind in (kinds if isinstance(kinds, list) else [kinds])):
        named = " or ".join(kinds) if isinstance(kinds, list) else kinds
        yield f"{where or 'the input'}: Input should be a valid {named}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: Input should be {' or '.join(repr(each) for each in schema['enum'])}"
    if "const" in schema and value != schema["const"]:
        yield f"{where}: Input should be {schema['const']!r}"
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices and all(any(faults(value, choice, root, where)) for choice in choices):
        yield f"{where or 'the input'}: Input fits none of the {len(choices)} choices"
    for part in schema.get("allOf", ()):
        yield from faults(value, part, root, where)
    if isinstance(value, dict):
        yield from _object_faults(value, schema, root, where)
    if isinstance(value, list) and "items" in schema:
        for at, item in enumerate(value):
            yield from faults(item, schema["items"], root, _join(where, at))


def _object_faults(value: Json, schema: Json, root: Json, where: str) -> Iterator[str]:
    properties = schema.get("properties") or {}
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{_join(where, name)}: Field required"
    for name, item in value.items():
        if name in properties:
            yield from faults(item, properties[name], root, _join(where, name))
        elif schema.get("additionalProperties") is False:
            yield f"{_join(where, name)}: Extra inputs are not permitted"


def _is(value: Any, kind: str) -> bool:
    if kind not in TYPES:
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES[kind])


def _resolved(ref: str, root: Json) -> Any:
    found: Any = root
    for part in ref.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _join(where: str, part: str | int) -> str:
    return f"{where}.{part}" if where else str(part)
