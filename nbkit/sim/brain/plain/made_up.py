"""Things made to order from a few words: sample JSON and CSV, hashtags, keywords, outlines, ratings, names in
code style; and roles to play.
"""

from __future__ import annotations

import json
import re
from collections import Counter

from nbkit.sim.brain import errands, lexicon
from nbkit.sim.brain.hearing import sentences
from nbkit.sim.brain.plain.heard import bare, capital, count_wanted, given, unquoted

_SAMPLES: dict[str, dict[str, object]] = {
    "user": {"id": 1, "name": "Ada", "email": "ada@example.com", "active": True},
    "person": {"name": "Ada", "age": 36, "city": "London"},
    "product": {"id": 1, "name": "Lamp", "price": 19.5, "in_stock": True},
    "book": {"title": "Emma", "author": "Jane Austen", "year": 1815},
    "order": {"id": 1, "customer": "Ada", "items": [{"product": "Lamp", "quantity": 2}], "total": 39.0},
    "car": {"brand": "Volvo", "model": "V60", "year": 2020},
    "recipe": {"name": "Pancakes", "minutes": 20, "ingredients": ["flour", "eggs", "milk"]},
}
_PEOPLE = (
    ("Ada", 36, "London"),
    ("Ben", 41, "Paris"),
    ("Clara", 29, "Rome"),
    ("David", 52, "Oslo"),
    ("Emma", 33, "Berlin"),
)
_MAKES = (
    r"^(?:please |can you |could you |now )*(?:give|create|make|write|generate|show|return|output|produce"
    r"|i need)\b"
)


def said(text: str) -> str:
    """What is ordered in a few words, or ""."""
    if len(text) > 2000:
        return ""
    for rule in (_sample, _rows, _hashtags, _keywords, _outline, _rated, _cased, _gist, _part_of_speech):
        if answer := rule(text.strip()):
            return answer
    return ""


def role_and_task(text: str) -> tuple[str, str]:
    """The role that a prompt gives, and what it asks then: "Act as a teacher and explain fractions"."""
    found = re.match(
        r"(?:please |can you |i want you to |let'?s )*(?:act as|act like|pretend (?:to be|you are"
        r"|you're|that you are)|imagine you are|you are|be) "
        r"((?:an?|the|my) [\w -]+?)(?:\s+and (?=\w)|[.,;:!]\s*|$)(.*)$",
        text.strip(),
        re.IGNORECASE | re.DOTALL,
    )
    return (found[1], found[2].strip()) if found else ("", "")


def _sample(text: str) -> str:
    if not re.match(_MAKES, text, re.IGNORECASE) or not re.search(r"\bjson\b", text, re.IGNORECASE):
        return ""
    if not re.search(
        r"\b(?:sample|example|valid|dummy|fake|mock|random|some|object|json for)\b", text, re.IGNORECASE
    ):
        return ""
    kind = next((one for one in _SAMPLES if re.search(rf"\b{one}s?\b", text, re.IGNORECASE)), "person")
    return json.dumps(_SAMPLES[kind])


def _rows(text: str) -> str:
    if not re.match(_MAKES, text, re.IGNORECASE):
        return ""
    if re.search(r"\bcsv\b", text, re.IGNORECASE):
        rows = _PEOPLE[: count_wanted(text, 3)]
        return "\n".join(["name,age,city", *(",".join(map(str, row)) for row in rows)])
    if re.search(r"\b(?:markdown )?table\b", text, re.IGNORECASE) and re.search(
        r"\b(?:columns?|rows?|sample|example|markdown)\b", text, re.IGNORECASE
    ):
        columns = min(max(count_wanted(text, 2), 2), 3) if "column" in text.lower() else 3
        lines = [("Name", "Age", "City"), ("---", "---", "---"), *_PEOPLE[:3]]
        return "\n".join("| " + " | ".join(map(str, row[:columns])) + " |" for row in lines)
    return ""


def _hashtags(text: str) -> str:
    found = re.search(r"\bhashtags?\b(?: for| about| on)? (.+)", text, re.IGNORECASE)
    if found is None or not re.search(
        r"\bgive|suggest|write|generate|create|list|make|need\b", text, re.IGNORECASE
    ):
        return ""
    word = "".join(capital(one) for one in re.findall(r"\w+", bare(found[1]))[:2])
    tags = [
        word,
        f"{word}Lover",
        f"{word}Life",
        f"Love{word}",
        f"{word}OfTheDay",
        f"Daily{word}",
        f"{word}Time",
        f"Best{word}",
    ]
    return " ".join(f"#{tag}" for tag in tags[: count_wanted(text, 5)])


def _keywords(text: str) -> str:
    if not re.search(r"\b(?:keywords?|key words|key terms|tags)\b", text[:80], re.IGNORECASE) or not (
        source := given(text)
    ):
        return ""
    words = [
        one
        for one in re.findall(r"[A-Za-z][\w'-]{2,}", source)
        if lexicon.stem(one) not in lexicon.STOP and one.lower() not in lexicon.STOP
    ]
    counts = Counter(one.lower() for one in words)
    first = {one.lower(): one for one in reversed(words)}
    return ", ".join(first[one] for one, _ in counts.most_common(count_wanted(text.split(":")[0], 5)))


def _outline(text: str) -> str:
    found = re.search(
        r"\boutline\b(?: for| of)?(?: an?| the| my)?(?: [\w-]+)? ?(?:essay|paper|article|blog post"
        r"|talk|presentation|speech|report)?(?: on| about)? (.+)",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    about = bare(re.sub(r"^(?:on|about)\s+", "", found[1]))
    parts = [
        f"Introduction: why {about} matters",
        "Background: what is known",
        "Main point, with an example",
        "Another view, and what speaks for it",
        "Conclusion: what follows",
    ]
    return "\n".join(f"{number}. {part}" for number, part in enumerate(parts, 1))


def _rated(text: str) -> str:
    found = re.search(
        r"\brate\b.{0,60}\b(?:from |scale of |between )?(\d+)(?: to |-|–| and )(\d+)\b[^:]*:\s*(.+)",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if found is None:
        return ""
    low, high = int(found[1]), int(found[2])
    share = {"positive": 1.0, "neutral": 0.5, "negative": 0.0}[errands.polarity(found[3])]
    return f"**{round(low + (high - low) * share)}**"


def _cased(text: str) -> str:
    found = re.search(
        r"\b(snake[_ ]?case|camel ?case|kebab[- ]?case|pascal ?case|title case|capitali[sz]e"
        r"|screaming snake case)\b",
        text,
        re.IGNORECASE,
    )
    if found is None or re.search(r"\b(?:function|code|what is|explain)\b", text, re.IGNORECASE):
        return ""
    source = given(text)
    words: list[str] = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", source)
    if not words:
        return ""
    match found[1].lower().replace(" ", "").replace("_", "").replace("-", ""):
        case "snakecase":
            return "_".join(words).lower()
        case "kebabcase":
            return "-".join(words).lower()
        case "camelcase":
            return words[0].lower() + "".join(one.capitalize() for one in words[1:])
        case "pascalcase":
            return "".join(one.capitalize() for one in words)
    return source.title() if "title" in found[1].lower() else " ".join(capital(one) for one in source.split())


def _gist(text: str) -> str:
    if not re.search(r"\b(?:main (?:idea|point|message|topic)|gist|takeaway)\b", text[:80], re.IGNORECASE):
        return ""
    said = sentences(given(text))
    return said[0] if said else ""


def _part_of_speech(text: str) -> str:
    found = re.search(
        r"\bpart of speech (?:is|of) (?:the word )?[\"'“]?(\w+)|\bis (?:the word )?[\"'“]?"
        r"(\w+)[\"'”]? an? (?:noun|verb|adjective|adverb)\b",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    word = unquoted((found[1] or found[2]).lower())
    from nbkit.sim.brain.plain import lists, words_talk

    kind = "adverb" if word.endswith("ly") else "verb" if words_talk.is_verb(word) else ""
    kind = kind or next((one for one in ("adjective", "verb", "noun") if word in lists.of(one)), "")
    kind = kind or (
        "adjective" if word.endswith(("ful", "ous", "ive", "able", "less", "ish", "al")) else "noun"
    )
    return f"“{word}” is {'an' if kind[0] == 'a' else 'a'} **{kind}**."
