"""What a conversation was before: versions for undo and redo, and the lines that were left (branches)."""

from __future__ import annotations

from dataclasses import dataclass

from nbkit.errors import TurnError
from nbkit.loop.line import Line
from nbkit.loop.settings import Settings

# Enough to find back to where one was; a version costs its tuple, not its messages.
STEPS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """Everything undo brings back: the current line, the settings, and the branches by name."""

    line: Line
    settings: Settings
    branch: str = "main"
    others: tuple[tuple[str, Line], ...] = ()

    def same(self, other: Version) -> bool:
        """Say whether nothing has happened between the two; looks at identities, so it costs nothing."""
        return (
            self.line is other.line
            and self.settings is other.settings
            and self.branch == other.branch
            and self.others is other.others
        )


class Versions:
    """The versions before and after the present one."""

    def __init__(self) -> None:
        self._past: list[Version] = []
        self._future: list[Version] = []

    @property
    def before(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._past)

    @property
    def after(self) -> bool:
        """Whether there is something to redo."""
        return bool(self._future)

    def keep(self, now: Version) -> None:
        """Remember the present version: something is about to happen."""
        self._past.append(now)
        del self._past[:-STEPS]

    def settle(self, kept: Version, now: Version) -> None:
        """Forget a remembered version if nothing has happened; else there is nothing to redo."""
        if not now.same(kept):
            self._future.clear()
        elif self._past and self._past[-1] is kept:
            self._past.pop()

    def undo(self, now: Version) -> Version:
        if not self._past:
            raise TurnError("there is nothing to undo")
        self._future.append(now)
        return self._past.pop()

    def redo(self, now: Version) -> Version:
        if not self._future:
            raise TurnError("there is nothing to redo")
        self._past.append(now)
        return self._future.pop()

    def copy(self) -> Versions:
        other = Versions()
        other._past, other._future = list(self._past), list(self._future)
        return other
