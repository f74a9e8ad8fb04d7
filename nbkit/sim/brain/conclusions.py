"""What follows from values for a question: yes or no, which one, how many, how much. No conclusion is better
than a guess.

Each rule looks at the question's words and at the values, and returns a sentence or "". The first that has
one wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nbkit.sim.brain import lexicon, vocabulary
from nbkit.sim.brain.naming import is_action
from nbkit.sim.brain.ranking import Case, ranked
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.showing import bold, shown
from nbkit.sim.brain.tallies import counted, difference, listed, totalled
from nbkit.sim.brain.verdicts import bounded, failed, there_is, worked, yes_no
from nbkit.sim.brain.weather import weather
from nbkit.sim.brain.wordlists import word_set

_LONGEST = 120
_ASKS = re.compile(r"\?|\b(?:what|which|who|when|where|how|tell|show|give|get|find)\b")


def conclude(question: str, readings: Sequence[Reading], labels: Sequence[str], asked: str = "") -> str:
    """Return a sentence that answers, or "" when the values alone must speak.

    `question` has the question's words without those that went into the calls, `asked` has them all.
    """
    cases = [
        Case(label, tuple(reading.leaves), reading.text, is_action(reading.outcome.call))
        for reading, label in zip(readings, labels, strict=True)
    ]
    rules: tuple[Callable[[str, list[Case]], str], ...] = (
        failed,
        _weather,
        bounded,
        ranked,
        worked,
        there_is,
        yes_no,
        counted,
        totalled,
        difference,
    )
    if not all(reading.whole for reading in readings):
        rules = (failed, yes_no, counted)
    low, full = question.lower(), (asked or question).lower()
    said = next((said for rule in rules if (said := rule(low, cases))), "")
    if said or len(cases) != 1 or not readings[0].whole:
        return said or _disagreeing(readings, labels)
    if is_action(readings[0].outcome.call) and not _ASKS.search(full):
        return ""
    return _row_asked(full, cases[0]) or _asked_for(low, full, cases[0])


def _weather(question: str, cases: list[Case]) -> str:
    said = [weather(question, case.leaves, case.text) for case in cases]
    if not any(said):
        return ""
    if len(cases) == 1:
        return said[0]
    return " ".join(
        f"{case.label}: {one[0].lower()}{one[1:]}" for case, one in zip(cases, said, strict=True) if one
    )


def _disagreeing(readings: Sequence[Reading], labels: Sequence[str]) -> str:
    """Two results about the same thing that say different things."""
    if len(readings) != 2:
        return ""
    one, other = readings
    asked = [sorted(map(str, reading.outcome.call.input.values())) for reading in readings]
    if asked[0] != asked[1] or not asked[0]:
        return ""
    first = {path[-1:]: value for path, value in one.leaves}
    apart = [
        (first[path[-1:]], value)
        for path, value in other.leaves
        if path[-1:] in first and first[path[-1:]] != value
    ]
    told = [f"{bold(mine)} against {bold(yours)}" for mine, yours in apart[:3] if len(shown(mine)) < 60]
    return f"The two results disagree: {', '.join(told)}." if told else ""


def _row_asked(asked: str, case: Case) -> str:
    """The one row of a list that the question names: "What does O3 stand at?" """
    rows = listed(case)
    hits = []
    for row in rows:
        texts = [value for _, value in row.leaves if isinstance(value, str) and 1 < len(value) <= 60]
        names = [one for one in texts if re.search(rf"(?<!\w){re.escape(one.lower())}(?!\w)", asked)]
        if names:
            hits.append((names[0], row))
    if len(rows) < 2 or len(hits) != 1:
        return ""
    name, row = hits[0]
    rest = [(path, value) for path, value in row.leaves if value != name]
    stems = set(lexicon.stems(asked))
    named = [one for one in rest if one[0] and stems & set(lexicon.stems(one[0][-1]))]
    kept = named if len(named) == 1 else rest
    if not kept or len(kept) > 4 or any(len(shown(value)) > _LONGEST for _, value in kept):
        return ""
    if len(kept) == 1:
        return f"**{name}**: {bold(kept[0][1])}."
    told = ", ".join(
        f"{lexicon.humanize(path[-1])} {bold(value)}" for path, value in kept if path and value is not None
    )
    return f"**{name}**: {told}."


def _asked_for(question: str, asked: str, case: Case) -> str:
    """The one value of many whose key the question names: "What is the humidity?" """
    if len(case.leaves) < 2:
        return ""
    stems = set(lexicon.stems(question))
    fits = [
        (_fit(path[-1], stems, asked), path, value)
        for path, value in case.leaves
        if path and not isinstance(value, bool) and not any(part.isdigit() for part in path)
    ]
    best = max((fit for fit, *_ in fits), default=0)
    hits = [(path[-1], value) for fit, path, value in fits if fit == best]
    if not best or len(hits) != 1 or len(shown(hits[0][1])) > _LONGEST:
        return ""
    key = lexicon.humanize(hits[0][0])
    key = key if key.isupper() or re.search(r"\d", key) else key.lower()
    article = "" if key.isupper() or re.search(r"\d", key) else "the "
    plural = key.endswith("s") and not key.endswith(("ss", "us", "is"))
    said = f"{article}{key} {'are' if plural else 'is'} {bold(hits[0][1])}."
    return said[0].upper() + said[1:]


def _fit(key: str, stems: set[str], asked: str) -> int:
    """How many words of a key were asked for; 0 where its head was not."""
    if len(key) > 1 and re.search(rf"(?<!\w){re.escape(key.lower())}(?!\w)", asked):
        return 10
    words = lexicon.words(key)
    heads = [word for word in words if word not in vocabulary.UNITS and word not in _NO_HEADS]
    if not heads or lexicon.stem(heads[-1]) not in stems or lexicon.stem(words[-1]) in _NO_NOUNS:
        return 0
    return len({lexicon.stem(word) for word in words} & stems)


_NO_HEADS = word_set("percent pct km kg usd eur gbp per min max sec mm kwh kcal")
_NO_NOUNS = frozenset(
    lexicon.stem(word) for word in ("born", "found", "available", "included", "updated", "created")
)
