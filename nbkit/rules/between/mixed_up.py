"""Results just sent that speak of other calls' inputs: most likely given to the wrong calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbkit.rules.between.changed_results import TAKEN_FOR
from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.between.compare.passage import Passage
from nbkit.rules.between.compare.trimming import text_of
from nbkit.rules.problem import Problem

SHORTEST = 3
MANY = 12


def mixed_up(seen: Comparison) -> Iterator[Problem]:
    """Results that changed places: each speaks of what another call of its tool asked for, and that alone."""
    turn = seen.after.turns[-1] if seen.after.turns else []
    if len(seen.after.turns) < 2 or turn[0].role != "user":
        return
    calls = {each.use_id: each for each in seen.after.turns[-2] if each.is_call}
    results = {each.use_id: each for each in turn if each.is_result and each.use_id in calls}
    if not 2 <= len(results) <= MANY:
        return
    meant = {use_id: _meant(result, calls) for use_id, result in results.items()}
    for circle in _circles(meant):
        others = ", ".join(f"that of {use_id} of {meant[use_id]}" for use_id in circle)
        yield seen.problem(
            "swapped_results",
            results[circle[0]].path,
            f"results speak of what other calls asked for: {others}; give each result to the call whose id "
            "it was made for",
            level="warning",
            why=TAKEN_FOR,
        )


def _meant(result: Passage, calls: dict[str | None, Passage]) -> str | None:
    """The one call of the same tool whose words are in a result, if its own call's are not."""
    own = calls[result.use_id]
    asked = {
        use_id: _words(call)
        for use_id, call in calls.items()
        if call.plain.get("name") == own.plain.get("name")
    }
    text = text_of(result).lower()
    spoken = [use_id for use_id in asked if _speaks_of(text, _own_words(use_id, asked))]
    return spoken[0] if len(spoken) == 1 and spoken[0] != result.use_id else None


def _own_words(use_id: str | None, asked: dict[str | None, set[str]]) -> set[str]:
    return asked[use_id].difference(*(words for other, words in asked.items() if other != use_id))


def _circles(meant: dict[str | None, str | None]) -> Iterator[list[str | None]]:
    """Yield the results that only changed places among themselves."""
    seen: set[str | None] = set()
    for start in meant:
        circle = [start]
        while (step := meant.get(circle[-1])) is not None and step not in circle:
            circle.append(step)
        if step == start and start not in seen:
            seen.update(circle)
            yield circle


def _words(call: Passage) -> set[str]:
    """The words that a call asks with: the strings and numbers of its input."""
    given = call.plain.get("input")
    values = given.values() if isinstance(given, dict) else ()
    words = {str(value).strip().lower() for value in values if isinstance(value, str | int | float)}
    return {word for word in words if len(word) >= SHORTEST}


def _speaks_of(text: str, words: set[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in words)
