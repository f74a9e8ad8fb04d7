"""The form of an answer: what a system prompt wishes of it, and JSON of a schema without stray words."""

import json
from typing import Any

import pytest

from nbkit.sim.brain.intent import think

Json = dict[str, Any]

WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
TEXT: Json = {"type": "string"}
TEXTS: Json = {"type": "array", "items": TEXT}


def told(question: str, system: str = "", result: Any = None, **more: Any) -> str:
    messages: list[Json] = [{"role": "user", "content": question}]
    if result is not None:
        call = {"type": "tool_use", "id": "a", "name": "get_weather", "input": {"city": "Paris"}}
        content = result if isinstance(result, str) else json.dumps(result)
        messages += [
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": content}]},
        ]
    return think({"messages": messages, "system": system, "tools": [WEATHER], **more}).text


def structured(question: str, result: Any = None, **properties: Json) -> Json:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    config = {"format": {"type": "json_schema", "schema": schema}}
    value: Json = json.loads(told(question, result=result, output_config=config))
    return value


@pytest.mark.parametrize(
    ("system", "question", "result", "answer"),
    [
        ("Answer in one word.", "What is the capital of France?", None, "Paris"),
        ("Reply with one word only.", "Should I take an umbrella in Paris?", "rain", "Yes"),
        (
            "Reply with a single word.",
            "What is the temperature in Paris?",
            {"temperature": 14, "wind": 3},
            "14",
        ),
        ("Respond only with JSON.", "What is 2+2?", None, '{"answer": "2 + 2 = 4"}'),
        (
            "Always reply in JSON with the keys answer and wind.",
            "What's the weather in Paris?",
            {"sky": "clear", "wind": 3},
            '{"answer": "The weather in Paris: sky: clear, wind: 3", "wind": 3}',
        ),
        (
            "Always answer in German.",
            "Should I take an umbrella in Paris?",
            "rain",
            "Ja. Das Ergebnis: **rain**.",
        ),
        ("Answer in French.", "Thank you!", None, "Je vous en prie !"),
        ("Start every reply with Arrr!", "What is 2+2?", None, "Arrr! 2 + 2 = **4**"),
        ("Prefix each answer with [BOT]:", "What is 2+2?", None, "[BOT]: 2 + 2 = **4**"),
        (
            "Use at most 5 words.",
            "What's the weather in Paris?",
            {"sky": "clear", "wind": 3},
            "The weather in Paris: sky.",
        ),
    ],
)
def test_the_form_that_the_system_prompt_wishes(system: str, question: str, result: Any, answer: str) -> None:
    assert told(question, system, result) == answer


def test_a_wish_for_nothing_but_the_answer_holds_before_a_call() -> None:
    assert told("What's the weather in Paris?", "Respond only with JSON.") == ""
    assert told("What's the weather in Paris?", "Be kind.") != ""


def test_a_system_prompt_that_wishes_no_form_changes_nothing() -> None:
    for system in ("You know German and French cities.", "JSON files are in /data.", "End users are kind."):
        assert told("What is 2+2?", system) == told("What is 2+2?")


@pytest.mark.parametrize(
    ("question", "properties", "value"),
    [
        (
            "Extract the names: Anna, Bert and Carla went to Rome.",
            {"names": TEXTS},
            {"names": ["Anna", "Bert", "Carla"]},
        ),
        (
            "The talk with Joe is at 10:00 about budget and hiring.",
            {"topics": TEXTS},
            {"topics": ["budget", "hiring"]},
        ),
        ("Hello", {"tags": TEXTS}, {"tags": []}),
        ("List three colours.", {"colours": TEXTS}, {"colours": []}),
        ("Is Python a language?", {"reasons": TEXTS}, {"reasons": []}),
        (
            "Review: 'Great screen, terrible battery'",
            {"pros": TEXTS, "cons": TEXTS},
            {"pros": ["Great screen"], "cons": ["terrible battery"]},
        ),
        ("What is 12*12?", {"answer": {"type": "number"}}, {"answer": 144}),
        ("What is the capital of France?", {"answer": TEXT}, {"answer": "The capital of France is Paris."}),
    ],
)
def test_structured_output_holds_what_was_said_and_no_more(
    question: str, properties: Json, value: Json
) -> None:
    assert structured(question, **properties) == value


def test_structured_output_answers_from_results() -> None:
    asked = "Should I take an umbrella in Paris?"
    fields = {"answer": {"type": "boolean"}, "wind": {"type": "integer"}}
    assert structured(asked, {"sky": "rain", "wind": 7}, **fields) == {"answer": True, "wind": 7}
    assert structured(asked, {"sky": "clear", "wind": 2}, **fields) == {"answer": False, "wind": 2}


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
def test_a_forced_call_about_which_nothing_was_said_invents_no_place(choice: Json) -> None:
    body = {"messages": [{"role": "user", "content": "Hello"}], "tools": [WEATHER], "tool_choice": choice}
    assert [call.input for call in think(body).calls] == [{"city": "unknown"}]


@pytest.mark.parametrize(
    ("question", "command"),
    [
        ("Run `make test`", "make test"),
        ("Which directory am I in?", "pwd"),
        ("List the files in src", "ls -la src"),
    ],
)
def test_a_wish_in_words_becomes_a_command_line(question: str, command: str) -> None:
    body = {
        "messages": [{"role": "user", "content": question}],
        "tools": [{"type": "bash_20250124", "name": "bash"}],
    }
    said = think(body)
    assert [call.input for call in said.calls] == [{"command": command}]
    assert said.text == f"I'll run `{command}`."
