"""Schemas that become a grammar: what the API says of what a grammar can't hold."""

from __future__ import annotations

from typing import Any

import pytest

from asking import TOOL, ask, mended, refused, rules

PATH = "output_config.format.schema"
OPEN = "For 'object' type, 'additionalProperties' must be explicitly set to false"


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def formed(schema: Any) -> dict[str, Any]:
    return ask(output_config={"format": {"type": "json_schema", "schema": schema}})


@pytest.mark.parametrize(
    ("part", "says", "legal"),
    [
        ({"type": "object"}, OPEN, closed()),
        ({"type": ["object", "null"]}, OPEN, {"type": ["string", "null"]}),
        (
            {"type": "integer", "minimum": 1},
            "For 'integer' type, property 'minimum' is not supported",
            {"type": "integer"},
        ),
        (
            {"type": "number", "minimum": 0, "maximum": 1},
            "For 'number' type, properties maximum, minimum are not supported",
            {"type": "number", "enum": [0, 1]},
        ),
        (
            {"type": "string", "minLength": 1},
            "For 'string' type, property 'minLength' is not supported",
            {"type": "string", "pattern": "^a+$"},
        ),
        (
            {"type": "array", "minItems": 2},
            "For 'array' type, 'minItems' values other than 0 or 1 are not supported",
            {"type": "array", "minItems": 1, "items": {"type": "string"}},
        ),
        (
            {"type": "array", "maxItems": 2},
            "For 'array' type, property 'maxItems' is not supported",
            {"type": "array", "minItems": 0},
        ),
        ({"type": "string", "format": "color"}, "For 'string' type, ", {"type": "string", "format": "uuid"}),
        (
            {"type": "string", "pattern": "(?=a)b"},
            "For 'string' type, ",
            {"type": "string", "pattern": "(?:a)b"},
        ),
        ({"$ref": "https://example.com/a"}, "External reference ", {"$ref": "#/$defs/a"}),
        ({"enum": [{"a": 1}]}, "'enum' values ", {"enum": ["a", 1, None, True]}),
    ],
)
def test_what_a_grammar_cannot_hold(part: Any, says: str, legal: Any) -> None:
    (problem,) = refused(formed(closed(a=part)))
    assert problem.rule == "output_schema"
    assert problem.message.startswith(f"{PATH}: {says}")
    assert refused(mended(formed(closed(a=part)))) == []
    assert refused(formed(closed(a=legal))) == []


def test_parts_are_found_wherever_they_stand() -> None:
    loose = {"type": "object"}
    inside: list[Any] = [
        closed(a={"type": "array", "items": loose}),
        closed(a={"anyOf": [{"type": "null"}, loose]}),
        {**closed(), "$defs": {"a": loose}},
        loose,
    ]
    for schema in inside:
        (problem,) = refused(formed(schema))
        assert problem.message == f"{PATH}: {OPEN}"
        assert refused(mended(formed(schema))) == []


def test_the_older_name_of_the_format_is_a_betas() -> None:
    request = ask(output_format={"type": "json_schema", "schema": {"type": "object"}})
    (problem, *_) = refused(request)
    assert problem.message == "output_format: Extra inputs are not permitted"
    (problem,) = refused(request, {"anthropic-beta": "structured-outputs-2025-11-13"})
    assert problem.message == f"output_format.schema: {OPEN}"


def test_a_strict_tool_is_compiled_too() -> None:
    (problem,) = refused(ask(tools=[TOOL, {**TOOL, "name": "b", "strict": True}]))
    assert problem.message == f"tools.1.custom: {OPEN}"
    assert refused(mended(ask(tools=[{**TOOL, "strict": True}]))) == []
    assert refused(ask(tools=[{**TOOL, "strict": False}])) == []


def strict(count: int, **properties: Any) -> dict[str, Any]:
    schema = {**closed(**properties), "required": []}
    return ask(
        tools=[{**TOOL, "name": f"t{n}", "strict": True, "input_schema": schema} for n in range(count)]
    )


def test_a_grammar_has_its_limits() -> None:
    assert refused(strict(20)) == []
    (problem,) = refused(strict(21))
    assert problem.message == "Schema is too complex for compilation."
    assert refused(strict(12, a={}, b={})) == []
    assert rules(strict(13, a={}, b={})) == ["output_schema"]
    either = {"type": ["string", "null"]}
    assert refused(strict(16, a=either)) == []
    assert rules(strict(17, a=either)) == ["output_schema"]
