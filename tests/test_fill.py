"""`{name}` filling."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from nbkit.notebook.fill import Filled, fill
from nbkit.wire.messages import Message


def test_a_variable_of_that_name_is_filled_in_and_reported() -> None:
    assert fill("Weather in {city}?", {"city": "Paris"}) == ("Weather in Paris?", (Filled("city", "Paris"),))


@pytest.mark.parametrize(
    "text",
    [
        'Explain {"city": "Paris", "n": {"a": 1}}',
        "f'{city!r} {city:>10} {city.name} {city[0]} {1 + 1}'",
        "{{city}} and {{ city }} and { city }",
        "{} {0} {a.b} { a }",
        "class A { int city; }",
    ],
)
def test_json_code_and_doubled_braces_stay_as_written(text: str) -> None:
    assert fill(text, {"city": "Paris"}) == (text, ())


def test_a_name_without_a_variable_stays_and_is_reported() -> None:
    assert fill("In {town}, {town}?", {"city": "Paris"}) == ("In {town}, {town}?", (Filled("town", None),))


def test_a_name_used_twice_is_reported_once_and_values_are_not_filled_again() -> None:
    text, filled = fill("{a} {b} {a}", {"a": "{b}", "b": 2})
    assert text == "{b} 2 {b}"
    assert [each.name for each in filled] == ["a", "b"]


def test_modules_functions_and_classes_are_no_values() -> None:
    namespace = {"math": math, "json": json, "f": lambda: 1, "A": dict, "p": print}
    assert fill("{math} {json} {f} {A} {p}", namespace) == ("{math} {json} {f} {A} {p}", ())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None]}, '{"a": [1, null]}'),
        (["é"], '["é"]'),
        (3.5, "3.5"),
        (None, "None"),
        ("x" * 10_000, "x" * 10_000),
        (Message({"content": [{"type": "text", "text": "hello"}]}), "hello"),
    ],
)
def test_values_become_text(value: Any, text: str) -> None:
    assert fill("{value}", {"value": value})[0] == text


def test_a_table_comes_whole() -> None:
    class Table:
        shape = (2, 1)

        def to_string(self) -> str:
            return "all rows"

    assert fill("{table}", {"table": Table()})[0] == "all rows"


def test_a_dict_that_is_no_json_falls_back_to_its_text() -> None:
    assert fill("{value}", {"value": {"a": {1}}})[0] == "{'a': {1}}"
