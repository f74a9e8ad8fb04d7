"""The tool that ends a turn: programs that want an answer in a shape offer one that takes it."""

from __future__ import annotations

import re

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.scene import Scene, Tool

RETRIES = 1  # of a call that the program found wrong
_FINAL_NAME = re.compile(r"\b(?:final|structured) (?:answer|response|result|output)\b|\bsubmit answer\b")
_FINAL = re.compile(
    r"\b(?:return|give|provide|submit|deliver)s?\b.{0,30}\bfinal (?:answer|response|result|output)\b",
    re.IGNORECASE,
)


def tool_for_the_answer(seen: Scene) -> Tool | None:
    """The tool that takes the final answer, as long as it didn't get one."""
    for tool in seen.tools:
        if _FINAL_NAME.search(" ".join(lexicon.words(tool.name))) or _FINAL.search(tool.description):
            given = [outcome for outcome in seen.now.outcomes if outcome.call.name == tool.name]
            if all(outcome.is_error for outcome in given) and len(given) <= RETRIES:
                return tool
    return None
