"""What is no JSON at all, or of another kind than asked for: one sentence of ours, and an end."""

from __future__ import annotations

from typing import Any

import pytest

import nbkit
from asking import ask, user

CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)
SELF: dict[str, Any] = {"type": "object"}
SELF["properties"] = {"me": SELF}


@pytest.mark.parametrize(
    "request_",
    [
        ask(system=CIRCLE),
        ask(user(), {"role": "user", "content": CIRCLE}),
        ask(metadata=SELF),
        ask(tools=[{"name": "w", "input_schema": SELF}]),
    ],
    ids=["system", "content", "metadata", "schema"],
)
def test_a_request_that_contains_itself_is_told_so(request_: Any) -> None:
    with pytest.raises(nbkit.NbkitError, match="contains itself"):
        nbkit.check(request_)


def test_what_is_shared_and_no_circle_passes() -> None:
    city = {"type": "string"}
    schema = {"type": "object", "properties": {"from": city, "to": city}}
    assert nbkit.check(ask(tools=[{"name": "w", "input_schema": schema}])) == []


def test_a_number_of_thousands_of_digits_is_one_that_is_too_large() -> None:
    problems = nbkit.check(ask(max_tokens=10**5000))
    assert [problem.rule for problem in problems] == ["R68"]


@pytest.mark.parametrize("odd", [None, 1, True, object(), "data: x"])
def test_what_is_no_stream_is_told_in_a_sentence(odd: Any) -> None:
    with pytest.raises(nbkit.NbkitError, match="bytes"):
        nbkit.assemble(odd)


@pytest.mark.parametrize("odd", [None, 1, [], b"x"])
def test_what_names_no_file_is_told_in_a_sentence(odd: Any) -> None:
    with pytest.raises(nbkit.NbkitError, match="a file is named by a string"):
        nbkit.load(odd)
    with pytest.raises(nbkit.NbkitError, match="a file is named by a string"):
        nbkit.Conversation(client="simulator").save(odd)


def test_a_fix_and_a_name_are_what_they_are() -> None:
    chat = nbkit.Conversation(client="simulator")
    odd: Any = 5
    with pytest.raises(nbkit.NbkitError, match="takes the fix of a problem"):
        chat.apply(odd)
    with pytest.raises(nbkit.NbkitError, match="name is a string"):
        nbkit.Conversation(name=5, client="simulator")
    with pytest.raises(nbkit.NbkitError, match="name is a string"):
        chat.fork(odd)
