"""What topics of plain talk hear alike in a question: its numbers, the text it gives, how many it wants."""

from __future__ import annotations

import re
from functools import lru_cache

from nbkit.sim.brain.wordlists import table

_NUMBER = r"(?<![\w.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])-?\d+(?:\.\d+)?|(?<![\w.])\.\d+"
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_MORE = {"a dozen": 12, "dozen": 12, "a hundred": 100, "hundred": 100, "a couple of": 2, "a pair of": 2}
_ARTICLES = r"(?:a|an|the|my|your|some|any|of|on|in)\s+"


def numbers(text: str) -> list[float]:
    """The numbers of a text in their order, in digits or in words ("twenty-five", "a dozen")."""
    return list(_numbers(text))


@lru_cache(64)  # one topic after the other asks
def _numbers(text: str) -> tuple[float, ...]:
    words = table("numbers")
    found: list[float] = []
    for hit in re.finditer(rf"{_NUMBER}|[a-z]+(?:-[a-z]+)?", text, re.IGNORECASE):
        said = hit[0].lower()
        ten, _, one = said.partition("-")
        if said[0] in "-.0123456789":
            found.append(float(said.replace(",", "")))
        elif said in words:
            value = float(words[said])
            joined = found and text[: hit.start()].rstrip().lower().endswith(tuple(_TENS)) and value < 10
            if joined:
                found[-1] += value
            else:
                found.append(value)
        elif ten in _TENS and words.get(one, 99) < 10:
            found.append((_TENS.index(ten) + 2) * 10.0 + words[one])
        elif said in ("dozen", "hundred"):
            found.append(float(_MORE[said]))
    return tuple(found)


def written(value: float, places: int = 4) -> str:
    """A number as people write it: no needless decimals, thousands apart where it is long."""
    value = round(value, places) if abs(value) >= 0.01 else float(f"{value:.4g}")
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    return f"{value:,.10f}".rstrip("0").rstrip(".") if 1e-6 < abs(value) < 1e12 else f"{value:g}"


def count_wanted(text: str, otherwise: int) -> int:
    """How many things a request wants, from 1 to 50: "list three fruits"."""
    head = re.split(r"[:\n]", text, maxsplit=1)[0]
    if re.search(r"\b(?:top|first) (\d+|\w+)\b|\ba few\b", head, re.IGNORECASE) and "a few" in head.lower():
        return 3
    if re.search(r"\b(?:a couple|a pair) of\b", head, re.IGNORECASE):
        return 2
    found = [value for value in numbers(head) if value == int(value) and 0 < value <= 50]
    return int(found[0]) if found else otherwise


def given(text: str) -> str:
    """The text that a request is about: in quotes, behind a colon, or in the lines below; else ""."""
    quoted = re.findall(r"[\"“«]([^\"”»]+)[\"”»]|(?<!\w)['‘]([^'’\n]+(?:'[a-z][^'\n]*)*)['’](?!\w)", text)
    longest = max((one or other for one, other in quoted), key=len, default="")
    head, colon, rest = text.partition(":")
    if colon and "\n" not in head.strip() and len(head) < 160 and len(rest.strip()) > len(longest):
        return unquoted(rest)
    below = text.partition("\n")[2].strip()
    return unquoted(below) if len(below) > max(len(longest), 12) else longest


def unquoted(text: str) -> str:
    """A text without the quotes or fences around it."""
    text = re.sub(r"^```\w*\n|\n?```$", "", text.strip())
    return text[1:-1].strip() if len(text) > 1 and text[0] + text[-1] in ('""', "''", "“”", "‘’") else text


def word_meant(text: str) -> str:
    """The one word that a question is about: quoted, behind "the word", or its last."""
    quoted = re.search(r"[\"“'‘`]([^\"”'’`]{1,40})[\"”'’`]", text)
    if quoted:
        return quoted[1].strip()
    named = re.search(
        r"\b(?:the )?(?:word|name)s?:? (?!(?:of|for|in|that|which|with|are|is|to)\b)([\w-]+)",
        text,
        re.IGNORECASE,
    )
    behind = re.search(r"\b(?:in|of|for|with|to):? (?:the word )?([\w-]+)\W*$", text, re.IGNORECASE)
    last = re.search(r"([\w-]+)\W*$", text)
    found = named or behind or last
    return found[1] if found else ""


def subject(text: str) -> str:
    """What a request is about: behind "about", "of", "on", without articles and stops."""
    found = re.search(
        r"\b(?:about|regarding|describing|describe|on|of|for)\s+(.+?)(?:\s+(?:in|using|with|within) "
        r"(?:\d+|one|two|three|four|five|a|an|the|exactly|under|about)\b.*|,.*)?[.?!\s]*$",
        text.split("\n")[0],
        re.IGNORECASE,
    )
    return bare(found[1]) if found else ""


def bare(text: str) -> str:
    """A phrase without the articles before it and the stops behind it."""
    return re.sub(rf"^(?:{_ARTICLES})+", "", text.strip(" .?!,:;\"'“”‘’"), flags=re.IGNORECASE)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
