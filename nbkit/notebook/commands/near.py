"""Did you mean: names that come close to one that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from nbkit.errors import UsageError

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation


def meant(word: str, names: Iterable[str]) -> str:
    """Return `; did you mean X?`, or nothing when no name is like it."""
    names = list(names)
    begun = [name for name in names if word and name.startswith(word.lower())]
    close = begun or get_close_matches(word.lower(), names, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def known_tool(chat: Conversation, name: str, word: str) -> None:
    """Refuse the name of a tool that isn't offered, if any are."""
    offered = [tool.name for tool in chat.tools]
    if offered and name not in offered:
        there = f"there is {', '.join(offered)}"
        raise UsageError(f"%claude {word}: no tool is called {name!r}, {there}{meant(name, offered)}")
