"""Mentions of a kind as candidates, those on the asked side ("from", "to") first."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.sim.brain.candidates import FOUND, Candidate
from nbkit.sim.brain.hearing import Mention, Said


def spelled(mention: Mention, said: Said) -> str:
    """The value of a mention as a string."""
    if isinstance(mention.value, float):
        return said.text[mention.start : mention.end] if mention.value % 1 else str(int(mention.value))
    return mention.value


def mentioned(said: Said, side: str, *wanted: str) -> Iterator[Candidate]:
    """Mentions of some kinds; those on the asked side ("from X", "to Y") first."""
    found = said.of(*wanted)
    cues = {"from": ("from",), "to": ("to", "into", "toward", "until")}.get(side, ())
    other = {"from": ("to", "into"), "to": ("from",)}.get(side, ())
    first = [m for m in found if m.cue in cues]
    last = [m for m in found if m.cue in other]
    for mention in [*first, *(m for m in found if m not in first and m not in last), *last]:
        yield Candidate(spelled(mention, said), FOUND, (mention.start, mention.end), mention)
