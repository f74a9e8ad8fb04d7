"""Speaking as somebody whom the system prompt names: a pirate, a cowboy, a robot, Shakespeare."""

from __future__ import annotations

import re

_SPEAKS = r"\b(?:pirate|cowboy|robot|shakespear\w*)\b"
_WORDS = {
    "pirate": {
        "hello": "ahoy",
        "hi": "ahoy",
        "yes": "aye",
        "my": "me",
        "you": "ye",
        "your": "yer",
        "friend": "matey",
        "is": "be",
        "are": "be",
    },
    "cowboy": {"hello": "howdy", "hi": "howdy", "yes": "yep", "you": "ya", "friend": "partner"},
    "robot": {"hello": "greetings, human", "hi": "greetings, human", "yes": "affirmative", "no": "negative"},
    "shakespear": {
        "hello": "good morrow",
        "hi": "good morrow",
        "yes": "aye",
        "you": "thee",
        "your": "thy",
        "are": "art",
    },
}
_OPENS = {"pirate": "Arr!", "cowboy": "Well,", "robot": "Beep.", "shakespear": "Hark!"}


def spoken(system: str, text: str) -> str:
    """A text in the voice that the system prompt wants, where it is one of those known here."""
    found = re.search(_SPEAKS, system, re.IGNORECASE)
    if found is None or text.startswith(("{", "[", "```", "<")):
        return text
    voice = found[0].lower()[:10]
    words = _WORDS[voice]

    def put(hit: re.Match[str]) -> str:
        word = words[hit[0].lower()]
        return word[0].upper() + word[1:] if hit[0][0].isupper() else word

    said = re.sub(rf"\b(?:{'|'.join(words)})\b", put, text, flags=re.IGNORECASE)
    return said if said != text and voice != "pirate" else f"{_OPENS[voice]} {said}"
