"""The plain turns in which nothing can be wrong, known at a glance: each call has its one result, in order.

Like `plain_messages` this never says no: what it doesn't know, the rules of a turn judge.
"""

from __future__ import annotations

from nbkit.rules.request import Request
from nbkit.rules.turns import THINKING, Turn


def is_sound(request: Request, turn: Turn) -> bool:
    """Say whether a plain turn behind a plain one is known for sound, and note its calls and results."""
    if turn.role == "user":
        return _answers(request, turn)
    return _is_answered(request, turn) and (request.thinking_type != "enabled" or _thinks_first(turn))


def _answers(request: Request, turn: Turn) -> bool:
    ids, before = turn.result_ids, turn.before
    if not ids:
        return True
    request.seen.has_results = True
    return before is not None and before.call_ids == ids and (len(ids) == 1 or len(set(ids)) == len(ids))


def _is_answered(request: Request, turn: Turn) -> bool:
    ids, after = turn.call_ids, turn.after
    if not ids:
        return True
    if after is None or after.role != "user" or after.answers != ids:
        return False
    known = request.seen.calls
    if len(ids) == 1:
        return known.setdefault(ids[0], turn) is turn
    is_first = [known.setdefault(use_id, turn) is turn for use_id in ids]
    return all(is_first) and len(set(ids)) == len(ids)


def _thinks_first(turn: Turn) -> bool:
    kinds = [block["type"] for block in turn.blocks]
    return not kinds or kinds[0] in THINKING or THINKING.isdisjoint(kinds)
