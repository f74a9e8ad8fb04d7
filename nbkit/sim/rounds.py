"""The rounds of a reply that server tools have a part in: after each result the model goes on, and reads the
prompt again with all that came since (contract, 5.5). `usage` is their sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from nbkit.sim.cache import InputUsage
from nbkit.sim.parts import Part
from nbkit.wire.blocks import Json

Weigh = Callable[[list[Json]], int]


@dataclass(frozen=True, slots=True)
class Round:
    """One sampling: what it read, and the parts that came of it, with the results that ended it."""

    input: InputUsage
    parts: tuple[Part, ...]


def rounds(first: InputUsage, parts: Sequence[Part], weigh: Weigh) -> list[Round]:
    """Split a reply into its rounds. `first` is the prompt, `weigh` the tokens of blocks that are read again.

    Results that a reply begins with finish what an earlier one began: they are read with the prompt.
    """
    found: list[Round] = []
    opening = next((at for at, part in enumerate(parts) if _is_said(part)), len(parts))
    seen: list[Part] = list(parts[:opening])
    before = first.total
    for group in _groups(parts[opening:]):
        read_again = [part.block() for part in seen if not _is_nested(part)]
        now = first.total + (weigh(read_again) if read_again else 0)
        found.append(Round(_grown(first, before, now) if found else _with(first, now), tuple(group)))
        before = now
        seen += group
    return found or [Round(first, tuple(parts))]


def total(found: Sequence[Round]) -> InputUsage:
    """What all rounds read together."""
    inputs = [one.input for one in found]
    return InputUsage(
        sum(one.fresh for one in inputs),
        sum(one.read for one in inputs),
        sum(one.written_5m for one in inputs),
        sum(one.written_1h for one in inputs),
    )


def _with(first: InputUsage, now: int) -> InputUsage:
    return InputUsage(first.fresh + now - first.total, first.read, first.written_5m, first.written_1h)


def _grown(first: InputUsage, before: int, now: int) -> InputUsage:
    """What a later round reads: of a cached prompt, all that was read before; the rest is added to it."""
    if not (first.read or first.written):
        return InputUsage(now)
    return InputUsage(first.fresh, before - first.fresh, now - before)


def _groups(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """What is said and the results of it, time after time."""
    group: list[Part] = []
    for part in parts:
        if group and _is_said(part) and _is_result(group[-1]):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _is_said(part: Part) -> bool:
    """Whether the model said it: neither a result nor what code asked for."""
    return not _is_result(part) and not _is_nested(part)


def _is_result(part: Part) -> bool:
    return str(part.start.get("type")).endswith("_tool_result")


def _is_nested(part: Part) -> bool:
    """Whether code asked for it: the model reads what the code prints, and not this."""
    return "tool_id" in (part.start.get("caller") or {})
