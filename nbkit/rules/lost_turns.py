"""Whole turns and tool rounds that an earlier request had and a later one hasn't, trimming aside.

Legitimate, and so without a word: turns cut off at the front, whole exchanges left out, old history replaced
by a summary, everything after some point given up (a rewind, a branch, an edited last message).
"""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.comparison import Comparison
from nbkit.rules.problem import Level, Problem

ANSWERED = "The model reads only what the request holds: to it, this answer was never given."
APPEND = "append the reply, as it came, before the next user message"


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
    elif len(group) == 1:
        yield from _lost_turn(seen, group[0])
    elif _is_summarised(seen, first, last):
        return
    elif _are_tool_rounds(seen, group):
        yield from _lost_rounds(seen, group)


def _lost_reply(seen: Comparison, group: list[int]) -> Iterator[Problem]:
    """The reply to the earlier request is not in the later one, though that goes on behind the same "
    "messages."""
    places = seen.old_turns[group[0]]
    if places[0] != seen.end or seen.aligned.last_kept != seen.end - 1 or seen.is_partial:
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
    path, fix = seen.put_turn_back(places, "put the reply back")
    yield seen.problem(
        "lost_assistant_turn",
        path,
        f"the reply to request {seen.before.index} is missing before this message; {APPEND}",
        why=ANSWERED,
        fix=fix,
    )


def _lost_turn(seen: Comparison, turn: int) -> Iterator[Problem]:
    places = seen.old_turns[turn]
    gap = seen.aligned.gap(places[0], places[-1])
    role = seen.old[places[0]].role
    if any(seen.new[n].role == role and n not in seen.aligned.to_old for n in gap):
        return
    path, fix = seen.put_turn_back(places, "put the turn back")
    if role == "user":
        if not any(seen.old[a].is_result for a in places):
            yield seen.problem(
                "lost_user_turn",
                path,
                f"the user turn of {seen.source(places[0])} is missing here, and the answer to it is not; "
                "put it back, or leave out the answer too",
                level="warning",
                why="Without the question the model reads two answers in a row as one.",
                fix=fix,
            )
        return
    if seen.is_partial and places[-1] >= seen.end:
        return
    yield seen.problem(
        "lost_assistant_turn",
        path,
        f"the assistant turn of {seen.source(places[0])} is missing here, and what the user said after it "
        "is not; keep the assistant's turns in the history, as they came",
        why=ANSWERED,
        fix=fix,
    )


def _is_summarised(seen: Comparison, first: int, last: int) -> bool:
    """Several turns are gone, and something was said instead."""
    return any(n not in seen.aligned.to_old and seen.new[n].text for n in seen.aligned.gap(first, last))


def _are_tool_rounds(seen: Comparison, group: list[int]) -> bool:
    """Calls and results inside one turn, whose question and whose answer are both still there."""
    turns = [[seen.old[a] for a in seen.old_turns[turn]] for turn in group]
    if turns[0][0].role != "assistant" or turns[-1][0].role != "user":
        return False
    return all(
        any(each.is_call for each in turn) if turn[0].role == "assistant" else all(e.is_result for e in turn)
        for turn in turns
    )


def _lost_rounds(seen: Comparison, group: list[int]) -> Iterator[Problem]:
    """The last request's own results are never old enough to be trimmed; older rounds at the front may be."""
    first, last = seen.old_turns[group[0]][0], seen.old_turns[group[-1]][-1]
    is_fresh = last == seen.end - 1
    kept_before = {seen.old[a].turn for a in range(first) if a in seen.aligned.to_new}
    if not is_fresh and len(kept_before) == 1:
        return
    at = seen.aligned.gap(first, last).start
    path = f"messages.{seen.new[at].i}" if at < len(seen.new) else "messages"
    level: Level = "error" if is_fresh else "warning"
    yield seen.problem(
        "lost_tool_round",
        path,
        f"the calls and results from {seen.source(first)} on are missing before this message, and the "
        "answer they led to is not; keep the calls with their results",
        level=level,
        why="The model reads that it answered without calling anything: it may call again, or stop calling.",
    )


def _unanswered(seen: Comparison) -> Iterator[Problem]:
    """Without replies: the user goes on where an answer would stand."""
    at = seen.aligned.same
    if seen.reply.is_told or at != seen.end or at >= len(seen.new) or not at:
        return
    said = seen.new[at]
    if seen.before.setting != seen.after.setting or seen.before.raw.get("thread"):
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
    """The request was answered with calls, says another request; here stands a final answer in their "
    "place."""
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
        why="The model reads that it answered without calling anything: it may call again, or stop calling.",
    )
