"""The message array as nbkit holds it: immutable nodes that keep an identity, and who made each block.

Versions of an array share the nodes that did not change, and the JSON that was once written of them.
Provenance hangs on a node, never on a path, and never goes on the wire. Whether the array is legal is
`rules`' business: what makes no sense is kept as it came.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar, overload

from nbkit.errors import UsageError, a_kind
from nbkit.loop.array.pieces import Piece, Pieces
from nbkit.wire.blocks import Json, View
from nbkit.wire.written import Written, encoded

V = TypeVar("V")

By = Literal["person", "model", "simulator", "tool", "fake", "refusal", "edit"]
A_PERSON_SAYS = frozenset({"text", "image", "document", "search_result", "container_upload"})


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who made a block; `original`: what stood there before an edit; `fault`: why it can't be run."""

    by: By
    note: str | None = None
    original: Any = None
    fault: str | None = None

    def edited(self, original: Json, note: str | None = None) -> Provenance:
        """The provenance after a change by hand; of several changes the first original is kept."""
        return Provenance("edit", note, self.original if self.original is not None else original)


def by_hand(role: str, wire: Json) -> Provenance:
    """Who made a block that is put in by hand: the person whose turn it is, else it is an edit."""
    return Provenance("person" if role == "user" and wire.get("type") in A_PERSON_SAYS else "edit")


@dataclass(frozen=True)
class BlockNode:
    """One content block; its `wire` dict is shared between versions and must not be changed in place."""

    id: str
    wire: Json
    by: Provenance

    @cached_property
    def key(self) -> str:
        return canonical(self.wire)


@dataclass(frozen=True, eq=False)
class MessageNode:
    """One message; `as_string`: content is its only block's string; `extra`: other keys it has.

    A node is equal to itself only: two messages that Python takes for equal (`1`, `true`) differ as JSON.
    A message of a shape nobody foresaw has no blocks and is kept `whole`. `reply` is the envelope
    the message came in (model, stop_reason, usage), for those that came from a server.
    """

    id: str
    role: str
    blocks: tuple[BlockNode, ...]
    as_string: bool = False
    extra: Json = field(default_factory=dict)
    whole: tuple[Any, ...] = ()
    reply: Json | None = None

    @property
    def odd(self) -> Any:
        """The message as it came, if it has a shape nobody foresaw; else None."""
        return self.whole[0] if self.whole else None

    @cached_property
    def is_string(self) -> bool:
        """Whether it is sent as a string: its block may have become one that no string can say."""
        return self.as_string and len(self.blocks) == 1 and set(self.blocks[0].wire) == {"type", "text"}

    @cached_property
    def wire(self) -> Json:
        """The message as sent: shared, so copy it before it leaves the room."""
        if self.whole:
            odd: Json = self.whole[0]
            return odd
        blocks = [block.wire for block in self.blocks]
        content = blocks[0]["text"] if self.is_string else blocks
        return {"role": self.role, "content": content, **self.extra}

    @cached_property
    def key(self) -> str:
        return canonical(self.wire)

    @cached_property
    def json(self) -> bytes:
        """The message as it is written into a request."""
        return encoded(self.wire)

    @cached_property
    def _made(self) -> dict[Any, Any]:
        return {}

    def known(self, make: Callable[[MessageNode], V]) -> V:
        """Return what `make` makes of this message; it is asked once, and all versions share it."""
        made = self._made
        if make not in made:
            made[make] = make(self)
        value: V = made[make]
        return value


History = Pieces[MessageNode]


def written(history: History) -> Written:
    """Return the messages as they are sent: a list of its own, that knows its JSON."""
    wires = history.whole.known(_whole_wires), [node.wire for node in history.last]
    return Written(json_parts(history), *wires)


def json_parts(history: History) -> list[bytes]:
    """Return the JSON of the messages in parts, without brackets; that of whole pieces is there already."""
    return [*history.whole.known(_whole_json), b",".join([node.json for node in history.last])]


def _whole_wires(whole: Piece[Piece[MessageNode]]) -> list[Json]:
    return [wire for piece in whole for wire in piece.known(_piece_wires)]


def _piece_wires(piece: Piece[MessageNode]) -> list[Json]:
    return [node.wire for node in piece]


def _whole_json(whole: Piece[Piece[MessageNode]]) -> list[bytes]:
    return [piece.known(_piece_json) for piece in whole]


def _piece_json(piece: Piece[MessageNode]) -> bytes:
    """Write a piece that others stand behind; its nodes needn't keep their own JSON any longer."""
    data = b"".join([node.json + b"," for node in piece])
    for node in piece:
        node.__dict__.pop("json", None)
    return data


class Ids:
    """The counters behind the ids of one conversation's nodes: `m1`, `m2` and `b1`, `b2`."""

    def __init__(self, messages: int = 0, blocks: int = 0) -> None:
        self._messages = messages
        self._blocks = blocks

    def message(self) -> str:
        self._messages += 1
        return f"m{self._messages}"

    def block(self) -> str:
        self._blocks += 1
        return f"b{self._blocks}"

    def skip(self, other: Ids) -> None:
        """Give none from now on that another has given."""
        self._messages = max(self._messages, other._messages)
        self._blocks = max(self._blocks, other._blocks)

    def copy(self) -> Ids:
        return Ids(self._messages, self._blocks)


class Messages(Sequence[Json]):
    """An array to look at: what is asked for is copied, so a reader can't change the history.

    `result` is the `tool_result` of the call in question, if that is in and waits to be looked at.
    """

    def __init__(self, history: History, result: Json | None = None) -> None:
        self._history = history
        self.result = copy.deepcopy(result)

    def __len__(self) -> int:
        return len(self._history)

    @overload
    def __getitem__(self, at: int) -> Json: ...
    @overload
    def __getitem__(self, at: slice) -> list[Json]: ...
    def __getitem__(self, at: int | slice) -> Json | list[Json]:
        if isinstance(at, slice):
            return to_wire(self._history[at])
        return copy.deepcopy(self._history[at].wire)

    def __repr__(self) -> str:
        return repr(to_wire(self._history))


def to_wire(history: History) -> list[Json]:
    """Return the array as plain dicts, equal to what is sent; a copy."""
    return [copy.deepcopy(node.wire) for node in history]


def canonical(value: Any) -> str:
    """Return the JSON text that is the same for equal values, and differs for `1` and `true`."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def plain(value: Any, where: str = "messages") -> Any:
    """Return a deep copy made of JSON values only, or raise `UsageError` naming the place."""
    try:
        return _plain(value, where)
    except RecursionError:
        raise UsageError(f"{where}: this holds itself or is too deep, so it can't be sent as JSON") from None


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, View):
        return value.to_wire()
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise UsageError(f"{where}: the key {key!r} is no string, so this can't be sent as JSON")
        return {key: _plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{where}.{at}") for at, item in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"{where}: JSON has no number {value}, so this can't be sent; give it as a string")
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise UsageError(f"{where}: {a_kind(value)} can't be sent as JSON; give a string, dict or list")


def listed(given: Any, where: str) -> list[Any]:
    """Return what was given as a list, nothing as an empty one; one thing alone is a `UsageError`."""
    if given is None:
        return []
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise UsageError(f"{where} takes a list, not {a_kind(given)}: put it in square brackets")
    return list(given)


def block_node(wire: Json, by: Provenance, ids: Ids) -> BlockNode:
    return BlockNode(ids.block(), wire, by)


def message_node(wire: Any, by: Provenance, ids: Ids, reply: Json | None = None) -> MessageNode:
    """Make the node of one message whose blocks all have the same maker."""
    parts = split(wire)
    if parts is None:
        return MessageNode(ids.message(), _role(wire), (), whole=(wire,))
    role, blocks, as_string, extra = parts
    nodes = tuple(block_node(block, by, ids) for block in blocks)
    return MessageNode(ids.message(), role, nodes, as_string, extra, reply=reply)


def split(wire: Any) -> tuple[str, list[Json], bool, Json] | None:
    """Return role, blocks, whether content is a string, and other keys; None for an odd message."""
    if not isinstance(wire, dict) or not isinstance(wire.get("role"), str):
        return None
    content = wire.get("content")
    extra = {key: value for key, value in wire.items() if key not in ("role", "content")}
    if isinstance(content, str):
        return wire["role"], [{"type": "text", "text": content}], True, extra
    if isinstance(content, list) and all(isinstance(block, dict) for block in content):
        return wire["role"], content, False, extra
    return None


def _role(wire: Any) -> str:
    role = wire.get("role") if isinstance(wire, dict) else None
    return role if isinstance(role, str) else ""


def from_wire(messages: Iterable[Any], by: Provenance, ids: Ids) -> History:
    """Make a history of plain dicts, every block by the same maker."""
    return Pieces(message_node(plain(message), by, ids) for message in messages)
