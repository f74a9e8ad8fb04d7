"""Prompts that show by examples what to do: `Input: … Output: …`, `sea -> aes`, or turns of the conversation.

The rule is the first of `_RULES` that fits all examples; where the outputs are few labels, the likest example
decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nbkit.sim.brain import arithmetic
from nbkit.sim.brain.plain import conversions, knowledge, labels, words_talk
from nbkit.sim.brain.plain.heard import capital, written
from nbkit.sim.brain.scene import Scene
from nbkit.sim.brain.wordlists import table

Pairs = list[tuple[str, str]]
Rule = Callable[[str], str]
_CHAT = r"(?im)^\s*(?:user|human|assistant|ai|bot)\s*:"
_SIGNED = r"^\s*(?P<x>[^=:\n]{1,60}?)\s*(?:=|:)(?![=/])\s*(?P<y>[^\n]*?)\s*$"
_ARROW = r"^\s*(?:[-*\d.)]+\s+)?(?P<x>.+?)\s*(?:->|=>|→|⇒|::|//|\|)\s*(?P<y>.*?)\s*$"


def in_text(text: str, ask: Callable[[str], str]) -> str:
    """The output for the last input of a prompt with examples, or ""; `ask` answers a question by itself."""
    pairs, last = _shown(text) if len(text) < 8000 else ([], "")
    if not last:
        return ""
    if not last.endswith("?") and not re.search(_CHAT, text):
        return _output(pairs, last)
    told = ask(last)  # questions and answers show the form, not the answer
    core = re.search(r"\*\*(.+?)\*\*", told)
    short = all(len(answer.split()) <= 3 for _, answer in pairs)
    return core[1].strip(".") if core and short else told


def in_turns(seen: Scene) -> str:
    """The same where earlier turns are the examples."""
    return _output(*_in_turns(seen)) if len(seen.before) > 1 else ""


def _output(pairs: Pairs, last: str) -> str:
    if not pairs or not last:
        return ""
    return continued(pairs, last) or (labels.examples(pairs, last) if _are_labels(pairs) else "")


def _shown(text: str) -> tuple[Pairs, str]:
    """The examples in a text, and the input that has no output yet."""
    rows: list[tuple[str, str]] = []
    if re.search(r"->|=>|→|⇒", text):
        for line in text.splitlines():
            if found := re.match(_ARROW, line):
                rows.append((_bare(found["x"]), _bare(found["y"])))
    rows = rows if len(rows) > 1 else _labelled(text) or _signed(text)
    pairs = [row for row in rows if row[1]]
    open_ones = [x for x, y in rows if not y]
    return (pairs, open_ones[-1]) if pairs and open_ones and rows[-1] == (open_ones[-1], "") else ([], "")


def _signed(text: str) -> list[tuple[str, str]]:
    """Pairs on lines of their own: "apple: fruit", "2 + 2 = 4", each with another left side."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    found = [hit for line in lines[-12:] if (hit := re.match(_SIGNED, line))]
    rows = [(_bare(hit["x"]), _bare(hit["y"])) for hit in found]
    whole = len(found) >= max(3, min(len(lines), 12) - 1)  # a line before them may say what to do
    apart = len({x for x, _ in rows}) == len(rows)
    return rows if whole and apart and not rows[-1][1] and all(y for _, y in rows[:-1]) else []


def _labelled(text: str) -> list[tuple[str, str]]:
    """Pairs of the same two keys again and again: "Text: … Sentiment: …"."""
    parts = re.findall(
        r"(?:^|\n)[ \t>*]*([A-Za-z][\w ]{0,24}?)\**:[ \t*]*(.*?)(?=\n[ \t>*]*[A-Za-z][\w ]{0,24}?\**:"
        r"(?=[ \t\n*]|$)|\n#+ |\n---|\n\s*\n(?![^\n]*\S:)|$)",
        text.strip() + "\n",
        re.DOTALL,
    )
    names = [name.strip().lower() for name, _ in parts]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if len(repeated) == 1 and names[-1:] == repeated:
        return []
    if len(repeated) < 2:
        return []
    first, second = repeated[0], repeated[-1]
    rows: list[tuple[str, str]] = []
    for name, (_, value) in zip(names, parts, strict=True):
        if name == first:
            rows.append((_bare(value), ""))
        elif name == second and rows:
            rows[-1] = (rows[-1][0], _bare(value))
    return rows


def _in_turns(seen: Scene) -> tuple[Pairs, str]:
    """Earlier turns as examples: short answers that are no sentences."""
    pairs = [(one.question.strip(), one.answer.strip()) for one in seen.before if one.answer]
    last = seen.now.question.strip()
    short = all(
        len(answer.split()) <= 3 and not answer.endswith((".", "!", "?")) and "**" not in answer
        for _, answer in pairs
    )
    if (
        len(pairs) < 2
        or not short
        or last.endswith("?")
        or any(question.endswith("?") for question, _ in pairs)
    ):
        return [], ""
    if not (_are_labels(pairs) or continued(pairs, last)):
        return [], ""
    return pairs, last


def _are_labels(pairs: Pairs) -> bool:
    labels_given = {label for _, label in pairs}
    return len(labels_given) > 1 and all(len(label.split()) <= 4 for label in labels_given)


def _bare(text: str) -> str:
    text = text.strip().strip("`")
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def continued(pairs: Pairs, last: str) -> str:
    """What the rule that fits all pairs makes of the last input, or ""."""
    fits = (rule for rule in _rules(pairs) if all(_made(rule, x) == y for x, y in pairs))
    return next((made for rule in fits if (made := _made(rule, last))), "")


def _rules(pairs: Pairs) -> Iterator[Rule]:
    yield from _SPELLINGS
    yield from _figures(pairs)
    yield from _known(pairs)
    first_x, first_y = pairs[0]
    same: Rule = str
    for inner in (same, *_SPELLINGS):  # something constant around what a rule makes
        middle = _made(inner, first_x)
        if middle and middle in first_y:
            before, _, after = first_y.partition(middle)
            yield _around(inner, before, after)


def _around(rule: Rule, before: str, after: str) -> Rule:
    return lambda x: f"{before}{rule(x)}{after}"


def _made(rule: Rule, x: str) -> str:
    """What a rule makes of a text; "" where it cannot make anything."""
    try:
        return rule(x)
    except (ValueError, IndexError, KeyError, ZeroDivisionError, OverflowError):
        return ""


def _words(x: str) -> list[str]:
    return re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", x)


_SPELLINGS: tuple[Rule, ...] = (
    str.upper,
    str.lower,
    str.title,
    capital,
    lambda x: x[::-1],
    lambda x: str(len(x)),
    lambda x: str(len(x.split())),
    lambda x: x[0],
    lambda x: x[0].upper(),
    lambda x: x[-1],
    lambda x: x.split()[0],
    lambda x: x.split()[-1],
    lambda x: " ".join(reversed(x.split())),
    lambda x: "".join(sorted(x)),
    lambda x: "".join(word[0] for word in x.split()).upper(),
    lambda x: "_".join(_words(x)).lower(),
    lambda x: "-".join(_words(x)).lower(),
    lambda x: "".join(word.capitalize() for word in _words(x)),
    lambda x: _words(x)[0].lower() + "".join(word.capitalize() for word in _words(x)[1:]),
    "-".join,
    " ".join,
    lambda x: x.replace(" ", ""),
    lambda x: re.sub(r"[aeiouAEIOU]", "", x),
    lambda x: f"{x} {x}",
    lambda x: x + x,
    words_talk.plural,
    lambda x: words_talk.past(x)[0],
    lambda x: words_talk.past(x)[1],
    words_talk.opposite,
    lambda x: conversions.roman(int(x)),
    lambda x: conversions.in_words(int(x)),
    lambda x: f"{int(x):b}",
    lambda x: "even" if int(x) % 2 == 0 else "odd",
    lambda x: written(arithmetic.evaluated(x) or 0).replace(",", ""),
)


def _figures(pairs: Pairs) -> Iterator[Rule]:
    try:
        values = [(float(x.replace(",", "")), float(y.replace(",", ""))) for x, y in pairs]
    except ValueError:
        return
    yield lambda x: written(float(x) ** 2).replace(",", "")
    yield lambda x: written(float(x) ** 3).replace(",", "")
    (x1, y1), (x2, y2) = values[0], values[-1]
    if x1 != x2:  # a straight line through two of them
        factor = (y2 - y1) / (x2 - x1)
        yield lambda x: written(factor * float(x) + y1 - factor * x1).replace(",", "")
    yield lambda x: written(float(x) + y1 - x1).replace(",", "")
    yield lambda x: written(float(x) * y1 / x1).replace(",", "")


def _known(pairs: Pairs) -> Iterator[Rule]:
    """Columns of what is known by heart, as a country's capital; and phrases in a language."""
    yield from knowledge.relations()
    for book in table("phrasebook").values():
        yield lambda x, book=book: str(book.get(x.lower(), ""))  # type: ignore[misc]
        yield lambda x, book=book: capital(str(book.get(x.lower(), "")))  # type: ignore[misc]
