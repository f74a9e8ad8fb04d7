"""Calls without their results, results without their calls, replies that stand twice.

The request itself shows these, and the API refuses it (R19, R20, R24). Here is told what is behind it:
something that the client had sent along before, or never took into its history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.problem import Fix, Problem, remove

PAIRED = "A result names its call by id, and stands right behind it; the API refuses one without the other."
TWICE = "A reply is taken into the history once, also after a retry."


def torn_pairs(seen: Comparison) -> Iterator[Problem]:
    waiting, orphans = _by_turn(seen, _waiting(seen)), _by_turn(seen, _orphans(seen))
    for turn, calls in waiting.items():
        strangers = orphans.pop(turn + 1, [])
        yield _renamed(seen, calls, strangers) if strangers else _unanswered(seen, calls)
    for results in orphans.values():
        yield _uncalled(seen, results)
    yield from _doubled(seen)


def _by_turn(seen: Comparison, places: Iterator[int]) -> dict[int, list[int]]:
    turns: dict[int, list[int]] = defaultdict(list)
    for n in places:
        turns[seen.new[n].turn].append(n)
    return turns


def _waiting(seen: Comparison) -> Iterator[int]:
    """The calls that aren't answered right behind them, told neither before nor by another rule."""
    turns = seen.after.turns
    told = {seen.old[a].use_id for a in seen.aligned.dropped if seen.old[a].is_result}
    answered = {passage.use_id for passage in seen.before.passages if passage.is_result}
    for n, call in enumerate(seen.new):
        if not call.is_call or call.turn == len(turns) - 1:
            continue
        if any(each.is_result and each.use_id == call.use_id for each in turns[call.turn + 1]):
            continue
        a = seen.aligned.to_old.get(n)
        if a is None:
            yield n
        elif seen.old[a].use_id == call.use_id not in told:
            was_last = a >= seen.end or seen.old[a].turn == len(seen.before.turns) - 1
            if was_last or call.use_id in answered:
                yield n


def _orphans(seen: Comparison) -> Iterator[int]:
    """The results without a call, told neither before nor by another rule."""
    alone = {id(passage) for passage in seen.after.orphans}
    before = {passage.use_id for passage in seen.before.orphans}
    calls = {passage.use_id: a for a, passage in enumerate(seen.old) if passage.is_call}
    for n, result in enumerate(seen.new):
        if id(result) not in alone or result.use_id in before or result.use_id in seen.aligned.renamed:
            continue
        if (a := calls.get(result.use_id)) is None or seen.old[a].turn not in seen.aligned.turns:
            yield n


def _ids(seen: Comparison, places: list[int]) -> str:
    return ", ".join(str(seen.new[n].use_id) for n in places)


def _unanswered(seen: Comparison, calls: list[int]) -> Problem:
    behind = seen.after.turns[seen.new[calls[0]].turn + 1][0]
    return seen.problem(
        "lost_tool_result",
        f"messages.{behind.i}",
        f"there is no result for {_ids(seen, calls)}; answer every call of a turn in the message behind it, "
        "one that didn't run with an error result",
        why=PAIRED,
    )


def _renamed(seen: Comparison, calls: list[int], results: list[int]) -> Problem:
    return seen.problem(
        "changed_ids",
        seen.new[results[0]].path,
        f"these results name {_ids(seen, results)}, and the calls before them are {_ids(seen, calls)}; keep "
        "the id that the model gave",
        why=PAIRED,
    )


def _uncalled(seen: Comparison, results: list[int]) -> Problem:
    result = seen.new[results[0]]
    a = next((a for a, each in enumerate(seen.old) if each.is_call and each.use_id == result.use_id), None)
    gone = "isn't here" if a is None else f"of {seen.source(a)} is gone"
    return seen.problem(
        "lost_assistant_turn",
        result.path,
        f"the call {result.use_id} {gone}, and its result is; append each reply, as it came, before the "
        "results of its calls, and leave out both or neither",
        why=PAIRED,
        fix=None if a is None else _turn_back(seen, a),
    )


def _turn_back(seen: Comparison, a: int) -> Fix | None:
    places = seen.old_turns[seen.old[a].turn]
    return seen.put_turns_back(places[0], places[-1], "put the assistant's turn back")[1]


def _doubled(seen: Comparison) -> Iterator[Problem]:
    """A call stands twice, or a text twice in a row, and stood once."""
    twice = [n for n in seen.aligned.inserted if n not in seen.aligned.to_old and _is_second(seen, n)]
    for turn in {seen.new[n].turn: None for n in twice}:
        places = [n for n in twice if seen.new[n].turn == turn]
        block = seen.new[places[0]]
        what = f"the call {block.use_id}" if block.is_call else "this text"
        yield seen.problem(
            "doubled_turn",
            block.path,
            f"{what} stands here a second time; append each reply once",
            level="error" if block.is_call else "warning",
            why=TWICE,
            fix=_without(seen, places),
        )


def _is_second(seen: Comparison, n: int) -> bool:
    block = seen.new[n]
    if block.role != "assistant" or not (block.is_call or block.text):
        return False
    if block.is_call:
        return any(each.is_call and each.use_id == block.use_id for each in seen.new[:n])
    return n > 0 and seen.new[n - 1].key == block.key


def _without(seen: Comparison, places: list[int]) -> Fix | None:
    """Take out the second message, where it says nothing that isn't said elsewhere."""
    i = seen.new[places[0]].i
    elsewhere = {each.key for each in seen.new if each.i != i}
    if any(each.i == i and each.key not in elsewhere for each in seen.new):
        return None
    return Fix("take the second one out", (remove(f"messages.{i}"),))
