"""The small model: which tool, with which arguments, and an answer that its results determine.

`data/sim/tools.json` holds tools of all sorts, each with a prompt, what of its calls must come out, a faked
result of some shape, and what the answer must show of it.
"""

import json
import random
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from brain_talk import CLOCK, WEATHER, Json, Talk, always, tool
from nbkit.sim.brain.intent import think

CASES: list[Json] = json.loads((Path(__file__).parent / "data/sim/tools.json").read_text())
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def asked_for(city: str) -> Json:
    return {"type": "tool_use", "id": "a", "name": "get_weather", "input": {"city": city}}


def within(want: Any, got: Any) -> bool:
    """Whether `got` has at least what is wanted."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(key in got and within(want[key], got[key]) for key in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(map(within, want, got))
    return bool(want == got)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_tool_never_seen_before_is_called_and_its_result_told(case: Json) -> None:
    talk = Talk([case["tool"]], always(case["result"]))
    answer = talk.say(case["prompt"])
    inputs = [arguments for call in talk.calls for arguments in call.values()]
    for arguments in inputs:
        jsonschema.validate(arguments, case["tool"]["input_schema"])
    assert within(case["calls"], inputs), inputs
    assert talk.rounds == [len(case["calls"])]
    assert [value for value in case["shown"] if value not in answer] == []


@pytest.mark.parametrize("case", CASES[::4], ids=[case["name"] for case in CASES[::4]])
def test_any_faked_result_shows_in_the_answer(case: Json) -> None:
    secret = "plugh-4711"
    shapes: list[Any] = [
        secret,
        f"It says: {secret}.",
        {"x": secret},
        {"a": {"b": [{"c": secret}]}},
        [secret, 1],
        [[secret]],
        [{"k": secret, "n": 1}, {"k": "b", "n": 2}],
        {"rows": [{"k": secret}]},
        f"a: 1\nb: {secret}\n",
        {"content": [{"type": "text", "text": "one"}, {"type": "text", "text": secret}]},
        {"content": [{"type": "text", "text": json.dumps({"deep": [secret]})}]},
        {"content": secret, "is_error": True},
    ]
    for shape in shapes:
        assert secret in Talk([case["tool"]], always(shape)).say(case["prompt"])


def test_two_things_asked_are_two_calls_at_once() -> None:
    talk = Talk([WEATHER])
    answer = talk.say("Compare the weather in Paris and Oslo")
    assert talk.calls == [{"get_weather": {"city": "Paris"}}, {"get_weather": {"city": "Oslo"}}]
    assert talk.rounds == [2]
    assert "22 °C, sunny" in answer
    assert "7 °C, rain" in answer


def test_without_parallel_calls_they_come_one_after_the_other() -> None:
    talk = Talk([WEATHER], tool_choice={"type": "auto", "disable_parallel_tool_use": True})
    talk.say("Which is the warmest: Paris, Oslo or Rome?")
    assert talk.rounds == [1, 1, 1]


def test_two_tools_are_called_for_two_clauses() -> None:
    talk = Talk([WEATHER, CLOCK])
    talk.say("What's the weather in Paris and what time is it in Tokyo?")
    assert talk.calls == [{"get_weather": {"city": "Paris"}}, {"get_time": {"timezone": "Asia/Tokyo"}}]


def test_a_result_feeds_the_next_call() -> None:
    find = tool("find_user", "Find a user by name.", name="string")
    mail = tool("send_email", "Send an email.", to={"type": "string", "format": "email"}, body="string")
    talk = Talk(
        [find, mail], lambda name, _: {"email": "al@w.org"} if name == "find_user" else {"sent": True}
    )
    talk.say("Find the user named Alice and send her an email saying the party is on Friday")
    assert talk.calls == [
        {"find_user": {"name": "Alice"}},
        {"send_email": {"to": "al@w.org", "body": "the party is on Friday"}},
    ]


def test_a_tool_that_knows_what_is_missing_is_asked_first() -> None:
    here = {"name": "get_location", "description": "Where the user is.", "input_schema": {"type": "object"}}
    talk = Talk([WEATHER, here], lambda name, _: {"city": "Bergen"} if name == "get_location" else "storm")
    assert "storm" in talk.say("What's the weather like here?")
    assert talk.calls == [{"get_location": {}}, {"get_weather": {"city": "Bergen"}}]


def test_what_is_missing_is_asked_for() -> None:
    talk = Talk([WEATHER])
    assert "city" in talk.say("Should I take an umbrella?")
    assert talk.calls == []
    assert talk.say("Oslo").startswith("Yes, take an umbrella")


def test_a_follow_up_keeps_what_it_does_not_change() -> None:
    forecast = tool("forecast", "Weather forecast for a city.", city="string", days="integer")
    talk = Talk([forecast], lambda name, arguments: f"{arguments['city']} mist")
    talk.say("What's the forecast for Paris for 3 days?")
    assert "Oslo mist" in talk.say("And in Oslo?")
    assert talk.calls == [{"forecast": {"city": "Oslo", "days": 3}}]


def test_earlier_results_answer_later_questions() -> None:
    talk = Talk([WEATHER])
    talk.say("What's the weather in Paris?")
    talk.say("and in Oslo?")
    assert "**Paris** is the warmer" in talk.say("Which of them is warmer?")
    assert talk.calls == []
    assert "22 °C" in talk.say("What was the weather in Paris again?")
    assert talk.calls == []
    talk.say("Check the weather in Paris again")
    assert talk.calls == [{"get_weather": {"city": "Paris"}}]


def test_an_edited_input_is_answered_and_not_asked_again() -> None:
    talk = Talk([WEATHER])
    talk.body["messages"] = [
        {"role": "user", "content": "What's the weather in Paris?"},
        {"role": "assistant", "content": [asked_for("Rome")]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "hail"}]},
    ]
    intent = think(talk.body)
    assert intent.calls == ()
    assert "hail" in intent.text


def test_a_failure_is_told_with_its_words() -> None:
    talk = Talk([WEATHER], lambda *_: {"content": "No such city", "is_error": True})
    answer = talk.say("Umbrella in Paris?")
    assert talk.rounds == [1]
    assert "`get_weather` failed: **No such city**" in answer


def test_a_failure_that_looks_temporary_is_tried_once_more() -> None:
    errors: list[Any] = [{"content": "Connection timed out", "is_error": True}] * 2
    stubborn = Talk([WEATHER], lambda *_: errors[0])
    assert "timed out" in stubborn.say("Umbrella in Paris?")
    assert stubborn.rounds == [1, 1]
    answers = iter([errors[0], "rain"])
    mended = Talk([WEATHER], lambda *_: next(answers))
    answer = mended.say("Umbrella in Paris?")
    assert answer.startswith("Yes, take an umbrella")
    assert "failed" not in answer


def test_a_refusal_is_accepted() -> None:
    talk = Talk(
        [WEATHER], lambda *_: {"content": "The user refused this call: too private", "is_error": True}
    )
    answer = talk.say("Umbrella in Paris and Oslo?")
    assert talk.rounds == [2]
    assert "not allowed" in answer
    assert "too private" in answer


def test_a_refusal_without_the_error_mark_is_one_too() -> None:
    answer = Talk([WEATHER], always("The user refused to run this tool.")).say("Umbrella in Paris?")
    assert "not allowed: **The user refused to run this tool.**" in answer


def test_one_failure_among_results_hides_nothing() -> None:
    talk = Talk(
        [WEATHER], lambda _, a: {"content": "boom", "is_error": True} if a["city"] == "Oslo" else "sunny"
    )
    answer = talk.say("Umbrella in Paris and Oslo?")
    assert "sunny" in answer
    assert "boom" in answer


def test_images_and_empty_results_are_told_as_they_are() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
    assert "1 × 1 pixels" in Talk([WEATHER], lambda *_: {"content": [image]}).say("Weather in Paris?")
    assert "returned nothing" in Talk([WEATHER], lambda *_: "").say("Weather in Paris?")
    assert "returned nothing" in Talk([WEATHER], lambda *_: {"content": []}).say("Weather in Paris?")


def test_a_remark_beside_results_can_ask_for_more() -> None:
    talk = Talk([WEATHER])
    talk.body["messages"] = [
        {"role": "user", "content": "What's the weather in Paris?"},
        {"role": "assistant", "content": [asked_for("Paris")]},
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "hail"},
                {"type": "text", "text": "And what is the weather in Oslo?"},
            ],
        },
    ]
    assert [call.input for call in think(talk.body).calls] == [{"city": "Oslo"}]


def test_when_any_call_will_do_the_tool_for_the_answer_comes_last() -> None:
    finish = tool("finish", "", name="string", age="integer")
    body: Json = {"messages": [{"role": "user", "content": "Weather in Oslo? And Anna is 31."}]}
    body |= {"tools": [WEATHER, finish], "tool_choice": {"type": "any"}}
    names = []
    for _ in range(4):
        calls = think(body).calls
        names.append(calls[0].name)
        if names[-1] == "finish":
            assert calls[0].input == {"name": "Anna", "age": 31}
            break
        uses = [
            {"type": "tool_use", "id": f"t{len(names)}{at}", "name": call.name, "input": call.input}
            for at, call in enumerate(calls)
        ]
        results = [{"type": "tool_result", "tool_use_id": use["id"], "content": "7 °C"} for use in uses]
        said = [{"role": "assistant", "content": uses}, {"role": "user", "content": results}]
        body = {**body, "messages": [*body["messages"], *said]}
    assert names == ["get_weather", "finish"]


@pytest.mark.parametrize("choice", ["auto", "any", "tool", "none"])
def test_tool_choice_is_kept(choice: str) -> None:
    named = {"name": "get_time"} if choice == "tool" else {}
    body = {"messages": [{"role": "user", "content": "Hello there"}], "tools": [WEATHER, CLOCK]}
    intent = think({**body, "tool_choice": {"type": choice, **named}})
    assert [call.name for call in intent.calls] == {"any": ["get_weather"], "tool": ["get_time"]}.get(
        choice, []
    )
    assert bool(intent.text) is (choice in ("auto", "none"))


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "Tell me a joke",
        "Who wrote Hamlet?",
        "What is 12 * 12?",
        "What's the capital of France?",
        "Write a poem about rain in Paris",
        "My name is Ada.",
        "Thanks!",
    ],
)
def test_what_needs_no_tool_gets_none(text: str) -> None:
    talk = Talk([WEATHER, CLOCK])
    assert talk.say(text)
    assert talk.calls == []


def test_plain_answers_refer_to_the_question() -> None:
    talk = Talk([])
    assert "hill of Tara" in talk.say("What do you know about the hill of Tara?")
    assert "144" in talk.say("What is 12 * 12?")
    assert "autumn" in talk.say("Write a haiku about autumn")
    assert talk.say("Say exactly: ping") == "ping"


def test_the_array_is_all_that_is_known() -> None:
    talk = Talk([])
    talk.say("My name is Ada and I like tea.")
    assert "**Ada**" in talk.say("What is my name?")
    assert "Ada" not in Talk([]).say("What is my name?")


def test_a_system_prompt_is_heeded() -> None:
    assert Talk([], system="You are Bosco the cook.").say("Who are you?") == "I am Bosco the cook."
    assert Talk([], system='Always end with "Ahoy!"').say("Hello").endswith("Ahoy!")
    here = Talk([WEATHER], system="The user lives in Oslo.")
    assert here.say("Should I take an umbrella?").startswith("Yes")


def test_a_date_is_counted_from_the_day_that_the_conversation_names() -> None:
    plan = tool("plan", "Plan a trip to a city.", city="string", date={"type": "string", "format": "date"})
    talk = Talk([plan], lambda *_: "ok", system="Today is 2026-03-04.")
    talk.say("Plan a trip to Rome tomorrow")
    assert talk.calls == [{"plan": {"city": "Rome", "date": "2026-03-05"}}]


def test_the_same_array_gives_the_same_words() -> None:
    body = Talk([WEATHER]).body | {
        "messages": [{"role": "user", "content": "Weather in Paris, Oslo and Rome?"}]
    }
    assert len({think(body) == think(json.loads(json.dumps(body))) for _ in range(5)}) == 1


class Schemas:
    """Random schemas of every shape that a tool may have."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def object(self, depth: int = 0) -> Json:
        names = self.random.sample(
            ["city", "count", "items", "when", "options", "x", "email", "mode", "tags", "ref"], 3
        )
        return {
            "type": "object",
            "properties": {name: self.any(depth + 1) for name in names},
            "required": self.random.sample(names, self.random.randint(0, 3)),
            "additionalProperties": self.random.choice([True, False]),
        }

    def any(self, depth: int) -> Json:
        pick = self.random.choice
        plain: list[Json] = [
            {"type": "string"},
            {"type": "string", "minLength": 4, "maxLength": 9},
            {"type": "string", "pattern": "^[A-Z]{2}-\\d{3,5}$"},
            {"type": "integer", "minimum": 3, "maximum": 8},
            {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
            {"type": "boolean"},
            {"type": ["string", "null"]},
            {"enum": ["red", 2, None, True]},
            {"const": "fixed"},
            {"type": "string", "format": "date-time"},
            {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
            {"$ref": "#/$defs/Node"},
            {"type": "null"},
            {},
            {"type": "integer", "multipleOf": 7, "minimum": 10},
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ]
        if depth > 3 or self.random.random() < 0.6:
            return pick(plain)
        items = {
            "type": "array",
            "items": self.any(depth + 1),
            "minItems": pick([0, 1, 2]),
            "maxItems": pick([2, 5]),
        }
        return pick(
            [self.object(depth), items, {"oneOf": [self.object(depth), {"type": "string", "maxLength": 3}]}]
        )


NODE = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        "next": {"$ref": "#/$defs/Node"},
    },
    "required": ["name"],
}
PROMPTS = [
    "Do it.",
    "Run x with count 5 and mode red in Paris, Oslo and Rome tomorrow at 3pm",
    "Email bob@example.com 'hello' about AB-1234; tags a, b and c",
    "",
    "²³ ½ ∞ \u0000 🎌 ﷺ",
    "-" * 500,
    "1 " * 300,
]


@pytest.mark.parametrize("seed", range(60))
def test_arguments_keep_any_schema(seed: int) -> None:
    schema = {**Schemas(seed).object(), "$defs": {"Node": NODE}}
    for prompt in PROMPTS:
        body = {
            "messages": [{"role": "user", "content": prompt}],
            "tools": [{"name": "run_x", "description": "", "input_schema": schema}],
            "tool_choice": {"type": "any"},
        }
        for call in think(body).calls:
            jsonschema.validate(call.input, schema)
            json.dumps(call.input, allow_nan=False)


def test_a_question_after_a_stopped_call_is_a_new_question() -> None:
    call = {"type": "tool_use", "id": "a", "name": "get_weather", "input": {"city": "Paris"}}
    stopped = {
        "type": "tool_result",
        "tool_use_id": "a",
        "content": "The user stopped the turn.",
        "is_error": True,
    }
    messages = [
        {"role": "user", "content": "Should I take an umbrella in Paris?"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [stopped]},
        {"role": "user", "content": "And what is the weather in Rome?"},
    ]
    said = think({"messages": messages, "tools": [WEATHER]})
    assert [call.input for call in said.calls] == [{"city": "Rome"}]
