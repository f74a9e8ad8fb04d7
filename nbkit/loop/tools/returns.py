"""What a typed function gives back: a sample of it, and whether a result looks like it.

Samples are made from the JSON schema of the type; no clock and no chance, so that a notebook that uses one
runs again to the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from nbkit.loop.tools.parameters import hints
from nbkit.loop.tools.results import to_content
from nbkit.wire.blocks import Json

_DEEPEST = 6
_TEXTS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00",
    "email": "ada@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "duration": "PT1H",
    "binary": "",
}
_UNTOLD = (Any, object, str, bytes, type(None))  # any text can be one of these


class Returns:
    """The type that a function says it gives back. Without a usable one there is no sample and no doubt."""

    def __init__(self, function: Callable[..., Any], kind: Any = None) -> None:
        self.kind: Any = kind
        self._adapter: Any = None
        try:
            self.kind = hints(function).get("return") if kind is None else kind
        except Exception:  # noqa: BLE001  # an annotation is anybody's code
            return
        if self.kind is not None and self.kind is not type(None):
            self._adapter = _adapter(self.kind)

    @property
    def name(self) -> str:
        """The type as a person writes it, without the modules it is from."""
        if isinstance(self.kind, type):
            return self.kind.__name__
        return re.sub(r"\b(?:\w+\.)+(?=\w)", "", str(self.kind))

    def sample(self) -> str | list[Json] | None:
        """Return a result as the tool could give one, None where its type says nothing, or just text."""
        schema = self._schema()
        made = None if schema is None or self.kind in _UNTOLD else _sample(schema, schema, 0)
        return None if made is None else to_content(made)

    def unlike(self, content: Any) -> str | None:
        """Say how a result differs from the type, None where it fits or where that can't be told."""
        text = _text_of(content)
        if text is None or self._adapter is None or self.kind in _UNTOLD or self._schema() is None:
            return None
        from pydantic import ValidationError

        found: list[Any] = []
        for given in (text, json.dumps(text)):  # as it is, or as a string
            try:
                self._adapter.validate_json(given)
            except ValidationError as error:
                found.append(error.errors(include_url=False, include_context=False)[0])
            except Exception:  # noqa: BLE001  # a validator is anybody's code
                return None
            else:
                return None
        first = found[found[0]["type"] == "json_invalid"]
        where = ".".join(map(str, first["loc"]))
        return f"{where}: {first['msg']}" if where else str(first["msg"])

    def _schema(self) -> Json | None:
        try:
            schema: Json = self._adapter.json_schema(mode="serialization")
        except Exception:  # noqa: BLE001  # a type that JSON can't hold, like a DataFrame
            return None
        return schema


def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    try:
        return TypeAdapter(kind)
    except Exception:  # noqa: BLE001  # no type that pydantic knows
        return None


def _text_of(content: Any) -> str | None:
    """The text of a result that is nothing but text."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and len(content) == 1 and content[0].get("type") == "text":
        return str(content[0].get("text", ""))
    return None


def _sample(schema: Any, root: Json, depth: int) -> Any:
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _sample((root.get("$defs") or {}).get(name), root, depth + 1)
    said = [schema[name] for name in ("const", "default") if name in schema]
    said += [schema[name][0] for name in ("enum", "examples") if schema.get(name)]
    if said:
        return said[0]
    for name in ("anyOf", "oneOf", "allOf"):
        if schema.get(name):
            return _sample(schema[name][0], root, depth + 1)
    make = _MAKERS.get(str(schema.get("type")))
    return make(schema, root, depth) if make is not None else None


def _text(schema: Json) -> str:
    text = _TEXTS.get(str(schema.get("format")), "text")
    return text.ljust(int(schema.get("minLength") or 0), "x")[: schema.get("maxLength")]


def _object(schema: Json, root: Json, depth: int) -> Json:
    named = schema.get("properties") or {}
    made = {name: _sample(part, root, depth + 1) for name, part in named.items()}
    others = schema.get("additionalProperties")
    return made or ({"key": _sample(others, root, depth + 1)} if isinstance(others, dict) else {})


def _array(schema: Json, root: Json, depth: int) -> list[Any]:
    if schema.get("prefixItems"):
        return [_sample(part, root, depth + 1) for part in schema["prefixItems"]]
    count = max(1, int(schema.get("minItems") or 0))
    return [_sample(schema.get("items", {"type": "string"}), root, depth + 1)] * count


def _number(schema: Json, usual: float) -> float:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    if least is not None and least >= usual:
        return float(least + ("exclusiveMinimum" in schema and "minimum" not in schema))
    if most is not None and most <= usual:
        return float(most - ("exclusiveMaximum" in schema and "maximum" not in schema))
    return usual


_MAKERS: dict[str, Callable[[Json, Json, int], Any]] = {
    "object": _object,
    "array": _array,
    "integer": lambda schema, root, depth: int(_number(schema, 1)),
    "number": lambda schema, root, depth: _number(schema, 1.5),
    "boolean": lambda schema, root, depth: True,
    "string": lambda schema, root, depth: _text(schema),
}
