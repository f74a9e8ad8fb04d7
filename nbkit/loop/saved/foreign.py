"""Messages that nbkit didn't write: the body of a request, or its list of messages alone."""

from __future__ import annotations

from typing import Any

from nbkit.errors import LoadError
from nbkit.facts.facts import DEFAULT_MODEL, DEFAULT_VERSION
from nbkit.loop.array.history import plain
from nbkit.loop.saved.document import Saved
from nbkit.loop.settings import OURS
from nbkit.wire.blocks import Json


def taken(data: Any, where: str) -> Saved | None:
    """Return the conversation that a request or a list of messages begins; None where the data is neither.

    Of a request every field is taken over, an illegal one too; thinking that it doesn't ask for stays off.
    What else it lacks, and all that a bare list lacks, is as in a new conversation.
    """
    if isinstance(data, list):
        if not data or not all(isinstance(each, dict) and "role" in each for each in data):
            raise LoadError(f"{where} holds a list, and not one of messages: each has a role and content")
        return _saved(plain(data), {})
    if not isinstance(data, dict) or "format" in data or not isinstance(data.get("messages"), list):
        return None
    body = plain(data, "the request")
    return _saved(body["messages"], {"thinking": None, **body})


def _saved(messages: list[Any], body: Json) -> Saved:
    named = ("model", "system", "tools")
    settings = {
        "model": DEFAULT_MODEL,
        "version": DEFAULT_VERSION,
        **{name: body[name] for name in named if name in body},
        "params": {name: value for name, value in body.items() if name not in OURS and name not in named},
    }
    nothing: list[Any] = [None] * len(messages)
    return Saved("chat", settings, messages, nothing, nothing)
