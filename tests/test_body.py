"""Bytes become a body, or the API's words on why they don't."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import OLD, ask, assistant, mended, refused, result, text, use, user
from nbkit.rules.body.body import parse
from nbkit.rules.body.json_fault import fault
from nbkit.rules.problem import Problem
from nbkit.rules.validator import check


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
        (b'{"a": [1,\n -1e400]}', "number is infinity when parsed as double: line 2 column 2 (char 11)"),
    ],
)
def test_bytes_that_are_no_json(data: bytes, message: str) -> None:
    problem = parse(data)
    assert isinstance(problem, Problem)
    assert problem.message == f"The request body is not valid JSON: {message}"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "nothing in the body"),
        (b'{"a": [1, 2', "its end was cut off"),
        (b'{"a": "cut', "its end was cut off, or a quote is missing"),
        ('{"a": "caf\u00e9'.encode()[:-1], "in the middle of a character"),
        ('{"a": "caf\u00e9"}'.encode("latin-1"), "another encoding"),
        (rb'{"a": "cut \ud83d"}', "half a character"),
        (b'{"a": NaN}', "NaN or Infinity"),
        (b'{"a": -Infinity}', "NaN or Infinity"),
        (b"[" * 100_000, "nested far deeper"),
        (b"{'a': 1}", "json.dumps"),
        (b'{"a": None}', "json.dumps"),
        (b'{"a": True}', "json.dumps"),
        (b"{a: 1}", "JavaScript"),
        (b"root:x:0:0:root:/root:/bin/sh", "must be JSON: an object in braces"),
        (b"event: message_start\ndata: {}", "This is a stream of events"),
        (b'{"a": undefined}', "JavaScript"),
        (b'{"a": 1} // sent', "goes on behind its end"),
        (b'{ // sent\n"a": 1}', "no comments"),
        (b'{"a": 1 "b": 2}', "A comma or a colon is missing"),
        (b'{"a": 1,}', "no comma behind the last"),
        (b'{"a": 01}', "no zero in front"),
        (b'{"a": "one\ntwo"}', "A line break"),
        (rb'{"a": "C:\dir"}', "A backslash"),
        (b'\xef\xbb\xbf{"a": 1}', "byte order mark"),
        (b"model=claude", "an object in braces"),
        (b"<html>", "an object in braces"),
        (b'{"a": ' + b"9" * 5000 + b"}", "larger than any"),
        (b'{"a": 1e400}', "larger than any"),
        (b'{"a": -1.5E999}', "larger than any"),
    ],
)
def test_each_fault_has_its_own_reason(data: bytes, why: str) -> None:
    (problem,) = check(data)
    assert (problem.rule, problem.status) == ("body", 400)
    assert why in problem.why


def test_a_body_may_be_given_as_it_is_sent() -> None:
    body = json.dumps(ask(user(text(""))))
    for written in (body, body.encode(), bytearray(body.encode())):
        assert check(written) == check(json.loads(body))
    assert check(json.dumps(ask())) == []


def test_what_is_wrong_with_the_headers_comes_before_a_body_that_is_none() -> None:
    found = check(b"{", {"anthropic-version": "1999-01-01"})
    assert [problem.rule for problem in found] == ["R75", "body"]


def test_a_body_that_is_too_large_is_told_so_before_it_is_read() -> None:
    found = check(b"x" * 33 * 1024 * 1024)
    assert [(problem.rule, problem.status) for problem in found] == [("R72", 413), ("body", 400)]
    spaces = json.dumps(ask()) + " " * 33 * 1024 * 1024
    assert [problem.rule for problem in check(spaces)] == ["R72"]
    assert [problem.rule for problem in check(spaces[: 21 * 1024 * 1024])] == []
    assert [problem.rule for problem in check(spaces[: 21 * 1024 * 1024], platform="bedrock")] == ["R72"]
    batch = json.dumps({"requests": [{"custom_id": "a", "params": ask()}]})
    assert check(batch + " " * 40 * 1024 * 1024, endpoint="/v1/messages/batches") == []


def test_a_key_that_stands_twice_is_warned_of_at_its_place() -> None:
    twice = '{"model": "claude-2.1", "max_tokens": 9, "model": "claude-sonnet-5", '
    twice += '"messages": [{"role": "user", "content": "a", "content": "b"}]}'
    found = check(twice)
    assert [(each.level, each.path) for each in found] == [
        ("warning", "model"),
        ("warning", "messages.0.content"),
    ]
    assert "The last `content` counts" in found[1].why


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_does_not_have_is_told_at_its_place(number: float) -> None:
    call = use(input={"deep": [{"down": number}]})
    schema = {"type": "object", "properties": {"x": {"type": "number", "minimum": number}}}
    for request, path in (
        (ask(user("q"), assistant(call), user(result())), "messages.1.content.0.input.deep.0.down"),
        (ask(tools=[{"name": "w", "input_schema": schema}]), "tools.0.input_schema.properties.x.minimum"),
        (ask(temperature=number), "temperature"),
    ):
        first = check(request, OLD)[0]
        assert (first.rule, first.path, first.level) == ("body", path, "error")
        assert "NaN or Infinity" in first.why
    assert refused(mended(ask(temperature=number)), OLD) == []


@pytest.mark.parametrize("words", ["😀", "é", "\\ud83d", "a\\", '"', "\U0001f600\U0001f600"])
def test_bytes_that_are_json(words: str) -> None:
    assert parse(json.dumps({"a": words}).encode()) == {"a": words}
    assert parse(json.dumps({"a": words}, ensure_ascii=False).encode()) == {"a": words}


@settings(deadline=None)
@given(st.text(alphabet='{}[]",:\\utrue10.eE- \nd8c', max_size=30))
def test_a_fault_is_found_where_there_is_one(words: str) -> None:
    body = parse(words.encode())
    if isinstance(body, Problem):
        assert fault(words) is not None
    else:
        assert fault(words) is None
        assert json.loads(words) == body
