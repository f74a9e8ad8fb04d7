"""Any Python value becomes content that a request may hold."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from nbkit.loop.array.history import plain
from nbkit.loop.tools.results import raised, said, to_content, with_remark

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 8


@dataclass
class Weather:
    city: str
    degrees: int


class Place(BaseModel):
    name: str


class Plot:
    def _repr_png_(self) -> bytes:
        return PNG


class Table:
    def to_string(self) -> str:
        return "a b\n1 2"


class Plain:
    pass


VALUES: list[tuple[Any, Any]] = [
    (None, ""),
    ("22 °C", "22 °C"),
    ("", ""),
    (22, "22"),
    (True, "true"),
    (1.5, "1.5"),
    ({"city": "Zürich"}, '{"city": "Zürich"}'),
    ([1, 2], "[1, 2]"),
    ([], "[]"),
    ((1, "a"), '[1, "a"]'),
    ({1, 2}, "[1, 2]"),
    (Weather("Paris", 22), '{"city": "Paris", "degrees": 22}'),
    (Place(name="Oslo"), '{"name": "Oslo"}'),
    ([Place(name="Oslo")], '[{"name": "Oslo"}]'),
    (datetime.date(2026, 1, 2), "2026-01-02"),
    (b"bytes", "bytes"),
    (b"\xff\x00", "<no text: 2 bytes>"),
    (ValueError("no"), "ValueError: no"),
    (Table(), "a b\n1 2"),
    ({"type": "text", "text": "x"}, [{"type": "text", "text": "x"}]),
    (
        [{"type": "text", "text": "x"}, ""],
        [{"type": "text", "text": "x"}, {"type": "text", "text": "(empty)"}],
    ),
    ({"type": "car"}, '{"type": "car"}'),
]


@pytest.mark.parametrize(("value", "content"), VALUES, ids=[repr(value)[:40] for value, _ in VALUES])
def test_values_become_content(value: Any, content: Any) -> None:
    assert to_content(value) == content


@pytest.mark.parametrize("value", [PNG, bytearray(PNG), Plot()])
def test_pictures_become_images(value: Any) -> None:
    block = to_content(value)[0]
    assert isinstance(block, dict)
    assert block["source"]["media_type"] == "image/png"


def test_pictures_among_words_stay_in_their_place() -> None:
    blocks = to_content(["look", Plot()])
    assert [block["type"] for block in blocks if isinstance(block, dict)] == ["text", "image"]


@pytest.mark.parametrize(
    ("magic", "media"), [(b"\xff\xd8\xff", "jpeg"), (b"GIF89a", "gif"), (b"RIFF0000WEBP", "webp")]
)
def test_pictures_are_told_by_their_first_bytes(magic: bytes, media: str) -> None:
    block = to_content(magic + b"0000")[0]
    assert isinstance(block, dict)
    assert block["source"]["media_type"] == f"image/{media}"


def test_no_memory_address_is_told() -> None:
    assert "0x" not in str(to_content(Plain()))
    assert "0x" not in str(to_content({"x": Plain()}))


def test_halves_of_characters_become_text() -> None:
    assert to_content("a\ud800b") == "a\ufffdb"
    assert to_content({"name": "\udcff.txt"}) == '{"name": "\ufffd.txt"}'
    assert to_content("\ud83d\ude00 é") == "😀 é"


def test_an_exception_that_can_not_say_itself_has_a_name() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert raised(Mute()) == to_content(Mute()) == "Mute"


def test_a_remark_goes_in_front() -> None:
    assert with_remark("22", "Note.") == "Note.\n22"
    assert with_remark("", "Note.") == "Note."
    assert with_remark([{"type": "image"}], "Note.")[0] == {"type": "text", "text": "Note."}


def test_what_a_person_says_may_hold_blocks_of_any_type() -> None:
    assert said("hi") == "hi"
    assert said({"type": "foo"}) == [{"type": "foo"}]
    assert said(["hi", {"type": "foo"}]) == [{"type": "text", "text": "hi"}, {"type": "foo"}]
    assert said({"a": 1}) == '{"a": 1}'


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_like)
def test_whatever_it_is_it_can_be_sent(value: Any) -> None:
    content = to_content(value)
    assert isinstance(content, str | list)
    plain(content)
