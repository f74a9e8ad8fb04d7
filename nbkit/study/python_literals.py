"""JSON values as Python that people read: what is short on one line, lines of text one below another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

WIDTH = 96
# Data that nobody reads: a picture, a document, a signature.
DATA = re.compile(r"[A-Za-z0-9+/=_-]{400,}")


class Literals:
    """Writes values. Long data gets a name of its own in `named`; `known` are strings that have one."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.named: dict[str, str] = {}
        self._known = dict(known)

    def written(self, value: Any, depth: int) -> str:
        """Return a value as it stands on a line that is indented `depth` times."""
        inner, outer = "    " * (depth + 1), "    " * depth
        match value:
            case str() if value in self._known or DATA.fullmatch(value):
                return self._name(value)
            case str() if "\n" in value[:-1] and len(value) > WIDTH // 2:
                lines = "".join(f"{inner}{line!r}\n" for line in value.splitlines(keepends=True))
                return f"(\n{lines}{outer})"
            case dict() if value and not self._is_short(value, depth):
                fields = [
                    f"{inner}{name!r}: {self.written(each, depth + 1)},\n" for name, each in value.items()
                ]
                return f"{{\n{''.join(fields)}{outer}}}"
            case list() if value and not self._is_short(value, depth):
                items = [f"{inner}{self.written(each, depth + 1)},\n" for each in value]
                return f"[\n{''.join(items)}{outer}]"
            case _:
                return repr(value)

    def _is_short(self, value: Any, depth: int) -> bool:
        text = repr(value)
        return len(text) + 4 * depth < WIDTH // 2 and not any(each in text for each in self._known)

    def _name(self, value: str) -> str:
        if value not in self._known:
            name = f"DATA_{len(self.named) + 1}"
            self.named[name] = repr(value)
            self._known[value] = name
        return self._known[value]
