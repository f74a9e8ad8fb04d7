"""Rows of a result that a question names, counts out, picks or wants in order."""

from __future__ import annotations

import re
from dataclasses import replace

from nbkit.sim.brain import lexicon, values, verdicts
from nbkit.sim.brain.lexicon import enumerated
from nbkit.sim.brain.ranking import Case, measure, tidy, to_number
from nbkit.sim.brain.reading import Leaf
from nbkit.sim.brain.showing import bold, shown
from nbkit.sim.brain.tallies import filtered, listed
from nbkit.sim.brain.wordlists import word_set

_LONGEST = 120
_MOST = 12
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "next": 0}
_NTH = re.compile(rf"\b(?:the|my|our|your) ({'|'.join(_ORDINALS)}) (?:one|of|[a-z]+)\b")
_PICKS = re.compile(
    r"\bwhich\b.{0,30}?\b(?:are|is|were|was|have|has)\b|\b(?:only|just) the\b"
    r"|\b(?:show|list|name|give)\b.*\b(?:ones|only)\b"
    r"|\bwho\b.{0,12}\b(?:is|are)\b(?! the \w+ of\b)"
)
_SORTS = re.compile(
    r"\b(?:sort|order|rank)\b.{0,30}?\bby (?:the )?([a-z][a-z_ ]*?)(?:\s+(?:in|from|and)\b|[?.!,]|$)"
)
_DOWN = re.compile(r"\b(?:descending|highest|largest|biggest|most expensive|latest|newest|reverse)\b")
_GENERAL = word_set("name title id no number label key")


def named_row(question: str, asked: str, case: Case) -> str:
    """The one row of a list that the question names or counts out: "What does O3 stand at?" """
    rows = listed(case)
    if len(rows) < 2:
        return ""
    if nth := _NTH.search(asked):
        at = _ORDINALS[nth[1]]
        return _told(rows[at].label, rows[at], asked, case.call) if -len(rows) <= at < len(rows) else ""
    hits = []
    for row in rows:
        texts = [value for _, value in row.leaves if isinstance(value, str) and 1 < len(value) <= 60]
        names = [one for one in texts if re.search(rf"(?<!\w){re.escape(one.lower())}(?!\w)", asked)]
        numbered = [
            f"{lexicon.humanize(path[-1])} {value}"
            for path, value in row.leaves
            if path and isinstance(value, int) and not isinstance(value, bool)
            and re.search(rf"\b{re.escape(path[-1].lower())} (?:no\.? |number |#)?{value}\b", asked)
        ]  # fmt: skip
        if names or numbered:
            hits.append(((names or numbered)[0], row))
    return _told(*hits[0], asked, case.call) if len(hits) == 1 else ""


def one_row(asked: str, case: Case) -> str:
    """What is told of the one row that is counted out or named: "How long did the last one take?" """
    if not _HOW.search(asked) or re.search(r"(?:est|most|least)\b", asked):
        return ""
    rows = listed(case)
    meant = [
        row for row in rows if row.label and re.search(rf"(?<!\w){re.escape(row.label.lower())}(?!\w)", asked)
    ]
    if _NTH.search(asked) or len(meant) == 1:
        return named_row("", asked, case)
    return ""


_HOW = re.compile(r"\bhow (?:many|much|long|old|high|far)\b")


def row_meant(asked: str, case: Case) -> Case | None:
    """The one row of a list whose name the question says, as what it is asked about."""
    rows = listed(case)
    meant = [row for row in rows if row.label and _says(row.label, asked)]
    if len(rows) < 2 or len(meant) != 1:
        return None
    text = " ".join(shown(value) for _, value in meant[0].leaves)
    return replace(case, leaves=meant[0].leaves, text=text)


def _says(label: str, asked: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(label.lower())}(?!\w)", asked) is not None


def by_date(question: str, cases: list[Case]) -> str:
    """ "The latest", "the oldest": by the dates that the rows have."""
    late, early = _LATE.search(question), _EARLY.search(question)
    rows = listed(cases[0]) if len(cases) == 1 else cases
    if not (late or early) or len(rows) < 2:
        return ""
    dated = [
        (str(value), row.label)
        for row in rows
        for value in [next((one for _, one in row.leaves if isinstance(one, str) and _DATE.match(one)), "")]
        if value and row.label
    ]
    if len(dated) != len(rows):
        return ""
    value, label = max(dated) if late else min(dated)
    word = late or early
    return (
        f"**{label}** is the {word[0] if word else ''}: {bold(value)}."
        if label != value
        else f"{bold(value)}."
    )


_LATE = re.compile(r"\b(?:latest|newest|most recent)\b")
_EARLY = re.compile(r"\b(?:earliest|oldest|soonest)\b")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}")


def within_bounds(question: str, cases: list[Case]) -> str:
    """ "Which are over 10?": the rows whose number keeps a bound."""
    found = verdicts.BOUND.search(question)
    if found is None or len(cases) != 1 or not re.search(r"\b(?:which|who|only)\b", question):
        return ""
    bound, over = float(found[2].replace(",", "")), verdicts.is_over(found[1])
    told = [(number, row.label) for row in listed(cases[0]) if (number := measure(question, row)) is not None]
    kept = [
        (number, label) for number, label in told if label and (number > bound if over else number < bound)
    ]
    if len(told) < 2 or len(kept) > _MOST:
        return ""
    return (
        f"{enumerated(f'**{label}** ({tidy(number)})' for number, label in kept)}."
        if kept
        else "None of them."
    )


def _told(name: str, row: Case, asked: str, call: str) -> str:
    rest = [(path, value) for path, value in row.leaves if value != name]
    words = re.findall(r"[a-z]+", asked)
    stems = set(lexicon.stems(asked)) | {noun for word in words if (noun := values.measured(word))}
    named = _nearest(stems - set(lexicon.stems(call)), rest) or _nearest(stems, rest)
    kept = named if len(named) == 1 else rest
    if not kept or len(kept) > 5 or any(len(shown(value)) > _LONGEST for _, value in kept):
        return ""
    told = [
        f"{lexicon.humanize(path[-1])} {bold(value)}" if path and not path[-1].isdigit() else bold(value)
        for path, value in kept
        if value is not None
    ]
    return f"**{name}**: {', '.join(told)}."


def _nearest(stems: set[str], leaves: list[Leaf]) -> list[Leaf]:
    """The leaves whose key is nearest to a word that was asked."""
    near = [
        (
            max((lexicon.alike(a, b) for a in stems for b in lexicon.stems(path[-1])), default=0.0),
            (path, value),
        )
        for path, value in leaves
        if path
    ]
    best = max((score for score, _ in near), default=0.0)
    return [leaf for score, leaf in near if best and score == best]


def picked(question: str, cases: list[Case]) -> str:
    """ "Which are open?": the rows whose state or flag the question says."""
    if len(cases) != 1 or not _PICKS.search(question):
        return ""
    kept = filtered(question, listed(cases[0]))
    labels = [row.label for row in kept if row.label]
    if not labels or len(labels) > _MOST:
        return ""
    return f"{enumerated(f'**{label}**' for label in labels)}."


def in_order(question: str, cases: list[Case]) -> str:
    """ "Sort them by price": the names of the rows with what they are sorted by."""
    found = _SORTS.search(question)
    rows = listed(cases[0]) if len(cases) == 1 else cases
    if found is None or len(rows) < 2:
        return ""
    stems = set(lexicon.stems(found[1]))
    keyed = [
        (value, row.label)
        for row in rows
        for path, value in row.leaves
        if path and stems & set(lexicon.stems(path[-1])) and value is not None and row.label
    ]
    if len(keyed) != len(rows) or len(keyed) > 2 * _MOST:
        return ""
    numbers = [to_number(value) for value, _ in keyed]
    if all(number is not None for number in numbers):
        order = sorted(
            zip([number or 0.0 for number in numbers], keyed, strict=True), key=lambda pair: pair[0]
        )
        told = [(str(tidy(number)), label) for number, (_, label) in order]
    else:
        told = sorted((str(value), label) for value, label in keyed)
    if _DOWN.search(question):
        told.reverse()
    own = not set(lexicon.words(found[1])) & _GENERAL
    names = ", ".join(
        f"**{label}** ({value})" if own and value != label else f"**{label}**" for value, label in told
    )
    return f"By {found[1].strip()}: {names}."
