"""The one value of a result that a question means: by its key, by what "how far" measures, who won, what a
list under a key holds.
"""

from __future__ import annotations

import re
from typing import Any

from nbkit.sim.brain import lexicon, vocabulary
from nbkit.sim.brain.lexicon import enumerated
from nbkit.sim.brain.ranking import Case, to_number
from nbkit.sim.brain.showing import bold, shown
from nbkit.sim.brain.wordlists import table, word_set

_LONGEST = 120
_MOST_LISTED = 12
_HOW = re.compile(r"\bhow ([a-z]+)\b")
_HINTS: dict[str, str] = {
    **table("least"),
    **table("most"),
    "far": "distance",
    "much": "price cost total fee amount fare rate",
    "long": "duration time minutes min hours eta length",
    "old": "age",
    "deep": "depth",
    "wide": "width",
    "high": "height level elevation altitude",
}
_WINS = word_set("winner best recommendation recommended choice")
_UP = re.compile(
    r"\b(?:go|goes|gone|going|went) up\b|\b(?:ris(?:e|en|ing)|rose|increas\w+|gain\w*|grow\w*|grew)\b"
)
_DOWN = re.compile(
    r"\b(?:go|goes|gone|going|went) down\b|\b(?:fall\w*|fell|drop\w*|decreas\w+|lost|lose|shr[aiu]nk)\b"
)
_CHANGES = word_set("change diff difference delta growth gain")
_UNITS = word_set("percent pct km kg usd eur gbp chf per min max sec mm kwh kcal c f h s hours minutes")
_SPELLED = {
    "percent": "%",
    "pct": "%",
    "c": "°C",
    "f": "°F",
    "usd": "USD",
    "eur": "EUR",
    "gbp": "GBP",
    "chf": "CHF",
}
_ADJECTIVES = frozenset(
    lexicon.stem(word)
    for word in word_set(
        "born found available included updated created left remaining open closed used free started ended"
    )
)


def asked_for(question: str, asked: str, case: Case) -> str:
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
    if not best:
        return _list_under(stems, case) or _measured(question, case)
    if len(hits) != 1 or len(shown(hits[0][1])) > _LONGEST:
        return ""
    return _told(*hits[0])


def _fit(key: str, stems: set[str], asked: str) -> int:
    """How many words of a key were asked for; 0 where its head was not."""
    if len(key) > 1 and re.search(rf"(?<!\w){re.escape(key.lower())}(?!\w)", asked):
        return 10
    words = lexicon.words(key)
    heads = [word for word in words if word not in vocabulary.UNITS and word not in _UNITS]
    if not heads or lexicon.stem(heads[-1]) not in stems:
        return 0
    return len({lexicon.stem(word) for word in words} & stems)


def _told(key: str, value: Any) -> str:
    """A sentence that says a value under its key: "The duration is 18 min."."""
    name = lexicon.humanize(key)
    coded = name.isupper() or bool(re.search(r"\d", name))
    words = name.split() if coded else name.lower().split()
    unit = ""
    if len(words) > 1 and words[-1] in _UNITS and to_number(value) is not None:
        unit, words = " " + _SPELLED.get(words[-1], words[-1]), words[:-1]
    name = " ".join(words)
    if words in (["minutes"], ["hours"], ["seconds"], ["days"]):
        return f"It is {bold(value)} {words[0]}."
    if lexicon.stem(words[-1]) in _ADJECTIVES:
        return f"{name[0].upper()}{name[1:]}: {bold(value)}{unit}."
    plural = name.endswith("s") and not name.endswith(("ss", "us", "is"))
    said = f"{'' if coded else 'the '}{name} {'are' if plural else 'is'} {bold(value)}{unit}."
    return said[0].upper() + said[1:]


def _list_under(stems: set[str], case: Case) -> str:
    """The plain values of a list whose key the question names: "Which roles does she have?" """
    lists: dict[str, list[Any]] = {}
    for path, value in case.leaves:
        if len(path) > 1 and path[-1].isdigit() and not any(part.isdigit() for part in path[:-1]):
            lists.setdefault(path[-2], []).append(value)
    hits = [key for key in lists if set(lexicon.stems(key)) & stems]
    if len(hits) != 1 or len(lists[hits[0]]) > _MOST_LISTED:
        return ""
    told = enumerated(bold(value) for value in lists[hits[0]])
    return f"The {lexicon.humanize(hits[0]).lower()} {'are' if len(lists[hits[0]]) > 1 else 'is'} {told}."


def _measured(question: str, case: Case) -> str:
    """ "How far is it?": the value under a key that such a question means."""
    found = _HOW.search(question)
    hints = _HINTS.get(found[1], "").split() if found else []
    for hint in hints:
        for path, value in case.leaves:
            words = lexicon.words(path[-1]) if path else []
            near = any(word == hint or (len(hint) > 3 and word.startswith(hint)) for word in words)
            if near and not any(part.isdigit() for part in path) and to_number(value) is not None:
                return _told(path[-1], value)
    return ""


def winner(question: str, cases: list[Case]) -> str:
    """ "Which is better?" where a result says which."""
    if len(cases) != 1 or not re.search(
        r"\b(?:which|who|what)\b.*\b(?:better|best|won|wins?|recommend\w*|should)\b", question
    ):
        return ""
    hits = [
        (path[-1], value) for path, value in cases[0].leaves if len(path) == 1 and path[-1].lower() in _WINS
    ]
    return _told(*hits[0]) if len(hits) == 1 and isinstance(hits[0][1], str) and len(hits[0][1]) < 60 else ""


def moved(question: str, cases: list[Case]) -> str:
    """ "Did it go up?" by a change that is given."""
    up, down = _UP.search(question), _DOWN.search(question)
    if len(cases) != 1 or bool(up) == bool(down):
        return ""
    for path, value in cases[0].leaves:
        number = to_number(value)
        if (
            path
            and number
            and set(lexicon.words(path[-1])) & _CHANGES
            and not any(part.isdigit() for part in path)
        ):
            return f"{'Yes' if (number > 0) == bool(up) else 'No'}. {_told(path[-1], value)}"
    return ""
