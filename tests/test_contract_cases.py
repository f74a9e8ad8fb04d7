"""Every judged request of the collection of cases gets the verdict, words and place of the API."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nbkit.facts import facts
from nbkit.rules.body.body import parse
from nbkit.rules.problem import Problem
from nbkit.rules.validator import check

CASES = Path(__file__).parents[2] / "shared" / "data" / "contract_cases.jsonl"
DEFAULTS: dict[str, str | None] = {
    "content-type": "application/json",
    "x-api-key": "sk-ant-of-a-test",
    "anthropic-version": "2023-06-01",
}
# What a checker of dicts can't judge; it takes signatures as valid, as the collection allows.
CANNOT = {"token_count": "tokens can't be counted here", "encrypted_content": "only the server can read it"}


def request_cases() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [case for case in cases if case["kind"] == "request"]


def expand(value: Any) -> Any:
    """Write the collection's macros out: a string filled up, an item repeated."""
    if isinstance(value, list):
        items: list[Any] = []
        for item in value:
            if isinstance(item, dict) and "$repeat" in item:
                items += [expand(item["$repeat"]["item"])] * int(item["$repeat"]["count"])
            else:
                items.append(expand(item))
        return items
    if isinstance(value, dict):
        if "$fill" in value:
            return str(value["$fill"]["unit"]) * int(value["$fill"]["count"])
        return {key: expand(inner) for key, inner in value.items()}
    return value


def first_refusal(case: dict[str, Any]) -> Problem | None:
    changes: dict[str, str | None] = case.get("headers") or {}
    headers = {name: value for name, value in {**DEFAULTS, **changes}.items() if value is not None}
    if case.get("raw_body"):
        body = parse(case["raw_body"].encode())
        if isinstance(body, Problem):
            return body
    else:
        body = expand(case["request"])
    problems = check(body, headers, endpoint=case["endpoint"])
    return next((problem for problem in problems if problem.level != "warning"), None)


def test_the_collection_is_there() -> None:
    if not CASES.exists():
        pytest.skip(f"the collection of cases is not beside this clone ({CASES.name})")
    assert request_cases()


@pytest.mark.parametrize("case", request_cases(), ids=lambda case: str(case["id"]))
def test_case(case: dict[str, Any]) -> None:
    if case["verdict"] == "reject":
        for need in case.get("needs") or ():
            if need in CANNOT:
                pytest.skip(CANNOT[need])
    refusal = first_refusal(case)
    if case["verdict"] == "accept":
        assert refusal is None, refusal
        return
    assert refusal is not None, "accepted"
    assert (refusal.status, refusal.type) == (case["status"], case["error_type"]), refusal
    assert re.search(case["message_regex"], refusal.message), refusal.message
    expected = case.get("expected_path")
    if expected:
        assert expected in (refusal.path, refusal.message.split(":")[0]) or refusal.path.startswith(expected)


def test_the_models_of_the_cases_are_known() -> None:
    assert facts.model("claude-sonnet-4-5") is not None
