"""Two arrays side by side, block by block: what is the same, changed, added, removed or moved.

Every byte counts here, cache breakpoints too; what only lost state between two requests is `check_session`'s.
A block of the second array can be taken into the first one, where that is a conversation.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from nbkit.errors import UsageError, a_kind
from nbkit.loop.array.history import History, Ids, Provenance, from_wire, listed, plain
from nbkit.loop.conversation import Conversation
from nbkit.study import comparison_text
from nbkit.study.word_diff import Part, differing
from nbkit.wire.blocks import Json

State = Literal["same", "changed", "added", "removed", "moved"]
NAMES = {"tool_use": "id", "server_tool_use": "id", "mcp_tool_use": "id", "thinking": "signature"}


@dataclass(frozen=True, slots=True)
class Side:
    """A block where it stands in one of the two; `id` is what a conversation knows it by."""

    message: int
    number: int
    role: str
    wire: Json
    id: str
    key: str = field(repr=False)

    @property
    def path(self) -> str:
        return f"messages.{self.message}.content.{self.number}"


@dataclass(frozen=True, slots=True)
class Row:
    """Two blocks that belong together, or one alone: `added` is in the second array only."""

    state: State
    first: Side | None
    second: Side | None

    def words(self) -> tuple[list[Part], list[Part]]:
        """Return the text of both (the JSON of what is no text) in pieces, each with whether it differs."""
        first, second = shown(self.first), shown(self.second)
        return differing(first, second), differing(second, first)


@dataclass(frozen=True)
class Comparison:
    """What `compare` returns: it prints itself as text, and shows itself in a notebook.

    `fields` are what the two have besides their messages and don't share: name, first value, second value.
    """

    rows: list[Row]
    fields: list[tuple[str, Any, Any]] = field(default_factory=list)
    chat: Conversation | None = field(default=None, repr=False)

    @property
    def same(self) -> bool:
        """Whether there is no difference at all."""
        return not self.fields and all(row.state == "same" for row in self.rows)

    @property
    def differences(self) -> list[Row]:
        return [row for row in self.rows if row.state != "same"]

    def take(self, row: Row) -> None:
        """Make the first array, a conversation's, in this row what the second one is: one step of undo.

        Raises `UsageError` where the first is no conversation, or has changed there since.
        """
        if self.chat is None:
            raise UsageError("a block can be taken into a conversation only: compare(chat, other)")
        if row not in self.rows:
            raise UsageError("take() takes one of the rows of this comparison")
        take(self.chat, self.rows, row)

    def __str__(self) -> str:
        return comparison_text.text(self)

    def _repr_html_(self) -> str:
        return comparison_text.html(self)


def compare(first: Any, second: Any) -> Comparison:
    """Compare two arrays block by block: conversations, request bodies, or lists of messages.

    With a conversation first, `second` may be the name of one of its branches. `UsageError` for all else.
    """
    chat = first if isinstance(first, Conversation) else None
    here, around = _read(first)
    if isinstance(second, str):
        there, other = branch_of(chat, second), around
    else:
        there, other = _read(second)
    return Comparison(rows_of(here, there), _fields(around, other), chat)


def branch_of(chat: Conversation | None, name: str) -> History:
    if chat is None:
        raise UsageError("the name of a branch goes with its conversation: compare(chat, 'branch-1')")
    lines = {chat.branch: chat.turn.line, **dict(chat.others)}
    if name not in lines:
        raise UsageError(f"there is no branch {name!r}: there is {', '.join(lines)}")
    return lines[name].history


def rows_of(first: History, second: History) -> list[Row]:
    """Return the rows in the order of the second array, with what is in the first only where it stood."""
    olds, news = list(_sides(first)), list(_sides(second))
    keys = [[(each.role, each.key) for each in sides] for sides in (olds, news)]
    start = next(
        (at for at, (old, new) in enumerate(zip(*keys, strict=False)) if old != new), min(map(len, keys))
    )
    rows = [Row("same", *pair) for pair in zip(olds[:start], news[:start], strict=True)]
    matcher = SequenceMatcher(None, keys[0][start:], keys[1][start:], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        old, new = olds[start + a : start + b], news[start + c : start + d]
        rows += (
            [Row("same", *pair) for pair in zip(old, new, strict=True)]
            if kind == "equal"
            else _paired(old, new)
        )
    return _moved(rows)


def _paired(old: list[Side], new: list[Side]) -> list[Row]:
    """Pair what was put in place of each other: by name where there is one, else by role and type."""
    partner: dict[int, Side] = {}
    free = list(old)
    for tells in (_name, _kind):
        waiting: defaultdict[Any, deque[Side]] = defaultdict(deque)
        for side in free:
            waiting[tells(side)].append(side)
        for at, side in enumerate(new):
            if at not in partner and tells(side) is not None and waiting[tells(side)]:
                partner[at] = waiting[tells(side)].popleft()
        taken = {id(side) for side in partner.values()}
        free = [side for side in free if id(side) not in taken]
    rows = [_row(partner.get(at), side) for at, side in enumerate(new)]
    return [*(Row("removed", side, None) for side in free), *rows]


def _row(first: Side | None, second: Side) -> Row:
    if first is None:
        return Row("added", None, second)
    return Row("moved" if first.key == second.key else "changed", first, second)


def _name(side: Side) -> Any:
    kind = side.wire.get("type")
    name = side.wire.get("tool_use_id") or side.wire.get(NAMES.get(str(kind), ""))
    return (side.role, kind, name) if isinstance(name, str) else None


def _kind(side: Side) -> Any:
    return side.role, side.wire.get("type")


def _moved(rows: list[Row]) -> list[Row]:
    """Make one row of a block that was taken away in one place and stands, the same, in another."""
    gone: defaultdict[str, deque[Row]] = defaultdict(deque)
    for row in rows:
        if row.state == "removed" and row.first is not None:
            gone[row.first.key].append(row)
    left, found = set(), []
    for row in rows:
        if row.state == "added" and row.second and (old := gone[row.second.key]):
            was = old.popleft()
            left.add(id(was))
            row = Row("moved", was.first, row.second)
        found.append(row)
    return [row for row in found if id(row) not in left]


def take(chat: Conversation, rows: Sequence[Row], row: Row) -> None:
    """Make of a row in a conversation's array what the other array has there."""
    first, second = row.first, row.second
    here = {block.id for node in chat.history for block in node.blocks}
    if first is not None and first.id not in here:
        raise UsageError("this has changed in the meantime: compare again")
    with chat.changing():
        if row.state == "changed" and first and second:
            chat.edit(first.path, copy.deepcopy(second.wire))
        elif row.state == "removed" and first:
            chat.delete(first.path)
        elif row.state == "added" and second:
            _put(chat, rows, row, second)
        elif row.state == "moved":
            raise UsageError("this block is in both, in other places: move it")


def _put(chat: Conversation, rows: Sequence[Row], row: Row, new: Side) -> None:
    """Insert a block of the other array beside those it shares a message with there, or as a message."""
    at = next(number for number, each in enumerate(rows) if each is row)
    value = copy.deepcopy(new.wire)
    before = next((each.first for each in reversed(rows[:at]) if _beside(each, new)), None)
    behind = next((each.first for each in rows[at + 1 :] if _beside(each, new)), None)
    if before:
        chat.insert(f"messages.{before.message}.content.{before.number + 1}", value)
    elif behind:
        chat.insert(behind.path, value)
    else:
        last = next((each.first for each in reversed(rows[:at]) if _stays(each)), None)
        place = last.message + 1 if last else 0
        chat.insert(f"messages.{place}", {"role": new.role, "content": [value]})


def _beside(row: Row, new: Side) -> bool:
    return _stays(row) and row.second is not None and row.second.message == new.message


def _stays(row: Row) -> bool:
    return row.state in ("same", "changed")


def _sides(history: History) -> Iterator[Side]:
    for at, node in enumerate(history):
        if node.whole:
            yield Side(at, 0, node.role, {"message": node.odd}, node.id, node.key)
        for number, block in enumerate(node.blocks):
            yield Side(at, number, node.role, block.wire, block.id, block.key)


def _read(given: Any) -> tuple[History, Json]:
    """Return the messages, and what goes with them."""
    if isinstance(given, Conversation):
        return given.turn.line.with_results, given.outgoing().fields
    if isinstance(given, dict):
        body = plain(given, "a request")
        messages = body.pop("messages", [])
        body.pop("stream", None)
    elif isinstance(given, list | tuple):
        body, messages = {}, plain(list(given))
    else:
        raise UsageError(
            f"compare() takes conversations, request bodies or lists of messages, not {a_kind(given)}"
        )
    return from_wire(listed(messages, "messages"), Provenance("edit"), Ids()), body


def _fields(first: Json, second: Json) -> list[tuple[str, Any, Any]]:
    if not first or not second:
        return []
    return [
        (name, first.get(name), second.get(name))
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    ]


def shown(side: Side | None) -> str:
    """A block as it is read: its text, and the JSON of what else it has."""
    if side is None:
        return ""
    text = side.wire.get("text")
    if side.wire.get("type") != "text" or not isinstance(text, str):
        return json.dumps(side.wire, ensure_ascii=False, indent=1)
    rest = {key: value for key, value in side.wire.items() if key not in ("type", "text")}
    return f"{text}\n{json.dumps(rest, ensure_ascii=False)}" if rest else text
