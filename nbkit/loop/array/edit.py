"""Edits of an array by contract path (`messages.2.content.0`): pure functions from history to history.

A path is the one the API uses in its errors; the tags it puts in between
(`messages.2.content.0.tool_use.id`) are understood. A block that is changed keeps its id, and its first
form in its provenance.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from nbkit.errors import UsageError, counted
from nbkit.loop.array.history import BlockNode, History, Ids, MessageNode, by_hand, canonical, plain
from nbkit.loop.array.overlay import edited, renode
from nbkit.wire.blocks import Json

Key = str | int
Keys = tuple[Key, ...]
Change = Callable[[Any, Key, Any], None]


@dataclass(frozen=True, slots=True)
class Place:
    """What a path points at: a message, a block of it, or (`rest`) something inside one of them."""

    path: str
    message: int
    block: int | None = None
    rest: Keys = ()


def parse(path: object) -> Keys:
    """Take a contract path apart: digits are indexes, everything else is a key."""
    parts = path.split(".") if isinstance(path, str) else [""]
    keys = tuple(int(part) if part.isascii() and part.isdigit() else part for part in parts)
    if "" in keys:
        raise UsageError(f"{path!r} is no path: write it like messages.2.content.0 or system")
    return keys


def edit(history: History, path: str, value: Any, ids: Ids) -> History:
    """Replace what stands at `path`."""
    place = place_in(history, path)
    value = plain(value, path)
    node = history[place.message]
    if place.block is None or node.whole:
        wire = _changed(node.wire, place, value, set_key) if place.rest else value
        if canonical(wire) == node.key:
            return history
        return _with(history, place.message, renode(node, wire, ids))
    old = node.blocks[place.block]
    wire = _changed(old.wire, place, value, set_key) if place.rest else _block(value, path)
    if canonical(wire) == old.key:
        return history
    return _with_block(history, place.message, place.block, edited(old, wire))


def insert(history: History, path: str, value: Any, ids: Ids) -> History:
    """Put something in front of what stands at `path`; the index after the last one appends."""
    place = place_in(history, path, end=True)
    value = plain(value, path)
    if place.rest:
        return _inside(history, place, ids, value, add_key)
    if place.block is None:
        return history.spliced(place.message, place.message, [renode(None, value, ids)])
    wire = _block(value, path)
    return _put(history, place, BlockNode(ids.block(), wire, by_hand(history[place.message].role, wire)))


def delete(history: History, path: str, ids: Ids) -> History:
    """Take away what stands at `path`; with its last block a message goes too."""
    place = place_in(history, path)
    if place.rest == ("content",) and history[place.message].as_string:  # the path of its only block
        place = Place(path, place.message)
    if place.rest:
        return _inside(history, place, ids, None, remove_key)
    if place.block is None or len(history[place.message].blocks) == 1:
        return history.spliced(place.message, place.message + 1)
    node = history[place.message]
    return _with(history, place.message, replace(node, blocks=_without(node.blocks, place.block)))


def move(history: History, source: str, target: str, ids: Ids) -> History:
    """Move a message or a block, as it is, to where `target` points once it is out."""
    place = place_in(history, source)
    if place.rest:
        raise UsageError(
            f"{source}: only a message or a block can be moved; edit() changes what is inside one"
        )
    if place.block is None:
        rest = history.spliced(place.message, place.message + 1)
        goal = place_in(rest, target, end=True)
        if goal.block is not None or goal.rest:
            raise UsageError(f"{target}: a message moves to a message's place, like messages.0")
        return rest.spliced(goal.message, goal.message, [history[place.message]])
    node = history[place.message].blocks[place.block]
    rest = delete(history, source, ids)
    goal = place_in(rest, target, end=True)
    if goal.block is None or goal.rest:
        raise UsageError(f"{target}: a block moves to a block's place, like messages.0.content.0")
    return _put(rest, goal, node)


def change_at(value: Any, keys: Keys, path: str, new: Any, how: Change) -> Any:
    """Return a copy of a JSON value with one thing inside it changed."""
    value = copy.deepcopy(value)
    holder = value
    keys = _untagged(value, keys)
    for key in keys[:-1]:
        holder = _get(holder, key, path)
    try:
        how(holder, keys[-1], new)
    except (IndexError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{path}: nothing stands there, so it can't be changed") from None
    return value


def set_key(holder: Any, key: Key, new: Any) -> None:
    if not isinstance(holder, (dict, list)) or isinstance(holder, list) != isinstance(key, int):
        raise TypeError
    holder[key] = new  # type: ignore[index]  # list and int, or dict and str: just looked


def add_key(holder: Any, key: Key, new: Any) -> None:
    if isinstance(holder, list) and isinstance(key, int) and key <= len(holder):
        holder.insert(key, new)
    else:
        set_key(holder, key, new)


def remove_key(holder: Any, key: Key, _: Any) -> None:
    if not isinstance(holder, (dict, list)):
        raise TypeError
    del holder[key]  # type: ignore[arg-type]  # a wrong kind of key raises, and is reported


def _get(holder: Any, key: Key, path: str) -> Any:
    try:
        if isinstance(holder, str):
            raise TypeError
        return holder[key]
    except (IndexError, KeyError, TypeError):
        raise UsageError(f"{path}: nothing stands there ({key} is not to be found)") from None


def _untagged(value: Any, keys: Keys) -> Keys:
    """Drop the union tags of the API's paths: a key that is missing and names the type of what holds it."""
    kept: list[Key] = []
    for key in keys:
        tagged = isinstance(value, dict) and key not in value and key == value.get("type", "custom")
        if tagged and key != keys[-1]:
            continue
        kept.append(key)
        try:
            value = None if isinstance(value, str) else value[key]
        except (IndexError, KeyError, TypeError):
            value = None
    return tuple(kept)


def place_in(history: History, path: str, *, end: bool = False) -> Place:
    """Find what a path means in this array. `end`: an index just after the last one is a place too."""
    keys = parse(path)
    if keys[0] != "messages" or len(keys) < 2 or not isinstance(keys[1], int):
        raise UsageError(f"{path}: a place in the array begins like messages.0")
    at = keys[1]
    last = len(history) if end and len(keys) == 2 else len(history) - 1
    if at > last:
        raise UsageError(f"{path}: the array has only {counted(len(history), 'message')}, counted from 0")
    if len(keys) == 2:
        return Place(path, at)
    node = history[at]
    if node.whole or len(keys) == 3 or keys[2] != "content" or not isinstance(keys[3], int):
        return Place(path, at, rest=keys[2:])
    block = keys[3]
    if block > (len(node.blocks) if end and len(keys) == 4 else len(node.blocks) - 1):
        blocks = counted(len(node.blocks), "block")
        raise UsageError(f"{path}: messages.{at} has only {blocks}, counted from 0")
    return Place(path, at, block, keys[4:])


def _inside(history: History, place: Place, ids: Ids, value: Any, how: Change) -> History:
    node = history[place.message]
    if place.block is None:
        return _with(history, place.message, renode(node, _changed(node.wire, place, value, how), ids))
    old = node.blocks[place.block]
    wire = _changed(old.wire, place, value, how)
    return _with_block(history, place.message, place.block, edited(old, wire))


def _changed(wire: Json, place: Place, value: Any, how: Change) -> Json:
    changed: Json = change_at(wire, place.rest, place.path, value, how)
    return changed


def _block(value: Any, path: str) -> Json:
    if isinstance(value, str):
        return {"type": "text", "text": value}
    if not isinstance(value, dict):
        raise UsageError(f"{path}: a block is a dict with a type, or a string for a text block")
    return value


def _put(history: History, place: Place, block: BlockNode) -> History:
    node = history[place.message]
    assert place.block is not None
    blocks = (*node.blocks[: place.block], block, *node.blocks[place.block :])
    return _with(history, place.message, replace(node, blocks=blocks, as_string=False))


def _without(blocks: tuple[BlockNode, ...], at: int) -> tuple[BlockNode, ...]:
    return (*blocks[:at], *blocks[at + 1 :])


def _with(history: History, at: int, node: MessageNode) -> History:
    return history.spliced(at, at + 1, [node])


def _with_block(history: History, message: int, at: int, block: BlockNode) -> History:
    node = history[message]
    blocks = (*node.blocks[:at], block, *node.blocks[at + 1 :])
    return _with(history, message, replace(node, blocks=blocks))
