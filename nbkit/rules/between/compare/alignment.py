"""Which passage of an earlier request stands where in a later one: kept, altered, dropped or new.

First what is equal is found, in order; then what is left over is recognised by its name (a call's id, a
thinking block's signature), and near its old place by what it says when only ids changed, or by its turn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from nbkit.rules.between.compare.passage import Passage

DEPTH = 8

Pairs = list[tuple[int, int]]


class Alignment:
    """Pairs of passages (places in `old` and `new`): `anchors` are equal and in order, `altered` are known by
    name but differ, `moved` are equal and out of order. `same` is the length of the common beginning.
    """

    def __init__(self, old: list[Passage], new: list[Passage]) -> None:
        self.old, self.new = old, new
        self.same = common(old, new)
        self.anchors = [(at, at) for at in range(self.same)]
        if self.same < min(len(old), len(new)):
            self.anchors += _anchors(old, new, self.same)
        self.to_new = dict(self.anchors)
        self.to_old = {n: a for a, n in self.anchors}
        self.altered: Pairs = []
        self.moved: Pairs = []
        self.renamed: dict[str, str] = {}
        if self.dropped and self.inserted:
            self._recognise()

    @property
    def dropped(self) -> list[int]:
        return [a for a in range(self.same, len(self.old)) if a not in self.to_new]

    @property
    def inserted(self) -> list[int]:
        return [n for n in range(self.same, len(self.new)) if n not in self.to_old]

    @cached_property
    def turns(self) -> dict[int, int]:
        """For each turn of `old` that is still there, the turn of `new` where it begins."""
        found: dict[int, int] = {}
        for a, n in sorted(self.to_new.items()):
            found.setdefault(self.old[a].turn, self.new[n].turn)
        return found

    @cached_property
    def last_kept(self) -> int:
        """The last place of `old` that is still there, or -1."""
        return max(self.to_new, default=-1)

    @cached_property
    def _kept(self) -> list[int]:
        return sorted(self.to_new)

    def gap(self, first: int, last: int) -> range:
        """Return the places of `new` where the passages `first` to `last` of `old` would stand."""
        return self._between(self._kept, first, last)

    def _between(self, kept: list[int], first: int, last: int) -> range:
        at, behind = bisect_left(kept, first), bisect_left(kept, last + 1)
        before = self.to_new[kept[at - 1]] + 1 if at else 0
        after = self.to_new[kept[behind]] if behind < len(kept) else len(self.new)
        return range(before, max(before, after))

    def _pair(self, pairs: Pairs, a: int, n: int) -> None:
        pairs.append((a, n))
        self.to_new[a], self.to_old[n] = n, a

    def _recognise(self) -> None:
        near = self._near()
        self._by(lambda passage: passage.key if passage.is_telling else None, self.moved, near)
        self._by(lambda passage: passage.name, self.altered)
        self._by(lambda passage: passage.asks, self.altered, near)
        self.renamed = {
            str(self.old[a].use_id): str(self.new[n].use_id)
            for a, n in self.altered
            if self.old[a].is_call and self.old[a].use_id != self.new[n].use_id
        }
        self._results_of_renamed()
        self._thinking_by_place()

    def _near(self) -> Callable[[int], range]:
        """Return what says where in `new` the turn of a passage would stand, by what is equal around it.

        The same may be said or asked again much later, where the first time was cut off.
        """
        kept = sorted(self.to_new)
        places: dict[int, list[int]] = defaultdict(list)
        for a, passage in enumerate(self.old):
            places[passage.turn].append(a)

        def near(a: int) -> range:
            turn = places[self.old[a].turn]
            return self._between(kept, turn[0], turn[-1])

        return near

    def _by(
        self, name: Callable[[Passage], object], pairs: Pairs, near: Callable[[int], range] | None = None
    ) -> None:
        """Pair what is left over and has the same name, first with first."""
        waiting: dict[object, list[int]] = defaultdict(list)
        for n in self.inserted:
            if (known := name(self.new[n])) is not None:
                waiting[known].append(n)
        for a in self.dropped:
            known = name(self.old[a])
            if known is None or known not in waiting:
                continue
            for n in waiting[known]:
                if near is None or n in near(a):
                    waiting[known].remove(n)
                    self._pair(pairs, a, n)
                    break

    def _results_of_renamed(self) -> None:
        answers = {self.new[n].use_id: n for n in self.inserted if self.new[n].is_result}
        for a in self.dropped:
            use_id = self.old[a].use_id
            n = answers.get(self.renamed.get(use_id or "")) if self.old[a].is_result else None
            if n is not None and n not in self.to_old:
                self._pair(self.altered, a, n)

    def _thinking_by_place(self) -> None:
        """Thinking with another signature is the same block when the turn has as many of them as before."""
        olds, news = _thinking(self.old, self.dropped), _thinking(self.new, self.inserted)
        for turn, places in olds.items():
            now = news.get(self.turns.get(turn, -1), [])
            if len(now) == len(places):
                for a, n in zip(places, now, strict=True):
                    self._pair(self.altered, a, n)


def common(old: list[Passage], new: list[Passage]) -> int:
    """Return how many passages two requests have in common from their beginning."""
    end = min(len(old), len(new))
    return next((at for at in range(end) if old[at].key != new[at].key), end)


def _thinking(passages: list[Passage], places: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for at in places:
        if passages[at].type == "thinking":
            found[passages[at].turn].append(at)
    return found


def _anchors(old: list[Passage], new: list[Passage], start: int) -> Iterator[tuple[int, int]]:
    """Equal passages in order: first what only this conversation says, then the rest in between."""
    telling_old = [at for at in range(start, len(old)) if old[at].is_telling]
    telling_new = [at for at in range(start, len(new)) if new[at].is_telling]
    firm = _matches(old, new, telling_old, telling_new, _Gap(not start, True))
    a, n = start, start
    for end_a, end_n in [*firm, (len(old), len(new))]:
        gap = _Gap(not start and a == start, end_a == len(old))
        yield from _matches(old, new, list(range(a, end_a)), list(range(n, end_n)), gap)
        if end_a < len(old):
            yield end_a, end_n
        a, n = end_a + 1, end_n + 1


class _Gap(NamedTuple):
    """Where passages are compared: whether no equal ones stand before them, and none behind them."""

    is_start: bool
    is_end: bool


def _matches(
    old: list[Passage], new: list[Passage], olds: list[int], news: list[int], gap: _Gap, depth: int = DEPTH
) -> Pairs:
    """Pair equal passages in order (a patience diff): what occurs once, then what is side by side."""
    once = _once(old, new, olds, news) if olds and news and depth else []
    if not once:
        return _side_by_side(old, new, olds, news, gap)
    pairs: Pairs = []
    x, y = 0, 0
    for i, k in [*once, (len(olds), len(news))]:
        within = _Gap(gap.is_start and not x, gap.is_end and i == len(olds))
        pairs += _matches(old, new, olds[x:i], news[y:k], within, depth - 1)
        if i < len(olds):
            pairs.append((olds[i], news[k]))
        x, y = i + 1, k + 1
    return pairs


def _side_by_side(
    old: list[Passage], new: list[Passage], olds: list[int], news: list[int], gap: _Gap
) -> Pairs:
    """Pair what begins alike and what ends alike; the latter first where a history was cut at its front."""

    def alike(olds: list[int], news: list[int]) -> int:
        end = min(len(olds), len(news))
        return next((at for at in range(end) if old[olds[at]].key != new[news[at]].key), end)

    head = alike(olds, news) if gap.is_end or not gap.is_start else 0
    tail = alike(olds[head:][::-1], news[head:][::-1])
    rest = len(olds) - tail, len(news) - tail
    head = head or alike(olds[: rest[0]], news[: rest[1]])
    return [
        *zip(olds[:head], news[:head], strict=True),
        *zip(olds[rest[0] :], news[rest[1] :], strict=True),
    ]


def _once(old: list[Passage], new: list[Passage], olds: list[int], news: list[int]) -> Pairs:
    """The longest rising row of passages that occur once on each side, as places in the two lists."""
    count_old = Counter(old[at].key for at in olds)
    count_new = Counter(new[at].key for at in news)
    where = {new[at].key: k for k, at in enumerate(news) if count_new[new[at].key] == 1}
    pairs = [
        (i, where[old[at].key])
        for i, at in enumerate(olds)
        if count_old[old[at].key] == 1 and old[at].key in where
    ]
    ends: list[int] = []
    last: list[int] = []
    came_from: list[int] = []
    for place, (_, k) in enumerate(pairs):
        at = bisect_left(ends, k)
        came_from.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [k]
        last[at : at + 1] = [place]
    row: Pairs = []
    place = last[-1] if last else -1
    while place >= 0:
        row.append(pairs[place])
        place = came_from[place]
    return row[::-1]
