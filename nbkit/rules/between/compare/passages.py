"""A request as a list of passages, with what else the comparison asks about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbkit.facts import facts
from nbkit.rules.between.compare.passage import Keys, Passage, as_blocks, plain
from nbkit.wire.blocks import Json

ROLES = ("user", "assistant", "system")


@dataclass(eq=False)
class Reading:
    """One request's messages as passages, with what else the comparison asks about it.

    `following` is the next request of the session that begins alike.
    """

    index: int
    raw: Json
    passages: list[Passage]
    setting: int
    tools: int
    marks: set[int]
    following: Reading | None = None

    @cached_property
    def model(self) -> facts.Model | None:
        name = self.raw.get("model")
        return facts.model(name) if isinstance(name, str) else None

    @property
    def model_id(self) -> Any:
        return self.model.id if self.model else self.raw.get("model")

    @property
    def opening(self) -> int | None:
        """What the request begins with; conversations are told apart by it first."""
        return self.passages[0].key if self.passages else None

    @cached_property
    def turns(self) -> list[list[Passage]]:
        """The passages by turns; a passage's `turn` is its place here."""
        turns: list[list[Passage]] = []
        for passage in self.passages:
            if passage.turn == len(turns):
                turns.append([])
            turns[passage.turn].append(passage)
        return turns

    @cached_property
    def open_loop(self) -> dict[int, bool]:
        """The assistant turns of the tool loop that the request continues.

        The value says whether the loop is open for certain: behind text beside the results it may not be, and
        behind a message of the user's own it's over.
        """
        spoken = [turn for turn in self.turns if turn[0].role != "system"]
        found: dict[int, bool] = {}
        certain = True
        at = len(spoken) - 1
        if at >= 0 and spoken[at][0].role == "assistant":
            found[spoken[at][0].turn] = True
            at -= 1
        while at > 0 and any(passage.is_result for passage in spoken[at]) and not _goes_on(spoken[at]):
            certain = certain and all(passage.is_result for passage in spoken[at])
            found[spoken[at - 1][0].turn] = certain
            at -= 2
        return found

    @cached_property
    def orphans(self) -> list[Passage]:
        """The results whose calls are not in the request."""
        calls = {passage.use_id for passage in self.passages if passage.is_call}
        return [each for each in self.passages if each.is_result and each.use_id not in calls]

    @property
    def has_lost_its_beginning(self) -> bool:
        """Whether a result comes first, without the call it answers."""
        return bool(self.orphans) and self.orphans[0] is self.passages[0]

    @property
    def thinks(self) -> bool:
        """Whether thinking is on; where nothing is known of the model it's taken to be."""
        thinking = self.raw.get("thinking")
        if isinstance(thinking, dict):
            return thinking.get("type") != "disabled"
        return self.model is None or self.model.thinking_default != "off"


def _goes_on(turn: list[Passage]) -> bool:
    """Whether the user says more in a message behind that of the results; a tagged text is the client's."""
    last = max(passage.i for passage in turn if passage.is_result)
    return any(each.text and not each.text.lstrip().startswith("<") for each in turn if each.i > last)


def read(index: int, request: Json, keys: Keys) -> Reading:
    messages = request.get("messages")
    passages = list(_passages(messages if isinstance(messages, list) else [], keys, None))
    tools = keys.number(_without_markers(request.get("tools")))
    setting = keys.number([_without_markers(system_blocks(request)), tools])
    return Reading(index, request, passages, setting, tools, marks(passages))


def marks(passages: list[Passage]) -> set[int]:
    return set[int]().union(*(passage.marks for passage in passages))


def continued(reading: Reading, content: list[Any], keys: Keys) -> list[Passage]:
    """Return the passages of a request with those of its reply behind them."""
    last = reading.passages[-1] if reading.passages else None
    reply = list(_passages([{"role": "assistant", "content": content}], keys, last))
    return reading.passages + reply


def _passages(messages: list[Any], keys: Keys, last: Passage | None) -> Iterator[Passage]:
    turn, role = (last.turn, last.role) if last else (-1, "")
    first = last.i + 1 if last else 0
    for i, message in enumerate(messages, first):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            continue
        placed = keys.read(message, i, turn + (message["role"] != role))
        if placed:
            turn, role = placed[0].turn, placed[0].role
        yield from placed


def system_blocks(request: Json) -> list[Any]:
    """The system without the line that a client adds for its bill; it's another with every request."""
    blocks = as_blocks(request.get("system"))
    return [each for each in blocks if not (isinstance(each, dict) and _is_bill(each.get("text")))]


def _is_bill(text: Any) -> bool:
    return isinstance(text, str) and text.startswith("x-anthropic-billing-header:")


def _without_markers(value: Any) -> Any:
    """System or tools as they are compared: a string is one text block, and cache markers don't count."""
    return [plain(each) if isinstance(each, dict) else each for each in as_blocks(value)]
