"""The messages of a request as the rules look at them: blocks with their places, merged into turns.

Nothing is copied: a place holds the very dict that was sent, and where it stands.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from itertools import takewhile
from typing import Any

from nbkit.wire.blocks import Json

SERVER_USES = frozenset({"server_tool_use", "mcp_tool_use"})
THINKING = frozenset({"thinking", "redacted_thinking"})

# The ids of a turn's calls, of its results, and of the results that it begins with.
Ids = tuple[list[str], list[str], list[str]]
NO_IDS: Ids = ([], [], [])


class Place:
    """A block and where it stands. A string content is one text block, whose path is the content's."""

    __slots__ = ("block", "broken", "from_string", "i", "j", "role", "type")

    def __init__(
        self, i: int, j: int, role: str, block: Json, from_string: bool = False, broken: bool = False
    ) -> None:
        kind = block.get("type")
        self.i = i
        self.j = j
        self.role = role
        self.block = block
        self.type = kind if isinstance(kind, str) else ""
        self.from_string = from_string
        self.broken = broken

    @property
    def path(self) -> str:
        return f"messages.{self.i}.content" if self.from_string else f"messages.{self.i}.content.{self.j}"

    @property
    def is_client_use(self) -> bool:
        return _is_client_use(self.block)

    @property
    def is_result(self) -> bool:
        return _is_result(self.block)


class Entry:
    """One entry of `messages`, with the places of its blocks."""

    __slots__ = ("i", "places", "raw", "role")

    def __init__(self, i: int, raw: Json, broken: Container[tuple[int, int]] = ()) -> None:
        self.i = i
        self.raw = raw
        self.role = role = str(raw.get("role"))
        content = raw.get("content")
        self.places: list[Place] = []
        if isinstance(content, list):
            self.places = [
                Place(i, j, role, block, False, (i, j) in broken)
                for j, block in enumerate(content)
                if isinstance(block, dict)
            ]
        elif isinstance(content, str) and content:
            self.places = [Place(i, 0, role, {"type": "text", "text": content}, from_string=True)]

    @property
    def path(self) -> str:
        return f"messages.{self.i}"

    @property
    def is_directive(self) -> bool:
        """The form with output_config and no content, which may stand anywhere (contract, R87)."""
        return self.role == "system" and not self.places and bool(self.raw.get("output_config"))


class Turn:
    """R4: consecutive entries of one role, which the server merges into one turn.

    `is_plain` says that its messages are known at a glance, `is_words` that they are words and nothing else.
    Such messages are given by their index and come with their ids; the rest is looked up when a rule asks.
    """

    __slots__ = (
        *("_first", "_ids", "_messages", "_more", "_places"),
        *("after", "before", "is_plain", "is_words", "loop", "role"),
    )

    def __init__(
        self,
        role: str,
        messages: list[Any],
        before: Turn | None,
        entry: Entry | int,
        ids: Ids | None,
        is_words: bool,
    ) -> None:
        self.role = role
        self.before = before
        self.after: Turn | None = None
        self.loop: Turn | None = None  # the turn that began its tool loop, once somebody has asked
        self.is_words = is_words
        self.is_plain = type(entry) is int
        self._messages = messages
        self._first = entry
        self._more: list[Entry | int] | None = None
        self._ids = ids
        self._places: list[Place] | None = None

    def add(self, entry: Entry | int, is_words: bool) -> None:
        self._more = self._more or []
        self._more.append(entry)
        self._places = self._ids = None
        self.is_words = self.is_words and is_words
        self.is_plain = self.is_plain and type(entry) is int

    @property
    def size(self) -> tuple[int, bool, bool]:
        """How many messages there are in it, and of what kind."""
        return 1 + len(self._more or ()), self.is_plain, self.is_words

    def cut(self, size: tuple[int, bool, bool]) -> None:
        """Be of an earlier size, with nothing behind it."""
        count, self.is_plain, self.is_words = size
        if self._more:
            del self._more[count - 1 :]
        self._places = self._ids = None
        self.after = None

    @property
    def entries(self) -> list[Entry]:
        found = [
            Entry(each, self._messages[each]) if isinstance(each, int) else each
            for each in (self._first, *(self._more or ()))
        ]
        self._first, self._more = found[0], list(found[1:])
        return found

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    @property
    def places(self) -> list[Place]:
        if self._places is None:
            self._places = [place for entry in self.entries for place in entry.places]
        return self._places

    @property
    def calls(self) -> list[Place]:
        """The client's calls, which have to be answered."""
        return [place for place in self.places if place.is_client_use]

    @property
    def results(self) -> list[Place]:
        """The results of client calls."""
        return [place for place in self.places if place.is_result]

    @property
    def call_ids(self) -> list[str]:
        return (self._ids or self._read_ids())[0]

    @property
    def result_ids(self) -> list[str]:
        return (self._ids or self._read_ids())[1]

    @property
    def answers(self) -> list[str]:
        """The ids that the results at the beginning of the turn answer."""
        return (self._ids or self._read_ids())[2]

    def _read_ids(self) -> Ids:
        blocks = self.blocks
        calls = [block["id"] for block in blocks if _is_client_use(block)]
        results = [block["tool_use_id"] for block in blocks if _is_result(block)]
        first = [block["tool_use_id"] for block in takewhile(_is_result, blocks)] if results else []
        self._ids = (calls, results, first)
        return self._ids

    @property
    def blocks(self) -> list[Json]:
        """The blocks of all messages, without places for what is plain; a plain string is none."""
        if isinstance(self._first, int) and not self._more:
            content = self._messages[self._first]["content"]
            return content if isinstance(content, list) else []
        return [place.block for place in self.places]


def _is_client_use(block: Json) -> bool:
    return block.get("type") == "tool_use" and isinstance(block.get("id"), str)


def _is_result(block: Json) -> bool:
    return block.get("type") == "tool_result" and isinstance(block.get("tool_use_id"), str)


def nested(place: Place) -> Iterable[tuple[str, str, Json]]:
    """Return the blocks inside a block: the API's path, the way to it in the JSON, the block."""
    if place.type == "document":
        source = place.block.get("source")
        inner = source.get("content") if isinstance(source, dict) else None
        path, way = "document.source.content.content", "source.content"
    elif place.type in ("tool_result", "search_result"):
        inner, path, way = place.block.get("content"), f"{place.type}.content", "content"
    else:
        return ()
    if not isinstance(inner, list):
        return ()
    return [
        (f"{place.path}.{path}.{k}", f"{place.path}.{way}.{k}", block)
        for k, block in enumerate(inner)
        if isinstance(block, dict)
    ]


def with_nested(place: Place) -> list[tuple[str, str, Json]]:
    return [(place.path, place.path, place.block), *nested(place)]
