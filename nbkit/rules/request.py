"""One request as the rules look at it: headers read, messages merged into turns, broken places known.

The messages come one by one (`grow`), so that a conversation's request is looked at as it grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nbkit.facts import facts
from nbkit.rules.turns import Entry, Ids, Place, Turn
from nbkit.wire.blocks import Json

LONG_CONTEXT = "context-1m-2025-08-07"

Marker = tuple[str, str, Json]  # path as the API writes it, place as a pointer wants it, the cache_control
Large = tuple[str, tuple[Json, ...], int, int]  # an image's path, what takes it away, its width and height


@dataclass(slots=True)
class Seen:
    """What the messages so far have shown, for the rules that look at the whole array.

    A checker can go back: lists and what `marks.GROWING` names are only ever added to, the rest is small.
    """

    calls: dict[str, Turn] = field(default_factory=dict)
    server_uses: dict[str, None] = field(default_factory=dict)
    unfinished: dict[str, Place] = field(default_factory=dict)
    has_results: bool = False
    only_plain: bool = True  # every message so far is known at a glance
    images: int = 0
    large_images: list[Large] = field(default_factory=list)
    documents: int = 0
    pages: int = 0
    long_paper: str | None = None
    citing: dict[str, dict[bool, str]] = field(default_factory=dict)
    markers: list[Marker] = field(default_factory=list)
    characters: int = 0
    uncounted: int = 0
    words: int = 0  # of the first `counted` messages; only counted where they may be too many
    counted: int = 0
    counted_characters: int = 0


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
    broken_blocks: dict[tuple[int, int], None] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)
    used_ids: set[str] | None = None  # of all blocks, when something has to be named differently

    @cached_property
    def model(self) -> facts.Model | None:
        name = self.raw.get("model")
        return facts.model(name, self.platform) if isinstance(name, str) else None

    @cached_property
    def served_by(self) -> facts.Platform:
        return facts.platform(self.platform) or facts.platforms()[0]

    @cached_property
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
    def marked_params(self) -> list[Marker]:
        """The cache markers of tools and system, in this order."""
        system = self.raw.get("system")
        blocks = enumerate(system if isinstance(system, list) else [])
        places: list[tuple[str, Any]] = [
            *((f"tools.{k}", tool) for k, tool in self.tools),
            *((f"system.{k}", block) for k, block in blocks),
        ]
        controls = [(path, each.get("cache_control")) for path, each in places if isinstance(each, dict)]
        return [(path, path, control) for path, control in controls if isinstance(control, dict)]

    @cached_property
    def thinking_type(self) -> str:
        """The mode in force: what the request says, else the model's default, else `off`."""
        thinking = self.param("thinking")
        if isinstance(thinking, Mapping) and "type" in thinking:
            return str(thinking["type"])
        return self.model.thinking_default if self.model else "off"

    @cached_property
    def messages(self) -> list[Any]:
        messages = self.raw.get("messages")
        return messages if isinstance(messages, list) else []

    @property
    def entries(self) -> list[Entry]:
        """Every message that can be read as one: for what is rare, because it looks at the whole array."""
        return [Entry(i, raw) for i, raw in enumerate(self.messages) if isinstance(raw, dict)]

    @property
    def places(self) -> Iterator[Place]:
        """Every block of every message: for what is rare, too."""
        return (place for turn in self.turns for place in turn.places)

    @property
    def last_place(self) -> Place | None:
        return next((turn.places[-1] for turn in reversed(self.turns) if turn.places), None)

    def grow(
        self, role: str, entry: Entry | int, ids: Ids | None = None, is_words: bool = False
    ) -> Turn | None:
        """Add an entry to its turn; where a new one begins, return the one whose neighbours are whole now."""
        turns = self.turns
        last = turns[-1] if turns else None
        if last is not None and last.role == role:
            last.add(entry, is_words)
            return None
        turn = Turn(role, self.messages, last, entry, ids, is_words)
        turns.append(turn)
        if last is None:
            return None
        last.after = turn
        return last.before
