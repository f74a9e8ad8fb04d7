"""The first tools of many a lesson: one operation of arithmetic each."""

from typing import Any

import pytest

from nbkit.sim.brain.intent import think

Json = dict[str, Any]


def tool(name: str, *parameters: str) -> Json:
    properties = {each: {"type": "integer"} for each in parameters or ("a", "b")}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "description": f"The {name} of two integers.", "input_schema": schema}


WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
TOOLS = [tool("add"), tool("multiply", "x", "y"), tool("subtract"), tool("divide"), WEATHER]


def calls(text: str, tools: list[Json]) -> list[tuple[str, Json]]:
    body = {"model": "m", "max_tokens": 9, "tools": tools, "messages": [{"role": "user", "content": text}]}
    return [(call.name, call.input) for call in think(body).calls]


@pytest.mark.parametrize("tools", [TOOLS, TOOLS[:1]], ids=["one of five", "alone"])
@pytest.mark.parametrize(
    "text",
    [
        "What is 17 + 25?",
        "What is 17 + 25? Use the add tool.",
        "Calculate 17 + 25 using the add tool.",
        "Add 17 and 25",
        "what's 17 plus 25?",
        "Use the tool add for 17 and 25.",
        "What is the sum of 17 and 25?",
    ],
)
def test_a_sum_is_asked_of_the_tool_that_adds(text: str, tools: list[Json]) -> None:
    assert calls(text, tools) == [("add", {"a": 17, "b": 25})]


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("What is 12 times 7?", "multiply", [12, 7]),
        ("What is 12 * 7?", "multiply", [12, 7]),
        ("What is 10 - 4?", "subtract", [10, 4]),
        ("What is 84 divided by 2?", "divide", [84, 2]),
    ],
)
def test_each_operation_has_its_tool(text: str, name: str, values: list[int]) -> None:
    ((called, input),) = calls(text, TOOLS)
    assert (called, list(input.values())) == (name, values)


def test_two_sums_are_two_calls() -> None:
    assert calls("What is 3 * 12? Also, what is 11 + 49?", TOOLS) == [
        ("multiply", {"x": 3, "y": 12}),
        ("add", {"a": 11, "b": 49}),
    ]


@pytest.mark.parametrize("text", ["Hello", "Add a bit of salt", "What is 17 + 25?"])
def test_nothing_is_reckoned_where_nothing_is_asked_of_it(text: str) -> None:
    assert calls(text, [WEATHER]) == []
    if "17" not in text:
        assert calls(text, TOOLS) == []
