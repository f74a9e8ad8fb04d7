"""Whole turns and tool rounds that an earlier request had and a later one hasn't, trimming aside.

Legitimate, and so without a word: turns cut off at the front, whole exchanges left out, old history replaced
by a summary, everything after some point given up (a rewind, a branch, an edited last message).
"""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.between.comparison import Comparison
from nbkit.rules.problem import Problem

ANSWERED = "The model reads only what the request holds: to it, this answer was never given."
APPEND = "append the reply, as it came, before the next user message"

CALLED_NOTHING = "The model reads that it answered without calling anything: it may call again, or never."
# A history of so many turns may have been trimmed right behind its first message, in mid-exchange.
LONG = 6


def lost_turns(seen: Comparison) -> Iterator[Problem]:
    for group in _dropped_groups(seen):
        yield from _judged(seen, group)
    yield from _unanswered(seen)
    yield from _invented_answer(seen)


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
        yield from _lost_reply(seen, group)
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


def _lost_reply(seen: Comparison, group: list[int]) -> Iterator[Problem]:
    """The reply is not in the later request, which goes on behind the same messages all the same.

    A side question with a system of its own may, and so may a long conversation cut down to its two ends.
    """
    places = seen.old_turns[group[0]]
    if places[0] != seen.end or seen.aligned.last_kept != seen.end - 1 or seen.is_partial:
        return
    if seen.answered_turns >= LONG or not seen.is_kin:
        return
    if any(a not in seen.aligned.to_new for a in range(seen.end)):
        return
    at = seen.aligned.gap(places[0], places[-1]).start
    if at >= len(seen.new):
        return
    if seen.new[at].role == "assistant":
        # What stands in the place of the reply is judged as an altered text; a prefill is no answer at all.
        return
    if all(passage.role == "system" for passage in seen.new[at:]):
        return
    path, fix = seen.put_turns_back(places[0], places[-1], "put the reply back")
    yield seen.problem(
        "lost_assistant_turn",
        path,
        f"the reply to request {seen.before.index} is missing before this message; {APPEND}",
        level="warning" if seen.answered_turns else "error",
        why=ANSWERED,
        fix=fix,
    )


def _lost_question(seen: Comparison, first: int, last: int) -> Iterator[Problem]:
    if _is_replaced(seen, first, last) or any(seen.old[a].is_result for a in range(first, last + 1)):
        return
    path, fix = seen.put_turns_back(first, last, "put the turn back")
    yield seen.problem(
        "lost_user_turn",
        path,
        f"the user turn of {seen.source(first)} is missing here, and the answer to it is not; put it back, "
        "or leave out the answer too",
        level="warning",
        why="Without the question the model reads two answers in a row as one.",
        fix=fix,
    )


def _is_replaced(seen: Comparison, first: int, last: int) -> bool:
    """Something of the same role stands there now: an altered turn, not a lost one."""
    return any(
        seen.new[n].role == seen.old[first].role and n not in seen.aligned.to_old
        for n in seen.aligned.gap(first, last)
    )


def _lost_answer(seen: Comparison, first: int, last: int) -> Iterator[Problem]:
    at_front = seen.old[first].turn == 1
    if _is_replaced(seen, first, last) or (at_front and _slides_on(seen, last)):
        return
    if seen.is_partial and last >= seen.end:
        return
    path, fix = seen.put_turns_back(first, last, "put the assistant's turn back")
    yield seen.problem(
        "lost_assistant_turn",
        path,
        f"the assistant turn of {seen.source(first)} is missing here, and what the user said after it is "
        "not; keep the assistant's turns in the history, as they came",
        level="warning" if at_front and len(seen.before.turns) >= LONG else "error",
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
    if last + 1 >= len(seen.old) or seen.old[last + 1].key not in seen.after.keys:
        return False
    behind = seen.old[last + 1].key
    before = reading = seen.after
    while reading.following is not None and behind in reading.keys:
        before, reading = reading, reading.following
    if behind in reading.keys:
        return False
    return any(passage.is_telling and passage.key in reading.keys for passage in before.passages)


def _turn_at(seen: Comparison, first: int, last: int) -> int:
    at = seen.aligned.gap(first, last).start
    return seen.new[at].turn if at < len(seen.new) else -1


def _unanswered(seen: Comparison) -> Iterator[Problem]:
    """Without replies: the user goes on where an answer would stand."""
    at = seen.aligned.same
    if seen.reply.is_told or at != seen.end or at >= len(seen.new) or not at:
        return
    said = seen.new[at]
    if seen.answered_turns >= LONG or not seen.is_kin or seen.before.raw.get("thread"):
        return
    if said.role != "user" or said.is_result or seen.old[at - 1].role != "user":
        return
    yield seen.problem(
        "lost_assistant_turn",
        said.path,
        f"the user goes on where the answer to request {seen.before.index} would stand; if there was one, "
        f"{APPEND}",
        level="warning",
        why="Two user messages in a row are read as one; right only when the request before had no answer.",
    )


def _invented_answer(seen: Comparison) -> Iterator[Problem]:
    """The request was answered with calls, says another one; here a final answer stands in their place."""
    calls = seen.answered_with
    at = seen.aligned.same
    if not calls or seen.reply.is_told or at != seen.end or at >= len(seen.new):
        return
    turn = seen.after.turns[seen.new[at].turn]
    if seen.new[at].role != "assistant" or any(each.is_call for each in turn) or turn is seen.after.turns[-1]:
        return
    yield seen.problem(
        "lost_tool_round",
        seen.new[at].path,
        f"request {seen.before.index} was answered with calls ({', '.join(sorted(calls))}), and here a "
        "text stands in their place; keep the calls with their results",
        level="warning",
        why=CALLED_NOTHING,
    )
