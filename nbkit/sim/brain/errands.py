"""What can be done to a text that is given, with no knowledge of the world: shorten it, find things in it,
rate its words, turn it around, count and sort.
"""

from __future__ import annotations

import re

from nbkit.sim.brain import lexicon, phrases
from nbkit.sim.brain.hearing import Said, sentences
from nbkit.sim.brain.lexicon import enumerated
from nbkit.sim.brain.wordlists import group, table

_LONGEST = 8000
_SUMMARY = re.compile(r"\b(?:summari[sz]e|summary of|tl;?dr|shorten|in short)\b", re.IGNORECASE)
_EXTRACT = re.compile(
    r"\b(?:extract|find|list|pull out|get|give me|which|what)\b[^.:\n]{0,60}?"
    r"\b(?P<what>e-?mail(?: address)?e?s?"
    r"|dates?|names?|people|persons|numbers?|amounts?|urls?|links?|phone numbers?|places|cities|times)\b"
    r"(?:(?:,| and) (?:the )?(?P<more>\w+(?: addresses)?))?[^.:\n]{0,60}?(?:\bfrom\b|\bin (?:this|the)\b|:)",
    re.IGNORECASE,
)
_KINDS = {
    "e": ("email",),
    "d": ("date",),
    "n": ("name",),
    "p": ("name",),
    "u": ("url",),
    "l": ("url",),
    "a": ("number",),
    "c": ("place",),
    "t": ("time",),
}
_RATE = re.compile(r"\b(?:sentiment|positive|negative|neutral|tone|mood)\b", re.IGNORECASE)
_TURN = re.compile(
    r"\b(?P<how>upper-?\s?case|all caps|lower-?\s?case|title case|reverse|backwards)\b", re.IGNORECASE
)
_COUNT = re.compile(
    r"\b(?:how many|count(?: the)?|number of) (?P<what>letters|characters|words|sentences|lines|vowels)\b",
    re.IGNORECASE,
)
_SORT = re.compile(r"\b(?:sort|order|alphabeti[sz]e)\b.{0,60}?:\s*(?P<what>.+)$", re.IGNORECASE | re.DOTALL)
_TRANSLATE = re.compile(
    r"\b(?:translate|how do you say|say|what is)\b.{0,40}?\b(?:in|to|into) "
    r"(?:French|German|Spanish|Italian)\b"
    r"|\b(?:French|German|Spanish|Italian) for\b",
    re.IGNORECASE,
)
_GOOD, _BAD = group("pleasing"), group("displeasing")


def done(text: str) -> str:
    """What comes of an errand, or "" where a text asks for none."""
    if len(text) > _LONGEST:
        return ""
    for errand in (_translated, _rated, _extracted, _counted, _turned, _sorted, _summarized):
        if said := errand(text):
            return said
    return ""


def polarity(text: str) -> str:
    """`positive`, `negative` or `neutral`, by the words of a text that please or displease."""
    score, words = 0, lexicon.words(text)
    for at, word in enumerate(words):
        stem = lexicon.stem(word)
        value = (word in _GOOD or stem in _GOOD) - (word in _BAD or stem in _BAD)
        negated = {"not", "no", "never", "t", "don", "isn", "wasn", "hardly"} & set(
            words[max(0, at - 3) : at]
        )
        score += -value if negated else value
    return "positive" if score > 0 else "negative" if score < 0 else "neutral"


def is_mixed(text: str) -> bool:
    """Whether a text has words that please and words that displease."""
    words = {one for word in lexicon.words(text) for one in (word, lexicon.stem(word))}
    return bool(words & _GOOD) and bool(words & _BAD)


def _given(text: str) -> str:
    """The text that an errand is about: in quotes, behind a colon, or in the paragraphs below."""
    quoted = max((str(one.value) for one in Said(text).of("quoted", "code")), key=len, default="")
    head, colon, rest = text.partition(":")
    if colon and len(head) < 120 and len(rest.strip()) > len(quoted):
        return rest.strip()
    below = text.partition("\n")[2].strip()
    return below if len(below) > max(len(quoted), 40) else quoted


def _summarized(text: str) -> str:
    if not _SUMMARY.search(text[:300]):
        return ""
    said = sentences(_given(text))
    if not said or sum(map(len, said)) < 40:
        return ""
    telling = [
        one for one in said[1:] if re.search(r"\d|\b(?:but|however|therefore|approved|decided)\b", one)
    ]
    kept = [said[0], *telling[:2]]
    return " ".join(one for one in said if one in kept)


def _extracted(text: str) -> str:
    found = _EXTRACT.search(text)
    given = _given(text) if found else ""
    if found is None or not given:
        return ""
    lines = []
    for what in (found["what"], found["more"] or ""):
        kinds = ("phone",) if what.lower().startswith("phone") else _KINDS.get(what[:1].lower(), ())
        kinds = ("number",) if what.lower().startswith("num") else kinds
        if kinds:
            hits = list(dict.fromkeys(given[one.start : one.end] for one in Said(given).of(*kinds)))
            told = "\n".join(f"- {hit}" for hit in hits) or "- none"
            lines.append(f"{what[0].upper()}{what[1:]}:\n\n{told}")
    return "\n\n".join(lines)


def _rated(text: str) -> str:
    if not _RATE.search(text) or not re.search(
        r"\b(?:classify|rate|is this|is the|what|label|analy[sz]e)\b", text, re.I
    ):
        return ""
    given = _given(text) or text.partition("?")[2].strip()
    return f"The sentiment is **{polarity(given)}**." if given else ""


def _counted(text: str) -> str:
    found = _COUNT.search(text)
    given = _given(text) if found else ""
    if found is None or not given:
        return ""
    what = found["what"].lower()
    count = {
        "letters": sum(letter.isalpha() for letter in given),
        "characters": len(given),
        "words": len(given.split()),
        "sentences": len(sentences(given)),
        "lines": len(given.splitlines()),
        "vowels": sum(letter in "aeiou" for letter in given.lower()),
    }[what]
    return f"It has **{count}** {what if count != 1 else what[:-1]}."


def _turned(text: str) -> str:
    found = _TURN.search(text)
    given = _given(text) if found else ""
    if found is None or not given:
        return ""
    how = found["how"].lower()
    if how.startswith(("upper", "all")):
        return given.upper()
    return (
        given.lower()
        if how.startswith("lower")
        else given.title()
        if how.startswith("title")
        else given[::-1]
    )


def _sorted(text: str) -> str:
    found = _SORT.search(text)
    items = phrases.listed(found["what"]) if found else []
    if len(items) < 2:
        return ""
    numbers = all(re.fullmatch(r"-?\d+(?:\.\d+)?", item) for item in items)
    down = bool(re.search(r"\bdescending|\breverse|\bhighest first", text, re.IGNORECASE))
    return ", ".join(sorted(items, key=float if numbers else str.lower, reverse=down))


def _translated(text: str) -> str:
    found = _TRANSLATE.search(text)
    if found is None:
        return ""
    language = next((one for one in table("phrasebook") if one in text.lower()), "")
    book = table("phrasebook").get(language, {})
    asked = (phrases.said_in(text) or (_given(text),))[0] or _given(text)
    plain = asked.lower().strip(" .!?\"'")
    if plain in book:
        return f"“{asked.strip(chr(39) + chr(34))}” is **{book[plain]}** in {language.title()}."
    known = enumerated(f"“{one}”" for one in list(book)[:5])
    return (
        f"I know only a few phrases of {language.title()} by heart ({known}), and this is none of them. "
        f"With a tool that translates I could tell you."
    )
