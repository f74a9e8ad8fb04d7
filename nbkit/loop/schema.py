"""The check of an input against a tool's plain JSON schema: the keywords that tool definitions use.

For tools that came as a definition; a tool made of a function is checked against its types (`signature`).
Keywords that are not known here are let pass: the tool itself has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.errors import counted
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


def faults(value: Any, schema: Any) -> list[str]:
    """Return a sentence for each thing in `value` that the schema forbids, with its place in front."""
    try:
        return list(_faults(value, schema, schema, ""))
    except RecursionError:  # a schema that only refers to itself says nothing
        return []


def _faults(value: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("$ref"), str):
        yield from _faults(value, _resolved(schema["$ref"], root), root, where)
    kinds = [kind for kind in _list(schema, "type") or [schema.get("type")] if isinstance(kind, str)]
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{where or 'the input'}: Input should be a valid {' or '.join(kinds)}"
        return
    enum = _list(schema, "enum")
    if enum and value not in enum:
        yield f"{where}: Input should be {' or '.join(map(repr, enum))}"
    if "const" in schema and value != schema["const"]:
        yield f"{where}: Input should be {schema['const']!r}"
    choices = _list(schema, "anyOf") or _list(schema, "oneOf")
    if choices and all(any(_faults(value, choice, root, where)) for choice in choices):
        yield f"{where or 'the input'}: Input fits none of {counted(len(choices), 'choice')}"
    for part in _list(schema, "allOf"):
        yield from _faults(value, part, root, where)
    if isinstance(value, dict):
        yield from _object_faults(value, schema, root, where)
    if isinstance(value, list) and "items" in schema:
        for at, item in enumerate(value):
            yield from _faults(item, schema["items"], root, _join(where, at))


def _list(schema: Json, keyword: str) -> list[Any]:
    """Return a keyword's list; what has another shape is the API's to refuse, and is let pass here."""
    found = schema.get(keyword)
    return found if isinstance(found, list) else []


def _object_faults(value: Json, schema: Json, root: Any, where: str) -> Iterator[str]:
    given = schema.get("properties")
    properties = given if isinstance(given, dict) else {}
    for name in _list(schema, "required"):
        if isinstance(name, str) and name not in value:
            yield f"{_join(where, name)}: Field required"
    for name, item in value.items():
        if name in properties:
            yield from _faults(item, properties[name], root, _join(where, name))
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


def _resolved(ref: str, root: Any) -> Any:
    found: Any = root
    for part in ref.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _join(where: str, part: str | int) -> str:
    return f"{where}.{part}" if where else str(part)
