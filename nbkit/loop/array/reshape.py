"""Other shapes of the same array: a block or a message doubled, cut in two, or joined with the next one.

Pure functions from history to history, by contract path, as those in `edit`.
"""

from __future__ import annotations

from dataclasses import replace

from nbkit.errors import UsageError, a_kind, counted
from nbkit.loop.array.bound import SIGNED
from nbkit.loop.array.edit import Place, place_in
from nbkit.loop.array.history import BlockNode, History, Ids, MessageNode, Provenance
from nbkit.loop.array.overlay import edited
from nbkit.wire.blocks import Json


def duplicate(history: History, path: str, ids: Ids) -> History:
    """Put a copy of a message or a block behind it."""
    place = _whole(history, path)
    node = history[place.message]
    if place.block is None:
        blocks = tuple(_copied(block, ids) for block in node.blocks)
        copied = replace(node, id=ids.message(), blocks=blocks, reply=None)
        return history.spliced(place.message + 1, place.message + 1, [copied])
    at = place.block
    return _with(history, place.message, at + 1, at + 1, [_copied(node.blocks[at], ids)])


def split(history: History, path: str, at: int, ids: Ids) -> History:
    """Cut a text block in two at character `at`, or a message in front of its block `at`."""
    place = _whole(history, path)
    node = history[place.message]
    if place.block is None:
        _inside(path, at, len(node.blocks), "block")
        first = replace(node, blocks=node.blocks[:at], as_string=False)
        second = MessageNode(ids.message(), node.role, node.blocks[at:])
        return history.spliced(place.message, place.message + 1, [first, second])
    block = node.blocks[place.block]
    text = _text(block, path)
    _inside(path, at, len(text), "character")
    # A cache breakpoint is at the end of what it stands on.
    rest: Json = {key: block.wire[key] for key in ("type", "cache_control") if key in block.wire}
    kept: Json = {key: value for key, value in block.wire.items() if key != "cache_control"}
    parts = [edited(block, {**kept, "text": text[:at]}), _made({**rest, "text": text[at:]}, ids)]
    return _with(history, place.message, place.block, place.block + 1, parts)


def merge(history: History, path: str, ids: Ids) -> History:
    """Join a text block with the text block behind it, or a message with the message behind it."""
    place = _whole(history, path)
    node = history[place.message]
    if place.block is None:
        if place.message + 1 >= len(history):
            raise UsageError(f"{path}: there is no message behind it to join it with")
        other = history[place.message + 1]
        if other.whole or node.whole:
            raise UsageError(f"{path}: a message without a list of blocks can't be joined")
        joined = replace(node, blocks=(*node.blocks, *other.blocks), as_string=False)
        return history.spliced(place.message, place.message + 2, [joined])
    at = place.block
    if at + 1 >= len(node.blocks):
        raise UsageError(f"{path}: there is no block behind it to join it with")
    block, behind = node.blocks[at], node.blocks[at + 1]
    text = _text(block, path) + _text(behind, f"messages.{place.message}.content.{at + 1}")
    wire: Json = {**block.wire, "text": text}
    wire.pop("cache_control", None)
    if "cache_control" in behind.wire:
        wire["cache_control"] = behind.wire["cache_control"]
    return _with(history, place.message, at, at + 2, [edited(block, wire)])


def without_thinking(history: History, path: str) -> History:
    """Take away all thinking from a message or a block on, and messages that were nothing else."""
    place = Place(path, 0) if path == "messages" else _whole(history, path)
    left = []
    for at in range(place.message, len(history)):
        node, first = history[at], (place.block or 0) if at == place.message else 0
        kept = tuple(
            block
            for number, block in enumerate(node.blocks)
            if number < first or block.wire.get("type") not in SIGNED
        )
        if len(kept) == len(node.blocks):
            left.append(node)
        elif kept:
            left.append(replace(node, blocks=kept))
    return history.became([*history[: place.message], *left])


def _whole(history: History, path: str) -> Place:
    """Return the place of a message or a block; the content that is a string is its one block."""
    place = place_in(history, path)
    if place.rest == ("content",) and history[place.message].as_string:
        place = Place(path, place.message, 0)
    if place.rest:
        raise UsageError(f"{path}: name a message or a block, like messages.2 or messages.2.content.0")
    if history[place.message].whole and place.block is not None:
        raise UsageError(f"{path}: this message has no list of blocks")
    return place


def _with(history: History, message: int, start: int, stop: int, blocks: list[BlockNode]) -> History:
    node = history[message]
    changed = (*node.blocks[:start], *blocks, *node.blocks[stop:])
    as_string = node.as_string and len(changed) == 1
    return history.spliced(message, message + 1, [replace(node, blocks=changed, as_string=as_string)])


def _copied(block: BlockNode, ids: Ids) -> BlockNode:
    return BlockNode(ids.block(), block.wire, Provenance("edit", "a copy"))


def _made(wire: Json, ids: Ids) -> BlockNode:
    return BlockNode(ids.block(), wire, Provenance("edit"))


def _text(block: BlockNode, path: str) -> str:
    text = block.wire.get("text")
    if block.wire.get("type") != "text" or not isinstance(text, str):
        raise UsageError(f"{path}: only text can be cut and joined, and this is {block.wire.get('type')!r}")
    return text


def _inside(path: str, at: object, length: int, what: str) -> None:
    if not isinstance(at, int) or isinstance(at, bool):
        raise UsageError(f"{path}: say where to cut as a number, not {a_kind(at)}")
    if not 0 < at < length:
        raise UsageError(f"{path}: it has {counted(length, what)}, and can't be cut at {at}")
