"""Breakpoints as data: conditions on arguments that nobody runs as code, and back and forth as JSON."""

from typing import Any

import pytest

from nbkit import Break, UsageError
from nbkit.loop.calls.breaks import Argument, from_json, to_json
from nbkit.wire.blocks import ToolUse


def call(**input: Any) -> ToolUse:
    return ToolUse({"type": "tool_use", "id": "toolu_1", "name": "pay", "input": input})


@pytest.mark.parametrize(
    ("condition", "input", "holds"),
    [
        (Argument("to", "Ann"), {"to": "Ann"}, True),
        (Argument("to", "Ann"), {"to": "Anna"}, False),
        (Argument("to", "Ann", "contains"), {"to": "Anna"}, True),
        (Argument("to", "Ann"), {"from": "Ann"}, False),
        (Argument("to", ""), {"to": ""}, True),
        (Argument("amount", "100"), {"amount": 100}, True),
        (Argument("amount", "100"), {"amount": "100"}, True),
        (Argument("amount", "1"), {"amount": True}, False),
        (Argument("amount", "true"), {"amount": True}, True),
        (Argument("amount", "10", "contains"), {"amount": 1.10}, False),
        (Argument("to", "null"), {"to": None}, True),
        (Argument("to", '["Ann","Bo"]'), {"to": ["Ann", "Bo"]}, True),
        (Argument("to", "Bo", "contains"), {"to": ["Ann", "Bo"]}, True),
        (Argument("to", "__import__('os')"), {"to": "Ann"}, False),
        (Argument("to", "not json {"), {"to": {"name": "Ann"}}, False),
    ],
)
def test_a_condition_compares_an_argument_with_a_text(
    condition: Argument, input: dict[str, Any], holds: bool
) -> None:
    assert Break("pay", when=condition).at_call(call(**input)) is holds


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Break("pay"), "at pay"),
        (Break(), "at every call"),
        (Break(on="request"), "before each request"),
        (Break(on="error"), "on an error"),
        (Break("pay", on="error"), "on an error of pay"),
        (Break("pay", when=Argument("to", "Ann")), 'at pay where to equals "Ann"'),
        (Break(when=Argument("to", 'A "n"', "contains")), 'at every call where to contains "A \\"n\\""'),
    ],
)
def test_a_breakpoint_has_words_and_comes_back_from_json(given: Break, words: str) -> None:
    data = to_json(given)
    assert (data["words"], data["code"]) == (words, False)
    assert from_json(data) == given


def test_a_condition_that_is_code_is_told_as_such() -> None:
    data = to_json(Break("pay", when=lambda call: True))
    assert (data["words"], data["code"], data["argument"]) == ("at pay where a condition holds", True, None)


@pytest.mark.parametrize(
    "data",
    [
        {"tool": 7},
        {"on": "sunday"},
        {"argument": "to"},
        {"tool": "pay", "argument": {"name": "", "test": "equals", "value": "x"}},
        {"tool": "pay", "argument": {"name": "to", "test": "matches", "value": "x"}},
        {"tool": "pay", "argument": {"name": "to", "test": "contains", "value": ""}},
        {"tool": "pay", "argument": {"name": "to", "test": "equals", "value": 3}},
    ],
)
def test_what_is_no_breakpoint_is_refused_in_a_sentence(data: Any) -> None:
    with pytest.raises(UsageError):
        from_json(data)
