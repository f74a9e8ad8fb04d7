"""A request cut into passages: one block each, in a form in which two requests can be compared.

What makes no difference to the conversation is left out of a passage's key: cache markers, nulls and
defaults, string or list form, where one message ends and the next of its role begins (R4), empty text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nbkit.facts import facts
from nbkit.rules.request import SERVER_USES, THINKING
from nbkit.wire.blocks import Json

USES = SERVER_USES | {"tool_use"}
ROLES = ("user", "assistant", "system")


@dataclass(slots=True)
class Passage:
    """A block, where it stands, and what it comes down to: passages with equal `key` say the same."""

    role: str
    block: Json
    plain: Json
    key: int
    i: int
    j: int
    turn: int
    from_string: bool = False

    @property
    def type(self) -> str:
        kind = self.plain.get("type")
        return kind if isinstance(kind, str) else ""

    @property
    def path(self) -> str:
        return f"messages.{self.i}.content" + ("" if self.from_string else f".{self.j}")

    @property
    def text(self) -> str:
        text = self.plain.get("text")
        return text if self.type == "text" and isinstance(text, str) else ""

    @property
    def use_id(self) -> str | None:
        """The id of the call that this passage is, or that it answers."""
        id = self.plain.get("id" if self.type in USES else "tool_use_id")
        return id if isinstance(id, str) else None

    @property
    def is_call(self) -> bool:
        return self.type == "tool_use" and self.use_id is not None

    @property
    def is_result(self) -> bool:
        return self.type == "tool_result" and self.use_id is not None

    @property
    def is_thinking(self) -> bool:
        return self.type in THINKING

    @property
    def is_telling(self) -> bool:
        """Whether finding it again proves that it's the same conversation; a user may well say "ok" twice."""
        return self.role == "assistant" or self.is_result

    @property
    def name(self) -> tuple[str, str] | None:
        """What the block is known by, whatever became of its content."""
        if self.type == "thinking":
            signature = self.plain.get("signature")
            return ("thinking", signature) if isinstance(signature, str) and signature else None
        return (self.type, self.use_id) if self.use_id else None

    def restored(self) -> Json:
        """The block as it was sent, fit to be put into another request: cache markers stay where they are."""
        return {key: value for key, value in self.block.items() if key != "cache_control"}


CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=repr)
# A block's place in its message, the block, its plain form, its key, and whether it came as a string.
Read = tuple[int, Json, Json, int, bool]


class Keys:
    """Numbers for what passages say: equal numbers, equal JSON. A message is read once, however often."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._read: dict[str, list[Read]] = {}
        # Beside what was read stands the message itself: while it lives, its id is its own.
        self._known: dict[int, tuple[Json, list[Read]]] = {}

    def number(self, value: Any) -> int:
        return self._numbers.setdefault(self._text(value), len(self._numbers))

    def read(self, message: Json) -> list[Read]:
        """Return the blocks of a message that say something."""
        known = self._known.get(id(message))
        if known is None:
            text = self._text(message)
            if text not in self._read:
                self._read[text] = list(self._blocks(message))
            known = self._known[id(message)] = (message, self._read[text])
        return known[1]

    def _text(self, value: Any) -> str:
        """The value as JSON in one fixed form; what can't be written is equal to nothing else."""
        try:
            return CANONICAL.encode(value)
        except (TypeError, ValueError, RecursionError):
            return f"no JSON {len(self._numbers)} {len(self._known)}"

    def _blocks(self, message: Json) -> Iterator[Read]:
        role, content = message.get("role"), message.get("content")
        is_text = isinstance(content, str)
        for j, block in enumerate(as_blocks(content)):
            if isinstance(block, dict) and not _is_blank(block):
                said = plain(block)
                yield j, block, said, self.number([role, said]), is_text


def same_json(one: Any, other: Any) -> bool:
    """Compare values that may be nested too deep to be compared; those count as different."""
    try:
        return bool(one == other)
    except RecursionError:
        return False


def as_blocks(content: Any) -> list[Any]:
    """A string is shorthand for one text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else []


def _is_blank(block: Json) -> bool:
    """Empty text may come in a reply and must not go back (R6, R7)."""
    text = block.get("text")
    return block.get("type") == "text" and isinstance(text, str) and not text.strip()


def plain(block: Json) -> Json:
    """Return what a block says, without what makes no difference between two requests."""
    said = _unmarked(block)
    caller, citations = said.get("caller"), said.get("citations")
    if isinstance(caller, dict) and caller.get("type") == "direct":
        del said["caller"]
    if isinstance(citations, list):
        del said["citations"]
        if citations:
            said["citations"] = [_citation(each) for each in citations]
    if said.get("is_error") is False:
        del said["is_error"]
    if said.get("type") == "tool_result":
        inner = [
            _unmarked(each) if isinstance(each, dict) else each
            for each in as_blocks(said.pop("content", None))
            if not (isinstance(each, dict) and _is_blank(each))
        ]
        if inner:
            said["content"] = inner
    return said


def _unmarked(block: Json) -> Json:
    return {key: value for key, value in block.items() if value is not None and key != "cache_control"}


def _citation(citation: Any) -> Any:
    """A reply's citation has a `file_id` that requests don't take (contract, 3.1)."""
    if not isinstance(citation, dict):
        return citation
    return {key: value for key, value in citation.items() if value is not None and key != "file_id"}


@dataclass(eq=False)
class Reading:
    """One request's messages as passages, with what else the comparison asks about it.

    `following` is the next request of the session that begins alike.
    """

    index: int
    raw: Json
    passages: list[Passage]
    setting: int = 0
    tools: int = 0
    keys: set[int] = field(default_factory=set)
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

        The value says whether the loop is open for certain: behind text beside the results it may not be.
        """
        spoken = [turn for turn in self.turns if turn[0].role != "system"]
        found: dict[int, bool] = {}
        certain = True
        at = len(spoken) - 1
        if at >= 0 and spoken[at][0].role == "assistant":
            found[spoken[at][0].turn] = True
            at -= 1
        while at > 0 and any(passage.is_result for passage in spoken[at]):
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


def read(index: int, request: Json, keys: Keys) -> Reading:
    messages = request.get("messages")
    passages = list(_passages(messages if isinstance(messages, list) else [], keys, None))
    tools = keys.number(_without_markers(request.get("tools")))
    setting = keys.number([_without_markers(request.get("system")), tools])
    return Reading(index, request, passages, setting, tools, {passage.key for passage in passages})


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
        for j, block, said, key, from_string in keys.read(message):
            if message["role"] != role:
                turn, role = turn + 1, message["role"]
            yield Passage(role, block, said, key, i, j, turn, from_string)


def _without_markers(value: Any) -> Any:
    """System or tools as they are compared: a string is one text block, and cache markers don't count."""
    return [plain(each) if isinstance(each, dict) else each for each in as_blocks(value)]
