"""JSON that is asked for in words: an object with the keys that are named, filled from the text."""

from __future__ import annotations

import json
import re
from typing import Any

from nbkit.sim.brain import places
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.plain.heard import given, numbers

_KEYS = (
    r"\b(?:keys?|fields?|properties|attributes|columns|schema|format)\b(?: named| called| are| as "
    r"follows| of| like)?[: ]*"
    r"(?P<keys>[\"'`{\w].*?)(?=\.\s|[\n.;]|\s*:\s|\s+(?:from|of|for|about|in|out of|given|based|using"
    r"|where)\b|$)"
)
_WITH = (
    r"\bjson\b(?: \w+){0,2}? (?:with|containing|of|having|that has|including)(?: the| an?)? (?P<keys>.+?)"
    r"(?=\.\s|[\n:;]|\s+(?:of|for|from|in|out of|about|given)\b|\.?$)"
)
_EXTRACT = (
    r"\b(?:extract|find|get|pull out|parse|give me|return|identify)\b(?: all)?(?: the| their| his| her| "
    r"an?)? (?P<keys>[\w ,/&-]+?)(?: as| in| into| and return| from)\b"
)
_NAMES = frozenset(
    [
        "name",
        "person",
        "customer",
        "author",
        "full_name",
        "contact",
        "sender",
        "recipient",
        "employee",
        "patient",
        "user",
        "speaker",
        "first",
        "names",
    ]
)
_OPENERS = frozenset(  # words that open a sentence, and are no names
    [
        "I",
        "Call",
        "The",
        "My",
        "Hi",
        "Hello",
        "Dear",
        "We",
        "Please",
        "Contact",
        "It",
        "He",
        "She",
        "This",
        "In",
        "On",
        "At",
        "From",
    ]
)
_PHONE = r"\+?\(?\d{2,4}\)?[\s.-]\d{3,4}(?:[\s.-]\d{2,4}){0,2}|\b\d{3}-\d{4}\b"
_MONEY = r"[$€£]\s?\d[\d,]*(?:\.\d+)?|\b\d[\d,]*(?:\.\d+)? ?(?:dollars|euros|pounds|USD|EUR|GBP)\b"


def said(text: str) -> str:
    """The JSON object that a request describes, or ""."""
    if not re.search(r"\bjson\b", text, re.IGNORECASE) or len(text) > 4000:
        return ""
    if re.search(
        r"\b(?:what is|explain|parse|function|code|load|read)\b.{0,20}\bjson\b", text[:80], re.IGNORECASE
    ):
        return ""
    if re.search(r"\bjson (?:array|list)\b|\b(?:list|array) of\b", text, re.IGNORECASE):
        return ""
    found = (
        re.search(_KEYS, text, re.IGNORECASE)
        or re.search(_WITH, text, re.IGNORECASE)
        or re.search(_EXTRACT, text, re.IGNORECASE)
    )
    if found is None:
        return ""
    keys = keys_in(found["keys"])
    source = _source(text, found)
    if not keys or not source:
        return ""
    return json.dumps(filled(keys, source), ensure_ascii=False)


def keys_in(phrase: str) -> list[str]:
    """The keys that a phrase enumerates: `"name" (string), "age" (number)` or "name, age and email"."""
    quoted = re.findall(r"[\"'`]([\w -]+)[\"'`]", phrase)
    if quoted:
        return list(dict.fromkeys(quoted))
    phrase = re.sub(r"\([^)]*\)", "", phrase)
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*/\s*|\s*&\s*", phrase.strip(" .{}[]"))
    keys = [
        re.sub(
            r"^(?:the|an?|his|her|their|its|two|three|four|five|keys?|fields?|following)\s+", "", one.strip()
        )
        for one in parts
    ]
    keys = [re.sub(r"\s+", "_", one) for one in keys if one]
    return keys if keys and all(re.fullmatch(r"[A-Za-z][\w-]{0,30}", one) for one in keys) else []


def _source(text: str, found: re.Match[str]) -> str:
    behind = text[found.end() :]
    tail = re.match(
        r"\s*(?:of|for|from|about|in|out of|given|based on|using|where)?\b(?: the (?:following|text"
        r"|sentence)\w*)?[:.]?\s*(.+)",
        behind,
        re.DOTALL,
    )
    told = given(text) if ":" in text or "\n" in text else ""
    return told if len(told) > 8 else tail[1].strip("\"' ") if tail else text[: found.start()].strip()


def filled(keys: list[str], source: str) -> dict[str, Any]:
    """What a text says for each key; None where it says nothing."""
    parts = [
        part.strip(" .\"'")
        for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", source.strip(" ."))
        if part.strip()
    ]
    heard, taken = Said(source), set[str]()
    values = {key: _value(key, source, heard, taken) for key in keys}
    in_order = len(parts) == len(keys) and len(source) < 120 and all(len(part.split()) < 5 for part in parts)
    if in_order and len({str(value) for value in values.values()} - {"None"}) < len(keys):
        values = {key: _typed(key, part) for key, part in zip(keys, parts, strict=True)}
    return values


def _value(key: str, source: str, heard: Said, taken: set[str]) -> Any:
    low = key.lower().replace("-", "_")
    named = re.search(
        rf"(?<![\w]){re.escape(low.replace('_', ' '))}(?:\s+(?:is|was|of|=)|\s*[:=])\s*[\"']?"
        rf"([^,;\n\"']+?)(?=[\"']|\.\s|\.$|[,;\n]|\s+and\b|$)",
        source,
        re.IGNORECASE,
    )
    if named:
        return _typed(key, named[1].strip())
    last = low.split("_")[-1]
    patterns = {
        "email": r"[\w.+-]+@[\w-]+\.[\w.]*\w",
        "phone": _PHONE,
        "telephone": _PHONE,
        "url": r"https?://\S+",
        "website": r"https?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|org|net|io)\b",
        "price": _MONEY,
        "cost": _MONEY,
        "amount": _MONEY,
        "total": _MONEY,
        "time": r"\b\d{1,2}(?::\d{2})?\s?(?:[ap]\.?m\.?)|\b\d{1,2}:\d{2}\b|\bnoon\b|\bmidnight\b",
        "year": r"\b[12]\d{3}\b",
        "zip": r"\b\d{5}\b",
        "sentiment": "",
    }
    if last == "sentiment":
        from nbkit.sim.brain import errands

        return errands.polarity(source)
    if last in patterns:
        hit = re.search(patterns[last], source, re.IGNORECASE)
        return _typed(key, hit[0].rstrip(".")) if hit else None
    return _mentioned(last, source, heard, taken)


def _mentioned(last: str, source: str, heard: Said, taken: set[str]) -> Any:
    if last in ("city", "town", "location", "place", "destination", "country", "capital"):
        spots = [part.strip() for one in heard.of("place") for part in str(one.value).split(",")]
        countries = places.countries()
        hits = [spot for spot in spots if (spot.lower() in countries) == (last == "country")]
        return hits[0] if hits else (spots[0] if spots and last in ("location", "place") else None)
    if last in ("date", "day", "deadline", "birthday"):
        dates = heard.of("date")
        return source[dates[0].start : dates[0].end] if dates else None
    if last in ("age", "number", "count", "quantity", "year", "years", "score", "rating", "id", "size"):
        found = numbers(re.sub(_MONEY, " ", source))
        return _whole(found[0]) if found else None
    if last in ("company", "organization", "organisation", "employer"):
        hit = re.search(r"\b(?:at|from|for|by|of) ((?:[A-Z][\w&.-]*)(?: [A-Z][\w&.-]*)*)", source)
        return hit[1].rstrip(".") if hit else None
    if last in ("job", "title", "role", "profession", "occupation"):
        hit = re.search(
            r"\b(?:is|am|works? as|as|i'm) (?:an? |the )?([a-z][a-z -]*?)(?= (?:at|from|in|for|who"
            r"|and)\b|[,.;]|$)",
            source,
            re.IGNORECASE,
        )
        return hit[1].strip() if hit else None
    if last in ("product", "item"):
        hit = re.search(
            r"\b(?:the|an?|of|bought|ordered|order) (?:new )?((?:[A-Z][\w-]*)(?: [A-Z0-9][\w-]*)*"
            r"|[a-z]+ ?[a-z]*?)(?= (?:costs?|for|is|was|at)\b|[,.;]|$)",
            source,
        )
        return hit[1].strip() if hit else None
    return _named(source, heard, taken) if last in _NAMES else None


def _named(source: str, heard: Said, taken: set[str]) -> str | None:
    """The first name of a person or thing that no other key has."""
    spots = {str(one.value).split(",")[0] for one in heard.of("place")}
    for found in re.findall(r"\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*", source):
        name = " ".join(
            word for word in str(found).split() if word not in _OPENERS and not word.startswith("I'")
        )
        if name and name not in taken and name not in spots:
            taken.add(name)
            return name
    return None


def _typed(key: str, value: str) -> Any:
    low = key.lower()
    bare = value.strip().lstrip("$€£").replace(",", "")
    plain = re.fullmatch(
        r"-?\d+(?:\.\d+)?(?: ?(?:dollars|euros|pounds|usd|eur|gbp|years old|years))?", bare, re.IGNORECASE
    )
    if plain and not re.search(r"phone|zip|code|id$|tel", low):
        return _whole(float(re.match(r"-?\d+(?:\.\d+)?", bare)[0]))  # type: ignore[index]
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def _whole(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value
