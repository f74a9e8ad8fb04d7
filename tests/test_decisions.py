"""Decisions go through JSON and come back; anything else is refused in one sentence."""

from typing import Any

import pytest

from nbkit.errors import TurnError
from nbkit.loop.calls.decisions import (
    Approve,
    Decision,
    EditInput,
    EditResult,
    Fake,
    Refuse,
    Stop,
    from_json,
    normal,
    to_json,
)

DECISIONS: list[Decision] = [
    Approve(),
    Approve(look=True, is_error=True),
    EditInput({"city": "Rome"}),
    EditInput({}, rewrite=False, look=True, is_error=False),
    EditResult("22"),
    EditResult([{"type": "text", "text": "x"}], is_error=True),
    Fake("22 °C"),
    Fake("boom", is_error=True),
    Refuse(),
    Refuse("no", is_error=False),
    Stop(),
]


@pytest.mark.parametrize("decision", DECISIONS, ids=repr)
def test_a_decision_comes_back_from_json(decision: Decision) -> None:
    assert from_json(to_json(decision)) == decision
    assert normal(decision) == decision
    assert normal(to_json(decision)) == decision


def test_the_json_is_the_one_the_page_speaks() -> None:
    assert to_json(Approve()) == {"type": "approve", "look": False, "is_error": None}
    assert to_json(Refuse("no")) == {"type": "refuse", "reason": "no", "is_error": True}
    assert from_json({"type": "edit_input", "input": {"a": 1}}) == EditInput({"a": 1})


def test_content_of_any_kind_is_made_plain() -> None:
    assert normal(Fake({"degrees": 22})) == Fake('{"degrees": 22}')


WRONG: list[Any] = [
    None,
    "approve",
    {},
    {"type": "run"},
    {"type": "approve", "look": "yes"},
    {"type": "approve", "loud": True},
    {"type": "edit_input"},
    {"type": "edit_input", "input": "x"},
    {"type": "fake"},
    {"type": "fake", "content": 5},
    {"type": "refuse", "reason": None},
    {"type": "stop", "now": True},
    {"type": []},
]


@pytest.mark.parametrize("data", WRONG, ids=repr)
def test_a_bad_shape_is_refused_in_one_sentence(data: Any) -> None:
    with pytest.raises(TurnError) as raised:
        from_json(data)
    assert "\n" not in str(raised.value)
    with pytest.raises(TurnError):
        normal(data)
