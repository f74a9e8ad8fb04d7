"""What came of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ran:
    """What was printed, what was complained of, and the code it ended with."""

    out: str = ""
    error: str = ""
    code: int = 0
