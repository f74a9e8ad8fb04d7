"""Earlier results that a later question is about: "What's the total?", "Which of them is open?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbkit.sim.brain import answering, lexicon, planning
from nbkit.sim.brain.candidates import FOUND
from nbkit.sim.brain.planning import Planned
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.scene import Exchange, Outcome, Scene
from nbkit.sim.brain.tallies import listed_in

_MOST_BACK = 12  # exchanges without results that may lie between
_LONGEST = 120  # characters of a question that leans on what was told
_ASKS = re.compile(
    r"\?\s*$|^\W*(?:and |so |then |now |ok(?:ay)?,? )?(?:what|which|who|when|where|how|is|are|was|were"
    r"|do|does|did|has|have|can|could|sort|order|rank|list|show|count|sum|add|compare"
    r"|give me|tell me|name|only)\b",
    re.IGNORECASE,
)


def lead(seen: Scene, planned: Sequence[Planned]) -> str:
    """What earlier results answer to the open question, or "" where it is not about them: a new call that was
    surely asked for comes first.
    """
    question = seen.now.question
    if seen.now.outcomes or len(question) > _LONGEST or not _ASKS.search(question):
        return ""
    latest = _latest(seen.before)
    if not latest or any(one.filled.strength >= FOUND for one in planned) or _names_new(seen, latest):
        return ""
    every = [one for exchange in seen.before for one in exchange.outcomes if not one.is_error]
    ways = [latest, every] if len(latest) > 1 or listed_in(Reading(latest[0])) else [every, latest]
    return next((said for way in ways if (said := answering.lead(question, way))), "")


def _latest(before: Sequence[Exchange]) -> list[Outcome]:
    """The results of the last exchange that has some, if that is not long ago."""
    for exchange in reversed(before[-_MOST_BACK:]):
        if good := [one for one in exchange.outcomes if not one.is_error]:
            return good
    return []


def _names_new(seen: Scene, outcomes: Sequence[Outcome]) -> bool:
    """Whether a question names something that neither the results nor their calls have."""
    told = " ".join(f"{Reading(one).text} {one.call.input} {one.call.name}" for one in outcomes).lower()
    named = planning.said_in(seen, seen.now.question).of(
        "name", "place", "id", "email", "url", "date", "quoted"
    )
    words = {word for one in named for word in lexicon.words(str(one.value)) if len(word) > 1}
    return any(word not in told for word in words)
