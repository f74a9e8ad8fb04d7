"""A sequence in pieces is like a tuple, and versions of it share what did not change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.loop.array.pieces import SIZE, Piece, Pieces

LENGTHS = st.sampled_from([0, 1, 2, SIZE - 1, SIZE, SIZE + 1, 3 * SIZE, 3 * SIZE + 5])


class Item:
    """Equal to nothing but itself, like a message."""


def items(count: int) -> list[Item]:
    return [Item() for _ in range(count)]


def is_sound(pieces: Pieces[Any], wanted: list[Any]) -> bool:
    assert len(pieces) == len(wanted)
    assert list(pieces) == wanted
    assert list(reversed(pieces)) == wanted[::-1]
    assert all(len(piece) == SIZE for piece in pieces.whole)
    assert len(pieces.last) <= SIZE
    assert bool(pieces.last) == bool(wanted)
    assert pieces == Pieces(wanted)
    return all(pieces[at] is item for at, item in enumerate(wanted))


@settings(max_examples=200, deadline=None)
@given(LENGTHS, st.data())
def test_it_is_like_a_tuple(length: int, data: st.DataObject) -> None:
    plain = items(length)
    pieces = Pieces(plain)
    assert is_sound(pieces, plain)
    for _ in range(4):
        at = data.draw(st.integers(0, len(plain)))
        end = data.draw(st.integers(at, len(plain)))
        new = items(data.draw(st.sampled_from([0, 1, 2, end - at, SIZE])))
        before, copied = pieces, list(plain)
        pieces = pieces.spliced(at, end, new)
        plain[at:end] = new
        assert is_sound(pieces, plain)
        assert is_sound(before, copied)
        assert list(pieces[at:end]) == plain[at:end]
        assert is_sound(pieces[:at], plain[:at])
        assert pieces[:at].shared(pieces) == at
        parted = (n for n, (old, new) in enumerate(zip(copied, plain, strict=False)) if old is not new)
        assert pieces.shared(before) == next(parted, min(len(copied), len(plain)))
        start, stop, end = before.differs(pieces)
        assert [*copied[:start], *plain[start:end], *copied[stop:]] == plain
        assert end - start <= len(new)
        again = before.became(plain)
        assert is_sound(again, plain)
        assert before.became(copied) is before


def test_adding_shares_all_pieces_but_the_last() -> None:
    pieces: Pieces[Item] = Pieces()
    plain: list[Item] = []
    for item in items(3 * SIZE):
        before = pieces
        pieces = pieces.added(item)
        plain.append(item)
        assert all(one is other for one, other in zip(before.whole, pieces.whole, strict=False))
    assert is_sound(pieces, plain)


def test_a_change_shares_all_pieces_but_the_changed_one() -> None:
    pieces = Pieces(items(4 * SIZE))
    for at, changed in ((0, 0), (SIZE, 1), (3 * SIZE + 1, 3)):
        other = pieces.spliced(at, at + 1, items(1))
        same = [one is two for one, two in zip(pieces.pieces, other.pieces, strict=True)]
        assert same == [number != changed for number in range(4)]
    assert pieces[: 2 * SIZE + 3].whole == pieces.whole[:2]


def test_what_was_made_of_a_piece_is_made_once() -> None:
    asked: list[Any] = []

    def count(piece: Piece[Any]) -> int:
        asked.append(piece)
        return len(piece)

    pieces = Pieces(items(SIZE + 1))
    later = pieces.added(Item())
    for sequence in (pieces, later):
        assert [piece.known(count) for piece in sequence.whole] == [SIZE]
    assert asked == [pieces.whole[0]]


def test_there_is_nothing_behind_the_end() -> None:
    pieces = Pieces(items(2))
    assert pieces[-1] is pieces[1]
    for at in (2, -3):
        with pytest.raises(IndexError, match="among 2"):
            pieces[at]
