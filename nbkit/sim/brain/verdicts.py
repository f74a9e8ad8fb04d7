"""Yes or no: whether something failed or was done, whether a value keeps a bound, whether there is any."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.lexicon import enumerated
from nbkit.sim.brain.naming import is_action
from nbkit.sim.brain.ranking import Case, measure, rows_of, tidy
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.showing import bold
from nbkit.sim.brain.tallies import filtered, listed, names_in
from nbkit.sim.brain.wordlists import group, table, word_set

_YES_NO = re.compile(
    r"(?:^|[.!?,;:]\s+|\b(?:and|know|check|tell me|see) (?:if |whether )?)(?:is|are|was|were|do"
    r"|does|did|can|could|should|will|has|have|am)\b|\b(?:if|whether)\b",
    re.IGNORECASE,
)
_PAIRS: list[tuple[str, str]] = [(word, against) for word, against in table("opposites")]
_GOOD = group("good")
_BAD = group("bad")
_UNDONE = _BAD | group("undone")
BOUND = re.compile(
    r"\b(over|above|more than|greater than|warmer than|hotter than|higher than|exceed\w*"
    r"|at least|under|below|less than|fewer than|colder than|cheaper than|lower than"
    r"|at most)\s+\$?€?(-?\d[\d,]*(?:\.\d+)?)",
    re.IGNORECASE,
)
_WORKED = re.compile(
    r"\b(?:work(?:ed)?|succeed(?:ed)?|success\w*|go(?:ne)? through|went through|done|ok(?:ay)?|accepted"
    r"|confirmed|booked|approved|passed|fine)\b"
)
_ANY = re.compile(
    r"\b(?:is|are|was|were) there (?:any|an?|still)\b"
    r"|\b(?:have|has|got|find|see) any\b|^any\b|[.!?] any\b"
)
_DONE_KEYS = word_set(
    "success ok successful succeeded confirmed accepted executed sent created booked approved completed"
    " saved stored updated deleted removed reserved scheduled registered changed added submitted paid done"
)
_RAN_KEYS = word_set("success ok successful succeeded executed")
_BROKEN = word_set("error fail failed failure")
_STATE_KEYS = word_set("status state result decision outcome verdict")
_EXITS = word_set("exit exit_code exitcode returncode")
_NAMES = word_set("id ref reference tracking url link number code key uuid")


def failed(question: str, cases: list[Case]) -> str:
    """A result that isn't marked as an error can still say that it is one."""
    for case in cases:
        for path, value in case.leaves[:200]:
            keys = [part.lower() for part in path]
            if any(part.isdigit() for part in path) and not (case.acts and keys[0] in _WRONG and value):
                continue
            key = keys[-1] if keys else ""
            bad = (
                (value is False and (_is_done(key, case.call) if case.acts else key in _RAN_KEYS))
                or (
                    key in _STATE_KEYS
                    and isinstance(value, str)
                    and value.lower() in (_BAD if case.acts else _BROKEN)
                )
                or (key in _EXITS and value not in (0, None, "0", False))
            )
            wrong = _WRONG & set(keys) and value not in (None, "", False, 0)
            if bad or wrong:
                return f"That did not work{_of(case)}."
        if re.match(r"(?:error|fatal|failed|failure|exception|traceback)\b", case.text, re.IGNORECASE):
            return f"That did not work{_of(case)}."
    return ""


_WRONG = word_set("error errors error_message")


def _is_done(key: str, tool: str) -> bool:
    """Whether a flag tells that a thing was done: "saved", or the participle of the tool's own verb."""
    verb = lexicon.words(tool)[:1]
    return key in _DONE_KEYS or (bool(verb) and lexicon.stem(key) == lexicon.stem(verb[0]))


def _of(case: Case) -> str:
    return f" for {case.label}" if case.label else ""


def worked(question: str, cases: list[Case]) -> str:
    """ "Did both work?" asked of the states of several things."""
    if not _YES_NO.search(question) or not _WORKED.search(question):
        return ""
    rows = cases if len(cases) > 1 else [row for row in rows_of(cases[0]) if row.leaves[0][0][:-1]]
    states = [(row.label, state) for row in rows if (state := _state(row))]
    bad = [f"**{label}** is {state}" for label, state in states if lexicon.snake(state) in _UNDONE]
    if bad:
        return f"No: {', '.join(bad)}."
    good = all(set(lexicon.words(state)) & _GOOD for _, state in states)
    return "Yes." if len(states) > 1 and good else ""


def _state(row: Case) -> str:
    for path, value in row.leaves:
        if path and path[-1].lower() in _STATE_KEYS and isinstance(value, str) and len(value) < 40:
            return value
        if path and path[-1].lower() in _DONE_KEYS and isinstance(value, bool):
            return "done" if value else "not done"
    return ""


def is_over(words: str) -> bool:
    """Whether a bound is a lower one: "more than", "at least"."""
    return re.match(r"over|above|more|greater|warmer|hotter|higher|exceed|at least", words) is not None


def _among(question: str, entries: list[str]) -> str:
    """ "Is there a README?" asked of a list of names."""
    content = re.split(r"\b(?:any|an?|still)\b", question, maxsplit=1)[-1]
    words = [
        word
        for word in re.findall(r"[\w.-]*\w", re.split(r"[?!,]", content)[0])
        if word not in _KINDS_OF_ENTRY
    ]
    telling = [word for word in words if word not in lexicon.STOP]
    if not telling:
        return "Yes."
    if len(telling) > 1:
        return ""
    hits = [entry for entry in entries if telling[0] in entry.lower()]
    return f"Yes: {enumerated([bold(hit) for hit in hits[:4]])}." if hits else "No."


_KINDS_OF_ENTRY = word_set("file files folder folders directory entry entries item items here called named")


def asks_whether(question: str) -> bool:
    return bool(_YES_NO.search(question))


def bounded(question: str, cases: list[Case]) -> str:
    """ "Is it over 20 degrees?" """
    found = BOUND.search(question)
    if found is None or len(cases) != 1 or not _YES_NO.search(question):
        return ""
    number = measure(question, cases[0])
    if (rows := listed(cases[0])) and re.search(r"\b(?:total|sum|altogether)\b", question):
        numbers = [one for row in rows if (one := measure(question, row)) is not None]
        number = round(sum(numbers), 6)
    if number is None:
        return ""
    bound, words = float(found[2].replace(",", "")), found[1]
    if is_over(words):
        holds = number >= bound if words == "at least" else number > bound
    else:
        holds = number <= bound if words == "at most" else number < bound
    way = "above" if number > bound else "below" if number < bound else "exactly"
    return f"{'Yes' if holds else 'No'}: {bold(tidy(number))} is {way} {tidy(bound)}."


def there_is(question: str, cases: list[Case]) -> str:
    """ "Are there any?" asked of a list or of a count."""
    if len(cases) != 1 or not _ANY.search(question):
        return ""
    case = cases[0]
    if entries := names_in(case):
        return _among(question, entries)
    rows = listed(case)
    if rows:
        kept = filtered(question, rows)
        if kept:
            return f"Yes, {len(kept)} of {len(rows)}."
        keys = " ".join(path[-1] for row in rows[:1] for path, _ in row.leaves if path)
        known = set(lexicon.stems(f"{case.call} {keys} {' '.join(path[0] for path, _ in case.leaves[:1])}"))
        content = re.split(r"\b(?:any|an?|still)\b", question, maxsplit=1)[-1]
        asked = {
            stem for stem in lexicon.stems(re.split(r"[?.!,]", content)[0]) if stem not in ("more", "left")
        }
        return "Yes." if asked <= known else ""
    counts = [value for _, value in case.leaves if isinstance(value, int) and not isinstance(value, bool)]
    return ("Yes." if any(counts) else "No.") if len(counts) == 1 else ""


_NONE_OF = re.compile(r"\b(?:0|zero|no) [a-z]+\b")  # "0 failed" is no failure


def yes_no(question: str, cases: list[Case]) -> str:
    if not _YES_NO.search(question) or len(cases) != 1:
        return ""
    case = cases[0]
    spoken = set(lexicon.stems(question)) | set(lexicon.words(question))
    flags = [(path, value) for path, value in case.leaves if isinstance(value, bool)]
    named = [value for path, value in flags if path and spoken & set(lexicon.stems(path[-1]))]
    if len(named) > 1 and (rows := listed(case)):
        return _of_all(spoken, rows)
    if named or (len(flags) == 1 and len(case.leaves) <= 4):
        return "Yes." if (named or [flags[0][1]])[0] else "No."
    low = _NONE_OF.sub(" ", case.text.strip().lower().strip('"'))
    if first := re.match(r"(yes|no|true|false)\b", low):
        return "Yes." if first[1] in ("yes", "true") else "No."
    for word, against in _PAIRS:
        for asked, other in ((word, against), *((one, word) for one in against.split())):
            if (asked in spoken or lexicon.stem(asked) in spoken) and len(asked) > 2:
                if re.search(
                    rf"\b(?:not|no|never|n't|out of|un)\s?{asked}\b|\b(?:{'|'.join(other.split())})\b", low
                ):
                    return "No."
                if re.search(rf"\b{asked}\b", low):
                    return "Yes."
    return _amount(spoken, case)


def _of_all(spoken: set[str], rows: list[Case]) -> str:
    """ "Are all paid?": what holds of every row, or of which it does."""
    told = [
        (row.label, value)
        for row in rows
        for path, value in row.leaves
        if isinstance(value, bool) and path and spoken & set(lexicon.stems(path[-1]))
    ]
    yes = [label for label, value in told if value]
    if len(yes) in (0, len(told)):
        return "Yes." if yes else "No."
    if spoken & {"all", "both", "every", "each", "everyth"}:
        bad = [f"**{label}**" for label, value in told if not value][:5]
        return f"No: {enumerated(bad)} {'is' if len(bad) == 1 else 'are'} not."
    return f"{len(yes)} of {len(told)}: {enumerated([f'**{label}**' for label in yes][:8])}."


_COUNTS = word_set("quantity stock count availabl left remain seat quantiti units")
_HAD = word_set("stock availabl left any there seat buy get")


def _amount(spoken: set[str], case: Case) -> str:
    """ "Is it in stock?" asked of a quantity."""
    for path, value in case.leaves:
        counts = set(lexicon.stems(path[-1])) & _COUNTS if path else set()
        if counts and isinstance(value, int | float) and spoken & _HAD:
            return "Yes." if value > 0 else "No."
    return ""


_REFERENCE = re.compile(r"[A-Za-z]{1,6}[-_/]?\d[\w-]*$")


def succeeded(readings: Sequence[Reading]) -> bool:
    """Whether an action reports that it was done: in words, by a flag, or with the name of what it made."""
    said = {
        word
        for reading in readings
        for _, value in (reading.leaves or [((), reading.text)])[:200]
        if isinstance(value, str) and len(value) < 200
        for word in lexicon.words(value)
    }
    leaves = [leaf for reading in readings for leaf in reading.leaves[:200]]
    tools = {reading.outcome.call.name for reading in readings}
    flags = [
        value for path, value in leaves if path and any(_is_done(path[-1].lower(), one) for one in tools)
    ]
    if said & _UNDONE or False in flags:
        return False
    made = any(
        len(path) == 1 and isinstance(value, str | int) and lexicon.words(path[0])[-1:] and value
        and lexicon.words(path[0])[-1] in _NAMES
        for path, value in leaves
    )  # fmt: skip
    made = made or any(
        len(path) == 1 and isinstance(value, str) and _REFERENCE.match(value) for path, value in leaves
    )
    acted = all(is_action(reading.outcome.call) for reading in readings)
    return True in flags or bool(said & _GOOD) or (made and acted)
