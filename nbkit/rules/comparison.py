"""One request beside the earlier one that it continues: what the rules about a session look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbkit.rules.alignment import Alignment
from nbkit.rules.passage import Passage, Reading
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


@dataclass(eq=False)
class Comparison:
    """`before` with its `reply` against `after`; places of the old side past `end` are the reply's.

    `answered_with` are the calls that `before` is known to have been answered with, where `after` has others.
    """

    before: Reading
    reply: Reply
    after: Reading
    aligned: Alignment
    answered_with: frozenset[str] = frozenset()

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
        return Problem(rule, place, f"{place}: {message}", level, 200, "session", None, why, fix)

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

    def put_turn_back(self, places: list[int], label: str) -> tuple[str, Fix | None]:
        """Return where a dropped turn belongs, and the fix that puts it there whole.

        There is none where the messages around it were joined into one.
        """
        at = self.aligned.gap(places[0], places[-1]).start
        message: Json = {
            "role": self.old[places[0]].role,
            "content": [self.old[a].restored() for a in places],
        }
        i = self.new[at].i if at < len(self.new) else len(self.after.raw["messages"])
        path = f"messages.{i}"
        if at < len(self.new) and at and self.new[at - 1].i == i:
            return path, None
        return path, Fix(label, (add(path, message),))
