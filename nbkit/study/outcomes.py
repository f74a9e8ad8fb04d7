"""What came of the cases of a what-if, as rows that can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from nbkit.errors import APIError, NbkitError
from nbkit.facts import facts
from nbkit.loop.budget import Budget
from nbkit.loop.conversation import Conversation
from nbkit.study.cases import Case
from nbkit.study.word_diff import differing
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Message

CELL = "text-align: left; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere"
DIFFERS = "background-color: rgba(201, 134, 0, 0.22); border-radius: 2px"
# MathJax would see a formula between two prices in dollars.
AS_WRITTEN = "mathjax_ignore tex2jax_ignore"
FROM_CODE = (
    "each row is a conversation: <code>tried[0].chat</code>, where <code>tried = nbkit.what_if(…)</code>"
)
HEAD = ("what if", "then", "stop reason", "in", "out", "cost")


@dataclass(frozen=True)
class Outcome:
    """How one case went: its conversation, and what it says now. `error` is why it did not get there.

    `start` is how many messages there were before it went on.
    """

    name: str
    chat: Conversation
    error: Exception | None = None
    start: int = 0

    @property
    def answer(self) -> str:
        """The text of the reply the conversation ends with; "" where no new one ends it."""
        history = self.chat.history
        if self.error is not None or len(history) <= self.start or history[-1].role != "assistant":
            return ""
        texts = [block.wire.get("text", "") for block in history[-1].blocks]
        return "\n\n".join(text for text in texts if isinstance(text, str) and text)

    @property
    def calls(self) -> list[Json]:
        """The calls that it is paused on, as `tool_use` blocks."""
        return [each.call.to_wire() for each in self.chat.pending.values() if not each.settled]

    @property
    def stop_reason(self) -> str | None:
        """Why the last reply ended; None where there is none."""
        return None if self.chat.last is None else self.chat.last.stop_reason

    @property
    def tokens(self) -> int:
        """The output tokens of its replies."""
        return self._count("output_tokens")

    @property
    def input_tokens(self) -> int:
        """The input tokens of its requests, from a cache or not."""
        return sum(self._count(f"{kind}input_tokens") for kind in ("", "cache_read_", "cache_creation_"))

    @property
    def cost(self) -> float | None:
        """What its requests cost in dollars, by the list; None where a price isn't known, or nothing came."""
        spent = Budget()
        for reply in self._replies:
            known = facts.model(str(reply.raw.get("model")))
            if known is None or known.price_in is None or known.price_out is None:
                return None
            spent.used(reply)
        return spent.cost if self._replies else None

    @property
    def why(self) -> str:
        """What went wrong, in words; "" where nothing did."""
        if self.error is None:
            return ""
        if isinstance(self.error, APIError):
            return f"{self.error.status} {self.error.type}: {self.error.message}"
        words = str(self.error)
        return (
            words if isinstance(self.error, NbkitError) and words else f"{type(self.error).__name__}: {words}"
        )

    @property
    def notes(self) -> list[str]:
        """What keeps it from an answer: calls that it waits on, a breakpoint, a model that declined."""
        waits = [f"waits on {call['name']}({_arguments(call['input'])})" for call in self.calls]
        held = [f"stopped {self.chat.stopped_at}"] if self.chat.stopped_at else []
        declined = ["the model declined"] if self.error is None and self.stop_reason == "refusal" else []
        return [*waits, *held, *declined]

    @property
    def _replies(self) -> list[Message]:
        new = [node.reply for node in self.chat.history[self.start :] if node.reply]
        kept = [Message(reply) for reply in new]
        last = self.chat.last
        gone = last is not None and all(reply.get("id") != last.raw.get("id") for reply in new)
        return [*kept, last] if last is not None and gone else kept  # one that declined is in no array

    def _count(self, name: str) -> int:
        counts = [reply.raw.get("usage") for reply in self._replies]
        return sum(int(usage.get(name) or 0) for usage in counts if isinstance(usage, dict))

    def __str__(self) -> str:
        return "\n\n".join(filter(None, [self.why, self.answer, *self.notes]))


class Outcomes(Sequence[Outcome]):
    """The cases in their order; by number or by name. It shows itself as a table."""

    def __init__(self, outcomes: Sequence[Outcome], chat: Conversation | None = None) -> None:
        self._outcomes = tuple(outcomes)
        self.chat = chat  # the one that all are forks of

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            found = next((each for each in self._outcomes if each.name == key), None)
            if found is None:
                raise KeyError(f"no case {key!r}: there is {', '.join(each.name for each in self)}")
            return found
        return self._outcomes[key]

    def __len__(self) -> int:
        return len(self._outcomes)

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self._outcomes)

    @cached_property
    def rows(self) -> list[Json]:
        """Each outcome as a row of a table."""
        first = next(iter(self), None)
        return [as_row(each, first) for each in self]

    def __repr__(self) -> str:
        return "\n\n".join(f"{each.name}\n    " + str(each).replace("\n", "\n    ") for each in self)

    def _repr_html_(self) -> str:
        return f"{table(self.rows)}<div>{FROM_CODE}</div>"


def told(case: Case, error: Exception | None) -> Outcome:
    """Return how a case went."""
    return Outcome(case.name, case.chat, error, case.start)


def as_row(outcome: Outcome, first: Outcome | None) -> Json:
    """Return an outcome as JSON; the pieces of its answer that differ from the first one's are marked."""
    other = None if first is None or first is outcome or first.error else first.answer
    answer = outcome.answer
    return {
        "name": outcome.name,
        "state": "failed" if outcome.error else "done",
        "answer": [{"text": answer, "differs": False}]
        if answer and other is None
        else _parts(answer, other or ""),
        "same": bool(answer) and answer == other,
        "notes": outcome.notes,
        "error": outcome.why or None,
        "stop_reason": outcome.stop_reason,
        "tokens_in": outcome.input_tokens,
        "tokens_out": outcome.tokens,
        "cost": outcome.cost,
    }


def _parts(answer: str, other: str) -> list[Json]:
    return [{"text": text, "differs": differs} for text, differs in differing(answer, other)]


def table(rows: Sequence[Json]) -> str:
    """Return rows as an html table that needs nothing else; what models and tools said is text in it."""
    head = "".join(f'<th style="{CELL}">{name}</th>' for name in HEAD)
    body = "".join(map(_html, rows))
    return f'<table class="{AS_WRITTEN}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _html(row: Json) -> str:
    pieces = [
        f'<span style="{DIFFERS}">{escape(each["text"])}</span>' if each["differs"] else escape(each["text"])
        for each in row["answer"]
    ]
    same = ["(the same as the first)"] if row["same"] else []
    said = "\n\n".join(
        filter(None, [escape(row["error"] or ""), "".join(pieces), *map(escape, row["notes"]), *same])
    )
    numbers = (
        row["stop_reason"] or "",
        row["tokens_in"] or "",
        row["tokens_out"] or "",
        dollars(row["cost"]),
    )
    cells = "".join(f'<td style="{CELL}">{escape(str(each))}</td>' for each in numbers)
    name = f'<th style="{CELL}; min-width: 8em">{escape(row["name"])}</th>'
    return f'<tr>{name}<td style="{CELL}">{said}</td>{cells}</tr>'


def dollars(cost: float | None) -> str:
    """Return a cost as text; "" where it isn't known."""
    return "" if cost is None else f"${cost:.4f}"


def _arguments(input: object) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in input.items()) if isinstance(input, dict) else ""
