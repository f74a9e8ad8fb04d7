"""What the page asks of the array itself: one function per kind, each an edit that code could make.

The page may be behind, so it names messages and blocks by their ids. Several at once are one step of undo.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError
from nbkit.notebook.page import guard
from nbkit.notebook.page.exact import exact
from nbkit.notebook.views.message_views import path_of
from nbkit.notebook.views.snapshot import problem_view
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.array.cache_marks import CacheMark
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.views.stage import Stage

Edit = Callable[["Conversation", Json], None]


def edit_of(kind: str) -> Callable[[Stage, Json], None] | None:
    """Return the move of that kind, None when it is no edit."""
    edit = EDITS.get(kind)
    if edit is None:
        return None

    def move(stage: Stage, message: Json) -> None:
        before = stage.conversation.cache_marks() if message.get("field") == "cache_control" else []
        guard.change(stage, message, lambda chat: edit(chat, message))
        if kind == "clear" and before:
            _say_uncached(stage, message, before)

    return move


def judged(stage: Stage, message: Json) -> Json:
    """Return the problems that a change would leave where it is made; it is not made."""
    change = message.get("edit")
    kind = change.get("kind") if isinstance(change, dict) else None
    if not isinstance(change, dict) or kind not in ("edit", "set"):
        raise UsageError("the page asked about a change that this kernel can't try: reload the page")
    chat = stage.conversation.fork()
    path = str(change.get("path")) if kind == "set" else _path(chat, change)
    with chat.changing():
        EDITS[kind](chat, change)
    whole = path.partition(".")[0]  # as names that two tools share
    found = [
        problem_view(each)
        for each in chat.problems()
        if each.path == whole or f"{each.path}.".startswith(f"{path}.")
    ]
    return {"problems": [{**each, "fix": None} for each in found]}


def _say_uncached(stage: Stage, message: Json, before: list[CacheMark]) -> None:
    """Say what a request costs without the breakpoint that was cleared."""
    mark = next((mark for mark in before if mark.block == message.get("id")), None)
    view = stage.views.get(str(message.get("view")))
    if mark is None or view is None:
        return
    price = "" if mark.plain is None else f": ${mark.plain:.4f} instead of ${mark.read:.4f} each time"
    view.told = f"no cache breakpoint there: about {mark.tokens:,} tokens are paid in full{price}"
    stage.refresh()


def _edit(chat: Conversation, message: Json) -> None:
    """Another value for a block or a message, or for the one `field` of it that is named."""
    path, field, value = _path(chat, message), message.get("field"), _value(message)
    at, *block = _numbers(path)
    node = chat.history[at]
    before = node.blocks[block[0]].wire if block and block[0] < len(node.blocks) else None
    if isinstance(field, str) and field:
        path, before = f"{path}.{field}", before.get(field) if before else None
    chat.edit(path, exact(value, before))


def _clear(chat: Conversation, message: Json) -> None:
    """Take a field away."""
    chat.delete(f"{_path(chat, message)}.{message.get('field')}")


def _set(chat: Conversation, message: Json) -> None:
    """Another system prompt, tool or parameter, by its path in the body; without a value it goes.

    `fields` are several fields of the body, or the `version` and the `betas` of the headers; null takes away.
    """
    fields = message.get("fields")
    if isinstance(fields, dict):
        for name, value in fields.items():
            if name in ("version", "betas"):
                setattr(chat, name, value)
            else:
                chat.edit(name, exact(value, chat.params.get(name)))
        return
    path = str(message.get("path"))
    if path.startswith("messages"):
        raise UsageError("the page names what is in the array by its id: reload the page")
    if "value" in message and path == f"tools.{len(chat.tools)}":  # behind the last one, or the first of all
        chat.edit("tools", [*chat.settings.definitions, message["value"]])
    elif "value" in message:
        tools = chat.settings.definitions
        number = int(path.split(".")[1]) if re.fullmatch(r"tools\.\d+", path) else len(tools)
        chat.edit(path, exact(message["value"], tools[number] if number < len(tools) else None))
    else:
        chat.delete(path)


def _insert(chat: Conversation, message: Json) -> None:
    """Something new in front of a block or message, or at the end of a message or of the array."""
    chat.insert(_gap(chat, message), _value(message))


def _paste(chat: Conversation, message: Json) -> None:
    """What was copied: blocks or messages as JSON; any other text becomes a text block.

    Messages that are pasted among blocks stay messages, behind the one that these blocks are of.
    """
    values, gap = pasted(message.get("text")), _gap(chat, message)
    numbers = _numbers(gap)
    among_blocks = len(numbers) > 1
    if all("role" in each for each in values):
        gap = f"messages.{numbers[0] + among_blocks}"
    elif not among_blocks:
        values = [{"role": "user", "content": values}]
    head, _, at = gap.rpartition(".")
    for more, value in enumerate(values):
        chat.insert(f"{head}.{int(at) + more}", value)


def _delete(chat: Conversation, message: Json) -> None:
    for id in _ids(message):
        chat.delete(_path_of(chat, id))


def _duplicate(chat: Conversation, message: Json) -> None:
    """A message behind itself; of several blocks of one message the copies together, behind the last."""
    places = {tuple(_numbers(_path_of(chat, id))) for id in _ids(message)}
    # From the end, so that no copy moves what is still to come.
    for at, group in groupby(sorted(places, reverse=True), key=lambda place: place[0]):
        blocks = sorted(place[1] for place in group if len(place) > 1)
        if not blocks:
            chat.duplicate(f"messages.{at}")
        for target, block in enumerate(blocks, blocks[-1] + 1 if blocks else 0):
            chat.duplicate(f"messages.{at}.content.{block}")
            if target > block + 1:
                chat.move(f"messages.{at}.content.{block + 1}", f"messages.{at}.content.{target}")


def _move(chat: Conversation, message: Json) -> None:
    """Blocks or messages, in this order, to another place."""
    for id in _ids(message):
        source = _path_of(chat, id)
        chat.move(source, _counted_without(chat, source, _gap(chat, message)))


def _split(chat: Conversation, message: Json) -> None:
    at = message.get("at")
    if not isinstance(at, int):
        raise UsageError("put the cursor where the text is to be cut")
    chat.split(_path(chat, message), at)


def _merge(chat: Conversation, message: Json) -> None:
    chat.merge(_path(chat, message))


def _wrap(chat: Conversation, message: Json) -> None:
    """A content that is a string as a list with one block, or the other way round."""
    path = f"messages.{_numbers(_path(chat, message))[0]}"
    node = chat.history[_numbers(path)[0]]
    if node.is_string:
        chat.edit(f"{path}.content", [block.wire for block in node.blocks])
    elif len(node.blocks) == 1 and set(node.blocks[0].wire) == {"type", "text"}:
        chat.edit(f"{path}.content", node.blocks[0].wire["text"])
    else:
        raise UsageError("only content that is one plain text block can be written as a string")


EDITS: dict[str, Edit] = {
    "edit": _edit,
    "clear": _clear,
    "set": _set,
    "insert": _insert,
    "paste": _paste,
    "delete": _delete,
    "duplicate": _duplicate,
    "move": _move,
    "split": _split,
    "merge": _merge,
    "wrap": _wrap,
}


def pasted(text: Any) -> list[Json]:
    """Return the messages or the blocks that a text holds; `UsageError` for none at all."""
    if not isinstance(text, str) or not text.strip():
        raise UsageError("there is nothing to paste")
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        value = value["messages"]  # a whole request
    given = value if isinstance(value, list) and value else [value]
    for key in ("role", "type"):
        if all(isinstance(each, dict) and key in each for each in given):
            return given
    return [{"type": "text", "text": text}]


def _path(chat: Conversation, message: Json) -> str:
    return _path_of(chat, str(message.get("id")))


def _path_of(chat: Conversation, id: str) -> str:
    path = path_of(chat.history, id)
    if path is None:
        raise UsageError("this is no longer in the array: nothing was changed")
    return path


def _ids(message: Json) -> list[str]:
    ids = message.get("ids")
    if not isinstance(ids, list) or not ids:
        raise UsageError("the page named nothing to change: reload the page")
    return [str(id) for id in ids]


def _value(message: Json) -> Any:
    if "value" not in message:
        raise UsageError("the page sent no value: reload the page")
    return message["value"]


def _gap(chat: Conversation, message: Json) -> str:
    """Return the path in front of which something goes: `before` an id, or at the end of what is `into`."""
    before, into = message.get("before"), message.get("into")
    if isinstance(before, str):
        return _path_of(chat, before)
    if isinstance(into, str):
        at = _numbers(_path_of(chat, into))[0]
        return f"messages.{at}.content.{len(chat.history[at].blocks)}"
    return f"messages.{len(chat.history)}"


def _counted_without(chat: Conversation, source: str, gap: str) -> str:
    """Return a gap as it is counted with the source taken out, which is how `move` counts."""
    here, there = _numbers(source), _numbers(gap)
    same_list = len(here) == len(there) and here[:-1] == there[:-1]
    if same_list and here[-1] < there[-1]:
        there[-1] -= 1
    elif not same_list and len(chat.history[here[0]].blocks) <= 1 and here[0] < there[0]:
        there[0] -= 1  # with its last block a message goes too
    return f"messages.{there[0]}" + "".join(f".content.{at}" for at in there[1:])


def _numbers(path: str) -> list[int]:
    """Return the message's and the block's index in a path."""
    return [int(part) for part in path.split(".") if part.isdecimal()]
