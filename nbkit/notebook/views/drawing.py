"""What a view shows, and how it differs from what it showed before.

The messages are nodes that never change, so two drawings of one conversation share what stayed: finding the
difference looks at identities, and only what is new is written as JSON again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from nbkit.errors import counted
from nbkit.loop.array.history import History, MessageNode
from nbkit.loop.array.pieces import Pieces
from nbkit.notebook.views.message_views import message_views, view_of
from nbkit.wire.blocks import Json

NONE: History = Pieces()
HEAD = ("id", "role", "as_string", "odd")  # what there is of a message beside its blocks


@dataclass(frozen=True, slots=True)
class Drawing:
    """The messages of a range of the array, the `loose` ones behind them, and everything around them.

    Loose are messages that are no part of the array: a reply that streams, one that was cut off, what was
    said in vain. `head` is all that is neither message, card nor problem; a problem names the id of the
    block or message it stands `at`.
    """

    head: Json
    history: History = NONE
    loose: list[Json] = field(default_factory=list)
    cards: list[Json] = field(default_factory=list)
    problems: list[Json] = field(default_factory=list)

    @property
    def messages(self) -> bool:
        """Whether there is any message to show."""
        return bool(self.history or self.loose)

    def snapshot(self) -> Json:
        """Return all of it as one plain dict; what it is made of is shared, so it is to be read only."""
        return {
            **self.head,
            "messages": [*message_views(self.history), *self.loose],
            "cards": self.cards,
            "problems": self.problems,
        }

    def beginning(self, most: int) -> Drawing:
        """Return the drawing with the first messages only, and word of the others."""
        more = len(self.history) - most
        if more <= 0:
            return self
        notice = f"and {counted(more, 'more message')}, which are written here in a moment"
        return replace(self, history=self.history[:most]).changed(notice=notice)

    def since(self, before: Drawing) -> list[Json]:
        """Return the ops that bring a page from another drawing to this one; none when nothing differs."""
        ops: list[Json] = []
        if self.history is not before.history:
            ops += _splice(before.history, self.history)
        for name in ("loose", "cards", "problems"):
            now = getattr(self, name)
            if now != getattr(before, name):
                ops.append({"op": name, "messages" if name == "loose" else name: now})
        known = before.head
        head = {key: value for key, value in self.head.items() if key not in known or known[key] != value}
        gone = [key for key in known if key not in self.head]
        if head or gone:
            ops.append({"op": "head", "head": head, **({"gone": gone} if gone else {})})
        return ops

    def changed(self, **head: Any) -> Drawing:
        """Return the drawing with other things said around the messages."""
        return replace(self, head={**self.head, **head})


def _splice(old: History, new: History) -> list[Json]:
    """Return the one splice that makes one array of the other, none when they hold the same nodes."""
    start, gone, stop = old.differs(new)
    if start == gone == stop:
        return []
    if gone - start == stop - start == 1 and (op := _of_blocks(start, old[start], new[start])):
        return [op] if op["remove"] or op["blocks"] else []
    messages = message_views(new[start:stop])
    return [{"op": "splice", "at": start, "remove": gone - start, "messages": messages}]


def _of_blocks(at: int, old: MessageNode, new: MessageNode) -> Json | None:
    """Return the splice of blocks in the message at that index; None where more of it than blocks differs."""
    before, after = view_of(old), view_of(new)
    if before.get("odd") or any(before.get(key) != after.get(key) for key in HEAD):
        return None
    rows, others = _told(old, before), _told(new, after)
    most = min(len(rows), len(others))
    first = next((i for i in range(most) if rows[i] != others[i]), most)
    same = next((i for i in range(most - first) if rows[-1 - i] != others[-1 - i]), most - first)
    blocks = after["blocks"][first : len(others) - same]
    return {"op": "blocks", "at": at, "first": first, "remove": len(rows) - same - first, "blocks": blocks}


def _told(node: MessageNode, view: Json) -> list[tuple[int, Any]]:
    """What tells one block of a message from another: two that Python takes for equal may differ as JSON."""
    if len(node.blocks) != len(view["blocks"]):
        return []
    return [
        (id(block), shown.get("tokens")) for block, shown in zip(node.blocks, view["blocks"], strict=True)
    ]
