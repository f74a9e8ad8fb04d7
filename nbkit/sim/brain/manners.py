"""Simple wishes about the form of an answer, of the system prompt or of the question: one word, JSON, another
language, a fixed start. What is out of reach is not pretended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from nbkit.sim.brain import tongues
from nbkit.sim.brain.wordlists import table

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*])")
_ONE_WORD = re.compile(
    r"\b(?:in|with|using|use|only|just|exactly)\s+(?:exactly |only |just )?(?:one|a single|1)[ -]word\b"
    r"|\b(?:one|single)[ -]word (?:only|answers?|repl(?:y|ies)|responses?)\b",
    re.IGNORECASE,
)
_FEW_WORDS = re.compile(
    r"\b(?:at most|no more than|more than|fewer than|less than|under|up to|maximum(?: of)?|max|within|in)\s+"
    r"(\d{1,3}|[a-z]+) words\b",
    re.IGNORECASE,
)
_JSON = re.compile(
    r"\b(?:only|just|valid|raw|pure|strict)\b[^.\n]{0,24}\bJSON\b|\bJSON\b[^.\n]{0,12}\bonly\b"
    r"|\b(?:respond|reply|answer|output|return|responses?|answers?)\b[^.\n]{0,30}\b(?:in|with|as|be)\s+"
    r"(?:an? )?(?:valid |raw )?JSON\b",
    re.IGNORECASE,
)
_KEYS = re.compile(r"\b(?:keys?|fields?|properties)\b:?\s+([^.\n]+)", re.IGNORECASE)
_BULLETS = re.compile(
    r"\b(?:use|in|as|with) (?:only )?(?:bullets?|bullet points?|a bulleted list)\b", re.IGNORECASE
)
_ONE_SENTENCE = re.compile(r"\b(?:one|single) sentence\b|\bvery brief|\bas short as possible", re.IGNORECASE)
_NO_MARKS = re.compile(
    r"\b(?:no|without|don't use|do not use|never use) markdown\b|\bplain text\b", re.IGNORECASE
)
_UPPER = re.compile(r"\b(?:all caps|upper-?case|capital letters)\b", re.IGNORECASE)
_LOWER = re.compile(r"\b(?:all|only|in) lower-?case\b", re.IGNORECASE)
_ANSWERS = ("answer", "response", "reply", "result", "text", "message", "output", "content")


def applied(system: str, text: str, question: str = "", values: Mapping[str, Any] | None = None) -> str:
    """Return `text` in the form that is wanted: shorter, plainer, in other words, with a fixed start."""
    wishes = f"{system}\n{question}" if _ONE_WORD.search(question) or _JSON.search(question) else system
    if not wishes:
        return text
    if language := tongues.wanted(wishes):
        text = tongues.said(text, language)
    text = _shortened(text, wishes)
    if _JSON.search(wishes):
        return _as_json(text, wishes, values or {})
    text = _styled(text, wishes)
    if first := _wanted(system, r"(?:start|begin|open|prefix|prepend|precede)\w*"):
        text = text if text.startswith(first) else f"{first} {text}"
    if last := _wanted(system, r"(?:end|finish|close|sign off|sign|append|conclude)\w*"):
        text = text if text.endswith(last) else f"{text} {last}"
    return text


def _shortened(text: str, wishes: str) -> str:
    if _ONE_WORD.search(wishes):
        return _one_word(text)
    if most := _FEW_WORDS.search(wishes):
        return _words(text, most[1])
    if _ONE_SENTENCE.search(wishes):
        return _SENTENCE.split(text.split("\n\n")[0], maxsplit=1)[0]
    return text


def _styled(text: str, wishes: str) -> str:
    if _BULLETS.search(wishes) and "\n- " not in text:
        text = "\n".join(f"- {one}" for one in _SENTENCE.split(text))
    if _NO_MARKS.search(wishes):
        text = plain(text)
    if _UPPER.search(wishes):
        return text.upper()
    return text.lower() if _LOWER.search(wishes) else text


def bare(system: str) -> bool:
    """Whether nothing but the answer is wanted: no word before a call."""
    return bool(_ONE_WORD.search(system) or _JSON.search(system) or tongues.wanted(system))


def plain(text: str) -> str:
    """A text without marks."""
    return re.sub(r"\*\*|(?m:^> )|`", "", text)


def role(system: str) -> str:
    """Who the system prompt says the model is, or ""."""
    if named := re.search(r"\byour name is ([A-Z][\w'-]+)", system, re.IGNORECASE):
        return named[1]
    found = re.search(r"\byou are (?:called |named )?((?:an? |the )?[^.,;\n]{2,80})", system, re.IGNORECASE)
    return found[1].strip() if found else ""


def _one_word(text: str) -> str:
    """The word that answers: yes or no, else the value, else the first."""
    if first := re.match(r"(?:yes|no|ja|nein|oui|non|sí|sì)\b", text, re.IGNORECASE):
        return first[0]
    if text.startswith("You ask:"):
        return "Unknown"
    value = re.search(r"\*\*(.+?)\*\*", text)
    words = re.findall(r"[^\s*_`|>]+", value[1] if value else text)
    word = words[0].strip(".,;:!?()") if words else ""
    return word[:1].upper() + word[1:] if word.islower() else word


def _words(text: str, most: str) -> str:
    """At most so many words, in one line."""
    numbers: dict[str, float] = table("numbers")
    limit = int(most) if most.isdigit() else int(numbers.get(most.lower(), 0))
    line = one_line(text)
    words = line.split()
    if not limit or len(words) <= limit:
        return text if len(text.split()) <= (limit or len(words)) else line
    return " ".join(words[:limit]).rstrip(" ,;:.") + "."


def one_line(text: str) -> str:
    """A text without marks, its lists as enumerations."""
    lines = re.sub(r":\s*\n+\s*(?:- )?", ": ", plain(text).strip())
    return " ".join(re.sub(r"\s*\n\s*- ", ", ", lines).split())


def _as_json(text: str, wishes: str, values: Mapping[str, Any]) -> str:
    """An object with the wanted keys: the answer, values of results, null for what is not known."""
    sample = re.findall(r"[\"'](\w+)[\"']\s*:", wishes)
    listed = _KEYS.search(wishes)
    keys = sample or (re.findall(r"\b(?!and\b|or\b|the\b|only\b)[A-Za-z_]\w*", listed[1]) if listed else [])
    line = one_line(text)
    if not keys:
        return json.dumps({"answer": line}, ensure_ascii=False)
    first = next((key for key in keys if key.lower() in _ANSWERS), None)
    told = {key: line if key == first else values.get(key) for key in dict.fromkeys(keys)}
    return json.dumps(told, ensure_ascii=False)


def _wanted(system: str, verb: str) -> str:
    found = re.search(
        rf"\b{verb}\b(?: \w+){{0,4}}? (?:with|by)(?: the)?"
        rf"(?: (?:exact )?(?:words?|phrase|text|tag|emoji|letters|line|prefix|sentence|string)\b)?:? *",
        system,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    rest = system[found.end() :]
    quoted = re.match(r"(?:\w+ ){0,3}?[\"“'‘]([^\"”’\n]+?)[\"”'’](?!\w)", rest)
    if quoted:
        return quoted[1]
    if re.match(r"an? (?:\w+ )?greeting\b", rest, re.IGNORECASE):
        return "Hello!"
    token = re.match(
        r"\[[^\]\n]+\]:?|(?!an? |your |the |it|that |all |no )\S[^\n.;,]{0,40}?(?:!+|:|(?=[.;,\n]| and |$))",
        rest,
    )
    return token[0].strip() if token else ""
