from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json

from nbkit.wire.json_text import parsed
from nbkit.wire.partial import PartialJson

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
INPUTS = st.dictionaries(st.text(max_size=5), VALUES, max_size=4)
AWKWARD = [
    r'{"a": "\ud83d\ude00", "b": "\ud83d", "c": "\ude00\ud83dx", "d": "\\ud83d", "e": "\"\\\/\b\f\n\r\t"}',
    r'{"\ud83d\ude00\n": {"": [[], {}, [{}], ""]}, "n": [-0, 0.5e-7, 1E+2, 12345678901234567890, -1.0]}',
    '{"a": 1, "a": {"b": [2]}, "a": "three", "t": true, "f": false, "n": null, "k": {}}',
    ' \n\t{ "a" :\r\n [ 1 , 2 ] , "b" : { } } \n',
    '{"é": "ü👋漢", "long": "' + "x" * 300 + '"}',
]
WRONG = [
    *('{"a": tru1}', "{a: 1}", '{"a" 1}', '{"a": 1 "b": 2}', '{"a": 1,}', '{"a": 01}', '{"a": 1.}', '{"a"]'),
    *("[1,]", "[1 2]", "{} {}", "[}", "{,}", "NaN", '{"a": -Infinity}', '{"a": 1e999 }', "'a'", "[" * 300),
    *('{"a": "\x00"}', r'{"a": "\x1234567890ab"}', r'{"a": "\u12G4567890ab"}'),
]


def fed(*pieces: str) -> PartialJson:
    partial = PartialJson()
    for piece in pieces:
        partial.feed(piece)
    return partial


@given(INPUTS, st.booleans(), st.data())
@settings(max_examples=150, deadline=None)
def test_however_it_is_cut_the_value_at_the_end_is_what_json_reads(
    value: Any, ascii: bool, data: Any
) -> None:
    text = json.dumps(value, ensure_ascii=ascii)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    partial = fed(*pieces)
    assert partial.broken is None
    assert partial.value == json.loads(text)


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_is_read_alike_at_every_cut_and_character_by_character(text: str) -> None:
    want = repr(json.loads(text))
    assert repr(fed(*text).value) == want
    for cut in range(len(text) + 1):
        partial = fed(text[:cut])
        partial.value  # noqa: B018  # looking must not change what comes after
        partial.feed(text[cut:])
        assert repr(partial.value) == want


@given(INPUTS)
@settings(max_examples=100, deadline=None)
def test_what_has_come_is_shown_and_nothing_else(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    partial = PartialJson()
    for at, character in enumerate(text, 1):
        partial.feed(character)
        if (
            text[at : at + 1] and character not in "-+.0123456789eE"
        ):  # jiter guesses that a cut number has ended
            assert partial.value == independently(text[:at])


def independently(text: str) -> Any:
    return from_json(text, allow_partial="trailing-strings")


def test_an_unfinished_string_is_shown_and_an_unfinished_number_or_word_is_not() -> None:
    partial = PartialJson()
    seen = []
    for piece in ('{"city": "Par', 'is", "days', '": 1', "2, ", '"sunny": tr', "ue}"):
        partial.feed(piece)
        seen.append(json.loads(json.dumps(partial.value)))
    assert seen == [
        {"city": "Par"},
        {"city": "Paris"},
        {"city": "Paris"},
        {"city": "Paris", "days": 12},
        {"city": "Paris", "days": 12},
        {"city": "Paris", "days": 12, "sunny": True},
    ]


def test_the_value_is_one_tree_that_grows_in_place() -> None:
    partial = fed('{"a": [1, ')
    value = partial.value
    partial.feed('"two", {"three": 3}]}')
    assert partial.value is value
    assert value == {"a": [1, "two", {"three": 3}]}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_json_is_said_and_what_came_before_is_kept(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text)
    whole, by_character = fed(text + " "), fed(*text, " ")
    assert whole.broken == by_character.broken is not None
    assert whole.value == by_character.value


@pytest.mark.parametrize(
    "text",
    [
        '"' + "x" * 400_000,
        '["' + r"\n" * 200_000,
        "[" + "1," * 200_000,
        '{"a":' + " " * 400_000,
        "[" + "1" * 400_000,
    ],
    ids=["a string", "escapes", "items", "white space", "digits"],
)
def test_a_long_text_costs_what_is_new_even_when_it_is_read_at_every_piece(text: str) -> None:
    partial = PartialJson()
    begin = time.process_time()
    for at in range(0, len(text), 20):
        partial.feed(text[at : at + 20])
        partial.value  # noqa: B018  # looking is what is measured
    assert time.process_time() - begin < 2.5  # about 0.1 s; from its start each time it would be minutes
