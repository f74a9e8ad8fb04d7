"""One request beside the earlier one that it continues: what the rules about a session look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbkit.rules.between.compare.alignment import Alignment
from nbkit.rules.between.compare.passage import Passage
from nbkit.rules.between.compare.passages import Reading
from nbkit.rules.pointing import located
from nbkit.rules.problem import Fix, Level, Problem, add, replace
from nbkit.wire.blocks import Json

# A reply that stopped for one of these may be left out (contract, section 6): partial, or never to be run.
PARTIAL = ("refusal", "max_tokens", "model_context_window_exceeded")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came for a request. `is_told` is false where the caller gave no replies at all."""

    content: Sequence[Any] = ()
    stop_reason: str | None = None
    container: Any = None
    is_told: bool = False


@dataclass(slots=True)
class Earlier:
    """A request that was sent, with what came for it: `passages` and `marks` are of both."""

    reading: Reading
    reply: Reply
    passages: list[Passage]
    marks: set[int]


@dataclass(eq=False)
class Comparison:
    """`before` with its `reply` against `after`; places of the old side past `end` are the reply's.

    From the rest of the session: `then` is the last request so far that went on from `before` with an answer;
    `answered_with` are the calls of that answer, where `after` has something else; `unanswered` counts the
    places of `after` where a request ended and the user says more; `comes_back` says whether system and tools
    of `before` are sent again later.
    """

    before: Reading
    reply: Reply
    after: Reading
    aligned: Alignment
    then: Earlier | None = None
    unanswered: int = 0
    answered_with: frozenset[str] = frozenset()
    comes_back: bool = False

    @property
    def end(self) -> int:
        return len(self.before.passages)

    @property
    def old(self) -> list[Passage]:
        return self.aligned.old

    @property
    def new(self) -> list[Passage]:
        return self.aligned.new

    @cached_property
    def old_turns(self) -> list[list[int]]:
        turns: dict[int, list[int]] = defaultdict(list)
        for a, passage in enumerate(self.old):
            turns[passage.turn].append(a)
        return [turns[turn] for turn in sorted(turns)]

    @cached_property
    def floor(self) -> int:
        """Where the last compaction of the old side stands: the server drops what is before it."""
        done = (
            a
            for a in range(len(self.old) - 1, -1, -1)
            if self.old[a].type == "compaction" and self.old[a].plain.get("content")
        )
        return next(done, 0)

    @property
    def same_model(self) -> bool:
        return bool(self.before.model_id == self.after.model_id)

    @cached_property
    def goes_on_at(self) -> int | None:
        """Where the later request goes on behind all that the earlier one held; None if something is missing.

        Its beginning may be trimmed, thinking left out, and texts beside what the user said (reminders, the
        time) come and go.
        """
        kept = self.aligned.to_new
        last = next((a for a in range(self.end - 1, -1, -1) if a in kept), -1)
        if last < 0 or self.old[last].turn != self.old[self.end - 1].turn:
            return None
        first = 0 if self.aligned.same else min(kept)
        for a in range(max(first, self.aligned.same), self.end):
            passage = self.old[a]
            is_aside = passage.role == "user" and passage.text and passage.turn in self.aligned.turns
            if not (a in kept or passage.is_thinking or is_aside):
                return None
        return kept[last] + 1

    @cached_property
    def is_taken_back(self) -> bool:
        """Whether the conversation had gone on from `before`, and the user's own words since are gone too."""
        if self.then is None:
            return False
        since = self.then.reading.passages[self.end :]
        return any(each.role == "user" and each.text and each.key not in self.after.marks for each in since)

    @property
    def is_partial(self) -> bool:
        return self.reply.stop_reason in PARTIAL

    @property
    def goes_on(self) -> bool:
        """Whether the later request says anything that the earlier one didn't."""
        return bool(self.aligned.inserted)

    def source(self, a: int) -> str:
        """Say where a passage of the old side was seen."""
        if a >= self.end:
            return f"the reply to request {self.before.index}"
        return f"request {self.before.index} ({self.old[a].path})"

    def problem(
        self,
        rule: str,
        path: str,
        message: str,
        *,
        why: str,
        level: Level = "error",
        fix: Fix | None = None,
    ) -> Problem:
        place = f"requests.{self.after.index}" + (f".{path}" if path else "")
        at = located(path, self.after.raw)
        return Problem(rule, place, f"{place}: {message}", level, 200, "session", None, why, fix, at)

    def place_of_block(self, a: int) -> str:
        """The path of the message that a dropped block of a turn still there belongs to."""
        n = self._neighbour(a)
        return f"messages.{self.new[n].i}" if n is not None else "messages"

    def put_back(self, a: int, label: str) -> Fix | None:
        """Put a dropped block before what followed it in its turn, else behind what came before it."""
        n = self._neighbour(a)
        if n is None:
            return None
        passage = self.new[n]
        path = f"messages.{passage.i}.content"
        is_before = self._is_before(a, n)
        block = self.old[a].restored()
        if passage.from_string:
            content = [block, passage.block] if is_before else [passage.block, block]
            return Fix(label, (replace(path, content),))
        return Fix(label, (add(f"{path}.{passage.j + (not is_before)}", block),))

    def _neighbour(self, a: int) -> int | None:
        """The nearest passage of the same turn that is still there: the next one, else the one before."""
        turn = self.old_turns[self.old[a].turn]
        kept = [self.aligned.to_new[other] for other in turn if other > a and other in self.aligned.to_new]
        if kept:
            return kept[0]
        kept = [self.aligned.to_new[other] for other in turn if other < a and other in self.aligned.to_new]
        return kept[-1] if kept else None

    def _is_before(self, a: int, n: int) -> bool:
        return a < self.aligned.to_old[n]

    def put_turns_back(self, first: int, last: int, label: str) -> tuple[str, Fix | None]:
        """Return where dropped turns belong, and the fix that puts them there whole.

        There is none where the messages around them were joined into one.
        """
        at = self.aligned.gap(first, last).start
        i = self.new[at].i if at < len(self.new) else len(self.after.raw["messages"])
        path = f"messages.{i}"
        if at and at < len(self.new) and self.new[at - 1].i == i:
            return path, None
        turns: dict[int, list[Json]] = defaultdict(list)
        for passage in self.old[first : last + 1]:
            turns[passage.turn].append(passage.restored())
        roles = {passage.turn: passage.role for passage in self.old[first : last + 1]}
        operations = [
            add(f"messages.{i + k}", {"role": roles[turn], "content": turns[turn]})
            for k, turn in enumerate(sorted(turns))
        ]
        return path, Fix(label, tuple(operations))
