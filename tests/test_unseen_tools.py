"""Tools that the small model was not written for, through the whole simulator: arguments, answers, limits.

`data/sim/unseen_tools.json` holds tools of many trades with odd schemas; for each the prompts, what of the
calls must come out (a text that begins with `~` is part of the value), and faked results with what of them
an answer must show.
"""

import json
import random
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

CASES: list[Json] = json.loads((Path(__file__).parent / "data/sim/unseen_tools.json").read_text())
NAMES = [case["tool"]["name"] for case in CASES]
HEADERS = {"x-api-key": "k", "anthropic-version": "2023-06-01", "content-type": "application/json"}
PLAIN: Json = {"name": "get_data", "description": "Data.", "input_schema": {"type": "object"}}


def post(body: Json) -> Json:
    """What the simulator answers to a request that is not streamed."""
    request = json.dumps({"model": "claude-sonnet-5", "max_tokens": 8000, **body}).encode()
    plan = Simulator().respond("POST", "/v1/messages", HEADERS, request)
    reply: Json = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))
    assert plan.status == 200, reply
    return reply


def calls(reply: Json) -> list[Json]:
    return [block for block in reply["content"] if block["type"] == "tool_use"]


def text(reply: Json) -> str:
    return "\n".join(block["text"] for block in reply["content"] if block["type"] == "text")


def answered(body: Json, reply: Json, result: Json) -> str:
    """The answer when every call gets this result."""
    messages = [*body["messages"]]
    for _ in range(4):
        made = calls(reply)
        if not made:
            return text(reply)
        results = [{"type": "tool_result", "tool_use_id": call["id"], **result} for call in made]
        messages += [
            {"role": "assistant", "content": reply["content"]},
            {"role": "user", "content": results},
        ]
        reply = post({**body, "messages": messages})
    raise AssertionError("it goes on calling")


def holds(want: Any, got: Any) -> bool:
    """Whether a value has at least what is wanted of it."""
    if isinstance(want, str) and want.startswith("~"):
        return isinstance(got, str) and want[1:].lower() in got.lower()
    if isinstance(want, dict):
        return isinstance(got, dict) and all(key in got and holds(want[key], got[key]) for key in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(map(holds, want, got))
    return bool(want == got)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_tool_gets_what_was_said_and_its_results_make_the_answer(case: Json) -> None:
    tool = case["tool"]
    for asked in case["asked"]:
        body = {"messages": [{"role": "user", "content": asked["prompt"]}], "tools": [tool]}
        reply = post(body)
        inputs = [call["input"] for call in calls(reply)]
        for arguments in inputs:
            jsonschema.validate(arguments, tool["input_schema"])
        assert holds(asked["calls"], inputs), (asked["prompt"], inputs)
    answers = []
    for result in case["results"]:
        shown = result["shown"]
        sent = {key: value for key, value in result.items() if key != "shown"}
        answers.append(answered(body, reply, sent))
        assert [value for value in shown if value not in answers[-1]] == []
    assert len(set(answers)) == len(answers)


def test_the_right_tool_is_picked_among_forty() -> None:
    tools = [case["tool"] for case in CASES]
    wrong = []
    for case in CASES:
        asked = case["asked"][0]
        reply = post({"messages": [{"role": "user", "content": asked["prompt"]}], "tools": tools})
        picked = [call["name"] for call in calls(reply)]
        if picked != [case["tool"]["name"]] * len(asked["calls"]):
            wrong.append((asked["prompt"], picked))
    assert len(wrong) <= 3, wrong


@pytest.mark.parametrize(
    "prompt", ["Hello!", "Thanks a lot", "Who wrote Hamlet?", "What is 17 * 23?", "Tell me a joke about cats"]
)
def test_no_tool_of_forty_is_called_without_a_need(prompt: str) -> None:
    tools = [case["tool"] for case in CASES]
    reply = post({"messages": [{"role": "user", "content": prompt}], "tools": tools})
    assert calls(reply) == []
    assert text(reply)


HUGE = {
    "words": "word and more words, " * 50_000,
    "digits": "1" * 1_000_000,
    "rows": json.dumps([{"name": f"n{number}", "value": number} for number in range(20_000)]),
    "csv": "a,b,c\n" + "1,2,3\n" * 150_000,
    "page": "<ul>" + "<li>x</li>" * 80_000,
    "unclosed page": "<div " * 200_000,
    "deep": "[" * 50_000 + "]" * 50_000,
    "deep enough": '{"a":' * 400 + "1" + "}" * 400,
    "quotes": '"' * 500_000,
    "big number": "9" * 5000,
    "lone surrogate": '{"a": "\\ud800 x"}',
    "nul": "\x00\x01\ufeff",
    "not a number": '{"a": NaN, "b": 1e999}',
}


@pytest.mark.parametrize("name", HUGE)
def test_any_result_and_any_prompt_gets_an_answer_of_some_size(name: str) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_data", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": HUGE[name]}
    told = [
        {"role": "user", "content": "Get the data. Which is the highest?"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
    ]
    for messages in (told, [{"role": "user", "content": HUGE[name]}]):
        said = text(post({"messages": messages, "tools": [PLAIN]}))
        assert 0 < len(said) < 20_000


@pytest.mark.parametrize("seed", range(20))
def test_a_result_of_any_shape_is_told(seed: int) -> None:
    chance = random.Random(seed)

    def value(depth: int) -> Any:
        kind = chance.randrange(4 if depth < 4 else 2)
        if kind == 0:
            return chance.choice([None, True, False, 0, -1.5, 1e300, "", "ä|b\n*c*", "<b>x</b>", "a,b\n1,2"])
        if kind == 1:
            return f"quokka-{chance.randrange(1000)}"
        if kind == 2:
            return [value(depth + 1) for _ in range(chance.randrange(4))]
        keys = ("name", "id", "error", "ok", "rain", "", "a b", "0")
        return {chance.choice(keys): value(depth + 1) for _ in range(3)}

    call = {"type": "tool_use", "id": "toolu_1", "name": "get_data", "input": {}}
    for _ in range(5):
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": json.dumps(value(0))}
        messages = [
            {"role": "user", "content": "Get the data. Is it over 3 on average?"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ]
        assert text(post({"messages": messages, "tools": [PLAIN]}))
