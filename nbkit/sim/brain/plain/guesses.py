"""Small riddles of form: the odd one out, the next letter or day, a blank to fill, a known line to complete,
whether a thing is of a kind, whether a statement is true.
"""

from __future__ import annotations

import re
from itertools import pairwise

from nbkit.sim.brain.plain import knowledge, lists
from nbkit.sim.brain.plain.heard import bare, given

_LINES = (
    ("the quick brown fox", "jumps over the lazy dog."),
    ("to be or not to be", "that is the question."),
    ("an apple a day", "keeps the doctor away."),
    ("better late", "than never."),
    ("actions speak louder", "than words."),
    ("a picture is worth", "a thousand words."),
    ("the early bird", "catches the worm."),
    ("practice makes", "perfect."),
    ("birds of a feather", "flock together."),
    ("twinkle twinkle little star", "how I wonder what you are."),
    ("once upon a", "time."),
    ("roses are red", "violets are blue."),
    ("time is", "money."),
    ("knowledge is", "power."),
    ("honesty is the best", "policy."),
    ("i think therefore", "I am."),
    ("when in rome", "do as the Romans do."),
    ("all that glitters", "is not gold."),
    ("where there is a will", "there is a way."),
    ("don't count your chickens", "before they hatch."),
    ("you can't judge a book", "by its cover."),
    ("rome was not built", "in a day."),
    ("hello", "world!"),
    ("ladies and", "gentlemen."),
    ("the sky is", "blue."),
    ("the grass is always greener", "on the other side."),
)
_ROWS = ("day", "month", "planet", "season", "greek letter")


def said(text: str) -> str:
    """The answer to a small riddle of form, or ""."""
    if len(text) > 400:
        return ""
    for rule in (_odd, _next, _completed, _stated, _is_of_kind):
        if answer := rule(text.strip()):
            return answer
    return ""


def _odd(text: str) -> str:
    if not re.search(
        r"\bodd one out\b|\b(?:does ?n[o']t|does not) (?:belong|fit)\b|\bis different\b", text, re.IGNORECASE
    ):
        return ""
    row = [
        bare(one)
        for one in re.split(r",\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", text.split(":")[-1].strip(" ?."))
        if one
    ]
    best: tuple[int, str, str] = (0, "", "")
    for kind, things in lists.kinds():
        inside = [one for one in row if one.lower() in things or one.lower().removesuffix("s") in things]
        if len(inside) == len(row) - 1 and len(inside) > best[0]:
            best = (len(inside), kind, next(one for one in row if one not in inside))
    return f"**{best[2]}**: the others are each a {best[1]}." if best[0] > 1 else ""


def _next(text: str) -> str:
    if not re.search(
        r"\b(?:next|continue|complete|sequence|series|missing|pattern|after|follows)\b", text, re.IGNORECASE
    ):
        return ""
    if found := re.search(
        r"\b(?:letter|character)\b.*\b(after|before|follows|precedes)\b (?:the letter )?[\"'“]?"
        r"([A-Za-z])[\"'”]?\W*$",
        text,
        re.IGNORECASE,
    ):
        at = ord(found[2].upper()) + (1 if found[1].lower() in ("after", "follows") else -1)
        return f"**{chr(at)}**" if 65 <= at <= 90 else ""
    rest = text.split(":")[-1]
    letters = re.findall(r"(?<![\w'])([A-Za-z])(?![\w'])", rest)
    if len(letters) > 2 and not re.search(r"[A-Za-z]{2}", rest.replace("and", "")):
        steps = {ord(b) - ord(a) for a, b in pairwise(letters)}
        at = ord(letters[-1]) + steps.pop() if len(steps) == 1 else 0
        return f"**{chr(at)}**" if chr(at).isalpha() and at < 123 else ""
    row = [bare(one) for one in re.split(r",\s*", rest.strip(" ?.…_")) if bare(one)]
    for kind in _ROWS:
        things = lists.of(kind)
        low = [one.lower() for one in things]
        if len(row) > 1 and all(one.lower() in low for one in row):
            step = low.index(row[-1].lower()) - low.index(row[-2].lower())
            return f"**{things[(low.index(row[-1].lower()) + step) % len(things)]}**"
    return ""


def _completed(text: str) -> str:
    if not re.search(
        r"\b(?:complete|finish|continue|fill in|fill the|blank|what comes next)\b|_{2,}|\.\.\.$",
        text,
        re.IGNORECASE,
    ):
        return ""
    source = (given(text) or text.partition(":")[2] or text).strip()
    plain = " ".join(re.sub(r"[^\w\s']", " ", source.lower()).split())
    for start, end in _LINES:
        if plain.strip("_ ") == start:
            return f"{source.rstrip(' ._…')} {end}"
    if "__" in source:
        for asked in (
            source.replace("_", " "),
            f"what {source.replace('_', ' ')}",
            f"which country {source.replace('_', ' ')}",
        ):
            told = knowledge.told(" ".join(asked.split()))
            core = re.search(r"\*\*(.+?)\*\*", told)
            if core:
                return f"**{core[1]}**"
    return ""


def _stated(text: str) -> str:
    """Whether a statement is true."""
    found = re.search(
        r"\btrue or false\b\W*(.+)|\b(?:is (?:it|this|that|the following)(?: statement)? (?:true"
        r"|correct)(?: that)?|is it true that)\b\W*(.+)|^(.+?)[.,]? true or false\W*$",
        text,
        re.IGNORECASE,
    )
    statement = next((one for one in found.groups() if one), "") if found else ""
    if not statement:
        return ""
    told = knowledge.told(statement) or _is_of_kind(f"is {statement}")
    verdict = re.match(r"\W*(yes|no)\b", told, re.IGNORECASE)
    if verdict and "false" in text.lower():
        return told.replace("**Yes**", "**True**", 1).replace("**No**", "**False**", 1)
    if verdict:
        return told
    core = re.search(r"\*\*(.+?)\*\*", told)
    return (
        (f"**Yes**, that is true. {told}" if core and core[1].lower() in statement.lower() else "")
        if told
        else ""
    )


def _is_of_kind(text: str) -> str:
    """ "Is a carrot a fruit?", by the lists of kinds."""
    found = re.match(
        r"(?:is|are) (?:an? |the )?([\w' -]+?) (?:is |are )?(?:an? |the )([\w -]+?)\W*$", text, re.IGNORECASE
    )
    if found is None:
        return ""
    name, kind = bare(found[1]).lower(), bare(found[2]).lower()
    known = dict(lists.kinds())
    wanted = known.get(kind)
    kinds = [
        one
        for one, things in known.items()
        if name in things and one not in ("word", "noun", "name", "letter", "capital")
    ]
    if wanted is None or not kinds:
        return ""
    if name in wanted:
        return f"**Yes**, {found[1].strip()} is {'an' if kind[0] in 'aeiou' else 'a'} {kind}."
    kinds = [
        one
        for one in kinds
        if one
        in (
            "fruit",
            "vegetable",
            "animal",
            "country",
            "city",
            "color",
            "planet",
            "bird",
            "fish",
            "insect",
            "metal",
            "gas",
            "programming language",
            "sport",
            "tree",
            "flower",
            "instrument",
            "continent",
            "mammal",
            "reptile",
        )
    ]
    if not kinds or kind in ("pet", "food", "drink", "animal", "dessert", "breakfast", "mammal", "hobby"):
        return ""
    return f"**No**, {found[1].strip()} is {'an' if kinds[0][0] in 'aeiou' else 'a'} {kinds[0]}."
