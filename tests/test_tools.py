"""A typed function tells the model what it takes, and is only run with that."""

import asyncio
import datetime
import enum
import functools
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from nbkit.errors import ToolError
from nbkit.loop.tools.tool import Tool, tool, tool_of
from nbkit.wire.blocks import Json


class Unit(enum.Enum):
    CELSIUS = "c"
    FAHRENHEIT = "f"


class Trip(BaseModel):
    title: str
    days: int = 1


@tool
def get_weather(city: Annotated[str, Field(description="The city")], unit: Literal["c", "f"] = "c") -> str:
    """Current weather in a city."""
    return f"22 °{unit} in {city}"


@tool
def plan(trip: Trip, when: datetime.date, unit: Unit = Unit.CELSIUS, schema: list[str] | None = None) -> str:
    return f"{trip.title} {when:%d.%m.} {unit.name} {schema}"


@tool(name="slow", description="Waits.", strict=True)
async def waits(seconds: float = 0) -> str:
    await asyncio.sleep(0)
    return f"waited {seconds}"


class Shop:
    def sell(self, what: str) -> str:
        """Sell something."""
        return f"sold {what}"


def test_the_definition_comes_from_the_types_and_the_docstring() -> None:
    assert get_weather.definition() == {
        "name": "get_weather",
        "description": "Current weather in a city.",
        "input_schema": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "The city"},
                "unit": {"type": "string", "enum": ["c", "f"], "default": "c"},
            },
            "required": ["city"],
        },
    }


def test_a_strict_tool_says_that_there_is_no_more() -> None:
    definition = waits.definition()
    assert definition["strict"] is True
    assert definition["input_schema"]["additionalProperties"] is False
    assert (definition["name"], definition["description"]) == ("slow", "Waits.")


def test_names_of_fields_that_are_called_title_survive() -> None:
    schema = plan.input_schema
    assert schema is not None
    assert set(schema["$defs"]["Trip"]["properties"]) == {"title", "days"}


def test_the_definition_can_not_be_changed_from_outside() -> None:
    get_weather.definition()["input_schema"]["properties"].clear()
    schema = get_weather.input_schema
    assert schema is not None
    assert schema["properties"]


def test_a_tool_stays_the_function_it_was() -> None:
    assert get_weather("Paris") == "22 °c in Paris"
    assert get_weather.__doc__ == "Current weather in a city."
    assert repr(get_weather) == "Tool('get_weather')"


def test_it_runs_with_typed_arguments() -> None:
    trip = {"title": "North"}
    assert plan.run({"trip": trip, "when": "2026-01-02", "unit": "f"}) == "North 02.01. FAHRENHEIT None"
    assert tool(Shop().sell).run({"what": "tea"}) == "sold tea"


WRONG: list[tuple[Json, str]] = [
    ({}, "city: Field required"),
    ({"city": 3}, "city: Input should be a valid string"),
    ({"city": "x", "unit": "k"}, "unit: Input should be 'c' or 'f'"),
    ({"city": "x", "country": "y"}, "country: Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("input", "why"), WRONG)
def test_wrong_arguments_are_named(input: Json, why: str) -> None:
    with pytest.raises(ToolError) as raised:
        get_weather.run(input)
    assert str(raised.value) == f"the input does not fit get_weather: {why}"


def test_an_input_that_is_no_object_is_refused() -> None:
    with pytest.raises(ToolError, match="must be an object"):
        get_weather.validate(["Paris"])  # type: ignore[arg-type]


def test_sync_and_async_tools_run_in_both_colours() -> None:
    assert waits.run({}) == "waited 0"
    assert asyncio.run(waits.arun({"seconds": 1})) == "waited 1.0"
    assert asyncio.run(get_weather.arun({"city": "Oslo"})) == "22 °c in Oslo"


def test_an_async_tool_where_a_loop_runs_says_what_to_do() -> None:
    async def inside() -> None:
        with pytest.raises(ToolError, match="adecide"):
            waits.run({})

    asyncio.run(inside())


def anything(*args): ...  # type: ignore[no-untyped-def]
def untyped(x, y=3):  # type: ignore[no-untyped-def]
    return x, y


def strange(x: Shop) -> None: ...
def missing(x: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821


def garbled(x: "not a [type") -> None: ...  # type: ignore[valid-type]  # noqa: F722
def calling(x: Callable[[], int]) -> None: ...


@pytest.mark.parametrize("function", [anything, strange, missing, garbled, calling, max, dict])
def test_a_function_that_can_be_no_tool_is_one_sentence(function: Any) -> None:
    with pytest.raises(ToolError) as raised:
        tool(function)
    assert str(raised.value).startswith(f"{function.__name__} can't be a tool: ")
    assert "\n" not in str(raised.value)


def test_a_function_without_types_takes_anything() -> None:
    assert tool(untyped).run({"x": [1]}) == ([1], 3)


DEFINITION = {
    "name": "area",
    "input_schema": {
        "type": "object",
        "properties": {
            "size": {"type": "integer"},
            "kind": {"enum": ["a", "b"]},
            "of": {"type": "array", "items": {"$ref": "#/$defs/n"}},
            "any": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["size"],
        "additionalProperties": False,
        "$defs": {"n": {"type": "number"}},
    },
}


def test_a_definition_without_a_function_can_not_run() -> None:
    with pytest.raises(ToolError, match="fake or refuse"):
        Tool.from_definition(DEFINITION).run({"size": 1})


def test_a_definition_with_a_function_is_checked_against_its_schema() -> None:
    area = Tool.from_definition(DEFINITION, lambda **input: input)
    assert area.run({"size": 1.0, "of": [1, 2.5], "any": None}) == {"size": 1.0, "of": [1, 2.5], "any": None}
    with pytest.raises(ToolError, match="size: Field required; kind: Input should be 'a' or 'b'; x: Extra"):
        area.run({"kind": "c", "x": 1})
    with pytest.raises(ToolError, match=r"size: .*integer; of\.1: .*number; any: .*choices"):
        area.run({"size": True, "of": [1, "x"], "any": 5})


def test_tools_are_given_as_functions_tools_or_definitions() -> None:
    assert tool_of(get_weather) is get_weather
    assert tool_of(DEFINITION).name == "area"
    assert tool_of(Shop().sell).name == "sell"
    assert tool_of({"type": "web_search_20260318", "name": "web_search"}).input_schema is None
    unfit: list[Any] = ["get_weather", {}, None]
    for wrong in unfit:
        with pytest.raises(ToolError):
            tool_of(wrong)


def test_a_saved_definition_runs_as_the_tool_that_is_bound_to_it() -> None:
    saved = Tool.from_definition({**get_weather.definition(), "description": "Older words."})
    bound = saved.bound(get_weather)
    assert bound.definition() == saved.definition()
    assert bound.run({"city": "Rome"}) == "22 °c in Rome"


def test_a_tool_that_raises_stop_iteration_ends_all_the_same() -> None:
    def first(city: str) -> str:
        return next(each for each in ("Oslo",) if each == city)

    tool = Tool(first)
    with pytest.raises(RuntimeError, match="StopIteration"):
        tool.run({"city": "Rome"})
    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(asyncio.wait_for(tool.arun({"city": "Rome"}), 5))


class Scale:
    async def __call__(self, weight: int) -> int:
        return 2 * weight


def test_a_partial_and_an_object_that_is_called_have_types_too() -> None:
    def sell(what: str, count: int) -> str:
        return f"{count} {what}"

    pair, scale = Tool(functools.partial(sell, count=2), name="pair"), Tool(Scale(), name="scale")
    assert pair.definition()["input_schema"]["properties"]["what"] == {"type": "string"}
    assert pair.run({"what": "eggs"}) == "2 eggs"
    assert scale.definition()["input_schema"]["properties"] == {"weight": {"type": "integer"}}
    assert scale.run({"weight": 2}) == 4


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": 5, "required": 5, "enum": 5, "anyOf": 5, "allOf": 5},
        {"type": [5, "object"], "required": [[]]},
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
    ],
)
def test_a_schema_that_makes_no_sense_lets_the_tool_decide(schema: Json) -> None:
    assert Tool.from_definition({"name": "a", "input_schema": schema}, dict).run({"b": 1}) == {"b": 1}
