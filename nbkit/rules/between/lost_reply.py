"""The reply that never went back: the next request goes on as if the one before had not been answered.

Legitimate, and so without a word: a refusal or a cut reply left out, a rewind (what the user had said since
is gone too), a request for a summary or a title, a user who only says "go on" after an empty reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.between.compare.kinship import are_kin
from nbkit.rules.between.compare.passage import Passage
from nbkit.rules.between.lost_turns import ANSWERED, CALLED_NOTHING, LONG
from nbkit.rules.problem import Problem

APPEND = "append the reply, as it came, before the next user message"
# What a user says when there was no answer, or none that was finished.
NO_ANSWER = re.compile(
    r"^\s*(please[, ]+)?(continue|go on|carry on|keep going|proceed)\b|"
    r"\[[^\]]*(interrupt|cancel|abort|stopp)",
    re.IGNORECASE,
)
# What a client asks for on its own account, beside the conversation.
HOUSEKEEPING = re.compile(
    r"</?summary>|\b(summar\w+|title|name)\b.{0,80}\b(conversation|chat|session|history|transcript|so far)\b",
    re.IGNORECASE | re.DOTALL,
)


def lost_reply(seen: Comparison) -> Iterator[Problem]:
    if seen.reply.is_told:
        yield from _lost(seen)
    else:
        yield from _unanswered(seen)
        yield from _answered_otherwise(seen)


def _lost(seen: Comparison) -> Iterator[Problem]:
    """The reply is known, and nothing of it is in the later request, which has all that was before it."""
    at = _asked_on(seen)
    if at is None or seen.end == len(seen.old) or seen.is_partial or seen.aligned.last_kept >= seen.end:
        return
    then = seen.then
    if then is not None and then.reply.stop_reason in (None, "tool_use", "pause_turn"):
        return  # given up before it came to an answer
    if _calls_only(seen.old[seen.end :]) and HOUSEKEEPING.search(seen.new[at].text):
        return
    path, fix = seen.put_turns_back(seen.end, len(seen.old) - 1, "put the reply back")
    yield seen.problem(
        "lost_assistant_turn",
        path,
        f"the reply to request {seen.before.index} is missing before this message; {APPEND}",
        why=ANSWERED,
        fix=fix,
    )


def _calls_only(reply: list[Passage]) -> bool:
    return any(passage.is_call for passage in reply)


def _asked_on(seen: Comparison) -> int | None:
    """Where the user says more behind the very messages of the earlier request.

    A side question with a system of its own may, and so may a long conversation cut down to its two ends.
    What stands in the place of the reply is judged as an altered text, results as torn from their calls.
    """
    at = seen.goes_on_at
    if at is None or at >= len(seen.new) or seen.before.raw.get("thread"):
        return None
    if seen.new[at].role != "user" or seen.new[at].is_result:
        return None
    if at != seen.end and seen.new[at].i == seen.new[at - 1].i:
        return None  # another reminder beside the same question
    if not are_kin(seen.before, seen.after) or seen.is_taken_back:
        return None
    return at if seen.then is None or len(seen.then.reading.turns) < LONG else None


def _unanswered(seen: Comparison) -> Iterator[Problem]:
    """Without replies: the user goes on where an answer would stand."""
    at = _asked_on(seen)
    if at is None or seen.new[at - 1].role != "user":
        return
    said = seen.new[at]
    if said.i == seen.new[at - 1].i and seen.unanswered < 2:
        return  # rather the same message once more, with something beside it
    if NO_ANSWER.search(said.text) or HOUSEKEEPING.search(said.text):
        return
    yield seen.problem(
        "lost_assistant_turn",
        said.path,
        f"the user goes on where the answer to request {seen.before.index} would stand; if there was one, "
        f"{APPEND}",
        level="error" if seen.unanswered > 1 and not _has_answers(seen) else "warning",
        why="Two user messages in a row are read as one; right only when the request before had no answer.",
    )


def _has_answers(seen: Comparison) -> bool:
    """Whether any answer without calls is in the history at all."""
    turns = [turn for turn in seen.after.turns if turn[0].role == "assistant"]
    return any(not any(passage.is_call for passage in turn) for turn in turns)


def _answered_otherwise(seen: Comparison) -> Iterator[Problem]:
    """A request has been answered with calls, says another one; here something else stands in their place."""
    calls = seen.answered_with
    at = seen.aligned.same
    if not calls or at != seen.end or at >= len(seen.new) or seen.new[at].role != "assistant":
        return
    turn = seen.after.turns[seen.new[at].turn]
    if turn is seen.after.turns[-1]:
        return
    instead = "other calls stand" if any(each.is_call for each in turn) else "a text stands"
    yield seen.problem(
        "lost_tool_round",
        seen.new[at].path,
        f"request {seen.before.index} was answered with calls ({', '.join(sorted(calls))}), and here "
        f"{instead} in their place; keep the calls with their results",
        level="warning",
        why=CALLED_NOTHING,
    )
