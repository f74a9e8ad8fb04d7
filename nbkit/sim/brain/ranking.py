"""Which one: the case, or the row of a list, that has most or least of the number that a question means."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.reading import Leaf
from nbkit.sim.brain.showing import bold
from nbkit.sim.brain.wordlists import table

_NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?")
_NO_NUMBER = re.compile(  # digits that count nothing: dates, times, references
    r"\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\b|\b[A-Za-z][A-Za-z_]*[-_#/]?\d[\w/-]*|\b\d+[A-Za-z_]*-[\w-]+"
)
_NAMES_ONE = frozenset(  # the last words of keys whose numbers tell things apart
    (
        "id",
        "ids",
        "code",
        "number",
        "no",
        "nr",
        "ref",
        "year",
        "lat",
        "lon",
        "lng",
        "latitude",
        "longitude",
        "zip",
        "index",
        "page",
        "phone",
        "serial",
        "timestamp",
        "port",
        "version",
        "row",
        "line",
    )
)


_MOST: dict[str, str] = table("most")


_LEAST: dict[str, str] = table("least")


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that the question can be answered from: a result, or a row of a list; with a name for it."""

    label: str
    leaves: tuple[Leaf, ...]
    text: str
    acts: bool = True  # whether its call was to do something
    call: str = ""  # the name of the tool


def ranked(question: str, cases: list[Case]) -> str:
    """ "Which is warmer?", "the cheapest": the case with most or least of the number that is meant."""
    wanted = _superlative(question)
    if wanted is None:
        return ""
    most, hints, word = wanted
    compared = cases if len(cases) > 1 else _alike(_listed_first(rows_of(cases[0])))
    order = [(number, case) for case in compared if (number := _by_hint(hints, question, case)) is not None]
    if len(order) < 2:
        return ""
    order.sort(key=lambda pair: pair[0], reverse=most)
    best, second = order[0], order[1]
    if best[0] == second[0]:
        return f"{best[1].label} and {second[1].label} are equal at {bold(tidy(best[0]))}."
    shown_word = (
        word
        if re.search(r"(?:er|est|winner|ing|most|least|best|worst)\b", word)
        else ("highest" if most else "lowest")
    )
    if best[1].label.isdigit() or not best[1].label:
        return f"The {shown_word} is {bold(tidy(best[0]))}."
    verb = are(best[1].label)
    if shown_word.startswith(("most ", "least ")) and shown_word.endswith("s"):  # of things, not how
        verb = "have" if verb == "are" else "has"
    article = "" if shown_word == "leading" else "the "
    return (
        f"**{best[1].label}** {verb} {article}{shown_word}, with {bold(tidy(best[0]))} against "
        f"{tidy(second[0])} for {second[1].label}."
    )


def _listed_first(rows: list[Case]) -> list[Case]:
    """The rows of a list where there are some: a count beside them is none of them."""
    listed = [row for row in rows if any(part.isdigit() for part in row.leaves[0][0])]
    return listed if len(listed) > 1 else rows


def are(label: str) -> str:
    """The verb for a thing: "pears are", "Paris is"."""
    return (
        "are" if label.islower() and label.endswith("s") and not label.endswith(("ss", "us", "is")) else "is"
    )


def _alike(rows: list[Case]) -> list[Case]:
    """Rows that can be compared: of a list, with the same keys, or plain numbers under different keys."""
    shapes = {tuple(path[-1:] if len(path) > 1 else () for path, _ in row.leaves) for row in rows}
    numbers = all(
        isinstance(value, int | float) and not isinstance(value, bool)
        for row in rows
        for _, value in row.leaves
    )
    listed = any(any(part.isdigit() for part in path) for row in rows for path, _ in row.leaves)
    return rows if listed or numbers or (len(shapes) == 1 and () not in next(iter(shapes))) else []


def _superlative(question: str) -> tuple[bool, str, str] | None:
    if leading := re.search(r"\b(?:winning|leading|winner|leader|won|wins)\b", question):
        return True, "goals points score votes", "winner" if leading[0][0] == "w" else leading[0]
    for word in re.findall(r"[a-z]+", question):
        if word in _FORMS:
            return *_FORMS[word], word
    for more, base in re.findall(r"\b(more|most|less|least)\s+([a-z]+)", question):
        if base in _MOST or base in _LEAST or base not in lexicon.STOP:
            return (
                more in ("more", "most"),
                _MOST.get(base, base),
                f"{'most' if more in ('more', 'most') else 'least'} {base}",
            )
    return None


def _forms(base: str) -> set[str]:
    """`large`, `larger`, `largest`: what is said of a word that compares."""
    stems = (base + "e", base, base + base[-1] + "e", base[:-1] + "ie")
    return {stem + end for stem in stems for end in ("r", "st")} | ({base} & {"best", "worst"})


_FORMS: dict[str, tuple[bool, str]] = {}
for _bases, _is_most in ((_MOST, True), (_LEAST, False)):
    for _base, _hints in _bases.items():
        for _form in _forms(_base):
            _FORMS.setdefault(_form, (_is_most, _hints))


def rows_of(case: Case) -> list[Case]:
    """The rows of a list in one result, each named by the first text that no other row has."""
    rows: dict[tuple[str, ...], list[Leaf]] = {}
    depth = _shared(case.leaves)
    for path, value in case.leaves:
        at = next((number for number, key in enumerate(path) if key.isdigit()), None)
        prefix = path[: at + 1] if at is not None else path[: depth + 1]
        rows.setdefault(prefix, []).append((path, value))
    named = []
    texts_of = {
        prefix: {
            path[len(prefix) :]: value
            for path, value in leaves
            if isinstance(value, str) and value.strip() and not _NUMBER.fullmatch(value)
        }
        for prefix, leaves in rows.items()
    }
    shared = Counter((key, text) for texts in texts_of.values() for key, text in texts.items())
    for prefix, leaves in rows.items():
        texts = [text for key, text in texts_of[prefix].items() if shared[key, text] == 1]
        texts = texts or list(texts_of[prefix].values())
        label = (
            str(texts[0])
            if prefix and texts and (prefix[-1].isdigit() or _is_named(leaves))
            else (lexicon.humanize(prefix[-1]) if prefix else "")
        )
        if label.isdigit():
            label = _numbered(leaves) or label
        named.append(Case(label, tuple(leaves), ""))
    return named


def _numbered(leaves: list[Leaf]) -> str:
    """The name of a row that has only a number for one: "id 7"."""
    for path, value in leaves:
        words = lexicon.words(path[-1]) if path else []
        if words and words[-1] in _NAMES_ONE and isinstance(value, int):
            return f"{' '.join(words)} {value}"
    return ""


def _is_named(leaves: list[Leaf]) -> bool:
    """Whether an object says the name of what it tells of."""
    return any(path and path[-1].lower() in _OWN_NAMES for path, _ in leaves)


_OWN_NAMES = frozenset(("name", "team", "player", "title", "label", "symbol", "city", "candidate"))


def _shared(leaves: tuple[Leaf, ...]) -> int:
    """How many keys all paths begin with: {"votes": {"a": 4, "b": 7}} has rows below the first."""
    if len(leaves) < 2:
        return 0
    first = leaves[0][0]
    depth = 0
    while depth < len(first) - 1 and all(
        len(path) > depth + 1 and path[depth] == first[depth] for path, _ in leaves
    ):
        depth += 1
    return depth


def _by_hint(hints: str, question: str, case: Case) -> float | None:
    for hint in hints.split():
        for path, value in case.leaves:
            if any(part.lower().startswith(hint) or hint in part.lower().split("_") for part in path):
                number = to_number(value)
                if number is not None:
                    return number
    return measure(question, case)


def measure(question: str, case: Case) -> float | None:
    """The number the question means: under a key that it names, else the only or the first one."""
    spoken = set(lexicon.stems(question)) - _VAGUE
    groups = {number for stem in spoken for number in lexicon.concepts(stem)}
    first = None
    for path, value in case.leaves:
        number = to_number(value)
        if number is None:
            continue
        stems = set(lexicon.stems(" ".join(path[-2:])))
        if stems & spoken or any(lexicon.concepts(stem) & groups for stem in stems):
            return number
        told = lexicon.words(path[-1]) if path else []
        if first is None and not (told and told[-1] in _NAMES_ONE):
            first = number
    return first


_VAGUE = frozenset(lexicon.stem(word) for word in ("total", "sum", "number", "count", "average", "mean"))


def to_number(value: Any) -> float | None:
    """A number, or the first one in a text that is short ("22 °C", "$1,299.00")."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    if len(str(value)) >= 60:
        return None
    text = _NO_NUMBER.sub(" ", str(value))
    found = _NUMBER.search(text)
    if found is None or re.search(r"[A-Z][a-z]", text[: found.start()].rpartition(",")[2]):
        return None  # the number of a house, of a room: a part of a name
    return float(found[0].replace(",", "").replace("−", "-"))


def tidy(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < 1e15 else round(number, 10)
