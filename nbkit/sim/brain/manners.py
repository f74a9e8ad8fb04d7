"""Simple wishes of a system prompt about the form of an answer. What is out of reach is not pretended."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*])")


def applied(system: str, text: str) -> str:
    """Return `text` as the system prompt wants it: shorter, plainer, louder, with a fixed start or end."""
    low = system.lower()
    if re.search(r"\b(?:one|single) sentence\b|\bvery brief|\bas short as possible", low):
        text = _SENTENCE.split(text.split("\n\n")[0], maxsplit=1)[0]
    if re.search(r"\b(?:no|without|don't use|do not use|never use) markdown\b|\bplain text\b", low):
        text = re.sub(r"\*\*|(?m:^> )|`", "", text)
    if re.search(r"\b(?:all caps|upper-?case|capital letters)\b", low):
        text = text.upper()
    if first := _wanted(system, r"(?:start|begin|open|prefix)\w*"):
        text = f"{first} {text}"
    if last := _wanted(system, r"(?:end|finish|close|sign off|sign)\w*"):
        text = f"{text} {last}"
    return text


def role(system: str) -> str:
    """Who the system prompt says the model is, or ""."""
    if named := re.search(r"\byour name is ([A-Z][\w'-]+)", system, re.IGNORECASE):
        return named[1]
    found = re.search(r"\byou are (?:called |named )?((?:an? |the )?[^.,;\n]{2,80})", system, re.IGNORECASE)
    return found[1].strip() if found else ""


def _wanted(system: str, verb: str) -> str:
    found = re.search(
        rf"\b{verb}\b(?: \w+){{0,4}}? (?:with|by)(?: the)?(?: \w+){{0,3}}? ?[\"“'‘]([^\"”'’]+)[\"”'’]",
        system,
        re.IGNORECASE,
    )
    return found[1] if found else ""
