"""Page messages that come in parts: Jupyter's server closes a connection over one of more than 10 MiB."""

from __future__ import annotations

import json
from typing import Any

from nbkit.errors import UsageError
from nbkit.wire.blocks import Json

MOST = 32  # parts of one message; the page's are about 2 MB each
AT_ONCE = 4  # pages in the middle of one; what was begun first and never ended is forgotten
LOST = "a part of this was lost on its way; nothing is changed: try again"


class Parts:
    """Puts messages together again, each known by its request."""

    def __init__(self) -> None:
        self._begun: dict[Any, list[str]] = {}

    def add(self, part: Json) -> Json | None:
        """Take the next part; return the message with its last one, else None.

        Raises UsageError when one is missing or what they make is no message.
        """
        request, text, count = part.get("request"), part.get("text"), part.get("of")
        if not isinstance(request, str) or not isinstance(text, str) or not isinstance(count, int):
            raise UsageError(LOST)
        texts = self._begun.pop(request, [])
        if part.get("part") != len(texts) or not len(texts) < count <= MOST:
            raise UsageError(LOST)
        texts.append(text)
        if len(texts) == count:
            return _read("".join(texts), request)
        self._begun[request] = texts
        while len(self._begun) > AT_ONCE:
            del self._begun[next(iter(self._begun))]
        return None


def _read(text: str, request: str) -> Json:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(LOST) from None
    if not isinstance(message, dict) or message.get("kind") == "part":
        raise UsageError(LOST)
    return {**message, "request": request}
