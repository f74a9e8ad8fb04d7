"""Which earlier request a request continues: the tree of all that were sent, and what came for them.

Nothing says so on the wire. That the later one begins with the earlier one is the plainest case; where
something was trimmed, edited or lost, it's the request that has most in common with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbkit.rules.between.alignment import Alignment, common
from nbkit.rules.between.comparison import Comparison, Reply
from nbkit.rules.between.passage import Keys, Passage, Reading, continued

RETRIES = 8


@dataclass(slots=True)
class Node:
    """A place in the tree of all requests, read from their beginnings.

    `ends` are the requests that end here; `answers` the assistant turns that later requests have behind them,
    each with the ids of its calls.
    """

    children: dict[int, Node] = field(default_factory=dict)
    last: int = -1
    ends: list[int] = field(default_factory=list)
    answers: dict[tuple[int, ...], frozenset[str]] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether the answer to every request that ended here is known."""
        return len(self.answers) >= len(self.ends)


@dataclass(slots=True)
class Earlier:
    """A request that was sent, with what came for it."""

    reading: Reading
    reply: Reply
    passages: list[Passage]
    keys: set[int]
    node: Node


class Lineage:
    """The requests so far, in order of time; `later` are all of the session, to see what comes back."""

    def __init__(self, keys: Keys, later: Iterable[Reading]) -> None:
        self._keys = keys
        self._root = Node()
        self._earlier: dict[int, Earlier] = {}
        self._holder: dict[int, int] = {}
        self._latest: dict[int, int] = {}
        self._final: dict[tuple[int | None, int], int] = {}
        latest: dict[tuple[int | None, int], Reading] = {}
        for reading in later:
            alike = (reading.opening, reading.setting)
            if alike in latest:
                latest[alike].following = reading
            latest[alike] = reading
            self._final[alike] = reading.index

    def add(self, reading: Reading, reply: Reply) -> None:
        node = self._root
        for at, passage in enumerate(reading.passages):
            if node.ends and passage.role == "assistant" and passage.turn < len(reading.turns) - 1:
                self._note(reading, node, at)
            node = node.children.setdefault(passage.key, Node())
            node.last = reading.index
        node.ends.append(reading.index)
        passages = continued(reading, list(reply.content), self._keys) if reply.content else reading.passages
        keys = {passage.key for passage in passages}
        self._earlier[reading.index] = Earlier(reading, reply, passages, keys, node)
        self._latest[reading.setting] = reading.index
        for key in keys:
            self._holder[key] = reading.index

    def _note(self, reading: Reading, node: Node, at: int) -> None:
        """Note what a request that ended here was answered with, as a later one has it."""
        said = reading.turns[reading.passages[at].turn]
        if said[0] is reading.passages[at]:
            node.answers[_turn_key(said)] = frozenset(str(each.use_id) for each in said if each.is_call)

    def compared(self, reading: Reading) -> Comparison | None:
        """Lay a request beside the earlier one that it continues; None for the first of a conversation."""
        if reading.raw.get("thread") is not None:
            return None
        candidates = [self._earlier[index] for index in self._candidates(reading)]
        best = max(candidates, key=lambda each: _rank(each, reading), default=None)
        if best is None or not _is_related(best, reading):
            return None
        return Comparison(
            best.reading,
            best.reply,
            reading,
            Alignment(best.passages, reading.passages, self._keys.number),
            answered_turns=len(self._last(best, reading).turns) if best.node.answers else 0,
            answered_with=self._other_calls(best, reading),
            comes_back=self._final.get((best.reading.opening, best.reading.setting), -1) > reading.index,
        )

    def _candidates(self, reading: Reading) -> set[int]:
        """The longest request that this one begins with, the last one beside it, and the one most like it."""
        node = self._root
        whole: list[int] = []
        for passage in reading.passages:
            child = node.children.get(passage.key)
            if child is None:
                break
            node = child
            whole = node.ends or whole
        found = set(whole[-RETRIES:])
        if node.last >= 0:
            found.add(node.last)
        votes = Counter(self._holder[key] for key in reading.keys if key in self._holder)
        if votes:
            most = max(votes.values())
            found.add(max(index for index, count in votes.items() if count == most))
        return found

    def _last(self, earlier: Earlier, reading: Reading) -> Reading:
        """The request of the same system and tools that was sent last."""
        return self._earlier[self._latest.get(reading.setting, earlier.reading.index)].reading

    def _other_calls(self, earlier: Earlier, reading: Reading) -> frozenset[str]:
        """The calls that the earlier request was answered with by all accounts, when here a text is.

        Only right after them: later a request may be the rest of a longer one, and begin like it by chance.
        """
        at, answers = len(earlier.reading.passages), earlier.node.answers
        if at >= len(reading.passages) or not earlier.node.is_settled or not all(answers.values()):
            return frozenset()
        last = self._last(earlier, reading)
        calls = frozenset[str]().union(*answers.values())
        told = {passage.use_id for passage in last.turns[-1]} if last.turns else set()
        is_other = _turn_key(reading.turns[reading.passages[at].turn]) not in answers
        return calls if is_other and calls & told else frozenset()


def _turn_key(turn: list[Passage]) -> tuple[int, ...]:
    return tuple(passage.key for passage in turn)


def _rank(earlier: Earlier, reading: Reading) -> tuple[bool, int, bool, bool, bool, int]:
    same_setting = earlier.reading.setting == reading.setting
    own = earlier.reading.passages
    is_whole = common(own, reading.passages) == len(own)
    is_next = same_setting and is_whole and _is_next(earlier, reading)
    score = sum(1 for key in reading.keys if key in earlier.keys)
    same_model = earlier.reading.model_id == reading.model_id
    return is_next, score, is_whole, same_setting, same_model, earlier.reading.index


def _is_next(earlier: Earlier, reading: Reading) -> bool:
    """Say whether a request is the earlier one with its answer and one user turn: the plainest succession."""
    at = len(earlier.reading.passages)
    if at == len(reading.passages):
        return True
    said = reading.passages[at]
    turn = reading.turns[said.turn]
    if said.role != "assistant" or turn[0] is not said or len(reading.turns) > said.turn + 2:
        return False
    return _turn_key(turn) in earlier.node.answers or not earlier.node.is_settled


def _is_related(earlier: Earlier, reading: Reading) -> bool:
    """Say whether two requests belong to one conversation: one beginning, or more than chance in common."""
    if reading.opening is not None and earlier.reading.opening == reading.opening:
        return True
    shared = [passage for passage in reading.passages if passage.key in earlier.keys]
    if any(passage.name is not None for passage in shared):
        return True
    return len(shared) >= 2 and any(passage.is_telling for passage in shared)
