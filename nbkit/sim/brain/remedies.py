"""What a failure says has to be done first: that call, and then the same one again."""

from __future__ import annotations

import re

from nbkit.sim.brain import deeds, lexicon
from nbkit.sim.brain.arguments import Context, fill
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.scene import Call, Outcome, Scene, Tool

_FIRST = re.compile(
    r"\b(?P<a>\w+)\s+(?:it|them|(?:the|this|that|your)\s+\w+)\s+(?:first|before)\b"
    r"|\b(?:first|must|have to|has to|need to|needs to)\s+(?:first\s+)?(?:be\s+|call\s+|use\s+|run\s+)?"
    r"(?P<b>`?\w+`?)"
    r"|\b(?:call|use|run)\s+(?P<c>`?\w+`?)(?:\s+tool)?\s+(?:first|before)\b"
    r"|\bnot (?:been |yet |yet been )?(?P<d>\w+)(?: yet)?",
    re.IGNORECASE,
)


def remedy(seen: Scene) -> Call | None:
    """The call to make now: what the last failure asks for first, or the call that failed, after that."""
    done = seen.now.outcomes
    if not done or not seen.fresh or done[-1] is not seen.fresh[-1]:
        return None
    last = done[-1]
    if last.is_error:
        found = _asked_by(last, seen.tools)
        return found if found is not None and found not in [one.call for one in done] else None
    for failed in reversed(done[:-1]):
        if failed.is_error and _asked_by(failed, seen.tools) == last.call:
            tries = [one.call for one in done].count(failed.call)
            return failed.call if tries == 1 else None
    return None


def _asked_by(failed: Outcome, tools: tuple[Tool, ...]) -> Call | None:
    reading = Reading(failed)
    if reading.refused or len(reading.text) > 2000:
        return None
    for found in _FIRST.finditer(reading.text):
        word = next(one for one in found.groups() if one).strip("`")
        for tool in tools:
            if tool.name != failed.call.name and _is_meant(tool, word):
                filled = fill(tool.schema, Context(Said(""), (), failed.call.input))
                if not filled.vague and not filled.missing:
                    return Call(tool.name, filled.input)
    return None


def _is_meant(tool: Tool, word: str) -> bool:
    """Whether a failure names a tool, or what it does: `read_file`, "read it first", "has not been read"."""
    if word.lower() == tool.name.lower():
        return True
    return lexicon.stem(word) in deeds.made_for(tool.name, tool.description).named
