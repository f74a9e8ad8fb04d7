"""What follows from values for a question: yes or no, which one, how many, how much. No conclusion is better
than a guess.

Each rule looks at the question's words and at the values, and returns a sentence or "". The first that has
one wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.ranking import Case, measure, ranked, rows_of, tidy
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.showing import bold, shown
from nbkit.sim.brain.weather import weather
from nbkit.sim.brain.wordlists import group, table

_YES_NO = re.compile(
    r"(?:^|[.!?,;]\s+|\b(?:and|know|check|tell me|see) (?:if |whether )?)(?:is|are|was|were|do"
    r"|does|did|can|could|should|will|has|have|am)\b|\b(?:if|whether)\b",
    re.IGNORECASE,
)
_PAIRS: list[tuple[str, str]] = [(word, against) for word, against in table("opposites")]
_GOOD = group("good")
_BAD = group("bad")
_BOUND = re.compile(
    r"\b(over|above|more than|greater than|warmer than|hotter than|higher than|exceed\w*"
    r"|at least|under|below|less than|fewer than|colder than|cheaper than|lower than"
    r"|at most)\s+\$?€?(-?\d[\d,]*(?:\.\d+)?)",
    re.IGNORECASE,
)


def conclude(question: str, readings: Sequence[Reading], labels: Sequence[str]) -> str:
    """Return a sentence that answers, or "" when the values alone must speak."""
    cases = [
        Case(label, tuple(reading.leaves), reading.text)
        for reading, label in zip(readings, labels, strict=True)
    ]
    rules: tuple[Callable[[str, list[Case]], str], ...] = (
        _failed,
        _weather,
        _bounded,
        ranked,
        _yes_no,
        _counted,
        _totalled,
        _difference,
        _asked_for,
    )
    if not all(reading.whole for reading in readings):
        rules = (_failed, _yes_no, _counted)
    low = question.lower()
    return next((said for rule in rules if (said := rule(low, cases))), "")


def _failed(question: str, cases: list[Case]) -> str:
    """A result that isn't marked as an error can still say that it is one."""
    for case in cases:
        for path, value in case.leaves[:200]:
            if any(part.isdigit() for part in path):
                continue
            keys = [part.lower() for part in path]
            key = keys[-1] if keys else ""
            bad = (
                (key in _DONE_KEYS and value is False)
                or (key in _STATE_KEYS and isinstance(value, str) and value.lower() in _BAD)
                or (
                    key in ("exit", "exit_code", "exitcode", "returncode")
                    and value not in (0, None, "0", False)
                )
            )
            wrong = {"error", "errors", "error_message"} & set(keys) and value not in (None, "", False, 0)
            if bad or wrong:
                return f"That did not work{_of(case)}."
        if re.match(r"(?:error|fatal|failed|failure|exception|traceback)\b", case.text, re.IGNORECASE):
            return f"That did not work{_of(case)}."
    return ""


_DONE_KEYS = frozenset(
    (
        "success",
        "ok",
        "successful",
        "succeeded",
        "confirmed",
        "accepted",
        "executed",
        "sent",
        "created",
        "booked",
    )
)
_STATE_KEYS = frozenset(("status", "state", "result", "decision", "outcome", "verdict"))


def _of(case: Case) -> str:
    return f" for {case.label}" if case.label else ""


def _weather(question: str, cases: list[Case]) -> str:
    said = [weather(question, case.leaves, case.text) for case in cases]
    if not any(said):
        return ""
    if len(cases) == 1:
        return said[0]
    return " ".join(
        f"{case.label}: {one[0].lower()}{one[1:]}" for case, one in zip(cases, said, strict=True) if one
    )


def _bounded(question: str, cases: list[Case]) -> str:
    """ "Is it over 20 degrees?" """
    found = _BOUND.search(question)
    if found is None or len(cases) != 1 or not _YES_NO.search(question):
        return ""
    number = measure(question, cases[0])
    if number is None:
        return ""
    bound, words = float(found[2].replace(",", "")), found[1]
    if re.match(r"over|above|more|greater|warmer|hotter|higher|exceed|at least", words):
        holds = number >= bound if words == "at least" else number > bound
    else:
        holds = number <= bound if words == "at most" else number < bound
    way = "above" if number > bound else "below" if number < bound else "exactly"
    return f"{'Yes' if holds else 'No'}: {bold(tidy(number))} is {way} {tidy(bound)}."


def _yes_no(question: str, cases: list[Case]) -> str:
    if not _YES_NO.search(question) or len(cases) != 1:
        return ""
    case = cases[0]
    spoken = set(lexicon.stems(question)) | set(lexicon.words(question))
    flags = [(path, value) for path, value in case.leaves if isinstance(value, bool)]
    named = [value for path, value in flags if path and spoken & set(lexicon.stems(path[-1]))]
    if named or (len(flags) == 1 and len(case.leaves) <= 4):
        return "Yes." if (named or [flags[0][1]])[0] else "No."
    low = case.text.strip().lower().strip('"')
    if first := re.match(r"(yes|no|true|false)\b", low):
        return "Yes." if first[1] in ("yes", "true") else "No."
    for word, against in _PAIRS:
        for asked, other in ((word, against), *((one, word) for one in against.split())):
            if asked in spoken and len(asked) > 2:
                if re.search(
                    rf"\b(?:not|no|never|n't|out of|un)\s?{asked}\b|\b(?:{'|'.join(other.split())})\b", low
                ):
                    return "No."
                if re.search(rf"\b{asked}\b", low):
                    return "Yes."
    return _amount(spoken, case)


def _amount(spoken: set[str], case: Case) -> str:
    """ "Is it in stock?" asked of a quantity."""
    for path, value in case.leaves:
        stems = set(lexicon.stems(path[-1])) if path else set()
        counts = stems & {
            "quantity",
            "stock",
            "count",
            "availabl",
            "left",
            "remain",
            "seat",
            "quantiti",
            "units",
        }
        if (
            counts
            and isinstance(value, int | float)
            and spoken & {"stock", "availabl", "left", "any", "there", "seat", "buy", "get"}
        ):
            return "Yes." if value > 0 else "No."
    return ""


def _counted(question: str, cases: list[Case]) -> str:
    """ "How many": a count that is given, else the length of a list."""
    found = re.search(r"\bhow many ([a-z]+)|\bnumber of ([a-z]+)|\bcount (?:the |all )?([a-z]+)", question)
    if found is None or len(cases) != 1:
        return ""
    what = next(group for group in found.groups() if group)
    for path, value in cases[0].leaves:
        stems = set(lexicon.stems(path[-1])) if path else set()
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and stems & {"count", "total", "number", lexicon.stem(what)}
        ):
            return f"There are {bold(value)} {what}." if value != 1 else f"There is {bold(value)}."
    rows = {(*path[: path.index(key)], key) for path, _ in cases[0].leaves for key in path if key.isdigit()}
    top = {row for row in rows if not any(part.isdigit() for part in row[:-1])}
    return f"There are {bold(len(top))} {what}." if len(top) > 1 else ""


def _totalled(question: str, cases: list[Case]) -> str:
    """ "In total", "the average": over the cases, or over the rows of one."""
    total = re.search(r"\b(?:total|altogether|sum|combined|in all)\b", question)
    mean = re.search(r"\b(?:average|mean)\b", question)
    rows = cases if len(cases) > 1 else rows_of(cases[0])
    if not (total or mean) or len(rows) < 2:
        return ""
    if any(
        path and re.search(r"total|sum|average|mean", path[-1].lower())
        for case in cases
        for path, _ in case.leaves
    ):
        return ""
    numbers = [number for case in rows if (number := measure(question, case)) is not None]
    if len(numbers) < 2:
        return ""
    value = sum(numbers) / (len(numbers) if mean else 1)
    return f"The {'average' if mean else 'total'} is {bold(tidy(round(value, 6)))}."


def _difference(question: str, cases: list[Case]) -> str:
    """ "Compare": the difference of the number that both have."""
    if len(cases) != 2 or not re.search(
        r"\b(?:compare|comparison|difference|differ|versus|vs)\b|\bthan\b", question
    ):
        return ""
    one, other = measure(question, cases[0]), measure(question, cases[1])
    if one is None or other is None:
        return ""
    if one == other:
        return f"Both are the same: {bold(tidy(one))}."
    higher, lower = (cases[0], cases[1]) if one > other else (cases[1], cases[0])
    apart = tidy(round(abs(one - other), 6))
    return (
        f"**{higher.label}** is higher than **{lower.label}** by {shown(apart)} "
        f"({tidy(max(one, other))} against {tidy(min(one, other))})."
    )


def _asked_for(question: str, cases: list[Case]) -> str:
    """The one value of many whose key the question names: "What is the humidity?" """
    if len(cases) != 1 or len(cases[0].leaves) < 2:
        return ""
    asked = set(lexicon.stems(question))
    fits = [
        (path, value)
        for path, value in cases[0].leaves
        if path
        and not path[-1].isdigit()
        and not isinstance(value, bool)
        and asked & set(lexicon.stems(path[-1]))
        and not any(part.isdigit() for part in path)
        and lexicon.stem(lexicon.words(path[-1])[-1] if lexicon.words(path[-1]) else "") not in _NO_NOUNS
    ]
    if len(fits) != 1 or len(shown(fits[0][1])) > 120:
        return ""
    return f"The {lexicon.humanize(fits[0][0][-1]).lower()} is {bold(fits[0][1])}."


_NO_NOUNS = frozenset(
    lexicon.stem(word) for word in ("born", "found", "available", "included", "updated", "created")
)


def succeeded(readings: Sequence[Reading]) -> bool:
    """Whether an action reports that it was done."""
    said = {
        word
        for reading in readings
        for _, value in (reading.leaves or [((), reading.text)])[:200]
        if isinstance(value, str) and len(value) < 200
        for word in lexicon.words(value)
    }
    done = any(
        path and path[-1].lower() in _DONE_KEYS and value is True
        for reading in readings
        for path, value in reading.leaves[:200]
    )
    return done or bool(said & _GOOD and not said & _BAD)
