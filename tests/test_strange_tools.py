"""Tools of trades that the small model knows nothing of: exact arguments, and answers that results determine.

`data/sim/strange_tools.json` holds for each tool what was asked with the whole input that must come out, and
faked results of any shape with what their answer must show (alternatives behind `|`), how it starts, and the
question where that is another one.
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from nbkit.sim.brain.intent import think

Json = dict[str, Any]

CASES: list[Json] = json.loads((Path(__file__).parent / "data/sim/strange_tools.json").read_text())
NAMES = [case["tool"]["name"] for case in CASES]


def talk(tool: Json, question: str, result: Json) -> tuple[list[Json], str]:
    """The first calls, and the answer when every call gets this result."""
    messages: list[Json] = [{"role": "user", "content": question}]
    first: list[Json] = []
    for turn in range(4):
        said = think({"messages": messages, "tools": [tool]})
        if not said.calls:
            return first, said.text
        first = first or [call.input for call in said.calls]
        calls = [
            {"type": "tool_use", "id": f"t{turn}_{at}", "name": call.name, "input": call.input}
            for at, call in enumerate(said.calls)
        ]
        results = [
            {"type": "tool_result", "tool_use_id": call["id"], "content": result["content"],
             "is_error": result.get("is_error", False)}
            for call in calls
        ]  # fmt: skip
        messages += [{"role": "assistant", "content": calls}, {"role": "user", "content": results}]
    raise AssertionError("it goes on calling")


def same(want: Any, got: Any, schema: Json, root: Json) -> bool:
    """Whether an input is the wanted one; defaults and empty values may stand in it as well."""
    schema = {
        **schema,
        **(root.get("$defs") or root.get("definitions") or {}).get(schema.get("$ref", "")[8:], {}),
    }
    if isinstance(want, dict) and isinstance(got, dict):
        parts = schema.get("properties") or {}
        more = [key for key in got if key not in want]
        idle: tuple[Any, ...] = (None, False, [], {})
        return all(
            key in got and same(want[key], got[key], parts.get(key) or {}, root) for key in want
        ) and all(got[key] in idle or got[key] == (parts.get(key) or {}).get("default") for key in more)
    if isinstance(want, list) and isinstance(got, list):
        item = schema.get("items") or {}
        return len(want) == len(got) and all(same(a, b, item, root) for a, b in zip(want, got, strict=True))
    return bool(want == got) and isinstance(want, bool) == isinstance(got, bool)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_was_said_becomes_the_whole_input(case: Json) -> None:
    schema = case["tool"]["input_schema"]
    for asked in case["asked"]:
        inputs, _ = talk(case["tool"], asked["prompt"], {"content": "done"})
        for arguments in inputs:
            jsonschema.validate(arguments, schema)
        assert len(inputs) == len(asked["calls"])
        for want, got in zip(asked["calls"], inputs, strict=True):
            assert same(want, got, schema, schema), (asked["prompt"], got)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_result_determines_the_answer(case: Json) -> None:
    for result in case["results"]:
        _, answer = talk(case["tool"], result.get("question") or case["asked"][0]["prompt"], result)
        for shown in result.get("shown", ()):
            assert re.search(shown if "|" in shown else re.escape(shown), answer), answer
        if starts := result.get("starts"):
            assert re.search(starts, answer.split("\n")[0], re.IGNORECASE), answer
