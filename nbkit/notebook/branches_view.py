"""The branches of a conversation where all of it is shown, and one of them beside the present array."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from nbkit.errors import TurnError, UsageError
from nbkit.loop.history import History
from nbkit.notebook import guard
from nbkit.study import compare
from nbkit.study.compare import Row, Side
from nbkit.study.word_diff import Part
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.stage import Stage

MOST_ROWS = 200  # that differ; of more there is the number
LONGEST = 4_000  # characters of a block
SENT = ""  # what is compared with when it is the last request


def head(chat: Conversation, compared: str | None) -> Json:
    """Return the branches, the present one first, and what was compared."""
    names = dict(chat.others)
    if not names and chat.last_sent is None:
        return {}
    found: Json = {
        "branches": [
            _branch(chat, chat.branch, chat.history),
            *(_branch(chat, name, line.history) for name, line in names.items()),
        ],
        "sent": chat.last_sent is not None,
    }
    other = None if compared is None else other_array(chat, compared)
    if other is not None:
        rows = compare.rows_of(chat.history, other)
        differing = [row for row in rows if row.state != "same"]
        found["diff"] = {
            "branch": compared,
            "rows": list(_rows(rows)),
            "more": max(0, len(differing) - MOST_ROWS),
        }
    return found


def other_array(chat: Conversation, compared: str) -> History | None:
    """Return the array of a branch, or of the last request; None where there is none any more."""
    if compared == SENT:
        return chat.last_sent.history if chat.last_sent else None
    line = dict(chat.others).get(compared)
    return line.history if line else None


def _branch(chat: Conversation, name: str, history: History) -> Json:
    return {"name": name, "messages": len(history), "parts": chat.history.shared(history)}


def _rows(rows: list[Row]) -> Iterator[Json]:
    shown = 0
    for state, group in groupby(rows, key=lambda row: row.state if row.state == "same" else "other"):
        if state == "same":
            yield {"state": "same", "count": len(list(group))}
            continue
        for row in group:
            shown += 1
            if shown <= MOST_ROWS:
                first, second = row.words() if row.state != "moved" else ([], [])
                yield {
                    "state": row.state,
                    "first": _side(row.first, first),
                    "second": _side(row.second, second),
                }


def _side(side: Side | None, words: list[Part]) -> Json | None:
    if side is None:
        return None
    kind = side.wire.get("type")
    return {
        "id": side.id,
        "path": side.path,
        "role": side.role,
        "type": kind if isinstance(kind, str) else "",
        "words": list(_clipped(words)),
    }


def _clipped(words: list[Part]) -> Iterator[Json]:
    left = LONGEST
    for text, differs in words:
        if left <= 0:
            yield {"text": "…", "differs": False}
            return
        yield {"text": text[:left], "differs": differs}
        left -= len(text)


def switch(stage: Stage, message: Json) -> None:
    stage.conversation.switch(str(message.get("branch")))


def rename(stage: Stage, message: Json) -> None:
    view, branch, name = _view(stage, message), str(message.get("branch")), str(message.get("name"))
    stage.conversation.rename_branch(branch, name)
    view.compared = name if view.compared == branch else view.compared


def drop(stage: Stage, message: Json) -> None:
    stage.conversation.drop_branch(str(message.get("branch")))


def compare_with(stage: Stage, message: Json) -> None:
    """Show a branch beside the array, or (`sent`) the last request; with neither show none any more."""
    branch = SENT if message.get("sent") is True else message.get("branch")
    if branch is not None and other_array(stage.conversation, str(branch)) is None:
        raise UsageError("there is nothing of that name to compare with")
    _view(stage, message).compared = None if branch is None else str(branch)
    stage.refresh()


def take(stage: Stage, message: Json) -> None:
    """Make of a block what the array beside has there; both are named by their ids."""
    compared = _view(stage, message).compared
    other = None if compared is None else other_array(stage.conversation, compared)
    if other is None:
        raise UsageError("nothing is compared here any more: compare again")
    rows = compare.rows_of(stage.conversation.history, other)
    wanted = message.get("first"), message.get("second")
    row = next((row for row in rows if (_id(row.first), _id(row.second)) == wanted), None)
    if row is None:
        raise UsageError("this has changed in the meantime: nothing was taken")

    def edit(chat: Conversation) -> None:
        compare.take(chat, rows, row)

    guard.change(stage, message, edit)


def _id(side: Side | None) -> str | None:
    return None if side is None else side.id


def _view(stage: Stage, message: Json) -> Any:
    view = stage.views.get(str(message.get("view")))
    if view is None:
        raise TurnError("this view is gone: run its cell again")
    return view
