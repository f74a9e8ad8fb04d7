"""Turns and tool rounds of the history that an earlier request had and a later one hasn't, trimming aside.

Legitimate, and so without a word: turns cut off at the front, whole exchanges left out, old history replaced
by a summary, everything after some point given up (a rewind, a branch, an edited last message).
"""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.problem import Problem

ANSWERED = "The model reads only what the request holds: to it, this answer was never given."
CALLED_NOTHING = "The model reads that it answered without calling anything: it may call again, or never."
# A history of so many turns may have been trimmed right behind its first message, in mid-exchange.
LONG = 6


def lost_turns(seen: Comparison) -> Iterator[Problem]:
    for group in _dropped_groups(seen):
        yield from _judged(seen, group)


def _dropped_groups(seen: Comparison) -> Iterator[list[int]]:
    """Yield the runs of turns of which nothing is left; mid-conversation system messages don't count."""
    group: list[int] = []
    for number, places in enumerate(seen.old_turns):
        if seen.old[places[0]].role == "system":
            continue
        if any(a in seen.aligned.to_new for a in places):
            if group:
                yield group
            group = []
        elif places[-1] >= seen.floor:
            group.append(number)
    if group:
        yield group


def _judged(seen: Comparison, group: list[int]) -> Iterator[Problem]:
    first, last = seen.old_turns[group[0]][0], seen.old_turns[group[-1]][-1]
    if first == 0:
        return
    if first > seen.aligned.last_kept:
        yield from _lost_last_question(seen, first, last)
    elif len(group) == 1 and seen.old[first].role == "user":
        yield from _lost_question(seen, first, last)
    elif _is_one_answer(seen, group) and _question_is_kept(seen, first):
        if len(group) > 1 and _is_summarised(seen, first, last):
            return
        if seen.old[last].role == "user":
            yield from _lost_rounds(seen, group)
        else:
            yield from _lost_answer(seen, first, last)


def _question_is_kept(seen: Comparison, first: int) -> bool:
    """Where the message before is gone too it's a whole exchange, whatever it had been joined with."""
    asked = seen.old[first - 1]
    return any(a in seen.aligned.to_new for a in seen.old_turns[asked.turn] if seen.old[a].i == asked.i)


def _lost_question(seen: Comparison, first: int, last: int) -> Iterator[Problem]:
    if not _is_replaced(seen, first, last) and not any(each.is_result for each in seen.old[first : last + 1]):
        yield _question(seen, first, last)


def _question(seen: Comparison, first: int, last: int) -> Problem:
    path, fix = seen.put_turns_back(first, last, "put the turn back")
    return seen.problem(
        "lost_user_turn",
        path,
        f"the user turn of {seen.source(first)} is missing here, and the answer to it is not; put it back, "
        "or leave out the answer too",
        level="warning",
        why="Without the question the model reads two answers in a row as one.",
        fix=fix,
    )


def _lost_last_question(seen: Comparison, first: int, last: int) -> Iterator[Problem]:
    """What the user said last is gone, and an answer came all the same, right behind the one before it."""
    at = seen.aligned.same
    if at != first or not 0 < at < len(seen.new) or seen.new[at].turn == len(seen.after.turns) - 1:
        return
    if seen.new[at - 1].role == seen.new[at].role == "assistant" and seen.old[first].role == "user":
        yield _question(seen, first, last)


def _is_replaced(seen: Comparison, first: int, last: int) -> bool:
    """Something of the same role stands there now: an altered turn, not a lost one."""
    return any(
        seen.new[n].role == seen.old[first].role and n not in seen.aligned.to_old
        for n in seen.aligned.gap(first, last)
    )


def _lost_answer(seen: Comparison, first: int, last: int) -> Iterator[Problem]:
    at_front = seen.old[first].turn == 1
    if at_front and (len(seen.before.turns) >= LONG or _slides_on(seen, last)):
        return
    if _is_replaced(seen, first, last):
        return
    if seen.is_partial and last >= seen.end:
        return
    path, fix = seen.put_turns_back(first, last, "put the assistant's turn back")
    yield seen.problem(
        "lost_assistant_turn",
        path,
        f"the assistant turn of {seen.source(first)} is missing here, and what the user said after it is "
        "not; keep the assistant's turns in the history, as they came",
        why=ANSWERED,
        fix=fix,
    )


def _is_summarised(seen: Comparison, first: int, last: int) -> bool:
    """Several turns are gone, and something was said instead."""
    return any(n not in seen.aligned.to_old and seen.new[n].text for n in seen.aligned.gap(first, last))


def _is_one_answer(seen: Comparison, group: list[int]) -> bool:
    """What is gone began as the assistant's, and the user only answered its calls."""
    turns = [[seen.old[a] for a in seen.old_turns[turn]] for turn in group]
    return turns[0][0].role == "assistant" and all(
        turn[0].role == "assistant" or all(each.is_result for each in turn) for turn in turns
    )


def _lost_rounds(seen: Comparison, group: list[int]) -> Iterator[Problem]:
    """The last request's own results are never old enough to be trimmed; in a long history older ones are."""
    first, last = seen.old_turns[group[0]][0], seen.old_turns[group[-1]][-1]
    is_fresh = last == seen.end - 1
    is_finished = not any(passage.is_call for passage in seen.after.turns[_turn_at(seen, first, last)])
    is_old = not is_finished or len(seen.before.turns) >= LONG or _slides_on(seen, last)
    if group[0] == 1 and is_old and not is_fresh:
        return
    path, fix = seen.put_turns_back(first, last, "put the calls and results back")
    yield seen.problem(
        "lost_tool_round",
        path,
        f"the calls and results from {seen.source(first)} on are missing before this message, and the answer "
        "they led to is not; keep the calls with their results",
        level="error" if is_fresh else "warning",
        why=CALLED_NOTHING,
        fix=fix,
    )


def _slides_on(seen: Comparison, last: int) -> bool:
    """What came behind the gap is gone a little later too: a window slides on behind the first message."""
    if last + 1 >= len(seen.old) or seen.old[last + 1].key not in seen.after.marks:
        return False
    behind = seen.old[last + 1].key
    before = reading = seen.after
    while reading.following is not None and behind in reading.marks:
        before, reading = reading, reading.following
    if behind in reading.marks:
        return False
    return any(passage.is_telling and passage.key in reading.marks for passage in before.passages)


def _turn_at(seen: Comparison, first: int, last: int) -> int:
    at = seen.aligned.gap(first, last).start
    return seen.new[at].turn if at < len(seen.new) else -1
