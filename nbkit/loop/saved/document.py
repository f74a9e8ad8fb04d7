"""Conversations as JSON documents, format `nbkit/1`: written, read, and put on top of each other.

A document holds the messages of its own turn and the hash of what it stands on, so that a notebook grows
with the conversation and not with its square. It holds no times and no random ids: the same conversation
gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, get_args

from nbkit.errors import LoadError, an
from nbkit.loop.array.history import (
    BlockNode,
    By,
    History,
    Ids,
    MessageNode,
    Provenance,
    message_node,
)
from nbkit.loop.array.pieces import Pieces
from nbkit.loop.calls.decisions import from_json, to_json
from nbkit.loop.calls.pending import Pending, pending_of
from nbkit.loop.draft import Draft
from nbkit.loop.line import Line, Record, Who, call_ids
from nbkit.loop.saved.key_order import Orders, orders, restored, with_order
from nbkit.loop.settings import Settings
from nbkit.loop.tools.tool import Tool
from nbkit.wire.blocks import Json

FORMAT = "nbkit/1"
MIME = "application/vnd.nbkit.turn+json"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """What a document says of one message, and the orders of the keys in it. It is made once."""

    made: tuple[Any, list[Json], Json | None]
    orders: tuple[Orders, Orders, Orders]


ROWS = ("messages", "provenance", "replies")


def document(conversation: Draft, start: int = 0, end: int | None = None) -> Json:
    """Return the document of the messages `start:end`; open calls belong to the array's end.

    It shares what it holds with the history, so it is to be read only.
    """
    line = conversation.turn.line
    history = line.history[start:end]
    ids = call_ids(history) | _answered_ids(history) if line.log else ()
    whole = end is None or end >= len(line.history)
    data = {
        "format": FORMAT,
        "conversation": conversation.name,
        "base": {"length": start, "hash": hash_of(node.key for node in line.history[:start])},
        **settings_json(conversation.settings),
        **history_json(history),
        "pending": [pending_json(each) for each in line.pending] if whole else [],
        **(remark_json(line) if whole else {}),
        "options": line.options if whole else {},
        "decisions": [record.to_json() for record in line.log if record.id in ids],
    }
    rows = [node.known(_row) for node in history]
    return with_order(data, {name: [row.orders[at] for row in rows] for at, name in enumerate(ROWS)})


def settings_json(settings: Settings) -> Json:
    return {
        "model": settings.model,
        "system": settings.system,
        "tools": settings.definitions,
        "params": settings.effective,
        "version": settings.version,
        "betas": list(settings.betas),
    }


def history_json(history: History) -> Json:
    """Return messages, who made each of their blocks, and the envelopes that replies came in; read only."""
    rows = [node.known(_row) for node in history]
    return {name: [row.made[at] for row in rows] for at, name in enumerate(ROWS)}


def _row(node: MessageNode) -> Row:
    makers = [provenance_json(block.by) for block in node.blocks]
    return Row((node.wire, makers, node.reply), (orders(node.wire), orders(makers), orders(node.reply)))


def provenance_json(by: Provenance) -> Json:
    values = {"by": by.by, "note": by.note, "original": by.original, "fault": by.fault}
    return {key: value for key, value in values.items() if value is not None}


def pending_json(pending: Pending) -> Json:
    return {
        "id": pending.call.id,
        "decision": to_json(pending.decision) if pending.decision else None,
        "started": pending.started,
        "result": pending.result,
        "looking": pending.looking,
        **({"too_much": pending.too_much} if pending.too_much else {}),
        "by": provenance_json(pending.by) if pending.by else None,
    }


def remark_json(line: Line) -> Json:
    """Return what is to be said after the results, if there is something."""
    return {"remark": line.remark} if line.remark else {}


def hash_of(keys: Iterable[str]) -> str:
    """Return the hash of an array: sha256 of its canonical JSON."""
    return hashlib.sha256(f"[{','.join(keys)}]".encode()).hexdigest()


def hashes(keys: Iterable[str]) -> Iterator[str]:
    """Yield the hash of the empty array, of the first message, of the first two, and so on, in one pass."""
    digest = hashlib.sha256(b"[")
    yield _closed(digest)
    for at, key in enumerate(keys):
        digest.update((("," if at else "") + key).encode())
        yield _closed(digest)


def _closed(digest: Any) -> str:
    last = digest.copy()
    last.update(b"]")
    return str(last.hexdigest())


def _answered_ids(history: History) -> set[Any]:
    found = (block.wire.get("tool_use_id") for node in history for block in node.blocks)
    return {id for id in found if isinstance(id, str)}


@dataclass
class Saved:
    """A conversation as read from documents: the parts that add up, and the settings of the last one."""

    name: str
    settings: Json = field(default_factory=dict)
    messages: list[Any] = field(default_factory=list)
    provenance: list[Any] = field(default_factory=list)
    replies: list[Any] = field(default_factory=list)
    decisions: list[Any] = field(default_factory=list)
    pending: list[Any] = field(default_factory=list)
    options: Json = field(default_factory=dict)
    branches: list[Any] = field(default_factory=list)
    branch: str = "main"
    remark: str = ""

    def followed(
        self, data: Mapping[str, Any], keep: int, *, tail: int = 0, decisions: int | None = None
    ) -> Saved:
        """Return what this becomes with the messages after `keep` replaced by those of `data`.

        The last ones stay, as many as `tail` says.
        """
        if not 0 <= tail <= len(self.messages):
            raise ValueError(f"there are no {tail} messages to stay")
        rest = len(self.messages) - tail
        number = len(data["messages"])
        new = list(data.get("decisions", []))
        kept = _others(self.decisions, new) if decisions is None else self.decisions[:decisions]
        names = ("model", "system", "tools", "params", "version", "betas")
        return Saved(
            _a(str, data.get("conversation", self.name)),
            {**self.settings, **{name: data[name] for name in names if name in data}},
            [*self.messages[:keep], *data["messages"], *self.messages[rest:]],
            [*self.provenance[:keep], *_filled(data.get("provenance"), number), *self.provenance[rest:]],
            [*self.replies[:keep], *_filled(data.get("replies"), number), *self.replies[rest:]],
            [*kept, *new],
            _a(list, data.get("pending", [])),
            _a(dict, data.get("options", {})),
            _a(list, data.get("branches", [])),
            _a(str, data.get("branch", "main")),
            _a(str, data.get("remark", "")),
        )

    def line(self, ids: Ids) -> Line:
        """Return the line that was saved: the exact array, who made what, and the open calls as they were."""
        rows = zip(self.messages, self.provenance, self.replies, strict=True)
        history = Pieces(_node(wire, makers, reply, ids) for wire, makers, reply in rows)
        saved = {each["id"]: each for each in self.pending}
        pending = tuple(_pending(each, saved.get(each.call.id)) for each in pending_of(history))
        return Line(history, pending, Pieces(map(_record, self.decisions)), self.options, self.remark)

    def made(self) -> Settings:
        """Return the settings that were saved."""
        data = self.settings
        return Settings(
            data["model"],
            data.get("system"),
            tuple(Tool.from_definition(each) for each in _a(list, data.get("tools") or [])),
            _a(dict, data.get("params") or {}),
            _a(str, data["version"]),
            tuple(_a(str, beta) for beta in _a(list, data.get("betas") or [])),
        )


def read(data: object, where: str) -> Json:
    """Return a document, known to have the right shape. Raises `LoadError` otherwise."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else None
        told = f"its format is {found!r}" if isinstance(found, str) else "it has no format"
        way = "" if isinstance(found, str) else "; messages of your own go in with chat.messages = [...]"
        raise LoadError(f"{where} is no saved conversation: {told}, not {FORMAT!r}{way}")
    base = data.get("base")
    if not isinstance(data.get("messages"), list) or "model" not in data:
        raise LoadError(f"{where} is damaged: it lacks its messages or its model")
    if not isinstance(base, dict) or not isinstance(base.get("length"), int):
        raise LoadError(f"{where} is damaged: it doesn't say what it stands on")
    try:
        return restored(data)
    except (TypeError, ValueError, OverflowError):
        raise LoadError(f"{where} is damaged: its key orders or its numbers can't be read") from None


def _filled(values: Any, number: int) -> list[Any]:
    values = list(values or ())
    return [*values[:number], *[None] * (number - len(values))]


def _others(kept: list[Any], new: list[Any]) -> list[Any]:
    """Return the records of calls that the later document says nothing of."""
    told = [record["id"] for record in new]
    return [record for record in kept if record["id"] not in told]


def _a(kind: type[T], value: Any) -> T:
    if not isinstance(value, kind):
        raise ValueError(f"{str(value)[:40]!r} is not {an(kind.__name__)}")
    return value


def _record(data: Any) -> Record:
    who = data["who"]
    if who not in get_args(Who):
        raise ValueError(f"{str(who)[:40]!r} decides nothing")
    return Record(_a(str, data["id"]), _a(str, data["name"]), _a(dict, data["decision"]), who)


def _node(wire: Any, makers: Any, reply: Any, ids: Ids) -> MessageNode:
    node = message_node(wire, Provenance("person"), ids, None if reply is None else _a(dict, reply))
    known = [_provenance(maker) for maker in makers or ()]
    if len(known) != len(node.blocks):
        return node
    blocks = tuple(BlockNode(block.id, block.wire, by) for block, by in zip(node.blocks, known, strict=True))
    return replace(node, blocks=blocks)


def _provenance(data: Json) -> Provenance:
    by = data["by"]
    if by not in get_args(By):
        raise ValueError(f"nobody is called {by!r}")
    return Provenance(by, data.get("note"), data.get("original"), data.get("fault"))


def _pending(fresh: Pending, data: Json | None) -> Pending:
    if data is None:
        return fresh
    if data.get("result") is not None:
        _a(dict, data["result"])
    decision = from_json(data["decision"]) if data.get("decision") else None
    result, by = data.get("result"), data.get("by")
    # What was started and never answered is nobody's decision any more: it may have run.
    lost = bool(data.get("started")) and result is None
    return Pending(
        fresh.call,
        fresh.block_id,
        None if lost else decision,
        bool(data.get("started")),
        result,
        bool(data.get("looking")),
        by=_provenance(by) if by else None,
        too_much=_a(str, data["too_much"]) if data.get("too_much") else None,
    )
