"""Schemas that become a grammar: what the API says of what a grammar can't hold."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from asking import TOOL, ask, mended, refused
from nbkit.rules.validator import check

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
            {"type": "object", "additionalProperties": True},
            "For 'object' type, 'additionalProperties: true' is not supported. Please set ",
            closed(),
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            "For 'object' type, 'additionalProperties: object' is not supported. Please set ",
            closed(a={"type": "string"}),
        ),
        (
            {**closed(), "propertyNames": {"pattern": "^a"}},
            "For 'object' type, property 'propertyNames' is not supported",
            closed(propertyNames={"type": "string"}),
        ),
        (
            {**closed(), "if": {"required": []}, "then": {"required": []}},
            "For 'object' type, property 'if' is not supported",
            closed(),
        ),
        (
            {"oneOf": [{"type": "string"}, {"type": "number"}]},
            "Schema type 'oneOf' is not supported",
            {"anyOf": [{"type": "string"}, {"type": "number"}]},
        ),
        (
            {"type": "string", "anyOf": [{"type": "string"}, {"type": "number"}]},
            "For 'anyOf', 'type' is not supported",
            {"description": "d", "default": "a", "anyOf": [{"type": "string"}, {"type": "number"}]},
        ),
        (
            {"anyOf": [closed()], "discriminator": {"propertyName": "kind"}},
            "For 'anyOf', 'discriminator' is not supported",
            {"anyOf": [closed(discriminator={"type": "string"})]},
        ),
        (
            {"type": "string", "not": {"type": "number"}},
            "Schema keyword 'not' is not supported",
            closed(**{"not": {"type": "string"}}),
        ),
        (
            {},
            "Empty schema ({}) that accepts any JSON value is not supported. Please specify a concrete type.",
            {"type": "null"},
        ),
        ({"title": "Any"}, "Empty schema ({}) that accepts any JSON value ", {"title": "Any", "const": 1}),
        ({"strict": True}, "Invalid schema: Schema type is missing for schema: {'strict': True}", closed()),
        (
            {"default": None, "title": "Value"},
            "Invalid schema: Schema type is missing for schema: {'default': None, 'title': 'Value'}",
            {"default": None, "title": "Value", "type": "null"},
        ),
        (
            {"type": ["string", "null"], "enum": ["low", "high", None]},
            "Invalid schema: Enum value 'low' does not match declared type '['string', 'null']'",
            {"enum": ["low", "high", None]},
        ),
        (
            {"type": "integer", "enum": [1, "2"]},
            "Invalid schema: Enum value '2' does not match declared type 'integer'",
            {"type": "integer", "enum": [1, 2]},
        ),
        (
            {"type": "array", "items": [{"type": "string"}]},
            "Invalid schema: Array types must be specified with a single object schema for 'items'.",
            {"type": "array", "items": {"type": "string"}},
        ),
        (
            {"type": "array", "items": {"type": "string"}, "maxItems": 3, "uniqueItems": True},
            "For 'array' type, properties maxItems, uniqueItems are not supported",
            {"type": "array", "items": {"type": "string"}},
        ),
        (
            {"type": "array", "minItems": 2},
            "For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: [2, ∞])",
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
            "Invalid regex in pattern field: Quantifier '?' without preceding element",
            {"type": "string", "pattern": "(?:a)b"},
        ),
        ({"$ref": "https://example.com/a"}, "External reference ", {"$ref": "#/properties/b"}),
        (
            {"$ref": "#/$defs/a"},
            "Invalid schema: Reference to non-existent definition: #/$defs/a",
            {"type": "string", "minLength": 1, "maxLength": 9},
        ),
        ({"enum": [{"a": 1}]}, "'enum' values ", {"enum": ["a", 1, None, True]}),
    ],
)
def test_what_a_grammar_cannot_hold(part: Any, says: str, legal: Any) -> None:
    """The words are those of live refusals (BerriAI/litellm#37881, vercel/ai#12876, and measurements of
    September and October 2026)."""
    b = {"type": "string"}
    (problem,) = refused(formed(closed(a=part, b=b)))
    assert problem.rule == "output_schema"
    assert problem.message.startswith(f"{PATH}: {says}")
    assert refused(mended(formed(closed(a=part, b=b)))) == []
    assert refused(formed(closed(a=legal, b=b))) == []


def test_lengths_of_strings_are_taken_and_not_kept() -> None:
    (problem,) = check(formed(closed(a={"type": "string", "minLength": 1})))
    assert (problem.level, problem.path) == ("warning", f"{PATH}.properties.a")


def test_a_definition_does_not_lead_back_to_itself() -> None:
    def chain(*names: str) -> dict[str, Any]:
        parts = {name: closed(n={"$ref": f"#/$defs/{after}"}) for name, after in pairwise(names)}
        return {**closed(n={"$ref": f"#/$defs/{names[0]}"}), "$defs": {names[-1]: closed(), **parts}}

    assert refused(formed(chain("A", "B", "C"))) == []
    (problem,) = refused(formed(chain("A", "B", "A")))
    assert problem.message == f"{PATH}: Circular reference detected in schema definitions: A -> B -> A"
    (problem,) = refused(formed(closed(n={"anyOf": [{"$ref": "#"}, {"type": "null"}]})))
    assert "Circular reference" in problem.message


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
    # langchain4j/langchain4j#4521
    assert problem.message.startswith(
        "output_format: This field is deprecated. Use 'output_config.format' instead. See https://"
    )
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
    assert problem.message == (
        "Too many strict tools (21). The maximum number of strict tools supported is 20. Try reducing the "
        "number of tools marked as strict."
    )
    word = {"type": "string"}
    assert refused(strict(12, a=word, b=word)) == []
    (problem,) = refused(strict(13, a=word, b=word))
    assert problem.message == (
        "Schemas contains too many optional parameters (26), which would make grammar compilation "
        "inefficient. Reduce the number of optional parameters in your tool schemas (limit: 24)."
    )
    either = {"type": ["string", "null"]}
    assert refused(strict(16, a=either)) == []
    (problem,) = refused(strict(17, a=either))
    assert problem.message == (
        "Schemas contains too many parameters with union types (17 parameters with type arrays or anyOf). "
        "This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters "
        "(limit: 16 parameters with unions)."
    )


def test_tools_and_the_format_share_the_room() -> None:
    word = {"type": "string"}
    form = formed({**closed(a=word), "required": []})
    assert refused({**strict(12, a=word, b=word), "output_config": form["output_config"]})
    assert refused({**strict(11, a=word, b=word), "output_config": form["output_config"]}) == []
