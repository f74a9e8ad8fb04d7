"""Whether a value fits a schema: what is refused has a neighbour that fits, and doubt lets it pass."""

from __future__ import annotations

from typing import Any

import pytest

from asking import TOOL, ask, user
from nbkit.loop.tools.schema import faults
from nbkit.rules.schemas.fitting import misfits
from nbkit.rules.validator import check

PLACE = {"$defs": {"a/b": {"type": "string", "minLength": 2}}, "properties": {"x": {"$ref": "#/$defs/a~1b"}}}
TREE = {"properties": {"down": {"$ref": "#"}, "n": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("schema", "wrong", "fits", "words"),
    [
        ({"type": "string"}, 1, "1", "1 is not of type 'string'"),
        ({"type": ["string", "null"]}, 1, None, "1 is not of type 'string', 'null'"),
        ({"type": "integer"}, True, 1.0, "True is not of type 'integer'"),
        ({"pattern": "^[a-z]+$"}, "A", "a", "'A' does not match '^[a-z]+$'"),
        ({"pattern": "b"}, "aaa", "abc", "'aaa' does not match 'b'"),
        ({"minLength": 2}, "a", "ab", "'a' is too short"),
        ({"maxLength": 1}, "ab", "a", "'ab' is too long"),
        ({"minItems": 1}, [], [0], "[] is too short"),
        ({"maxItems": 1}, [0, 1], [0], "[0, 1] is too long"),
        ({"minProperties": 1}, {}, {"a": 1}, "{} does not have enough properties"),
        ({"minimum": 2}, 1, 2, "1 is less than the minimum of 2"),
        ({"maximum": 2}, 3, 2, "3 is greater than the maximum of 2"),
        ({"exclusiveMinimum": 2}, 2, 2.5, "2 is less than or equal to the minimum of 2"),
        ({"exclusiveMaximum": 2}, 2, 1, "2 is greater than or equal to the maximum of 2"),
        ({"enum": ["a", 1]}, "b", 1, "'b' is not one of ['a', 1]"),
        ({"const": "a"}, "b", "a", "'a' was expected"),
        ({"items": {"type": "integer"}}, [1, "a"], [1, 2], "'a' is not of type 'integer'"),
        ({"prefixItems": [{"type": "null"}], "items": False}, [None, 1], [None], "False schema does not"),
        ({"anyOf": [{"type": "null"}, {"minimum": 3}]}, 2, None, "2 is not valid under any of the"),
        ({"oneOf": [{"type": "null"}, {"type": "string"}]}, 2, "", "2 is not valid under any of the"),
        ({"allOf": [{"minimum": 3}, {"maximum": 4}]}, 5, 4, "5 is greater than the maximum of 4"),
        ({"required": ["a"]}, {}, {"a": 1}, "'a' is a required property"),
        ({"additionalProperties": False}, {"a": 1}, {}, "Additional properties are not allowed ('a' was"),
        ({"additionalProperties": {"type": "null"}}, {"a": 1}, {"a": None}, "1 is not of type 'null'"),
        (PLACE, {"x": "a"}, {"x": "ab"}, "'a' is too short"),
        (TREE, {"down": {"down": {"n": "1"}}}, {"down": {"n": 1}}, "'1' is not of type 'integer'"),
    ],
)
def test_what_the_schema_forbids_is_told_and_its_neighbour_is_not(
    schema: Any, wrong: Any, fits: Any, words: str
) -> None:
    (found,) = misfits(wrong, schema)
    assert found.words.startswith(words)
    assert misfits(fits, schema) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "(?<name>x)"},  # JavaScript's
        {"pattern": "("},
        {"pattern": "^(a+)+$"},
        {"pattern": "^(a|aa)+$"},
        {"$ref": "https://example.com/schema"},
        {"$ref": "#/$defs/none"},
        {"$ref": "#"},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"minLength": "2", "minimum": [], "enum": {}, "required": 3, "properties": [], "items": 4},
        {"format": "email", "not": {}, "newer": 1},
    ],
)
def test_what_cannot_be_decided_is_let_pass(schema: Any) -> None:
    assert misfits("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", schema) == []


def test_a_schema_that_doubles_at_every_step_is_given_up() -> None:
    defs: dict[str, Any] = {
        f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]} for n in range(60)
    }
    defs["d60"] = {"type": "string"}
    assert misfits(1, {"$defs": defs, "$ref": "#/$defs/d0"}) == []  # to its end it would take years


def test_an_example_is_held_to_what_arguments_are_held_to() -> None:
    city = {"type": "object", "properties": {"city": {"type": "string", "pattern": "^[A-Z]", "minLength": 3}}}
    (problem,) = check(
        ask(user("hi"), tools=[{**TOOL, "input_schema": city, "input_examples": [{"city": "oslo"}]}])
    )
    assert problem.rule == "R84"
    assert problem.message == "tools.0.custom.input_examples.0: 'oslo' does not match '^[A-Z]'"
    assert problem.pointer == "/tools/0/input_examples/0"
    assert "`city`" in problem.why
    assert faults({"city": "oslo"}, city) == ["city: 'oslo' does not match '^[A-Z]'"]
    assert (
        check(ask(user("hi"), tools=[{**TOOL, "input_schema": city, "input_examples": [{"city": "Oslo"}]}]))
        == []
    )
