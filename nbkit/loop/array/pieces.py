"""A sequence that never changes, and costs little to make another one of: versions share their pieces.

Appending, cutting near the end and changing an item copy one piece, not the sequence. What was once made of
a piece (its JSON, its ids) stays with it, so it is shared by all versions too, and can't go stale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import is_
from typing import Any, TypeVar, overload

T = TypeVar("T")
V = TypeVar("V")

SIZE = 64


class Piece(tuple[T, ...]):
    """Some items in a row, and what was made of them."""

    def known(self, make: Callable[[Piece[T]], V]) -> V:
        """Return what `make` makes of this piece; it is asked once."""
        made: dict[Any, Any] = self.__dict__
        if make not in made:
            made[make] = make(self)
        value: V = made[make]
        return value


class Pieces(Sequence[T]):
    """The items in pieces of `SIZE`; the last one, which is empty in an empty sequence only, may be shorter.

    Equal to any tuple of equal items; `shared` and `became` look at identities.
    """

    __slots__ = ("_length", "last", "whole")
    whole: Piece[Piece[T]]
    last: Piece[T]
    _length: int

    def __init__(self, items: Iterable[T] = ()) -> None:
        made = self._of(Piece(), tuple(items))
        self.whole, self.last, self._length = made.whole, made.last, made._length

    @classmethod
    def _of(cls, before: Piece[Piece[T]], items: tuple[T, ...]) -> Pieces[T]:
        """Return the sequence of whole pieces and the items behind them."""
        new = _cut(items)
        if not new:
            return cls._made(Piece(before[:-1]), before[-1]) if before else cls._made(before, Piece())
        return cls._made(before if len(new) == 1 else Piece((*before, *new[:-1])), new[-1])

    @classmethod
    def _made(cls, whole: Piece[Piece[T]], last: Piece[T]) -> Pieces[T]:
        made = cls.__new__(cls)
        made.whole, made.last, made._length = whole, last, len(whole) * SIZE + len(last)
        return made

    @property
    def pieces(self) -> Iterator[Piece[T]]:
        return chain(self.whole, (self.last,))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self.pieces)

    def __reversed__(self) -> Iterator[T]:
        return chain(reversed(self.last), *map(reversed, reversed(self.whole)))

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Pieces[T]: ...
    def __getitem__(self, at: int | slice) -> T | Pieces[T]:
        if isinstance(at, slice):
            start, stop, step = at.indices(self._length)
            if step != 1:
                return Pieces(tuple(self)[at])
            return self._upto(stop) if start == 0 else Pieces(self._items(start, stop))
        index = at + self._length if at < 0 else at
        if not 0 <= index < self._length:
            raise IndexError(f"there is no item {at} among {self._length}")
        piece = index // SIZE
        return self.last[index % SIZE] if piece == len(self.whole) else self.whole[piece][index % SIZE]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Pieces, tuple)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Pieces({list(self)!r})"

    def added(self, item: T) -> Pieces[T]:
        """Return the sequence with one more item."""
        if len(self.last) < SIZE:
            return self._of(self.whole, (*self.last, item))
        return self._of(Piece((*self.whole, self.last)), (item,))

    def spliced(self, start: int, stop: int, items: Iterable[T] = ()) -> Pieces[T]:
        """Return the sequence with other items in place of `start:stop`, sharing what stands still."""
        items = tuple(items)
        first = min(start // SIZE, len(self.whole))
        behind = -(-stop // SIZE) if len(items) == stop - start else len(self.whole) + 1
        changed = (
            *self._items(first * SIZE, start),
            *items,
            *self._items(stop, min(behind * SIZE, self._length)),
        )
        if behind > len(self.whole):
            return self._of(self._before(first), changed)
        return self._made(Piece((*self.whole[:first], *_cut(changed), *self.whole[behind:])), self.last)

    def became(self, items: Sequence[T]) -> Pieces[T]:
        """Return other items as a sequence that shares what this one has of them; itself when it has all."""
        most = min(self._length, len(items))
        start = next(
            (at for at, (old, new) in enumerate(zip(self, items, strict=False)) if old is not new), most
        )
        stop = self._length
        if stop == len(items):
            backwards = zip(reversed(self), reversed(items), strict=True)
            stop -= next((at for at, (old, new) in enumerate(backwards) if old is not new), stop - start)
        if start == stop == len(items):
            return self
        return self.spliced(start, stop, items[start : len(items) - self._length + stop])

    def shared(self, other: Pieces[T]) -> int:
        """Return how many items from the first one on are the same in another sequence."""
        pieces = 0
        if self.whole is other.whole:
            pieces = len(self.whole)
        else:
            for mine, theirs in zip(self.whole, other.whole, strict=False):
                if mine is not theirs and not all(map(is_, mine, theirs)):
                    break
                pieces += 1
        same = list(map(is_, self._piece(pieces), other._piece(pieces)))
        return pieces * SIZE + (same.index(False) if False in same else len(same))

    def differs(self, other: Pieces[T]) -> tuple[int, int, int]:
        """Return where the two begin to differ, and where that ends in this one and in the other."""
        start = self.shared(other)
        same = min(self._shared_at_end(other), min(len(self), len(other)) - start)
        return start, len(self) - same, len(other) - same

    def _shared_at_end(self, other: Pieces[T]) -> int:
        same = 0
        if self._length == other._length:
            if self.last is not other.last and not all(map(is_, self.last, other.last)):
                return _alike(reversed(self.last), reversed(other.last))
            same = len(self.last)
            for mine, theirs in zip(reversed(self.whole), reversed(other.whole), strict=True):
                if mine is not theirs and not all(map(is_, mine, theirs)):
                    return same + _alike(reversed(mine), reversed(theirs))
                same += SIZE
            return same
        return _alike(reversed(self), reversed(other))

    def _piece(self, number: int) -> Piece[T]:
        return self.whole[number] if number < len(self.whole) else self.last

    def _upto(self, stop: int) -> Pieces[T]:
        if stop >= self._length:
            return self
        number = stop // SIZE
        return self._of(self._before(number), self._piece(number)[: stop - number * SIZE])

    def _before(self, number: int) -> Piece[Piece[T]]:
        return self.whole if number == len(self.whole) else Piece(self.whole[:number])

    def _items(self, start: int, stop: int) -> Iterator[T]:
        """Yield the items from `start` to `stop`, looking at no piece before them."""
        if start >= stop:
            return
        first = start // SIZE
        for number in range(first, -(-stop // SIZE)):
            begin = number * SIZE
            yield from self._piece(number)[max(start - begin, 0) : stop - begin]


def _alike(mine: Iterable[T], theirs: Iterable[T]) -> int:
    """Return how many items from the first one on are the same."""
    at = -1
    for at, each in enumerate(map(is_, mine, theirs)):
        if not each:
            return at
    return at + 1


def _cut(items: tuple[T, ...]) -> list[Piece[T]]:
    return [Piece(items[at : at + SIZE]) for at in range(0, len(items), SIZE)]
