"""Ids that look like the API's, from a hash of request and seed: the same request, the same ids."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from nbkit.wire.blocks import Json

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [low + high for high in _BASE58 for low in _BASE58]
_LENGTH = 22
_MADE = re.compile(rf"^(req|msg|toolu|srvtoolu|mcptoolu)_01(?=[{_BASE58}]{{{_LENGTH}}}$)")
_MARKED = re.compile(r"^(req|msg|toolu|srvtoolu|mcptoolu)_[a-z]+_01")
_IDS = ("id", "tool_use_id", "caller", "tool_id")
_SERVED = {"server_tool_use": "srvtoolu", "mcp_tool_use": "mcptoolu"}
_WITHOUT = ("stream", "metadata")  # what doesn't change what is said


class Ids:
    """The ids of one reply."""

    def __init__(self, body: Json, seed: int) -> None:
        said = {key: value for key, value in body.items() if key not in _WITHOUT}
        self._root = json.dumps([seed, said], sort_keys=True).encode()

    def message(self) -> str:
        return new_id("msg", self._root)

    def tool_use(self, number: int) -> str:
        return self.of("toolu", number)

    def of(self, prefix: str, number: int) -> str:
        """The id of the block that is the `number`th of its kind."""
        return new_id(prefix, self._root + b"/%d" % number)

    def container(self) -> str:
        return new_id("container", self._root)

    def given(self, blocks: Sequence[Json]) -> list[Json]:
        """Return the blocks with ids for the names of uses, in the uses and wherever they are meant."""
        known: dict[str, str] = {}
        for block in blocks:
            if block["type"] in _SERVED:
                known[block["id"]] = new_id(_SERVED[block["type"]], self._root + b"/%d" % len(known))
            elif block["type"] == "tool_use":
                known[block["id"]] = self.tool_use(len(known))
        return [_renamed(block, known) for block in blocks]


def _renamed(block: Json, known: dict[str, str]) -> Json:
    """The block with its `id`, its `tool_use_id` and its caller's `tool_id` from `known`."""
    renamed = {
        key: known.get(value, value) if key in ("id", "tool_use_id") else value
        for key, value in block.items()
    }
    caller = block.get("caller")
    if caller and "tool_id" in caller:
        renamed["caller"] = {**caller, "tool_id": known.get(caller["tool_id"], caller["tool_id"])}
    return renamed


def marked(value: Any, mark: str) -> Any:
    """Return a JSON value whose ids of messages and calls that were made here have a cloud's mark."""
    match value:
        case str():
            return _MADE.sub(rf"\1_{mark}_01", value)
        case dict():
            return {key: marked(each, mark) if key in _IDS else each for key, each in value.items()}
    return value


def unmarked(id: str) -> str:
    """Return an id as it was before a cloud put its mark on it."""
    return _MARKED.sub(r"\1_01", id)


def new_id(prefix: str, material: bytes) -> str:
    """Return `prefix_01…`, fixed by `material`."""
    return spelled(prefix, hashlib.sha256(prefix.encode() + b"\0" + material).digest())


def spelled(prefix: str, data: bytes) -> str:
    """Return an id from bytes; it holds 16 of them, of more it is a digest."""
    number = int.from_bytes(data, "big") % 58**_LENGTH
    letters = []
    for _ in range(_LENGTH // 2):
        number, digits = divmod(number, 58 * 58)
        letters.append(_PAIRS[digits])
    return f"{prefix}_01{''.join(letters)}"


def unspelled(id: str, size: int) -> bytes:
    """Return the bytes that an id was spelled from, zeros for one that wasn't."""
    letters = id.rpartition("_01")[2]
    number = 0
    for letter in reversed(letters if len(letters) == _LENGTH else ""):
        number = number * 58 + max(0, _BASE58.find(letter))
    return number.to_bytes(size, "big") if number < 256**size else bytes(size)
