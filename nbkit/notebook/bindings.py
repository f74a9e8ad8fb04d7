"""Conversations and the variables they are in: a view says the name that a cell would write."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from itertools import count
from typing import Any

from nbkit.loop.conversation import CHAT, Conversation


def call_by_variable(conversation: Conversation, variables: MutableMapping[str, Any]) -> None:
    """Name a conversation that nobody named after the variable it is in; `chat` stays where that is it."""
    if conversation.name != CHAT or variables.get(CHAT) is conversation:
        return
    names = (name for name, value in list(variables.items()) if value is conversation and name[0] != "_")
    conversation.name = next(names, CHAT)


def bind(conversation: Conversation, variables: MutableMapping[str, Any]) -> str:
    """Put a conversation into a variable that is free, and name it so; return the name."""
    base = re.sub(r"\W", "_", conversation.name)
    base = base if base.isidentifier() else f"{CHAT}_{base}"
    names = (base if number == 1 else f"{base}_{number}" for number in count(1))
    name = conversation.name = next(each for each in names if each not in variables)
    variables[name] = conversation
    return name
