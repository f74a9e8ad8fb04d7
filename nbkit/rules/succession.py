"""Check a session: what got lost between the requests of one program's run.

No single request can show it. Each is compared with the earlier one that it continues best, not with the one
before: a session may hold several conversations, in turns, with side questions, retries and branches. How a
request is read stands in `passage`, how two are laid side by side in `alignment`, what clients leave out on
purpose in `trimming`; the rules are in `lost_turns`, `lost_blocks`, `altered`, `changed_texts`,
`changed_results` and `changed_setting`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbkit.errors import UsageError
from nbkit.rules.alignment import Alignment, common
from nbkit.rules.altered import altered
from nbkit.rules.changed_results import changed_results, mixed_up
from nbkit.rules.changed_setting import changed_setting
from nbkit.rules.changed_texts import changed_texts
from nbkit.rules.comparison import Comparison, Reply
from nbkit.rules.lost_blocks import lost_blocks, lost_results
from nbkit.rules.lost_turns import lost_turns
from nbkit.rules.passage import Keys, Passage, Reading, continued, read
from nbkit.rules.problem import Problem
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Message

__all__ = ["check_session"]

RULES = (
    lost_turns,
    lost_results,
    lost_blocks,
    altered,
    changed_texts,
    changed_results,
    mixed_up,
    changed_setting,
)
RETRIES = 8


def check_session(
    requests: Iterable[Json], replies: Sequence[Message | Json | None] | None = None
) -> list[Problem]:
    """Return what got lost between the requests of a session, given in the order in which they were sent.

    `replies` holds, for each request, the message that came, or None where none did; with them a reply that
    never goes back is seen for certain. A problem's path names the later request (`requests.3.messages.4…`),
    and its fix applies to that request. Level `error`: state is lost; `warning`: it may be on purpose.
    Trimming, compaction, retries and branches are no problems. `UsageError` for what is no list of requests.
    """
    bodies = _bodies(requests)
    answers = _answers(replies, len(bodies))
    return list(Session().problems(bodies, answers))


def _bodies(requests: Any) -> list[Any]:
    if isinstance(requests, str | bytes | Mapping) or not isinstance(requests, Iterable):
        raise UsageError(f"check_session() takes a list of request bodies, not {type(requests).__name__}")
    return list(requests)


def _answers(replies: Any, count: int) -> list[Reply]:
    if replies is None:
        return [Reply()] * count
    if isinstance(replies, str | bytes | Mapping) or not isinstance(replies, Iterable):
        raise UsageError(
            f"replies= takes a list with one reply for each request, not {type(replies).__name__}"
        )
    given = list(replies)
    if len(given) != count:
        raise UsageError(
            f"replies= has {len(given)} entries for {count} requests; give one for each, None where no "
            "reply came"
        )
    return [_answer(place, each) for place, each in enumerate(given)]


def _answer(place: int, reply: Any) -> Reply:
    raw = reply.raw if isinstance(reply, Message) else reply
    if raw is None:
        return Reply(is_told=True)
    if not isinstance(raw, dict):
        raise UsageError(f"replies[{place}] is {type(raw).__name__}; a reply is a Message, its dict, or None")
    content, stop = raw.get("content"), raw.get("stop_reason")
    return Reply(
        content if isinstance(content, list) else (),
        stop if isinstance(stop, str) else None,
        raw.get("container"),
        is_told=True,
    )


@dataclass(slots=True)
class Node:
    """A place in the tree of all requests, read from their beginnings."""

    children: dict[int, Node] = field(default_factory=dict)
    last: int = -1
    ends: list[int] = field(default_factory=list)
    answers: dict[tuple[int, ...], frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Earlier:
    """A request that was sent, with what came for it."""

    reading: Reading
    reply: Reply
    passages: list[Passage]
    keys: set[int]
    node: Node


class Session:
    """The requests so far, in order of time; each new one finds the earlier one that it continues."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._root = Node()
        self._earlier: dict[int, Earlier] = {}
        self._holder: dict[int, int] = {}

    def problems(self, bodies: list[Any], replies: list[Reply]) -> Iterator[Problem]:
        for index, (body, reply) in enumerate(zip(bodies, replies, strict=True)):
            if not isinstance(body, dict):
                yield _no_request(index)
                continue
            reading = read(index, body, self._keys)
            seen = self._compared(reading)
            if seen is not None:
                for rule in RULES:
                    yield from rule(seen)
            self._add(reading, reply)

    def _add(self, reading: Reading, reply: Reply) -> None:
        node = self._root
        begun: tuple[Node, int] | None = None
        for at, passage in enumerate(reading.passages):
            if passage.role == "assistant" and (at == 0 or reading.passages[at - 1].turn != passage.turn):
                begun = (node, passage.turn)
            if begun and passage.turn != begun[1]:
                self._note(reading, *begun)
                begun = None
            node = node.children.setdefault(passage.key, Node())
            node.last = reading.index
        node.ends.append(reading.index)
        passages = continued(reading, list(reply.content), self._keys) if reply.content else reading.passages
        keys = {passage.key for passage in passages}
        self._earlier[reading.index] = Earlier(reading, reply, passages, keys, node)
        for key in keys:
            self._holder[key] = reading.index

    def _note(self, reading: Reading, node: Node, turn: int) -> None:
        """Note what a request that ended here was answered with, as a later one has it."""
        if node.ends:
            said = reading.turns[turn]
            calls = frozenset(str(each.use_id) for each in said if each.is_call)
            node.answers[tuple(each.key for each in said)] = calls

    def _compared(self, reading: Reading) -> Comparison | None:
        if reading.raw.get("thread") is not None:
            return None
        candidates = [self._earlier[index] for index in self._candidates(reading)]
        best = max(candidates, key=lambda each: self._rank(each, reading), default=None)
        if best is None or not _is_related(best, reading):
            return None
        aligned = Alignment(best.passages, reading.passages, self._keys.number)
        return Comparison(best.reading, best.reply, reading, aligned, _other_calls(best, reading))

    def _candidates(self, reading: Reading) -> set[int]:
        """The longest request that this one begins with, the last one beside it, and the one most like it."""
        node, found = self._root, set()
        whole: list[int] = []
        for passage in reading.passages:
            child = node.children.get(passage.key)
            if child is None:
                break
            node = child
            whole = node.ends or whole
        found.update(whole[-RETRIES:])
        if node.last >= 0:
            found.add(node.last)
        votes = Counter(self._holder[key] for key in reading.keys if key in self._holder)
        if votes:
            most = max(votes.values())
            found.add(max(index for index, count in votes.items() if count == most))
        return found

    def _rank(self, earlier: Earlier, reading: Reading) -> tuple[bool, int, bool, bool, int]:
        same_setting = earlier.reading.setting == reading.setting
        own = earlier.reading.passages
        is_whole = common(own, reading.passages) == len(own)
        is_next = same_setting and is_whole and _is_next(earlier, reading)
        score = sum(1 for key in reading.keys if key in earlier.keys)
        return is_next, score, is_whole, same_setting, earlier.reading.index


def _no_request(index: int) -> Problem:
    return Problem(
        "shape",
        f"requests.{index}",
        f"requests.{index}: Input should be a valid dictionary; it was left out of the comparison",
        why="A request body is a JSON object.",
    )


def _is_next(earlier: Earlier, reading: Reading) -> bool:
    """Say whether a request is the earlier one with its answer and one user turn: the plainest succession."""
    at = len(earlier.reading.passages)
    if at == len(reading.passages):
        return True
    said = reading.passages[at]
    turn = reading.turns[said.turn]
    if said.role != "assistant" or turn[0] is not said or len(reading.turns) > said.turn + 2:
        return False
    answers = earlier.node.answers
    known = tuple(each.key for each in turn) in answers
    return known or len(answers) < len(earlier.node.ends)


def _other_calls(earlier: Earlier, reading: Reading) -> frozenset[str]:
    """The calls that the earlier request was answered with by all accounts, when here it has another "
    "answer."""
    at, answers = len(earlier.reading.passages), earlier.node.answers
    if at >= len(reading.passages) or len(answers) < len(earlier.node.ends):
        return frozenset()
    turn = reading.turns[reading.passages[at].turn]
    if tuple(each.key for each in turn) in answers:
        return frozenset()
    return frozenset().union(*answers.values()) if all(answers.values()) else frozenset()


def _is_related(earlier: Earlier, reading: Reading) -> bool:
    """Say whether two requests belong to one conversation: one beginning, or more than chance in common."""
    if earlier.passages and reading.passages and earlier.passages[0].key == reading.passages[0].key:
        return True
    shared = [passage for passage in reading.passages if passage.key in earlier.keys]
    if any(passage.name is not None for passage in shared):
        return True
    return len(shared) >= 2 and any(passage.is_telling for passage in shared)
