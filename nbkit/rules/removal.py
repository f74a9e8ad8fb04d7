"""Taking a block out of a request, and what becomes of a message that has nothing left."""

from __future__ import annotations

from typing import Any

from nbkit.rules.problem import remove, replace
from nbkit.rules.request import Request
from nbkit.rules.turns import Place
from nbkit.wire.blocks import Json

NOTHING = "(no content)"


def without(request: Request, place: Place) -> tuple[Json, ...]:
    """Return the operations that take a block away, and its message with it when it was the only one."""
    content = request.raw["messages"][place.i]["content"]
    if not place.from_string and len(content) > 1:
        return (remove(place.path),)
    return emptied(request, place.i)


def emptied(request: Request, i: int) -> tuple[Json, ...]:
    """Take away a message with nothing in it; where its neighbours can't do without it, let it say so."""
    messages = request.raw["messages"]
    before = _role(messages[i - 1]) if i else None
    after = _role(messages[i + 1]) if i + 1 < len(messages) else None
    if before is None or after is None:
        spare = after in ("user", "assistant") or before == "user"
    else:
        spare = "system" not in (before, after)
    return (remove(f"messages.{i}") if spare else replace(f"messages.{i}.content", NOTHING),)


def _role(message: Any) -> str:
    return str(message.get("role")) if isinstance(message, dict) else ""
