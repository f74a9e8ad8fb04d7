"""What a conversation was before: versions for undo and redo, and the lines that were left (branches)."""

from __future__ import annotations

from dataclasses import dataclass

from nbkit.errors import TurnError
from nbkit.loop.line import Line
from nbkit.loop.settings import Settings


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


Chain = tuple[Version, "Chain"] | None


class Versions:
    """The versions before and after the present one, as chains: each is (version, rest), shared by forks."""

    def __init__(self) -> None:
        self._past: Chain = None
        self._future: Chain = None

    @property
    def before(self) -> bool:
        """Whether there is something to undo."""
        return self._past is not None

    @property
    def after(self) -> bool:
        """Whether there is something to redo."""
        return self._future is not None

    def keep(self, now: Version) -> None:
        """Remember the present version: something is about to happen."""
        self._past = (now, self._past)

    def settle(self, kept: Version, now: Version) -> None:
        """Forget a remembered version if nothing has happened; else there is nothing to redo."""
        if not now.same(kept):
            self._future = None
        elif self._past is not None and self._past[0] is kept:
            self._past = self._past[1]

    def undo(self, now: Version) -> Version:
        if self._past is None:
            raise TurnError("there is nothing to undo")
        self._future = (now, self._future)
        version, self._past = self._past
        return version

    def redo(self, now: Version) -> Version:
        if self._future is None:
            raise TurnError("there is nothing to redo")
        self._past = (now, self._past)
        version, self._future = self._future
        return version

    def copy(self) -> Versions:
        other = Versions()
        other._past, other._future = self._past, self._future
        return other
