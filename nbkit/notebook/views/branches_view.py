"""The branches of a conversation, and two of its arrays side by side: as it is, a branch, a request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbkit.errors import TurnError, UsageError, counted
from nbkit.loop.array.history import History
from nbkit.notebook.page import guard
from nbkit.study import compare
from nbkit.study.compare import Row, Side
from nbkit.study.word_diff import Part
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.views.stage import Stage
    from nbkit.study.recording import Exchange

MOST_ROWS = 200  # that differ; of more there is the number
MOST_REQUESTS = 30  # to choose from, the newest
LONGEST = 4_000  # characters of a block
HERE, LAST_REQUEST, BRANCH, REQUEST = "", "request", "branch ", "request "  # how an array is named

Compared = tuple[str, str]


def head(chat: Conversation, compared: Compared | None, requests: Sequence[Exchange]) -> Json:
    """Return the branches, the present one first, which arrays can be compared, and the two that are."""
    names = dict(chat.others)
    if not names and chat.last_sent is None:
        return {}
    found: Json = {
        "branches": [
            _branch(chat, chat.branch, chat.history),
            *(_branch(chat, name, line.history) for name, line in names.items()),
        ],
        "sent": chat.last_sent is not None,
        "arrays": _arrays(chat, requests),
    }
    pair = None if compared is None else [array(chat, key, requests) for key in compared]
    if compared is not None and pair and pair[0] is not None and pair[1] is not None:
        rows = compare.rows_of(pair[0], pair[1])
        differing = [row for row in rows if row.state != "same"]
        found["diff"] = {
            "first": compared[0],
            "second": compared[1],
            "rows": list(_rows(rows)),
            "more": max(0, len(differing) - MOST_ROWS),
        }
    return found


def array(chat: Conversation, key: str, requests: Sequence[Exchange]) -> History | None:
    """Return the array of that name; None where there is none any more."""
    if key == HERE:
        return chat.history
    if key == LAST_REQUEST:
        return chat.last_sent.history if chat.last_sent else None
    if key.startswith(BRANCH):
        line = dict(chat.others).get(key.removeprefix(BRANCH))
        return line.history if line else None
    return next((each.outgoing.history for each in requests if key == f"{REQUEST}{each.number}"), None)


def _arrays(chat: Conversation, requests: Sequence[Exchange]) -> list[Json]:
    """Return what can be compared, by its name and in words; requests from the newest on."""
    named = [(HERE, "here")]
    named += [(f"{BRANCH}{name}", f"branch {name}") for name, _ in chat.others]
    if chat.last_sent is not None:
        named.append((LAST_REQUEST, "last request"))
    named += [
        (
            f"{REQUEST}{each.number}",
            f"request {each.number}, {counted(len(each.outgoing.history), 'message')}",
        )
        for each in reversed(requests[-MOST_REQUESTS:])
    ]
    return [{"key": key, "words": words} for key, words in named]


def free_name(name: str) -> str:
    """Return a name for the clean copy of a conversation that no file has here."""
    names = (f"{name}_clean{number}.json" for number in chain([""], count(2)))
    return next(each for each in names if not Path(each).exists())


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
    if view.compared is not None:
        was, now = f"{BRANCH}{branch}", f"{BRANCH}{name}"
        first, second = (now if each == was else each for each in view.compared)
        view.compared = first, second
        stage.refresh()


def drop(stage: Stage, message: Json) -> None:
    stage.conversation.drop_branch(str(message.get("branch")))


def unfold(stage: Stage, message: Json) -> None:
    """Show in a cell's own turn, too, what there is around all of the conversation; or no more."""
    view = _view(stage, message)
    view.unfolded = message.get("on") is True
    view.compared = view.compared if view.unfolded else None
    stage.refresh()


def compare_with(stage: Stage, message: Json) -> None:
    """Show two arrays side by side, each by its name; without a second one show none any more."""
    first, second = str(message.get("first") or HERE), message.get("second")
    requests = stage.recorder.exchanges
    if second is not None and None in [
        array(stage.conversation, key, requests) for key in (first, str(second))
    ]:
        raise UsageError("there is nothing of that name to compare with")
    _view(stage, message).compared = None if second is None else (first, str(second))
    stage.refresh()


def take(stage: Stage, message: Json) -> None:
    """Make of a block what the array beside has there; both are named by their ids."""
    compared = _view(stage, message).compared
    other = None
    if compared is not None and compared[0] == HERE:
        other = array(stage.conversation, compared[1], stage.recorder.exchanges)
    if other is None:
        raise UsageError("nothing is compared with the array here any more: compare again")
    rows = compare.rows_of(stage.conversation.history, other)
    wanted = message.get("first"), message.get("second")
    row = next((row for row in rows if (_id(row.first), _id(row.second)) == wanted), None)
    if row is None:
        raise UsageError("this has changed in the meantime: nothing was taken")

    def edit(chat: Conversation) -> None:
        compare.take(chat, rows, row)

    guard.change(stage, message, edit)


def share(stage: Stage, message: Json) -> None:
    """Save a copy without private results beside the notebook, and say at the foot where."""
    chat, view = stage.conversation, _view(stage, message)
    path = free_name(chat.name)
    chat.clean(chat.name).save(path)
    view.told = (
        f"{path} is a copy without private results; its texts and calls may quote them, so look at it. "
        "%claude share copy.ipynb makes such a copy of the notebook"
    )
    stage.refresh()


def _id(side: Side | None) -> str | None:
    return None if side is None else side.id


def _view(stage: Stage, message: Json) -> Any:
    view = stage.views.get(str(message.get("view")))
    if view is None:
        raise TurnError("this view is gone: run its cell again")
    return view
