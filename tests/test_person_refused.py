"""Be the model: what no model says is refused to that person too, and what never reaches them."""

import json
from typing import Any

import pytest

from asked_person import CALL, CLOCK, HEADERS, WEATHER, Json, asking, waits
from nbkit import InvalidReply, Simulator, TurnError, UsageError
from nbkit.sim.person.desk import Person


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(brain="person")


@pytest.fixture
def person(simulator: Simulator) -> Person:
    assert simulator.person is not None
    return simulator.person


@pytest.mark.parametrize(
    ("request_", "content", "stop_reason", "said"),
    [
        ({}, [], None, "empty"),
        ({}, "", None, "non-empty"),
        ({}, " \n", None, "non-whitespace"),
        ({}, [CALL], None, "offers no tool 'get_weather'; it offers none"),
        ({"tools": [CLOCK]}, [CALL], None, "it offers get_time"),
        ({"tools": [WEATHER], "tool_choice": {"type": "none"}}, [CALL], None, "tool_choice is none"),
        ({"tools": [WEATHER], "tool_choice": {"type": "any"}}, "No.", None, "call one of the tools"),
        (
            {"tools": [WEATHER], "tool_choice": {"type": "any"}, "thinking": {"type": "disabled"}},
            ["First", CALL],
            None,
            "no text comes before",
        ),
        (
            {"tools": [WEATHER, CLOCK], "tool_choice": {"type": "tool", "name": "get_time"}},
            [CALL],
            None,
            "allows only 'get_time'",
        ),
        (
            {"tools": [WEATHER], "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
            [CALL, CALL],
            None,
            "one tool at a time",
        ),
        (
            {"tools": [{**WEATHER, "strict": True}]},
            [{**CALL, "input": {"city": 7}}],
            None,
            "7 is not of type",
        ),
        ({"tools": [{**WEATHER, "strict": True}]}, [{**CALL, "input": {}}], None, "'city' is a required"),
        ({"tools": [WEATHER]}, [{**CALL, "input": "Paris"}], None, "valid dictionary"),
        ({"tools": [WEATHER]}, [{**CALL, "id": "a b"}], None, "match pattern"),
        ({"tools": [WEATHER]}, [{**CALL, "id": "a"}, {**CALL, "id": "a"}], None, "unique"),
        ({"tools": [WEATHER]}, [CALL], "end_turn", "stops with tool_use"),
        ({"tools": [WEATHER]}, "Hi", "tool_use", "has a tool_use block"),
        ({}, "Hi", "because", "there is no 'because'"),
        ({}, "Hi", "pause_turn", "server tool"),
        ({}, "Hi", "stop_sequence", "no stop_sequences"),
        ({}, [{"type": "tool_result", "tool_use_id": "x", "content": "y"}, "Hi"], None, ""),
        ({}, [{"type": "image"}], None, "a model says no block of type 'image'"),
        ({}, [{"type": ["x"]}], None, "says no block"),
        ({}, [{"type": "text", "text": "Hi", "more": 1}], None, "Extra inputs"),
        ({}, [{"type": "server_tool_use", "name": "web_search", "input": {}}, "Hi"], None, "web_search"),
        (
            {"thinking": {"type": "disabled"}},
            [{"type": "thinking", "thinking": "Hm."}, "Hi"],
            None,
            "thinking is off",
        ),
        (
            {"thinking": {"type": "adaptive"}},
            [{"type": "thinking", "thinking": "Hm."}],
            None,
            "end in thinking",
        ),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": WEATHER["input_schema"]}}},
            "Paris",
            None,
            "asks for JSON",
        ),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": WEATHER["input_schema"]}}},
            '{"city": 1}',
            None,
            "city does not fit output_config.format: 1 is not of type",
        ),
    ],
)
def test_what_no_model_says_is_refused_and_the_request_waits_on(
    simulator: Simulator, request_: Json, content: Any, stop_reason: str | None, said: str
) -> None:
    waiting = waits(simulator, asking(**request_))
    with pytest.raises(InvalidReply, match="no model says this") as refusal:
        waiting.answer(content, stop_reason=stop_reason)
    assert said in str(refusal.value)
    assert refusal.value.problems
    assert simulator.person is not None
    assert simulator.person.waiting == [waiting]


@pytest.mark.parametrize("content", [None, 7, [7], [None], [["text"]]])
def test_what_is_no_turn_at_all_is_said_in_a_sentence(simulator: Simulator, content: Any) -> None:
    with pytest.raises(UsageError, match="turn"):
        waits(simulator, asking()).answer(content)


def test_arguments_that_do_not_fit_are_a_models_right_where_the_tool_is_not_strict(
    simulator: Simulator,
) -> None:
    waiting = waits(simulator, asking(tools=[WEATHER]))
    wrong = {**CALL, "input": {"town": "Paris"}}
    assert {problem.level for problem in waiting.problems([wrong])} == {"warning"}
    assert waiting.answer([wrong])["content"][0]["input"] == {"town": "Paris"}


def test_rare_endings_can_be_forced(simulator: Simulator) -> None:
    def answered(content: Any, more: Json | None = None, **ending: Any) -> Json:
        return waits(simulator, asking(**(more or {}))).answer(content, **ending)

    details = {"type": "refusal", "category": "cyber", "explanation": None}
    refused = answered([], stop_reason="refusal", stop_details=details)
    assert (refused["content"], refused["stop_reason"], refused["stop_details"]) == ([], "refusal", details)
    assert answered("I was", stop_reason="max_tokens")["stop_reason"] == "max_tokens"
    assert answered("x", stop_reason="model_context_window_exceeded")["stop_reason"].startswith("model_")
    stopped = answered("one STOP two", {"stop_sequences": ["STOP"]})
    assert (stopped["stop_reason"], stopped["stop_sequence"]) == ("stop_sequence", "STOP")
    assert stopped["content"][0]["text"] == "one "
    cut = answered("word " * 100, {"max_tokens": 10})
    assert (cut["stop_reason"], cut["usage"]["output_tokens"]) == ("max_tokens", 10)


def test_late_and_wrong_ids_are_said(simulator: Simulator, person: Person) -> None:
    waiting = waits(simulator, asking())
    with pytest.raises(UsageError, match=f"no request 'nobody' waits .* now: {waiting.id}"):
        person.answer("nobody", "Hi")
    waiting.answer("Hi")
    with pytest.raises(TurnError, match="waits no more: it has been answered; waiting now: none"):
        waiting.answer("Hi again")
    with pytest.raises(TurnError, match=r"no request came within 0\.01 s"):
        person.next(timeout=0.01)


def test_what_the_rules_refuse_never_reaches_the_person(simulator: Simulator, person: Person) -> None:
    for request in (asking(model="nobody"), asking(max_tokens=-1), asking(messages=[])):
        plan = simulator.respond("POST", "/v1/messages", HEADERS, json.dumps(request).encode())
        assert plan.status in (400, 404)
        assert plan.pending is None
    assert person.waiting == []


def test_a_brain_that_there_is_not_is_said() -> None:
    with pytest.raises(UsageError, match="brain is 'built-in' or 'person'"):
        Simulator(brain="ghost")  # type: ignore[arg-type]
