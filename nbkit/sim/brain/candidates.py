"""A possible value for a parameter, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbkit.sim.brain.hearing import Mention

LABELLED, FOUND, KNOWN, REMEMBERED, GUESSED, MADE_UP = 5, 4, 3, 2, 1, 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible value: how sure it is, and the stretch of the text that it comes from."""

    value: Any
    strength: int
    span: tuple[int, int] | None = None
    mention: Mention | None = None
