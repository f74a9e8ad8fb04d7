"""Bytes become a body, or the API's words on why they don't."""

from __future__ import annotations

import json

import pytest

from nbkit.rules.body import parse
from nbkit.rules.problem import Problem


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"", "Expecting value: line 1 column 1 (char 0)"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (rb'{"a": "cut \ud83d"}', "no low surrogate in string: line 1 column 12 (char 11)"),
        (b'{\n"a": "cut \\ud83d\\n"}', "no low surrogate in string: line 2 column 11 (char 12)"),
        (rb'{"a": "\ude00"}', "no low surrogate in string: line 1 column 8 (char 7)"),
        (b"\xff", "str is not valid UTF-8: invalid start byte: line 1 column 1 (char 0)"),
        (b"[" * 100_000, "recursion limit exceeded"),
    ],
)
def test_bytes_that_are_no_json(data: bytes, message: str) -> None:
    problem = parse(data)
    assert isinstance(problem, Problem)
    assert problem.message == f"The request body is not valid JSON: {message}"


@pytest.mark.parametrize("text", ["😀", "é", "\\ud83d", "a\\", '"', "\U0001f600\U0001f600"])
def test_bytes_that_are_json(text: str) -> None:
    assert parse(json.dumps({"a": text}).encode()) == {"a": text}
    assert parse(json.dumps({"a": text}, ensure_ascii=False).encode()) == {"a": text}
