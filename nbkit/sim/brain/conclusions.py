"""What follows from values for a question: yes or no, which one, how many, how much. No conclusion is better
than a guess.

Each rule looks at the question's words and at the values, and returns a sentence or "". The first that has
one wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nbkit.sim.brain import grounding
from nbkit.sim.brain.excerpts import Passage
from nbkit.sim.brain.hearing import sentences
from nbkit.sim.brain.naming import is_action
from nbkit.sim.brain.ranking import Case, ranked
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.rows import by_date, in_order, named_row, one_row, picked, row_meant, within_bounds
from nbkit.sim.brain.showing import bold, shown
from nbkit.sim.brain.single import asked_for, moved, winner
from nbkit.sim.brain.tallies import counted, difference, totalled
from nbkit.sim.brain.verdicts import asks_whether, bounded, failed, there_is, worked, yes_no
from nbkit.sim.brain.weather import weather

_LONGEST = 120


def _asking(question: str) -> str:
    """The sentences of a text that ask, where there are some."""
    asking = [one for one in sentences(question) if one.endswith("?")]
    return " ".join(asking) or question


_ASKS = re.compile(r"\?|\b(?:what|which|who|when|where|how|tell|show|give|get|find)\b")


def conclude(question: str, readings: Sequence[Reading], labels: Sequence[str], asked: str = "") -> str:
    """Return a sentence that answers, or "" when the values alone must speak.

    `question` has the question's words without those that went into the calls, `asked` has them all.
    """
    cases = [
        Case(
            label,
            tuple(reading.leaves),
            reading.text,
            is_action(reading.outcome.call),
            reading.outcome.call.name,
        )
        for reading, label in zip(readings, labels, strict=True)
    ]
    rules: tuple[Callable[[str, list[Case]], str], ...] = (
        failed,
        _weather,
        moved,
        winner,
        bounded,
        in_order,
        by_date,
        within_bounds,
        ranked,
        worked,
        picked,
        there_is,
        yes_no,
        counted,
        totalled,
        difference,
    )
    if not all(reading.whole for reading in readings):
        rules = (failed, yes_no, counted)
    low, full = question.lower(), (asked or question).lower()
    if len(cases) == 1 and readings[0].whole:
        if row := one_row(full, cases[0]):
            rules = (failed, lambda *_: row)
        elif asks_whether(low) and (meant := row_meant(full, cases[0])):
            cases = [meant]
    said = next((said for rule in rules if (said := rule(low, cases))), "")
    if said or len(cases) != 1 or not readings[0].whole:
        return said or _compared(low, readings)
    if is_action(readings[0].outcome.call) and not _ASKS.search(full):
        return ""
    asking = _asking(low)
    return (
        named_row(low, full, cases[0])
        or asked_for(asking, _asking(full), cases[0])
        or _told_in(full, cases[0])
    )


def _weather(question: str, cases: list[Case]) -> str:
    said = [weather(question, case.leaves, case.text, case.call) for case in cases]
    if not any(said):
        return ""
    if len(cases) == 1:
        return said[0]
    return " ".join(
        f"{case.label}: {one[0].lower()}{one[1:]}" for case, one in zip(cases, said, strict=True) if one
    )


def _told_in(asked: str, case: Case) -> str:
    """The sentence of a longer text that answers."""
    texts = [value for _, value in case.leaves if isinstance(value, str)]
    if faulty := _faulty_lines(asked, case.text):
        return faulty
    said = sentences(case.text) if len(case.leaves) == 1 and texts and len(case.text) > _PROSE else []
    if len(said) < 3 or not _ASKS.search(asked):
        return ""
    found = grounding.best(asked, [Passage(one, None, at, "", 0) for at, one in enumerate(said)], 1)
    if not found and (measure := _MEASURED.search(asked)):
        fits = [one for one in said if re.search(_UNITS[measure[1]], one, re.IGNORECASE)]
        return fits[0] if len(fits) == 1 else ""
    return found[0].text if len(found) == 1 and len(found[0].text) <= 2 * _LONGEST else ""


def _faulty_lines(asked: str, text: str) -> str:
    """The lines of a log that tell of an error, where one is asked for."""
    if not _FAULT_ASKED.search(asked) or text.count("\n") < 2:
        return ""
    lines = [line.strip() for line in text.splitlines() if _FAULT.search(line)]
    told = "; ".join(f"`{line[:160]}`" for line in lines[-3:] if "`" not in line)
    if asks_whether(asked):
        return f"Yes: {told}." if told else "No." if not lines and len(text) < _READ else ""
    return f"{told}." if told else ""


_READ = 5900  # characters up to which a case has all of a text
_FAULT_ASKED = re.compile(r"\b(?:errors?|wrong|fail\w*|crash\w*|exceptions?|broke\w*|problems?)\b")
_FAULT = re.compile(
    r"\b(?:error|fatal|critical|fail(?:ed|ure)?|exception|crash(?:ed)?|panic)\b", re.IGNORECASE
)
_PROSE = 80
_LENGTHS = r"\d ?(?:km|m|cm|mm|ft|feet|miles?|met(?:re|er)s?|kilomet(?:re|er)s?|inch(?:es)?)\b"
_UNITS = {
    "long": rf"{_LENGTHS}|\d ?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|h|min)\b",
    "much": r"[$€£]\s?\d|\d ?(?:dollars?|euros?|pounds?|USD|EUR|GBP|CHF|kg|tons?)\b",
    "old": r"\b\d+ years? old\b|\b(?:1[0-9]|20)\d\d\b",
} | dict.fromkeys(("tall", "high", "wide", "deep", "far"), _LENGTHS)
_MEASURED = re.compile(rf"\bhow ({'|'.join(_UNITS)})\b")


def _compared(question: str, readings: Sequence[Reading]) -> str:
    """Two results about the same thing: whether they say the same, where that is asked or they don't."""
    if len(readings) != 2:
        return ""
    one, other = readings
    inputs = [sorted(map(str, reading.outcome.call.input.values())) for reading in readings]
    asked = re.search(r"\b(?:agree|disagree|match|same|consistent|contradict)\b", question)
    if not asked and (inputs[0] != inputs[1] or not inputs[0]):
        return ""
    first = {path[-1:]: value for path, value in one.leaves}
    both = [(first[path[-1:]], value) for path, value in other.leaves if path[-1:] in first]
    told = [
        f"{bold(mine)} against {bold(yours)}"
        for mine, yours in both
        if mine != yours and len(shown(mine)) < 60
    ]
    if told:
        start = ("Yes, they do" if "dis" in asked[0] or asked[0] == "contradict" else "No") if asked else ""
        return f"{start or 'The two results disagree'}: {', '.join(told[:3])}."
    return f"Yes, both say {bold(both[0][0])}." if asked and both and "agree" in asked[0] else ""
