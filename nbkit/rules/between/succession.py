"""Check a session: what got lost between the requests of one program's run.

No single request can show it. Each is compared with the earlier one that it continues best, not with the one
before: a session may hold several conversations, in turns, with side questions, retries and branches. Which
that is and how the two stand side by side is found in `compare`; here beside are the rules, each of which
looks at one such pair: what was said and is gone (`lost_…`, `torn_pairs`), what is no longer the same
(`altered`, `changed_…`), what was given to the wrong call (`mixed_up`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import EllipsisType
from typing import Any

from nbkit.errors import UsageError, a_kind, counted
from nbkit.rules.between.altered import altered
from nbkit.rules.between.changed_results import changed_results
from nbkit.rules.between.changed_setting import changed_setting
from nbkit.rules.between.changed_texts import changed_texts
from nbkit.rules.between.compare.comparison import Reply
from nbkit.rules.between.compare.lineage import Lineage
from nbkit.rules.between.compare.passage import Keys
from nbkit.rules.between.compare.passages import Reading, read
from nbkit.rules.between.lost_blocks import lost_blocks, lost_results, lost_signatures
from nbkit.rules.between.lost_reply import lost_reply
from nbkit.rules.between.lost_turns import lost_turns
from nbkit.rules.between.mixed_up import mixed_up
from nbkit.rules.between.torn_pairs import torn_pairs
from nbkit.rules.problem import Problem
from nbkit.rules.problems import Problems
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Message

__all__ = ["check_session"]

RULES = (
    lost_reply,
    lost_turns,
    lost_results,
    lost_blocks,
    lost_signatures,
    torn_pairs,
    altered,
    changed_texts,
    changed_results,
    mixed_up,
    changed_setting,
)


def check_session(
    requests: Iterable[Json], replies: Sequence[Message | Json | EllipsisType | None] | None = None
) -> Problems:
    """Return what got lost between the requests of a session, given in the order in which they were sent.

    `replies` holds, for each request, the message that came, None (or the error) where none did, and `...`
    where that isn't known; with them a reply that never goes back is seen for certain. A problem's path names
    the later request (`requests.3.messages.4…`); its pointer and its fix are of that request. Level `error`:
    state is lost; `warning`: it may be on purpose, or a reply is no message and can't be compared. Trimming,
    compaction, retries and branches are no problems. `UsageError` for what is no list of requests.
    """
    bodies = _bodies(requests)
    given = None if replies is None else _given(replies, len(bodies))
    answers = [Reply()] * len(bodies) if given is None else [_answer(*each) for each in enumerate(given)]
    keys = Keys()
    readings = [read(index, body, keys) for index, body in enumerate(bodies) if isinstance(body, dict)]
    found = [
        *(_no_request(index, body) for index, body in enumerate(bodies) if not _is_request(body)),
        *(problem for each in enumerate(given or ()) for problem in _no_message(*each)),
        *_problems(readings, answers, Lineage(keys, readings)),
    ]
    return Problems(sorted(found, key=_request_index))


def _problems(readings: list[Reading], replies: list[Reply], lineage: Lineage) -> Iterator[Problem]:
    for reading in readings:
        seen = lineage.compared(reading)
        if seen is not None:
            for rule in RULES:
                yield from rule(seen)
        lineage.add(reading, replies[reading.index])


def _request_index(problem: Problem) -> int:
    return int(problem.path.split(".")[1])


def _bodies(requests: Any) -> list[Any]:
    if isinstance(requests, str | bytes | Mapping) or not isinstance(requests, Iterable):
        raise UsageError(f"check_session() takes a list of request bodies, not {a_kind(requests)}")
    return list(requests)


def _given(replies: Any, count: int) -> list[Any]:
    if isinstance(replies, str | bytes | Mapping) or not isinstance(replies, Iterable):
        raise UsageError(f"replies= takes a list with one reply for each request, not {a_kind(replies)}")
    given = list(replies)
    if len(given) != count:
        has, wanted = counted(len(given), "entry", "entries"), counted(count, "request")
        raise UsageError(f"replies= has {has} for {wanted}; give one for each, None where no reply came")
    return given


def _no_message(place: int, reply: Any) -> Iterator[Problem]:
    """Say of a dict that is neither a message nor an error that nothing is known of the reply."""
    if not isinstance(reply, dict) or _is_error(reply) or isinstance(reply.get("content"), list):
        return
    path = f"requests.{place}"
    message = f"{path}: replies[{place}] is no message with its `content`; it was left out of the comparison"
    why = "A reply is the message that came, or None, or the error that came instead."
    yield Problem("shape", path, message, "warning", 200, "session", why=why)


def _is_error(reply: Json) -> bool:
    return reply.get("type") == "error" and isinstance(reply.get("error"), dict)


def _answer(place: int, reply: Any) -> Reply:
    raw = reply.raw if isinstance(reply, Message) else reply
    if raw is None:
        return Reply(is_told=True)
    if raw is ...:
        return Reply()
    if not isinstance(raw, dict):
        raise UsageError(
            f"replies[{place}] is {type(raw).__name__}; a reply is a Message, its dict, None or ..."
        )
    content, stop = raw.get("content"), raw.get("stop_reason")
    if not isinstance(content, list):
        return Reply(is_told=_is_error(raw))
    return Reply(
        content,
        stop if isinstance(stop, str) else None,
        raw.get("container"),
        is_told=True,
    )


def _is_request(body: Any) -> bool:
    return isinstance(body, dict) and "messages" in body


def _no_request(index: int, body: Any) -> Problem:
    wrong = "messages: Field required" if isinstance(body, dict) else "Input should be a valid dictionary"
    return Problem(
        "shape",
        f"requests.{index}",
        f"requests.{index}: {wrong}; it was left out of the comparison",
        why="A request is given as its body alone; what came for it goes into `replies`.",
    )
