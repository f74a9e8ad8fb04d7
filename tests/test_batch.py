"""A batch asks more of its entries than a request alone: an id, and nothing that only goes live."""

from __future__ import annotations

from typing import Any

import pytest

from asking import TOOL, ask, user
from nbkit.rules import batch
from nbkit.rules.batch import entries
from nbkit.rules.validator import check

PARAMS = {"model": "claude-sonnet-5", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}


def told(*requests: Any) -> list[list[str]]:
    return [[problem.message for problem in found] for found in entries(requests)]


def test_a_sound_batch_has_no_problems() -> None:
    ids = ["a", "A-1_", "x" * 64]
    assert told(*({"custom_id": id, "params": {**PARAMS, "stream": False}} for id in ids)) == [[], [], []]


@pytest.mark.parametrize(
    ("entry", "message", "path"),
    [
        ({"params": PARAMS}, "requests.0.custom_id: Field required", "custom_id"),
        (
            {"params": PARAMS, "custom_id": 1},
            "requests.0.custom_id: Input should be a valid string",
            "custom_id",
        ),
        *(
            (
                {"params": PARAMS, "custom_id": id},
                "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
                "custom_id",
            )
            for id in ("", "a b", "ü", "a\n")
        ),
        (  # anthropics/anthropic-sdk-python PR 1220
            {"params": PARAMS, "custom_id": "x" * 65},
            "requests.0.custom_id: String should have at most 64 characters",
            "custom_id",
        ),
        ({"custom_id": "a"}, "requests.0.params: Field required", "params"),
        (7, "requests.0: Input should be a valid dictionary", ""),
        (
            {"custom_id": "a", "params": {"stream": True}},
            'stream: "stream=True" is not supported',
            "params.stream",
        ),
        (
            {"custom_id": "a", "params": {"max_tokens": 0}},
            "max_tokens: must be",
            "params.max_tokens",
        ),
        (
            {"custom_id": "a", "params": {"speed": "fast"}},
            "speed: not supported",
            "params.speed",
        ),
    ],
)
def test_an_entry_is_refused_at_its_place(entry: Any, message: str, path: str) -> None:
    ((problem,),) = entries([entry])
    assert problem.message.startswith(message)
    assert problem.path == f"requests.0{path and '.'}{path}"
    if problem.fix:
        ((),) = entries(problem.fix.apply({"requests": [entry]})["requests"])


def test_an_id_that_comes_twice_names_the_first() -> None:
    one, two, three = told(*({"custom_id": id, "params": PARAMS} for id in ("a", "b", "a")))
    assert (one, two) == ([], [])
    assert three == ["requests: custom_id's must be unique within a batch. Duplicate custom_id found: a"]


def test_a_batch_has_a_hundred_thousand_entries_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST", 2)
    entry = [{"custom_id": id, "params": PARAMS} for id in "abc"]
    assert told(*entry[:2]) == [[], []]
    assert [len(found) for found in told(*entry)] == [1, 0, 0]


def test_check_takes_a_batch_at_its_endpoint() -> None:
    entries = [{"custom_id": "a", "params": ask()}, {"custom_id": "b", "params": ask(tools=[TOOL])}]
    assert check({"requests": entries}, endpoint="/v1/messages/batches") == []
    assert check({"requests": entries}, endpoint="/v1/messages/batches?beta=true") == []


def test_check_says_where_in_a_batch_and_its_fix_works_there() -> None:
    wrong = ask(user("Hi"), stream=True, stop=["x"])
    body = {"requests": [{"custom_id": "a", "params": ask()}, {"custom_id": "a", "params": wrong}]}
    problems = check(body, endpoint="/v1/messages/batches")
    assert [each.path for each in problems] == [
        "requests.1.custom_id",
        "requests.1.params.stream",
        "requests.1.params.stop",
    ]
    for problem in problems[1:]:
        assert problem.fix
        body = problem.fix.apply(body)
    assert [each.path for each in check(body, endpoint="/v1/messages/batches")] == ["requests.1.custom_id"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "requests"),
        ({"requests": []}, "requests"),
        ({"requests": {}}, "requests"),
        ({"requests": ["x"]}, "requests.0"),
        ({"requests": [{"custom_id": "a"}]}, "requests.0.params"),
        ({"requests": [{"custom_id": "a", "params": 3}]}, "requests.0.params"),
    ],
)
def test_check_of_what_is_no_batch(body: dict[str, Any], path: str) -> None:
    (problem,) = check(body, endpoint="/v1/messages/batches")
    assert problem.path == path


def test_the_headers_of_a_batch_are_judged_once() -> None:
    body = {"requests": [{"custom_id": id, "params": ask()} for id in "ab"]}
    (problem,) = check(body, {"anthropic-version": "2020-01-01"}, endpoint="/v1/messages/batches")
    assert (problem.rule, problem.path) == ("R75", "headers")
