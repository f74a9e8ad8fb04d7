"""Conversations that nbkit saved (notebook, file, autosave), as the request that each would send next."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from nbkit.errors import LoadError, counted
from nbkit.loop.array.history import History
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved.store import load_all
from nbkit.loop.turn import State
from nbkit.wire.blocks import Json


@dataclass(frozen=True, slots=True)
class Recorded:
    """One conversation: the body of its next request, or of what was said so far when none can go out now.

    `note` says what it waits for then.
    """

    name: str
    body: Json
    headers: dict[str, str]
    at_rest: bool
    history: History
    note: str = ""


def read(data: bytes, where: str, *, is_journal: bool) -> tuple[list[Recorded], tuple[str, ...]]:
    """Return the conversations of a file, and what was left out of them.

    Raises `LoadError` when it has none, or can't be read.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise LoadError(f"{where} is no text, so it holds no conversation") from error
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        conversations = load_all(text, where, cls=Conversation, is_journal=is_journal)
    found = [_recorded(each) for each in conversations if each.history]
    if not found:
        raise LoadError(f"{where} holds a conversation in which nothing was said yet")
    return found, tuple(str(each.message) for each in said)


def _recorded(conversation: Conversation) -> Recorded:
    outgoing, history = conversation.outgoing(), conversation.history
    at_rest = conversation.state is not State.READY
    body = {**outgoing.body, "messages": [node.wire for node in history]} if at_rest else outgoing.body
    return Recorded(conversation.name, body, outgoing.headers, at_rest, history, _note(conversation))


def _note(conversation: Conversation) -> str:
    open_calls = [f"{each.call.name} ({id})" for id, each in conversation.pending.items() if not each.settled]
    if not open_calls:
        return ""
    calls = f"{counted(len(open_calls), 'call')} without a result: {', '.join(open_calls)}"
    return f"it is paused, with {calls}; nothing can be sent before each has one"
