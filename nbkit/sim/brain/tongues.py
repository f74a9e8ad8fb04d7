"""Answers in another language: the few phrases that a small model knows, around values that stay the same."""

from __future__ import annotations

import re
from typing import Any

from nbkit.sim.brain.wordlists import table

_PHRASES: dict[str, dict[str, str]] = table("tongues")
_WANTED = re.compile(
    rf"\b(?:answer|reply|respond|speak|write|talk|communicate|output|always|only)\w*\b[^.\n]{{0,40}}?"
    rf"\b(?:in|use|using)\s+(?:only\s+)?({'|'.join(_PHRASES)})\b"
    rf"|\b(?:speak|use|write)\s+(?:only\s+)?({'|'.join(_PHRASES)})\b"
    rf"|^[^\w\n]*(?:in\s+)?({'|'.join(_PHRASES)})(?:\s+only)?[^\w\n]*$",
    re.IGNORECASE | re.MULTILINE,
)


def wanted(wishes: str) -> str:
    """The language that an answer is wanted in, or "" for English and for those of which nothing is known."""
    found = _WANTED.search(wishes) if wishes else None
    return next((one.lower() for one in found.groups() if one), "") if found else ""


def said(text: str, language: str) -> str:
    """An English answer in that language: its phrases are known ones or leave only the values."""
    phrases = _PHRASES[language]
    if text in phrases.values():
        return text
    parts = []
    for paragraph in text.split("\n\n"):
        if re.match(r"\s*(?:[-|>#]|\d+\.)", paragraph):
            parts.append(paragraph)
            continue
        for line in paragraph.split("\n"):
            whole = [phrases[key] for key, pattern in _WHOLE if re.search(pattern, line)]
            sentences = [line] if whole else re.split(r"(?<=[.!?])\s+(?=[A-Z*`])", line)
            told = [_sentence(one, phrases) for one in sentences]
            parts.append(" ".join(dict.fromkeys(one for one in told if one)))
    return "\n\n".join(part for part in parts if part)


_WHOLE = (
    ("unknown", r"^I don't know|^I have no live"),
    ("hello", r"^Hello!|^I'm fine"),
    ("thanks", r"^You're welcome"),
)
_LEADS = (
    ("yes", r"^Yes\b"),
    ("no", r"^No\b"),
    ("done", r"^Done\b"),
    ("failed", r"^That did not work|^I could not get|\bfailed\b"),
    ("nothing", r"returned nothing|^There are no |^There is nothing"),
    ("total", r"^The total is"),
    ("average", r"^The average is"),
    ("count", r"^There (?:are|is) \*\*"),
    ("noted", r"^Noted\b"),
)


def _sentence(text: str, phrases: dict[str, Any]) -> str:
    for key, pattern in _WHOLE:
        if re.search(pattern, text):
            return str(phrases[key])
    values = ", ".join(dict.fromkeys(re.findall(r"\*\*.+?\*\*", text)))
    key = next((key for key, pattern in _LEADS if re.search(pattern, text)), "")
    if not key:
        if re.fullmatch(r"[^a-z]*(?:=|\*\*.*\*\*)[^a-z]*", text):
            return text  # figures are the same everywhere
        if not values:
            return str(phrases["result"]) + ":" if text.endswith(":") else text
        return f"{phrases['result']}: {values}."
    return f"{phrases[key]}: {values}." if values else f"{phrases[key]}."
