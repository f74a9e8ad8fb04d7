"""The prompt cache: what of a prompt was written before, and what this request writes (contract, 9.2).

A breakpoint writes one entry: the hash of everything up to and including its block. It is read where a later
request has a breakpoint at that block or up to 19 blocks behind it. An entry lives 5 minutes or an hour from
the start of the request that used it last.

What else changes the hash: the model and the output format (everything), speed, citations and web search
(system and messages), tool_choice, whether there are images, thinking and effort (messages).
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.rules.portable.estimate import Position
from nbkit.sim.prompt import Prompt
from nbkit.wire.blocks import Json

LIFETIMES = {"5m": 300.0, "1h": 3600.0}
LOOK_BACK = 20  # block positions, the breakpoint being the first
MOST_ENTRIES = 10_000  # of a workspace; the one used longest ago makes room
UNMARKED = ("thinking", "redacted_thinking")  # these can't be cached by a marker of their own


@dataclass(frozen=True, slots=True)
class InputUsage:
    """The tokens of a prompt, by what was done about them; together they are all of it."""

    fresh: int  # neither read from the cache nor written to it
    read: int = 0
    written_5m: int = 0
    written_1h: int = 0

    @property
    def written(self) -> int:
        return self.written_5m + self.written_1h

    @property
    def total(self) -> int:
        return self.fresh + self.read + self.written

    def to_wire(self) -> Json:
        return {
            "input_tokens": self.fresh,
            "cache_creation_input_tokens": self.written,
            "cache_read_input_tokens": self.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.written_5m,
                "ephemeral_1h_input_tokens": self.written_1h,
            },
        }


@dataclass(slots=True)
class Entry:
    lifetime: float
    expires: float


class Cache:
    """The entries of one workspace."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()

    def use(self, prompt: Prompt, now: float) -> InputUsage:
        """Read a prompt from the cache as far as it goes, and write what it marks; `now` is in seconds."""
        model, total = prompt.model, prompt.total
        marks = dict(_breakpoints(prompt.request, prompt.blocks))
        if not marks:
            return InputUsage(total)
        last = max(marks)
        ends, hashes = prefixes(prompt, last + 1)
        if model.min_cacheable is not None and ends[last] < model.min_cacheable:
            return InputUsage(total)
        read = self._read(marks, hashes, ends, now)
        for at, ttl in marks.items():
            if model.min_cacheable is None or ends[at] >= model.min_cacheable:
                self._write(hashes[at], LIFETIMES[ttl], now)
        end_1h = max((ends[at] for at, ttl in marks.items() if ttl == "1h"), default=0)
        written_1h = max(0, end_1h - read)
        written_5m = max(0, ends[last] - read) - written_1h
        return InputUsage(total - read - written_1h - written_5m, read, written_5m, written_1h)

    def _read(self, marks: dict[int, str], hashes: list[bytes], ends: list[int], now: float) -> int:
        """Return the tokens of the longest entry that a breakpoint finds, which lives on from now."""
        near = {at - back for at in marks for back in range(min(LOOK_BACK, at + 1))}
        for at in sorted(near, reverse=True):
            entry = self._entries.get(hashes[at])
            if entry is not None and entry.expires > now:
                entry.expires = max(entry.expires, now + entry.lifetime)
                self._entries.move_to_end(hashes[at])
                return ends[at]
        return 0

    def _write(self, key: bytes, lifetime: float, now: float) -> None:
        entry = self._entries.get(key)
        if entry is None or entry.expires <= now or entry.lifetime < lifetime:
            self._entries[key] = Entry(lifetime, now + lifetime)
        else:
            entry.expires = max(entry.expires, now + entry.lifetime)
        self._entries.move_to_end(key)
        if len(self._entries) > MOST_ENTRIES:
            self._entries.popitem(last=False)


def _breakpoints(request: Json, prompt: list[Position]) -> Iterator[tuple[int, str]]:
    """Yield the places that are marked, each with its lifetime; automatic caching marks the last block."""
    automatic = request.get("cache_control")
    if isinstance(automatic, dict):
        for at in range(len(prompt) - 1, -1, -1):
            if _can_be_marked(prompt[at].block):
                yield at, automatic.get("ttl") or "5m"
                break
    for at, position in enumerate(prompt):
        ttl = _marked(position.block)
        if ttl:
            yield at, ttl


def _can_be_marked(block: Json | None) -> bool:
    return block is not None and block.get("type") not in UNMARKED and block.get("text") != ""


def _marked(block: Json | None) -> str:
    """The lifetime that a block is marked with, or one inside it."""
    if block is None:
        return ""
    control = block.get("cache_control")
    if isinstance(control, dict):
        return control.get("ttl") or "5m"
    inside = block.get("content")
    return next(filter(None, map(_marked, inside)), "") if isinstance(inside, list) else ""


def prefixes(prompt: Prompt, count: int | None = None) -> tuple[list[int], list[bytes]]:
    """Return for each of the first `count` blocks the tokens up to its end and the hash of what is there."""
    request = prompt.request
    running, tokens = hashlib.sha256(_text([prompt.model.id, _format(request)])), 0
    ends, hashes = [], []
    room = role = ""
    for position in prompt.blocks[:count]:
        if position.room != room:
            running.update(_text([position.room, *_settings(request, position.room, room)]))
            room = position.room
        if position.role != role:
            running.update(_text(position.role))
            role = position.role
        running.update(_text(_without_markers(position.block)))
        tokens += position.tokens
        ends.append(tokens)
        hashes.append(running.digest())
    return ends, hashes


def _format(request: Json) -> Any:
    return (request.get("output_config") or {}).get("format") or request.get("output_format")


def _settings(request: Json, room: str, before: str) -> Iterator[Any]:
    """Yield what is no block, and yet changes how `room` is read; a room left out passes its settings on."""
    if room == "tools":
        return
    if before != "system":
        yield request.get("speed")
        yield _cites(request["messages"])
    if room == "messages":
        yield request.get("tool_choice")
        yield request.get("thinking")
        yield (request.get("output_config") or {}).get("effort")
        yield _has_image(request["messages"])


def _cites(messages: list[Json]) -> bool:
    return any((block.get("citations") or {}).get("enabled") for block in _all_blocks(messages, "document"))


def _has_image(messages: list[Json]) -> bool:
    return any(True for _ in _all_blocks(messages, "image"))


def _all_blocks(messages: list[Json], type: str) -> Iterator[Json]:
    for message in messages:
        content = message["content"]
        for block in content if isinstance(content, list) else ():
            inside = block.get("content")
            for each in (block, *(inside if isinstance(inside, list) else ())):
                if isinstance(each, dict) and each.get("type") == type:
                    yield each


def _without_markers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_markers(item) for key, item in value.items() if key != "cache_control"}
    if isinstance(value, list):
        return [_without_markers(item) for item in value]
    return value


def _text(value: Any) -> bytes:
    """Keys keep their order: as with the API, another order is another prefix."""
    return json.dumps(value).encode() + b"\n"
