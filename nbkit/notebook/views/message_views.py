"""Messages and blocks as the plain dicts that page and record are drawn from.

Where something stands is told by its place in the list; only what is no part of the array (`loose`) says so.
A view is read, never changed: all versions of an array share those of the messages that they share.
"""

from __future__ import annotations

from collections.abc import Callable
from json import dumps
from typing import TYPE_CHECKING, Any, TypeVar

from nbkit.loop.array.bound import SIGNED
from nbkit.notebook.page.sendable import Fit, sendable
from nbkit.notebook.record.wording import shorten
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Message

if TYPE_CHECKING:
    from nbkit.loop.array.history import BlockNode, History, MessageNode
    from nbkit.loop.array.pieces import Piece

V = TypeVar("V")

CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
PARTIAL = "partial"
UNSENT = "unsent"
CUT = "cut off; not part of the conversation"
TAKEN_BACK = "not part of the conversation: it got no reply"


class MessageView(Fit):
    """The view of a message of the array, and what was made of it: its html, its text."""

    def known(self, make: Callable[..., V], *of: Any) -> V:
        """Return what `make` makes of this view and of what else it is given; it is asked once."""
        made: dict[Any, Any] = self.__dict__
        key = make, of
        if key not in made:
            made[key] = make(self, *of)
        value: V = made[key]
        return value


def message_views(history: History) -> list[Json]:
    """Return the views of messages; each is made once, and shared by all versions of the array."""
    return [view for piece in history.pieces for view in piece.known(_piece_views)]


def _piece_views(piece: Piece[MessageNode]) -> list[Json]:
    return [view_of(node) for node in piece]


def view_of(node: MessageNode) -> Json:
    """Return the view of one message of the array, made once."""
    return node.known(_view)


def _view(node: MessageNode) -> Json:
    return MessageView(sendable(message_view(node)))


def message_view(node: MessageNode) -> Json:
    """Return one message of the array."""
    blocks = _reasoned([block_view(block) for block in node.blocks], node.reply)
    view: Json = {"id": node.id, "role": node.role, "blocks": blocks}
    if node.is_string:
        view["as_string"] = True
    if node.whole:
        odd: Any = node.whole[0]
        wire: Json = odd if isinstance(odd, dict) else {"message": odd}
        view |= {"odd": True, "blocks": [new_block(f"{node.id}-odd", wire, by="edit")]}
    return view


def _reasoned(blocks: list[Json], reply: Json | None) -> list[Json]:
    """Say at reasoning that is hidden how much it was, where its reply counts just that."""
    thought = [block for block in blocks if block["type"] in ("thinking", "redacted_thinking")]
    if reply is not None and len(thought) == 1 and not thought[0]["wire"].get("thinking"):
        details = (reply.get("usage") or {}).get("output_tokens_details") or {}
        tokens = details.get("thinking_tokens")
        if isinstance(tokens, int) and tokens > 0:
            thought[0]["tokens"] = tokens
    return blocks


def path_of(history: History, id: str) -> str | None:
    """Return the path of a message or a block by its id, None when it is not in the array."""
    before = 0
    for piece in history.pieces:
        found = piece.known(_piece_places).get(id)
        if found is not None:
            message, rest = found
            return f"messages.{before + message}{rest}"
        before += len(piece)
    return None


def _piece_places(piece: Piece[MessageNode]) -> dict[str, tuple[int, str]]:
    """Return where messages and blocks stand in a piece, by their ids."""
    places = {}
    for at, node in enumerate(piece):
        places[node.id] = places[f"{node.id}-odd"] = at, ""
        for index, block in enumerate(node.blocks):
            places[block.id] = at, f".content.{index}"
    return places


def block_view(node: BlockNode) -> Json:
    """Return one block, with who made it and what it was."""
    by = node.by
    was = None if by.original is None else f"it was {shorten(_gist(by.original, node.wire), 200)}"
    note = "; ".join(words for words in (by.note, by.fault, was) if words) or None
    view = new_block(node.id, node.wire, by=by.by, note=note)
    return {**view, "unsealed": True} if _unsealed(node.wire, by.original) else view


def _unsealed(wire: Json, original: Any) -> bool:
    """Whether thinking has other words than those that were signed, or another signature (R35).

    Where the words were left out, the API takes no notice of any that stand there.
    """
    if not isinstance(original, dict) or not original.get("type") == wire.get("type") in SIGNED:
        return False
    sealed = ("signature", "data") if not original.get("thinking") else ("signature", "data", "thinking")
    return any(original.get(key) != wire.get(key) for key in sealed)


def _gist(original: Any, wire: Json) -> str:
    """What an edited block was: of a result or a text only what it said, of a call what is otherwise now.

    The rest is still there to see.
    """
    kind = original.get("type") if isinstance(original, dict) else None
    if kind in ("tool_result", "text"):
        original = original.get("content" if kind == "tool_result" else "text")
    elif kind in CALLS:
        changed = {key: value for key, value in original.items() if wire.get(key) != value}
        original = changed.get("input") if changed.keys() == {"input"} else changed or original
    return original if isinstance(original, str) else dumps(original, ensure_ascii=False)


def new_block(id: str, wire: Json, *, by: str, note: str | None = None, json: str = "") -> Json:
    """Return what the page gets of a block; what most don't have is left out, as arrays can be long."""
    kind = wire.get("type")
    kind = kind if isinstance(kind, str) else ""
    view: Json = {"id": id, "type": kind, "wire": wire, "by": by}
    if note:
        view["note"] = note
    if json:
        view["json"] = json
    return view


def partial_view(message: Message, by: str, note: str | None = None) -> Json:
    """Return a reply that is not finished: it has no ids yet, and a cut one never gets any."""
    blocks = []
    for at, wire in enumerate(message.raw.get("content", [])):
        fault = message.fault(at)
        json = fault.raw_text if fault else ""
        block = new_block(f"{PARTIAL}-{at}", wire, by=by, note=note, json=json)
        if fault is not None and fault.kind == "unfinished_block" and note is None:
            block["streaming"] = True
        blocks.append(block)
    # What was cut off has no place in the array.
    return {"id": PARTIAL, "role": "assistant", "blocks": blocks, "loose" if note else "partial": True}


def unsent_view(content: str | list[Json]) -> Json:
    """Return the user message of a turn that failed; it has no place in the array, so nothing to edit."""
    wires = [{"type": "text", "text": content}] if isinstance(content, str) else content
    blocks = [
        new_block(f"{UNSENT}-{at}", wire, by="person", note=TAKEN_BACK) for at, wire in enumerate(wires)
    ]
    return {"id": UNSENT, "role": "user", "blocks": blocks, "loose": True}
