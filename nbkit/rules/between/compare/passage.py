"""A request cut into passages: one block each, in a form in which two requests can be compared.

What makes no difference to the conversation is left out of a passage's key: cache markers, nulls and
defaults, string or list form, where one message ends and the next of its role begins (R4), empty text.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.rules.turns import SERVER_USES, THINKING
from nbkit.wire.blocks import Json

USES = SERVER_USES | {"tool_use"}


@dataclass(slots=True, eq=False)
class Passage:
    """A block, where it stands, and what it comes down to: passages with equal `key` say the same.

    `use_id` is the id of the call that it is or answers; `name` what it is known by, whatever became of its
    content; `asks` stands for what a call asks for, whatever its id; `marks` are all that it may be found by.
    """

    role: str
    block: Json
    plain: Json
    j: int
    from_string: bool
    key: int
    i: int = 0
    turn: int = 0
    type: str = ""
    text: str = ""
    use_id: str | None = None
    is_call: bool = False
    is_result: bool = False
    is_thinking: bool = False
    name: tuple[str, str] | None = None
    known_by: int | None = None
    asks: int | None = None
    marks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        kind, text = self.plain.get("type"), self.plain.get("text")
        self.type = kind if isinstance(kind, str) else ""
        self.text = text if self.type == "text" and isinstance(text, str) else ""
        id = self.plain.get("id" if self.type in USES else "tool_use_id")
        self.use_id = id if isinstance(id, str) else None
        self.is_call = self.type == "tool_use" and self.use_id is not None
        self.is_result = self.type == "tool_result" and self.use_id is not None
        self.is_thinking = self.type in THINKING
        signature = self.plain.get("signature")
        if self.type == "thinking":
            self.name = ("thinking", signature) if isinstance(signature, str) and signature else None
        elif self.use_id:
            self.name = (self.type, self.use_id)

    def mark(self, number: Callable[[Any], int]) -> None:
        """Turn what it is known by and what it asks for into numbers."""
        if self.name is not None:
            self.known_by = number(["known by", *self.name])
        if self.is_call:
            self.asks = number(["asks", self.plain.get("name"), self.plain.get("input")])
        self.marks = tuple(mark for mark in (self.key, self.known_by, self.asks) if mark is not None)

    @property
    def path(self) -> str:
        return f"messages.{self.i}.content" + ("" if self.from_string else f".{self.j}")

    @property
    def is_telling(self) -> bool:
        """Whether finding it again proves that it's the same conversation; a user may well say "ok" twice."""
        return self.role == "assistant" or self.is_result

    def restored(self) -> Json:
        """The block as it was sent, fit to be put into another request: cache markers stay where they are."""
        return {key: value for key, value in self.block.items() if key != "cache_control"}


CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=repr)


class Keys:
    """Numbers for what passages say: equal numbers, equal JSON. A message is read once, however often."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._read: dict[str, list[Passage]] = {}
        # Beside what was read stands the message itself: while it lives, its id is its own.
        self._known: dict[int, tuple[Json, list[Passage]]] = {}
        self._placed: dict[tuple[int, int, int], list[Passage]] = {}

    def number(self, value: Any) -> int:
        return self._numbers.setdefault(self._text(value), len(self._numbers))

    def read(self, message: Json, i: int, turn: int) -> list[Passage]:
        """Return the blocks of a message that say something, as they stand in a request."""
        said = self._said(message)
        place = (id(said), i, turn)
        if place not in self._placed:
            self._placed[place] = [copy.copy(passage) for passage in said]
            for passage in self._placed[place]:
                passage.i, passage.turn = i, turn
        return self._placed[place]

    def _said(self, message: Json) -> list[Passage]:
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

    def _blocks(self, message: Json) -> Iterator[Passage]:
        role, content = message["role"], message.get("content")
        for j, block in enumerate(as_blocks(content)):
            if isinstance(block, dict) and not _is_blank(block):
                said = plain(block)
                passage = Passage(role, block, said, j, isinstance(content, str), self.number([role, said]))
                passage.mark(self.number)
                yield passage


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
            each
            for each in as_blocks(said.pop("content", None))
            if not (isinstance(each, dict) and _is_blank(each))
        ]
        if inner:
            said["content"] = inner
    return said


def _unmarked(block: Json) -> Json:
    """The block without its nulls and cache markers, at any depth; what a call asks for is taken as it is."""
    try:
        return {
            key: value if key == "input" else _bare(value)
            for key, value in block.items()
            if value is not None and key != "cache_control"
        }
    except RecursionError:
        return dict(block)


def _bare(value: Any) -> Any:
    """SDKs write nulls for what a reply left out, and leave its nulls out: no difference, at any depth."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _bare(each)
        for key, each in value.items()
        if each is not None and key != "cache_control" and not (key == "citations" and each == [])
    }


def _citation(citation: Any) -> Any:
    """A reply's citation has a `file_id` that requests don't take (contract, 3.1)."""
    if not isinstance(citation, dict):
        return citation
    return {key: value for key, value in citation.items() if value is not None and key != "file_id"}
