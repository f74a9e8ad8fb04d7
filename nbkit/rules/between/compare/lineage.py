"""Which earlier request a request continues: the tree of all that were sent, and what came for them.

Nothing says so on the wire. That the later one begins with the earlier one is the plainest case; where
something was trimmed, edited or lost, it's the request that has most in common with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nbkit.rules.between.compare.alignment import Alignment, common
from nbkit.rules.between.compare.comparison import Comparison, Earlier, Reply
from nbkit.rules.between.compare.kinship import begins_with, is_related, made_up_ids
from nbkit.rules.between.compare.passage import Keys, Passage
from nbkit.rules.between.compare.passages import Reading, continued, marks

RETRIES = 8


@dataclass(slots=True)
class Node:
    """A place in the tree of all requests, read from their beginnings.

    `last` is the last request that came by here. `ends` are the requests that end here; `answers` the
    assistant turns that later requests have behind them, each with the ids of its calls; `then` is the last
    of those.
    """

    children: dict[int, Node] = field(default_factory=dict)
    last: int = -1
    ends: list[int] = field(default_factory=list)
    answers: dict[tuple[int, ...], frozenset[str]] = field(default_factory=dict)
    then: int = -1

    @property
    def is_settled(self) -> bool:
        """Whether the answer to every request that ended here is known."""
        return len(self.answers) >= len(self.ends)


# The nodes that a request passes, each with the place behind it.
Path = list[tuple[int, Node]]


class Lineage:
    """The requests so far, in order of time; `later` are all of the session, to see what comes back."""

    def __init__(self, keys: Keys, later: Sequence[Reading]) -> None:
        self._made_up = made_up_ids(later)
        self._keys = keys
        self._root = Node()
        self._earlier: dict[int, Earlier] = {}
        self._nodes: dict[int, Node] = {}
        self._holder: dict[int, int] = {}
        self._caller: dict[str | None, int] = {}
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
            child = node.children.get(passage.key)
            if child is None:
                child = node.children[passage.key] = Node()
            node = child
            node.last = reading.index
        node.ends.append(reading.index)
        passages = continued(reading, list(reply.content), self._keys) if reply.content else reading.passages
        known = marks(passages)
        self._earlier[reading.index] = Earlier(reading, reply, passages, known)
        self._nodes[reading.index] = node
        self._latest[reading.setting] = reading.index
        for mark in known:
            self._holder[mark] = reading.index
        for passage in passages:
            if passage.is_call:
                self._caller[passage.use_id] = reading.index

    def _note(self, reading: Reading, node: Node, at: int) -> None:
        """Note what a request that ended here was answered with, as a later one has it."""
        node.then = reading.index
        said = reading.turns[reading.passages[at].turn]
        if said[0] is reading.passages[at]:
            node.answers[_turn_key(said)] = _calls(said)

    def compared(self, reading: Reading) -> Comparison | None:
        """Lay a request beside the earlier one that it continues; None for the first of a conversation."""
        if reading.raw.get("thread") is not None:
            return None
        path = list(self._path(reading))
        candidates = (self._earlier[index] for index in self._candidates(reading, path))
        related = [each for each in candidates if is_related(each, reading, self._made_up)]
        best = max(related, key=lambda each: self._rank(each, reading), default=None)
        if best is None:
            return None
        node = self._nodes[best.reading.index]
        return Comparison(
            best.reading,
            best.reply,
            reading,
            Alignment(best.passages, reading.passages),
            then=self._earlier.get(node.then),
            unanswered=_unanswered(reading, path),
            answered_with=self._other_calls(best, reading),
            comes_back=self._final.get((best.reading.opening, best.reading.setting), -1) > reading.index,
        )

    def _candidates(self, reading: Reading, path: Path) -> set[int]:
        """The longest request that this one begins with, the last one beside it, the one most like it.

        Where results come without their calls, the request that was answered with these too.
        """
        whole: list[int] = []
        node = self._root
        for _, node in path:
            whole = node.ends or whole
        found = set(whole[-RETRIES:])
        if node.last >= 0:
            found.add(node.last)
        votes = Counter(self._holder[mark] for mark in reading.marks if mark in self._holder)
        if votes:
            most = max(votes.values())
            found.add(max(index for index, count in votes.items() if count == most))
        found.update(self._caller[each.use_id] for each in reading.orphans if each.use_id in self._caller)
        if reading.has_lost_its_beginning and reading.setting in self._latest:
            found.add(self._latest[reading.setting])
        return found

    def _path(self, reading: Reading) -> Iterator[tuple[int, Node]]:
        node = self._root
        for at, passage in enumerate(reading.passages, 1):
            if (child := node.children.get(passage.key)) is None:
                return
            node = child
            yield at, node

    def _last(self, earlier: Earlier, reading: Reading) -> Reading:
        """The request of the same system and tools that was sent last."""
        return self._earlier[self._latest.get(reading.setting, earlier.reading.index)].reading

    def _other_calls(self, earlier: Earlier, reading: Reading) -> frozenset[str]:
        """The calls that the earlier request was answered with by all accounts, when here something else is.

        Only right after them: later a request may be the rest of a longer one, and begin like it by chance.
        """
        node = self._nodes[earlier.reading.index]
        at, answers = len(earlier.reading.passages), node.answers
        if at >= len(reading.passages) or not node.is_settled or not all(answers.values()):
            return frozenset()
        last = self._last(earlier, reading)
        turn = reading.turns[reading.passages[at].turn]
        calls = frozenset[str]().union(*answers.values())
        told = {passage.use_id for passage in last.turns[-1]} if last.turns else set()
        is_other = _turn_key(turn) not in answers and calls.isdisjoint(_calls(turn))
        return calls if is_other and calls & told else frozenset()

    def _rank(self, earlier: Earlier, reading: Reading) -> tuple[bool | int, ...]:
        same_setting = earlier.reading.setting == reading.setting
        is_whole = begins_with(reading, earlier.reading)
        is_next = same_setting and is_whole and self._is_next(earlier, reading)
        score = len(reading.marks & earlier.marks)
        same_model = earlier.reading.model_id == reading.model_id
        common_to_both = common(earlier.passages, reading.passages)
        takes_reply = len(earlier.reading.passages) < len(earlier.passages) == common_to_both
        return is_next, score, takes_reply, is_whole, same_setting, same_model, earlier.reading.index

    def _is_next(self, earlier: Earlier, reading: Reading) -> bool:
        """Say whether a request is the earlier one with its answer and one user turn: plain succession."""
        at = len(earlier.reading.passages)
        if at == len(reading.passages):
            return True
        said = reading.passages[at]
        turn = reading.turns[said.turn]
        if said.role != "assistant" or turn[0] is not said or len(reading.turns) > said.turn + 2:
            return False
        node = self._nodes[earlier.reading.index]
        known = frozenset[str]().union(*node.answers.values())
        is_new = not node.is_settled and known.isdisjoint(_calls(turn))
        return is_new or _turn_key(turn) in node.answers


def _unanswered(reading: Reading, path: Path) -> int:
    """Count the places where a request ended and the user says more: no answer, or a lost one."""
    said = reading.passages
    return sum(
        said[at].role == said[at - 1].role == "user" and not said[at].is_result
        for at, node in path
        if node.ends and at < len(said)
    )


def _calls(turn: list[Passage]) -> frozenset[str]:
    return frozenset(str(each.use_id) for each in turn if each.is_call)


def _turn_key(turn: list[Passage]) -> tuple[int, ...]:
    return tuple(passage.key for passage in turn)
