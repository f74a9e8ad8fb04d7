"""Answers in a shape that a program wants: described in the prompt, or with a property for the answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nbkit.sim.brain.intent import think

Json = dict[str, Any]
TEXT = {"type": "string"}
PERSON: Json = {"type": "object", "properties": {"name": TEXT, "age": {"type": "integer"}}}
FINISH = {
    "name": "final_answer",
    "input_schema": {"type": "object", "properties": {"answer": TEXT}, "required": ["answer"]},
}
WEATHER = {"name": "get_weather", "input_schema": {"type": "object", "properties": {"city": TEXT}}}


def ask(text: str, **more: Any) -> Json:
    return {"max_tokens": 500, "messages": [{"role": "user", "content": text}], **more}


IN_SYSTEM = "Always respond with a JSON object that fits this schema:\n\n{}\n\nNo Markdown fencing around it."
IN_QUESTION = """Answer the user query.
The output should be formatted as a JSON instance that conforms to the JSON schema below.
For the schema {"properties": {"foo": {"type": "array"}}, "required": ["foo"]} {"foo": ["bar"]} is right.
```
%s
```
Anna is 31.
"""


@pytest.mark.parametrize("indent", [None, 2])
def test_a_schema_in_the_prompt_is_the_shape_of_the_answer(indent: int | None) -> None:
    schema = json.dumps(PERSON, indent=indent)
    for body in (ask("Anna is 31.", system=IN_SYSTEM.format(schema)), ask(IN_QUESTION % schema)):
        assert json.loads(think(body).text) == {"name": "Anna", "age": 31}
        form = {"type": "json_schema", "schema": {**PERSON, "required": ["name", "age"]}}  # both at once
        both = {**body, "output_config": {"format": form}}
        assert json.loads(think(both).text) == {"name": "Anna", "age": 31}


def test_a_schema_that_is_only_talked_about_is_none() -> None:
    assert "{" not in think(ask("What is a JSON schema with properties?")).text
    assert not think(ask(f"Hello {json.dumps(PERSON)}")).text.startswith("{")
    tools = f"Write the input of a tool as JSON.\nTool Name: save\nTool Args: {json.dumps(PERSON)}"
    assert not think(ask("Anna is 31.", system=tools)).text.startswith("{")


def test_a_tool_for_the_answer_is_called_with_it() -> None:
    use = {"type": "tool_use", "id": "t", "name": "get_weather", "input": {"city": "Oslo"}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": "7 °C, rain"}
    body = ask("Weather in Oslo?", tools=[WEATHER, FINISH], tool_choice={"type": "any"})
    assert think(body).calls[0].name == "get_weather"
    body["messages"] += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
    (call,) = think(body).calls
    assert call.name == "final_answer"
    assert "7 °C" in call.input["answer"]


def test_a_tool_for_the_answer_is_called_unforced_too_and_once() -> None:
    describes = {**FINISH, "name": "done", "description": "Use it to return your final response."}
    for finish in (FINISH, describes):
        body = ask("Weather in Oslo?", tools=[finish, WEATHER])
        for name, result in (("get_weather", "7 °C, rain"), (finish["name"], "ok")):
            (call,) = think(body).calls
            assert call.name == name
            use = {"type": "tool_use", "id": name, "name": name, "input": call.input}
            given = [{"type": "tool_result", "tool_use_id": name, "content": result}]
            said = [{"role": "assistant", "content": [use]}, {"role": "user", "content": given}]
            body["messages"] = [*body["messages"], *said]
        assert "7 °C" in call.input["answer"]
        assert not think(body).calls


@pytest.mark.parametrize("written", [json.dumps, str])
def test_calls_and_results_that_stand_in_texts_are_read(written: Any) -> None:
    calls = [
        {"id": city, "function": {"name": "get_weather", "arguments": {"city": city, "now": True}}}
        for city in ("Oslo", "Rome")
    ]
    body = ask("Weather in Oslo and Rome?", tools=[WEATHER, FINISH], tool_choice={"type": "any"})
    assert [call.input["city"] for call in think(body).calls] == ["Oslo", "Rome"]
    said = {"role": "assistant", "content": f"Calling tools:\n{written(calls)}"}
    seen = {"role": "user", "content": "Observation:\n7 °C\n30 °C"}
    (call,) = think({**body, "messages": [*body["messages"], said, seen]}).calls
    assert call.name == "final_answer"
    assert "7 °C" in call.input["answer"]
    assert "30 °C" in call.input["answer"]
    anew = {"role": "user", "content": "Weather in Bonn?"}
    (call,) = think({**body, "messages": [*body["messages"], said, anew]}).calls
    assert call.input == {"city": "Bonn"}


def test_a_search_for_tools_is_no_part_of_the_answer() -> None:
    uses = [
        {"type": "tool_use", "id": "a", "name": "find_tools", "input": {"query": "weather"}},
        {"type": "tool_use", "id": "b", "name": "get_weather", "input": {"city": "Oslo"}},
    ]
    offers = [{"type": "tool_reference", "tool_name": "get_weather"}]
    body = ask("Weather in Oslo?", tools=[WEATHER, {**FINISH, "name": "find_tools"}])
    for use, content in zip(uses, (offers, "7 °C, rain"), strict=True):
        result = {"type": "tool_result", "tool_use_id": use["id"], "content": content}
        body["messages"] += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
    answer = think(body).text
    assert "7 °C" in answer
    assert "find" not in answer


def test_a_line_that_only_waits_for_the_answer_is_not_the_question() -> None:
    assert "391" in think(ask("What is 17*23?\n\nProvide your complete response:")).text
    assert "391" in think(ask("Work out 17*23.\n\nAnswer:")).text
