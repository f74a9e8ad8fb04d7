"""Which schemas are JSON Schema draft 2020-12: each keyword with a value it takes, and one it doesn't."""

from __future__ import annotations

from typing import Any

import pytest

from nbkit.rules.schemas.json_schema import is_json_schema

SOUND: list[Any] = [
    True,
    {},
    {"type": "object"},
    {"type": ["string", "null"]},
    {"enum": []},
    {"enum": [None, 1, {}]},
    {"const": None, "default": None, "nullable": True, "example": 5, "x-order": []},
    {"items": {"type": "string"}, "minItems": 0, "maxItems": 3.0, "uniqueItems": True},
    {"prefixItems": [{}, False], "items": False},
    {"minimum": 0, "exclusiveMaximum": 1.5, "multipleOf": 0.1},
    {"properties": {"a": True}, "required": [], "additionalProperties": False},
    {"patternProperties": {"^(.*)$": {}}, "propertyNames": {"pattern": "("}},
    {"$ref": "#/$defs/nowhere", "$defs": {"a": {}}, "definitions": {"a": {}}},
    {"$schema": "http://json-schema.org/draft-07/schema#", "title": "t", "format": "anything"},
    {"dependentRequired": {"a": ["b"]}, "if": {}, "then": {}, "else": {}, "not": {}},
    {"anyOf": [{"type": "string"}, {"type": "null"}]},
]
BROKEN: list[Any] = [
    None,
    "string",
    [],
    {"type": "any"},
    {"type": "int"},
    {"type": []},
    {"type": ["string", "string"]},
    {"type": None},
    {"enum": "a"},
    {"items": [{"type": "string"}]},
    {"exclusiveMinimum": True},
    {"minimum": "0"},
    {"minimum": False},
    {"multipleOf": 0},
    {"minLength": -1},
    {"maxItems": 1.5},
    {"maxItems": float("inf")},
    {"required": True},
    {"required": ["a", "a"]},
    {"required": [1]},
    {"properties": []},
    {"properties": {"a": "string"}},
    {"properties": {"a": {"properties": {"b": {"type": "str"}}}}},
    {"additionalProperties": "no"},
    {"anyOf": []},
    {"anyOf": {}},
    {"allOf": ["a"]},
    {"$ref": 5},
    {"$defs": {"a": None}},
    {"description": 5},
    {"pattern": None},
    {"uniqueItems": 1},
    {"dependentRequired": {"a": "b"}},
]


@pytest.mark.parametrize("schema", SOUND, ids=str)
def test_a_schema_of_the_draft(schema: Any) -> None:
    assert is_json_schema(schema)
    assert is_json_schema({"properties": {"part": schema}})


@pytest.mark.parametrize("schema", BROKEN, ids=str)
def test_a_schema_of_no_draft_or_an_older_one(schema: Any) -> None:
    assert not is_json_schema(schema)
    assert not is_json_schema({"properties": {"part": schema}})


def test_a_schema_may_be_deep() -> None:
    schema: Any = {"type": "string"}
    for _ in range(5_000):
        schema = {"items": schema}
    assert is_json_schema(schema)
