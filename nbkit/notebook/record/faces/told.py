"""Parts as plain text: each on its own lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from nbkit.notebook.record.faces.face_parts import (
    Aside,
    Data,
    Folded,
    Link,
    Part,
    Picture,
    Prose,
    Small,
    Title,
)


def told(parts: Iterable[Part]) -> str:
    """Return the parts as text, one below the other."""
    return "\n".join(filter(None, map(_one, parts)))


def _one(part: Part) -> str:
    match part:
        case Title(text, flag):
            return f"{text} ({flag})" if flag else text
        case Prose(text) | Data(text) | Small(text):
            return text
        case Link(url, text):
            return f"{text} <{url}>" if text else url
        case Picture():
            return "[image]"
        case Folded(title, inside):
            return f"{title}:\n{told(inside)}"
        case Aside(inside):
            return told(inside)
        case _:
            assert_never(part)
