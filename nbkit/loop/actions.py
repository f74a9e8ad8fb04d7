"""What the machine asks of its driver: one thing at a time, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from nbkit.loop.calls.pending import Pending


@dataclass(frozen=True, slots=True)
class Ask:
    """A policy has to be asked about this call."""

    pending: Pending


@dataclass(frozen=True, slots=True)
class Run:
    """The tools of these calls are to be run now, side by side."""

    calls: tuple[Pending, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """The next request goes out."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A person has to decide."""


@dataclass(frozen=True, slots=True)
class Done:
    """The stretch is over: the reply is there, it is held, or (`limit`) it has made or used all it may."""

    limit: bool = False
    why: str | None = None


Action = Ask | Run | Send | Pause | Done
