"""Which open call is meant: its place in the list (`1`), its id, the end of its id, or `all` of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nbkit.errors import UsageError
from nbkit.loop.calls.pending import Pending
from nbkit.notebook.record.printable import printable
from nbkit.notebook.record.wording import doing, signature

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation

ALL = "all"
SHORTEST = 3  # characters of an id that stand for it


def named(chat: Conversation, rest: str, *, text: bool = False) -> tuple[str, str]:
    """Return the id of the call that a line begins with (or `all`), and what follows it.

    Without a name the one call that waits is meant; `text` says that words may follow that name none.
    """
    pending = chat.pending
    if not pending:
        raise UsageError(f"{chat.name} has no open call: it {doing(chat)}")
    word, _, after = rest.partition(" ")
    if word == ALL:
        return ALL, after.strip()
    if id := _found(word, pending):
        return id, after.strip()
    waiting = [id for id, each in pending.items() if not each.settled] or list(pending)
    if (not word or (text and not _like_an_id(word, pending))) and len(waiting) == 1:
        return waiting[0], rest.strip()
    which = f"no open call is called {printable(word)}" if word and not text else "say which call"
    raise UsageError(f"{which}: there is {', '.join(map(_told, enumerate(pending.values(), 1)))}; or all")


def one(chat: Conversation, rest: str, *, text: bool = False) -> tuple[str, str]:
    """The same where all at once make no sense."""
    id, rest = named(chat, rest, text=text)
    if id == ALL:
        raise UsageError("each call has its own: say which one, by its number")
    return id, rest


def _found(word: str, pending: Mapping[str, Pending]) -> str | None:
    if word in pending:
        return word
    if re.fullmatch(r"[1-9]\d{0,3}", word) and int(word) <= len(pending):
        return list(pending)[int(word) - 1]
    ends = [id for id in pending if len(word) >= SHORTEST and id.endswith(word)]
    return ends[0] if len(ends) == 1 else None


def _like_an_id(word: str, pending: Mapping[str, Pending]) -> bool:
    return any("_" in id and word.startswith(id.rpartition("_")[0] + "_") for id in pending)


def _told(numbered: tuple[int, Pending]) -> str:
    number, pending = numbered
    return printable(f"{number} {signature(pending.call.name, pending.call.input)}")
