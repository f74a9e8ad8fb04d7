"""What is wrong with a scenario, told all at once, each with its place and what is allowed there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nbkit.errors import UsageError, quoted
from nbkit.sim.faults.fault import nearest
from nbkit.sim.scenario.located import Located, Path

MOST = 20


class Mistakes:
    """Collects what is wrong. `source` is the file's name; a scenario from Python has paths for lines."""

    def __init__(self, source: str, located: Located | None) -> None:
        self.source = source
        self.located = located
        self.told: list[tuple[int, str]] = []

    def tell(self, path: Path, what: str) -> None:
        where = ".".join(map(str, path))
        line = self.located.line(path) if self.located else 0
        place = f"{self.source}:{line}: " if self.located else f"{self.source}: "
        self.told.append((line, f"{place}{where}: {what}" if where else f"{place}{what}"))

    def finish(self) -> None:
        """Raise `UsageError` with every mistake, one a line, if there is any."""
        if not self.told:
            return
        lines = [text for _, text in sorted(self.told, key=lambda each: each[0])]
        more = [f"and {len(lines) - MOST} more"] if len(lines) > MOST else []
        raise UsageError("\n".join(lines[:MOST] + more))

    def keys(self, path: Path, value: Any, allowed: Iterable[str], what: str) -> Mapping[str, Any]:
        """Return `value`, a mapping of allowed keys; another one is told, and what of it is none left out."""
        allowed = list(allowed)
        if not isinstance(value, Mapping):
            self.tell(path, f"{what} is a mapping of {', '.join(allowed)}, not {quoted(value)}")
            return {}
        for key in value:
            if key not in allowed:
                guess = nearest(str(key), allowed)
                self.tell((*path, str(key)), f"unknown key{guess} (allowed: {', '.join(allowed)})")
        return {key: item for key, item in value.items() if key in allowed}

    def text(self, path: Path, value: Any, default: str = "") -> str:
        if isinstance(value, str):
            return value
        if value is not None:
            self.tell(path, f"should be a text, not {quoted(value)}; put it in quotes")
        return default
