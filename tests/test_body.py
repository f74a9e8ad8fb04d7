"""Bytes become a body, or the API's words on why they don't."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.rules.body import parse
from nbkit.rules.json_fault import fault
from nbkit.rules.problem import Problem


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Input is a zero-length, empty document: line 1 column 1 (char 0)"),
        (b"  ", "unexpected end of data: line 1 column 3 (char 2)"),
        (b"{", "unexpected end of data: line 1 column 2 (char 1)"),
        (b'{"a": 1', "unexpected end of data: line 1 column 8 (char 7)"),
        (b'{"a"', "unexpected end of data: line 1 column 5 (char 4)"),
        (b'{"a": "cut', "unclosed string: line 1 column 11 (char 10)"),
        (b'{"a": 1,}', "trailing comma is not allowed: line 1 column 8 (char 7)"),
        (b"[1, ]", "trailing comma is not allowed: line 1 column 3 (char 2)"),
        (b"{'a': 1}", "unexpected character: line 1 column 2 (char 1)"),
        (b'{"a": 1 "b": 2}', "unexpected character: line 1 column 9 (char 8)"),
        (b'{"a" 1}', "unexpected character: line 1 column 6 (char 5)"),
        (b'{"a": NaN}', "unexpected character: line 1 column 7 (char 6)"),
        (b'{"a": [tru]}', "unexpected character: line 1 column 8 (char 7)"),
        (b"model=claude", "unexpected character: line 1 column 1 (char 0)"),
        (b'{"a": 1}{', "unexpected content after document: line 1 column 9 (char 8)"),
        (b'{"a": 01}', "unexpected character: line 1 column 8 (char 7)"),
        (b'{"a": "\n"}', "unexpected control character in string: line 1 column 8 (char 7)"),
        (rb'{"a": "\x"}', "invalid escaped character in string: line 1 column 8 (char 7)"),
        (rb'{"a": "cut \ud83d"}', "no low surrogate in string: line 1 column 12 (char 11)"),
        (b'{\n"a": "cut \\ud83d\\n"}', "no low surrogate in string: line 2 column 11 (char 12)"),
        (rb'{"a": "\ud83d\u0041"}', "invalid low surrogate in string: line 1 column 14 (char 13)"),
        (rb'{"a": "\ude00"}', "invalid high surrogate in string: line 1 column 8 (char 7)"),
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


@settings(deadline=None)
@given(st.text(alphabet='{}[]",:\\utrue10.eE- \nd8c', max_size=30))
def test_a_fault_is_found_where_there_is_one(text: str) -> None:
    body = parse(text.encode())
    if isinstance(body, Problem):
        assert fault(text) is not None
    else:
        assert fault(text) is None
        assert json.loads(text) == body
