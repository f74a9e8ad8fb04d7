"""One request as the rules look at it: headers read, messages merged into turns, broken places known.

Nothing is copied: a place holds the very dict that was sent, and where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nbkit.facts import facts
from nbkit.wire.blocks import Json

SERVER_USES = frozenset({"server_tool_use", "mcp_tool_use"})
LONG_CONTEXT = "context-1m-2025-08-07"
THINKING = frozenset({"thinking", "redacted_thinking"})


@dataclass(slots=True)
class Place:
    """A block and where it stands. A string content is one text block, whose path is the content's."""

    i: int
    j: int
    role: str
    block: Json
    path: str
    from_string: bool = False
    broken: bool = False

    @property
    def type(self) -> str:
        kind = self.block.get("type")
        return kind if isinstance(kind, str) else ""

    @property
    def is_client_use(self) -> bool:
        return self.type == "tool_use" and isinstance(self.block.get("id"), str)

    @property
    def is_result(self) -> bool:
        return self.type == "tool_result" and isinstance(self.block.get("tool_use_id"), str)


@dataclass(slots=True)
class Entry:
    """One entry of `messages`; `raw` is None where the entry can't be read at all."""

    i: int
    role: str
    raw: Json
    places: list[Place]

    @property
    def path(self) -> str:
        return f"messages.{self.i}"

    @property
    def is_directive(self) -> bool:
        """The form with output_config and no content, which may stand anywhere (contract, R87)."""
        return self.role == "system" and not self.places and bool(self.raw.get("output_config"))


@dataclass(slots=True)
class Turn:
    """R4: consecutive entries of one role, which the server merges into one turn."""

    role: str
    entries: list[Entry]
    before: Turn | None = None
    after: Turn | None = None
    places: list[Place] = field(default_factory=list)

    @property
    def last(self) -> Entry:
        return self.entries[-1]


@dataclass
class Request:
    """What every rule gets. `judges_end` is false for a history that is not being sent now."""

    raw: Json
    version: str
    betas: frozenset[str]
    endpoint: str = "/v1/messages"
    platform: str = "anthropic"
    judges_end: bool = True
    broken_params: set[str] = field(default_factory=set)
    broken_tools: set[int] = field(default_factory=set)
    broken_blocks: set[tuple[int, int]] = field(default_factory=set)

    @cached_property
    def model(self) -> facts.Model | None:
        name = self.raw.get("model")
        return facts.model(name) if isinstance(name, str) else None

    @property
    def context(self) -> int | None:
        """The tokens that the model's context holds; a beta makes it larger on older models."""
        if self.model is None:
            return None
        return max(self.model.context, 1_000_000 if LONG_CONTEXT in self.betas else 0)

    @property
    def is_dated_2026(self) -> bool:
        """Version 2026-10-21 and what comes after: no sampling, stricter places (facts 2 and 3)."""
        return self.version >= "2026-10-21"

    def param(self, name: str) -> Any:
        """Return a top-level value, or None where it is absent or has no legal shape."""
        return None if name in self.broken_params else self.raw.get(name)

    @cached_property
    def tools(self) -> list[tuple[int, Json]]:
        """The tools whose shape is sound, each with its place in the list."""
        tools = self.raw.get("tools")
        if not isinstance(tools, list):
            return []
        return [
            (k, tool) for k, tool in enumerate(tools) if isinstance(tool, dict) and k not in self.broken_tools
        ]

    @cached_property
    def thinking_type(self) -> str:
        """The mode in force: what the request says, else the model's default, else `off`."""
        thinking = self.param("thinking")
        if isinstance(thinking, Mapping):
            return str(thinking.get("type"))
        return self.model.thinking_default if self.model else "off"

    @cached_property
    def entries(self) -> list[Entry]:
        messages = self.raw.get("messages")
        return [
            Entry(i, str(raw.get("role")), raw, list(self._places(i, raw)))
            for i, raw in enumerate(messages if isinstance(messages, list) else [])
            if isinstance(raw, dict)
        ]

    @cached_property
    def turns(self) -> list[Turn]:
        turns: list[Turn] = []
        for entry in self.entries:
            if entry.is_directive:
                continue
            if not turns or turns[-1].role != entry.role:
                turns.append(Turn(entry.role, [], before=turns[-1] if turns else None))
            turns[-1].entries.append(entry)
            turns[-1].places.extend(entry.places)
        for turn in turns[1:]:
            assert turn.before is not None
            turn.before.after = turn
        return turns

    @cached_property
    def places(self) -> list[Place]:
        return [place for entry in self.entries for place in entry.places]

    def _places(self, i: int, raw: Json) -> Iterator[Place]:
        content, role = raw.get("content"), str(raw.get("role"))
        if isinstance(content, str) and content:
            text = {"type": "text", "text": content}
            yield Place(i, 0, role, text, f"messages.{i}.content", from_string=True)
        elif isinstance(content, list):
            for j, block in enumerate(content):
                if isinstance(block, dict):
                    path = f"messages.{i}.content.{j}"
                    yield Place(i, j, role, block, path, broken=(i, j) in self.broken_blocks)


def nested(place: Place) -> Iterator[tuple[str, str, Json]]:
    """Yield the blocks inside a block: the API's path, the way to it in the JSON, the block."""
    if place.type == "document":
        source = place.block.get("source")
        inner = source.get("content") if isinstance(source, dict) else None
        path, way = "document.source.content.content", "source.content"
    elif place.type in ("tool_result", "search_result"):
        inner, path, way = place.block.get("content"), f"{place.type}.content", "content"
    else:
        return
    for k, block in enumerate(inner if isinstance(inner, list) else ()):
        if isinstance(block, dict):
            yield f"{place.path}.{path}.{k}", f"{place.path}.{way}.{k}", block


def with_nested(place: Place) -> list[tuple[str, str, Json]]:
    return [(place.path, place.path, place.block), *nested(place)]
