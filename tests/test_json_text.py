from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.wire.json_text import DEEPEST, parsed, parsed_event

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)


def by_the_standard_library(text: str) -> Any:
    """What `json` reads; None for what it refuses, and for the three words that it takes and JSON has not."""
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False)
    except ValueError:
        return None
    return repr(value)


def by_ours(text: str) -> Any:
    try:
        return repr(parsed(text))
    except ValueError:
        return None


@given(VALUES, st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_again(value: Any, ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii)
    assert repr(parsed(text)) == repr(parsed_event(text)) == repr(json.loads(text))
    assert repr(parsed(json.dumps(value).encode())) == repr(json.loads(text))


@given(st.text(alphabet='{}[]",:\\/ut1e0.9E+-nulfasr \t\n\ud83d\udc00\x00é', max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_as_the_standard_library_reads_it_or_refused_as_it_refuses(text: str) -> None:
    assert by_ours(text) == by_the_standard_library(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            '{"a": 1, "b": 2, "a": 3}',
            '"\\ud800"',
            '"\\udc00\\ud800"',
            '"\\ud83d\\ude00"',
            '"\ud800"',
            "-0",
            "-0.0",
        ),
        *(
            "1e5",
            "1E-400",
            "5e-324",
            "9007199254740993",
            "18446744073709551616",
            "9" * 4300,
            "9" * 4301,
            "1e999",
        ),
        *(
            "01",
            "1.",
            ".5",
            "+1",
            "NaN",
            "-Infinity",
            "nan",
            "\ufeff{}",
            "{} x",
            "[1,]",
            "{1:2}",
            "",
            " ",
            "[\xa01]",
        ),
        *('"\x7f"', '"\t"', '"\x00"', '"\u2028"', '"\\x"', '"\\u12"', "true", "tru", "//\n1", "'a'"),
    ],
)
def test_the_corners_of_json_are_read_alike(text: str) -> None:
    assert by_ours(text) == by_the_standard_library(text)


@pytest.mark.parametrize("text", ["1e999", "[-1e400]", '{"a": {"b": ' + "9" * 400 + ".0}}"])
def test_a_number_that_could_not_be_sent_back_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="larger than any that can be kept"):
        parsed(text)


@pytest.mark.parametrize("around", ["", '"\\ud800", '])  # the second is read by the slower parser
@pytest.mark.parametrize(("open", "close"), [("[", "]"), ('{"a": ', "}")])
def test_there_is_one_limit_of_depth(around: str, open: str, close: str) -> None:
    def nested(levels: int) -> str:
        return f"[{around}{open * (levels - 1)}[]{close * (levels - 1)}]"

    parsed(nested(DEEPEST - 1))
    for levels in (DEEPEST, DEEPEST + 1, 1000, 100_000):
        with pytest.raises(ValueError, match="nested"):
            parsed(nested(levels))


@pytest.mark.parametrize(
    "data", [b"\xff", b'"\xff"', b"\xed\xa0\x80", '{"a": 1}'.encode("utf-16"), b"\xef\xbb\xbf{}"]
)
def test_bytes_are_read_or_refused_and_raise_nothing_else(data: bytes) -> None:
    try:
        assert parsed(data) == json.loads(data)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            json.loads(data)


@pytest.mark.parametrize("before", [0, 1, 4299, 4300, 4301, 9000])
@pytest.mark.parametrize("binary", [False, True])
def test_an_integer_that_could_not_be_written_again_is_refused(before: int, binary: bool) -> None:
    def read(value: str) -> Any:
        text = '{"x": "' + "x" * before + '", "n": ' + value + "}"
        return parsed_event(text.encode() if binary else text)["n"]

    assert read("9" * 4300) == int("9" * 4300)
    assert read('"' + "9" * 5000 + '"') == "9" * 5000
    for digits in (4301, 5000, 9000):
        with pytest.raises(ValueError, match="digits"):
            read("9" * digits)
