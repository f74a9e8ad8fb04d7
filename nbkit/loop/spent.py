"""What the replies of a conversation have cost: tokens as they were counted, and dollars by the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbkit.facts.facts import model
from nbkit.loop.array.history import History
from nbkit.loop.budget import TOKENS, Budget
from nbkit.wire.messages import Message


@dataclass(frozen=True, slots=True)
class Spent:
    """Of one model's replies: how many, their tokens by kind, and dollars (None: its price isn't known)."""

    replies: int
    tokens_in: int
    to_cache: int
    from_cache: int
    tokens_out: int
    cost: float | None


def spent(histories: Iterable[History]) -> Mapping[str, Spent]:
    """Return what the replies in these arrays have cost, by model; what they share is counted once."""
    nodes = {id(node): node for history in histories for node in history if node.reply}
    by_model: dict[str, list[Message]] = {}
    for node in nodes.values():
        reply = Message(node.reply or {})
        by_model.setdefault(str(reply.raw.get("model")), []).append(reply)
    return {name: _of(name, replies) for name, replies in by_model.items()}


def _of(name: str, replies: list[Message]) -> Spent:
    known, budget = model(name), Budget()
    counts = dict.fromkeys(TOKENS, 0)
    for reply in replies:
        budget.used(reply)
        usage = reply.raw.get("usage")
        for kind in TOKENS:
            count = usage.get(kind) if isinstance(usage, dict) else None
            counts[kind] += count if isinstance(count, int) else 0
    fresh, to_cache, from_cache, out = (counts[kind] for kind in TOKENS)
    priced = known is not None and known.price_in is not None and known.price_out is not None
    return Spent(len(replies), fresh, to_cache, from_cache, out, budget.cost if priced else None)
