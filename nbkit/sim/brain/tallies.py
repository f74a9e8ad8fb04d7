"""Counts, totals, averages and differences of what results hold."""

from __future__ import annotations

import re

from nbkit.sim.brain import lexicon, vocabulary
from nbkit.sim.brain.ranking import Case, are, measure, rows_of, tidy, to_number
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.showing import bold, shown
from nbkit.sim.brain.wordlists import table, word_set

_HOW_MANY = re.compile(
    r"\b(?:how many|how much|number of|count (?:of )?(?:the |all )?)\s*((?:[a-z][\w-]*\s*){0,6})",
    re.IGNORECASE,
)
_ENDS = word_set(
    "are is do does did have has had was were in of on at for from can will would should could left remain"
    " remaining there it i we you they he she the a an my our your his her their that this these those to"
    " with and or per by total altogether not need take get got fit went go come came"
)
_TOTAL = re.compile(
    r"\b(?:total|altogether|sum|combined|in all|add (?:them|it|these|those) up|all together)\b"
)
_MEAN = re.compile(r"\b(?:average|mean|on average)\b")
_LONG_LISTING = re.compile(r"[-dlbcps][rwxstST-]{9}")
_MOST_WORDS = 6


def counted(question: str, cases: list[Case]) -> str:
    """ "How many": a count that is given, the sum of a column that is named, else the length of a list."""
    found = _HOW_MANY.search(question)
    if found is None or len(cases) != 1:
        return ""
    what = _phrase(found[1])
    if not what:
        return _left(question, cases[0])
    if found[0].startswith("how much") and (
        what.split()[0].endswith("er") or what.split()[0] in ("more", "less")
    ):
        return ""  # than what? a difference
    case, noun = cases[0], what.split()[-1]
    rows = listed(case)
    if rows and (numbers := [number for row in rows if (number := _column(noun, row)) is not None]):
        return f"{_are(sum(numbers), what)} in total." if len(numbers) > 1 else f"{_are(numbers[0], what)}."
    if len(rows) == 1 and len(case.leaves) == 1 and (number := to_number(case.leaves[0][1])) is not None:
        return f"{_are(number, what)}."  # a query that counts
    told = [
        (bool(_named(noun, path)), value)
        for path, value in case.leaves
        if path and not any(part.isdigit() for part in path) and not isinstance(value, bool)
        and isinstance(value, int | float)
        and (_named(noun, path) or set(lexicon.stems(path[-1])) & {"count", "total", "number"})
    ]  # fmt: skip
    if told and not (rows and filtered(question, rows)):
        return f"{_are(max(told, key=lambda pair: pair[0])[1], what)}."
    if found[0].startswith("how much"):
        return ""
    if rows:
        kept = filtered(question, rows) or rows
        return f"{_are(len(kept), what)}."
    number = to_number(case.leaves[0][1]) if len(case.leaves) == 1 else None
    if number is not None and re.fullmatch(r"\W*[-\d.,]+\W*(?:\w+\W*)?", case.text):
        return f"{_are(number, what)}."
    lines = _lines(case.text, noun)
    return f"{_are(len(lines), what)}." if len(lines) > 1 else ""


def _left(question: str, case: Case) -> str:
    """ "How many are open?", "How many are left?": of rows those that are meant, else the one count."""
    rows = listed(case)
    if rows:
        kept = filtered(question, rows)
        return f"{bold(len(kept))} of {len(rows)}." if kept else ""
    counts = [
        value
        for path, value in case.leaves
        if path and isinstance(value, int | float) and not isinstance(value, bool)
        and set(lexicon.stems(path[-1])) & _COUNTS
    ]  # fmt: skip
    return f"{bold(counts[0])}." if len(counts) == 1 else ""


_COUNTS = frozenset(
    lexicon.stem(word)
    for word in word_set("count total number quantity stock left remaining available seats units")
)


def _phrase(text: str) -> str:
    words: list[str] = []
    for word in text.split():
        if word.strip("-") in _ENDS or (words and (word.endswith("ed") or word in ("up", "out", "so"))):
            break
        words.append(word)
    return " ".join(words[:_MOST_WORDS])


def _are(number: float, what: str) -> str:
    count = tidy(round(float(number), 6))
    if count == 1:
        return f"There is {bold(count)} {lexicon.singular(what)}"
    return f"There are {bold(count)} {what}"


def _named(noun: str, path: tuple[str, ...]) -> bool:
    """Whether a key says what a noun says: the same word, or its unit."""
    stem, words = lexicon.stem(noun), lexicon.words(path[-1])
    return any(
        lexicon.stem(word) == stem or (noun in vocabulary.terms(word) and word in _UNITS) for word in words
    )


_UNITS = frozenset(vocabulary.UNITS) | word_set("l min h s ml kg g km kwh kcal mwh")


def _column(noun: str, row: Case) -> float | None:
    """The number of a row under a key that a noun names."""
    for path, value in row.leaves:
        if path and _named(noun, path) and (number := to_number(value)) is not None:
            return number
    return None


def listed(case: Case) -> list[Case]:
    """The rows of the lists in a result; those of one that holds lists in its rows are counted once."""
    return [row for row in rows_of(case) if any(part.isdigit() for part in row.leaves[0][0])]


def names_in(case: Case) -> list[str]:
    """The entries of a result that is a list of names and nothing else."""
    texts = [str(value) for path, value in case.leaves if isinstance(value, str) and len(path) <= 2]
    if len(texts) == len(case.leaves) > 1 and all(path[-1].isdigit() for path, _ in case.leaves if path):
        return texts if all(len(one) < 60 for one in texts) else []
    if len(case.leaves) == 1 and not case.leaves[0][0]:
        return [line for line in _lines(case.text, "") if len(line) < 60 and " " not in line]
    return []


def listed_in(reading: Reading) -> bool:
    """Whether a result holds a list of several things."""
    rows = {
        path[: at + 1] for path, _ in reading.leaves[:500] for at, key in enumerate(path[:1]) if key.isdigit()
    }
    inner = {path[:2] for path, _ in reading.leaves[:500] if len(path) > 1 and path[1].isdigit()}
    return len(rows) > 1 or len(inner) > 1


_MONTHS: list[str] = table("months")


def filtered(question: str, rows: list[Case]) -> list[Case]:
    """The rows that a word of the question picks: "the open ones" of a status, "available" of a flag."""
    spoken = set(re.findall(r"[a-z][\w-]*", question))
    stems = {lexicon.stem(word) for word in spoken if word not in lexicon.STOP}
    kept = []
    month = next(
        (
            at
            for at, name in enumerate(_MONTHS, 1)
            if re.search(rf"\b(?:in|of|from|during|for) {name}\b", question)
        ),
        0,
    )
    if month:
        dates = [{str(value)[4:8] for _, value in row.leaves if isinstance(value, str)} for row in rows]
        return [row for row, told in zip(rows, dates, strict=True) if f"-{month:02}-" in told]
    for row in rows:
        cells = [value.lower() for _, value in row.leaves if isinstance(value, str) and len(value) < 24]
        flags = [path[-1] for path, value in row.leaves if value is True and path]
        if any(cell in spoken for cell in cells) or any(set(lexicon.stems(flag)) & stems for flag in flags):
            kept.append(row)
    return kept if len(kept) < len(rows) else []


def _lines(text: str, noun: str) -> list[str]:
    """The entries of a listing in a text: lines, or names on one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        parts = [part.strip() for part in text.split(",")]
        names = text.split()
        if len(parts) > 1 and all(part and len(part.split()) <= 3 for part in parts):
            lines = parts
        elif len(names) > 1 and all(re.fullmatch(r"[\w.-]+(?:\.\w+|/)", name) for name in names):
            lines = names
    long = [line for line in lines if _LONG_LISTING.match(line)]
    lines = long or [line for line in lines if not re.fullmatch(r"total \d+\w?|\.{1,2}/?|\S.*:", line)]
    folders = [line for line in lines if (line.startswith("d") if long else line.endswith("/"))]
    if long:
        folders = [line for line in folders if line.split()[-1] not in (".", "..")]
        lines = [line for line in lines if line.split()[-1] not in (".", "..")]
    if noun.startswith("file"):
        lines = [line for line in lines if line not in folders]
    elif noun.startswith(("folder", "director")):
        lines = folders
    prose = sum(
        1 for line in lines if len(line) > 120 or (re.search(r"[a-z]{2}[.!?]$", line) and " " in line)
    )
    return [] if prose * 2 > len(lines) else lines


def totalled(question: str, cases: list[Case]) -> str:
    """ "In total", "the average": over the cases, or over the rows of one."""
    total, mean = _TOTAL.search(question), _MEAN.search(question)
    rows = cases if len(cases) > 1 else listed(cases[0]) or rows_of(cases[0])
    if not (total or mean) or len(rows) < 2:
        return ""
    if _HOW_MANY.search(question) and len(cases) == 1 and not mean:
        return ""
    if any(
        path
        and not any(part.isdigit() for part in path)
        and re.search(r"total|sum|average|mean", path[-1].lower())
        for case in cases
        for path, _ in case.leaves
    ):
        return ""
    rows = filtered(question, rows) or rows
    numbers = [number for case in rows if (number := measure(question, case)) is not None]
    if len(numbers) < 2:
        return ""
    value = sum(numbers) / (len(numbers) if mean else 1)
    return f"The {'average' if mean else 'total'} is {bold(tidy(round(value, 2 if mean else 6)))}."


def difference(question: str, cases: list[Case]) -> str:
    """ "Compare": the difference of the number that both have, be they results or rows that are named."""
    if not re.search(
        r"\b(?:compare|comparison|difference|differ|versus|vs)\b|\bthan\b"
        r"|\bhow much (?:more|less|[a-z]+er)\b",
        question,
    ):
        return ""
    if len(cases) == 1:
        rows = listed(cases[0])
        cases = [row for row in rows if row.label and row.label.lower() in question]
    if len(cases) != 2:
        return ""
    one, other = measure(question, cases[0]), measure(question, cases[1])
    if one is None or other is None:
        return ""
    if one == other:
        return f"Both are the same: {bold(tidy(one))}."
    higher, lower = (cases[0], cases[1]) if one > other else (cases[1], cases[0])
    apart = tidy(round(abs(one - other), 6))
    return (
        f"**{higher.label}** {are(higher.label)} higher than **{lower.label}** by {shown(apart)} "
        f"({tidy(max(one, other))} against {tidy(min(one, other))})."
    )
