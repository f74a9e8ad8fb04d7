"""A new array laid over an old one: what is equal keeps identity and provenance, the rest is an edit."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from nbkit.loop.array.history import BlockNode, History, Ids, MessageNode, by_hand, canonical, split
from nbkit.wire.blocks import Json


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


Node = TypeVar("Node", bound=_Keyed)


def match(old: History, new: Sequence[Any], ids: Ids) -> History:
    """Return `new` as a history: nodes that are equal, and changes of what stood in the place."""
    nodes = _equal(old, [canonical(message) for message in new])
    bases = _bases(old, nodes)
    return old.became(
        [
            node if node is not None else renode(base, wire, ids)
            for node, base, wire in zip(nodes, bases, new, strict=True)
        ]
    )


def renode(base: MessageNode | None, wire: Any, ids: Ids) -> MessageNode:
    """Return the node of an edited or new message; equal blocks of `base` go on living in it."""
    id = base.id if base else ids.message()
    parts = split(wire)
    if parts is None:
        role = wire.get("role") if isinstance(wire, dict) else None
        return MessageNode(id, role if isinstance(role, str) else "", (), whole=(wire,))
    role, blocks, as_string, extra = parts
    old = base.blocks if base else ()
    nodes = _equal(old, [canonical(block) for block in blocks])
    changed = [
        node if node is not None else edited(there, block) if there else _new(role, block, ids)
        for node, there, block in zip(nodes, _bases(old, nodes), blocks, strict=True)
    ]
    return MessageNode(id, role, tuple(changed), as_string, extra, reply=base.reply if base else None)


def edited(base: BlockNode, wire: Json, note: str | None = None) -> BlockNode:
    """Return the node of a block changed by hand: its first form is kept."""
    return BlockNode(base.id, wire, base.by.edited(base.wire, note))


def _new(role: str, wire: Json, ids: Ids) -> BlockNode:
    return BlockNode(ids.block(), wire, by_hand(role, wire))


def _equal(old: Sequence[Node], keys: Sequence[str]) -> list[Node | None]:
    """For each wanted key the old node that is equal: the one in its place, else any that is left over."""
    found = [old[at] if at < len(old) and old[at].key == key else None for at, key in enumerate(keys)]
    if all(found) and len(found) >= len(old):
        return found
    free: defaultdict[str, deque[Node]] = defaultdict(deque)
    for at, node in enumerate(old):
        if at >= len(found) or found[at] is None:
            free[node.key].append(node)
    for at, key in enumerate(keys):
        if found[at] is None and free[key]:
            found[at] = free[key].popleft()
    return found


def _bases(old: Sequence[Node], found: Sequence[Node | None]) -> list[Node | None]:
    """For each place the old node that was changed there, if no equal one claimed it."""
    used = {id(node) for node in found if node is not None}
    return [
        old[at] if node is None and at < len(old) and id(old[at]) not in used else None
        for at, node in enumerate(found)
    ]
