"""Questions with options: "(a) Paris (b) Madrid": the option that what is known, or counted, points at."""

from __future__ import annotations

import re
from collections.abc import Callable

from nbkit.sim.brain import arithmetic
from nbkit.sim.brain.plain import lists
from nbkit.sim.brain.plain.heard import bare

_OPTION = r"(?:^|[\s(])([A-Ea-e]|[1-5])[).:]\s+(.+?)(?=[\s(]+(?:[A-Ea-e]|[1-5])[).:]\s|\n|$)"


def said(text: str, ask: Callable[[str], str]) -> str:
    """The option that answers, with its letter, or ""; `ask` answers a question by itself."""
    options = re.findall(_OPTION, text)
    first = re.search(_OPTION, text)
    if (
        first is None
        or not 2 <= len(options) <= 5
        or [mark.lower() for mark, _ in options] not in _ORDERS[len(options)]
    ):
        return ""
    stem = re.split(r":\s+(?=\S)", text[: first.start()].strip())[-1].strip(" (")
    at = _fitting(stem, [bare(option) for _, option in options], ask)
    if at is None:
        return ""
    mark, option = options[at][0], bare(options[at][1])
    only = re.search(
        r"\b(?:single|only|just)\b.{0,20}\bletter\b|\bletter only\b|\bwith (?:the|a) letter\b",
        text,
        re.IGNORECASE,
    )
    return mark if only else f"**{mark}) {option}**"


_ORDERS = {count: [list("abcde"[:count]), list("12345"[:count])] for count in range(2, 6)}


def _fitting(stem: str, options: list[str], ask: Callable[[str], str]) -> int | None:
    low = [option.lower() for option in options]
    if found := re.search(r"\b(?:is|are) (?:an? |the )?(not )?(?:an? )?([\w -]+?)\W*$", stem, re.IGNORECASE):
        kind = frozenset(dict(lists.kinds()).get(found[2].lower().strip(), ())) or frozenset(
            dict(lists.kinds()).get(found[2].lower().removesuffix("s"), ())
        )
        inside = [at for at, option in enumerate(low) if (option in kind) != bool(found[1])]
        if kind and len(inside) == 1:
            return inside[0]
    sums = arithmetic.expressions(stem)
    told = (
        str(arithmetic.evaluated(sums[0][0]))
        if sums
        else ask(stem) or ask(f"what {stem}") or ask(f"what is {re.sub(r' (?:is|are|was)$', '', stem)}")
    )
    hits = [
        at for at, option in enumerate(low) if re.search(rf"(?<!\w){re.escape(option)}(?!\w)", told.lower())
    ]
    core = [at for at in hits if f"**{low[at]}**" in told.lower()]
    chosen = core or hits
    return chosen[0] if len(chosen) == 1 else None
