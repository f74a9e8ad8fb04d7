"""What people say to see whether somebody is there, and how one answers: greetings in some languages,
goodbyes, wishes, coins and dice (which a deterministic model draws from the words).
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from nbkit.sim.brain.plain.heard import bare, count_wanted, numbers
from nbkit.sim.brain.wordlists import table

_WORDS = (
    "(?:hello|hi|good morning|good evening|good night|thank you|thanks|goodbye|bye|please|yes|no|water"
    "|cat|dog)"
)
_SAD = (
    r"\b(?:i'?m|i am|i feel|i'?ve been|feeling)\b(?: \w+){0,3}? (sad|down|depressed|lonely|anxious"
    r"|stressed|tired|worried|upset|angry|overwhelmed|nervous|sick|exhausted|scared|afraid|unhappy)\b"
)
_GLAD = (
    r"\b(?:i'?m|i am|i feel|feeling)\b(?: \w+){0,3}? (happy|great|good|excited|fine|wonderful|well|proud"
    r"|glad)\b"
)
_TASTE = (
    r"\b(?:what(?:'s| is| are)|who(?:'s| is)|do you have an?|tell me) (?:your|you) fav(?:ou?)rite "
    r"(.+?)[?.!]*$|\bdo you have a favou?rite (.+?)[?.!]*$"
)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("small_talk.json").read_text(encoding="utf-8"))
    return data


@cache
def _any_of(group: str) -> re.Pattern[str]:
    """All patterns of a group in one: most texts fit none of them."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in _data()[group]), re.IGNORECASE)


def said(text: str) -> str:
    """An answer to small talk, or ""."""
    if len(text) > 200:
        return ""
    plain = text.strip().lower()
    if _any_of("short").fullmatch(plain):
        return next(str(said) for pattern, said in _data()["short"].items() if re.fullmatch(pattern, plain))
    for rule in (_languages, _drawn, _foreign, _felt, _about_me):
        if answer := rule(text.strip()):
            return str(answer)
    return ""


def _foreign(text: str) -> str:
    if len(text) > 60:
        return ""
    if not _any_of("hello").match(text.removeprefix("¡").removeprefix("¿")):
        return ""
    for pattern, answer in _data()["hello"].items():
        if re.match(rf"(?:¡|¿)?(?:{pattern})(?!\w)", text, re.IGNORECASE):
            return str(answer)
    return ""


def _languages(text: str) -> str:
    """One phrase in several languages."""
    found = re.search(
        rf"\b(?:say|write|translate|how (?:do|would) (?:you|i|we) say|greet me|tell me|list|give me) "
        rf"?[\"'“‘]?({_WORDS})?[\"'”’]?.*?"
        r"\b(?:in|into|to) (?:(\d+|two|three|four|five|several|many|different|multiple|other) )"
        r"(?:different |other )?languages\b",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    phrase = {"hi": "hello", "thanks": "thank you", "bye": "goodbye"}.get(
        (found[1] or "hello").lower(), (found[1] or "hello").lower()
    )
    books = {
        language.title(): book[phrase] for language, book in table("phrasebook").items() if phrase in book
    }
    wanted = count_wanted(found[2], 4)
    if phrase == "hello":
        books |= {
            "Portuguese": "olá",
            "Japanese": "こんにちは (konnichiwa)",
            "Mandarin": "你好 (nǐ hǎo)",
            "Swedish": "hej",
            "Swahili": "jambo",
        }
    return "\n".join(f"- {language}: **{word}**" for language, word in list(books.items())[:wanted])


def _drawn(text: str) -> str:
    """A draw: chance has no place in a deterministic model, so the words decide."""
    low = text.lower()
    lot = int.from_bytes(hashlib.sha256(low.encode()).digest()[:4])
    if re.search(r"\b(?:flip|toss|throw)\b.*\bcoin\b|\bheads or tails\b", low):
        return f"**{('Heads', 'Tails')[lot % 2]}**."
    if re.search(r"\b(?:roll|throw|toss)\b.*\b(?:die|dice|d\d+)\b", low):
        sides = re.search(r"\bd(\d+)\b|\b(\d+)[- ]sided", low)
        most = int(sides[1] or sides[2]) if sides else 6
        return f"You rolled a **{lot % max(most, 1) + 1}**."
    found = re.search(
        r"\b(?:number|integer|guess|random)\b.*?\b(?:between|from) (-?\d+) (?:and|to) (-?\d+)", low
    )
    if found and re.match(
        r"(?:please |can you |now )*(?:pick|choose|give|think|generate|guess|name|tell|select|random"
        r"|a random|what)",
        low,
    ):
        first, last = sorted((int(found[1]), int(found[2])))
        return f"**{first + lot % (last - first + 1)}**"
    if re.match(
        r"(?:please )?(?:pick|choose|give me|generate|say|tell me|think of|guess) (?:me )?(?:a |any |one )?"
        r"(?:random )?number\W*$",
        low,
    ):
        return f"**{lot % 100 + 1}**"
    if re.search(r"\brock,? paper,? (?:and |or )?scissors\b", low):
        return f"I take **{('rock', 'paper', 'scissors')[lot % 3]}**. And you?"
    if re.search(r"\b(?:generate|create|make|give me)\b.*\buuid\b", low):
        digits = hashlib.sha256(low.encode()).hexdigest()
        return f"`{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}`"
    if (
        re.search(r"\b(?:generate|create|make|give me|suggest)\b.*\bpassword\b", low)
        and "function" not in low
    ):
        return (
            f"`{hashlib.sha256(low.encode()).hexdigest()[:6]}-Kite-{lot % 900 + 100}-Maple` (an example: "
            f"use one of your own)"
        )
    if re.search(r"\blorem ipsum\b", low):
        return (
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut "
            "labore et dolore magna aliqua."
        )
    choice = re.match(
        r"(?:please )?(?:choose|pick|decide|select)(?: one)?(?: of| between| from| randomly)?:? (.+?)[.?!]*$",
        low,
    )
    options = re.split(r",\s*(?:or\s+|and\s+)?|\s+or\s+|\s+and\s+", choice[1]) if choice else []
    if len(options) > 1 and all(len(one.split()) < 5 for one in options) and not numbers(low):
        return f"**{bare(options[lot % len(options)])}**"
    return ""


def _felt(text: str) -> str:
    task = re.search(r"\bwrite|\bemail|\bletter|\bclassify|\bsentiment|\btranslate", text, re.IGNORECASE)
    if not task and (found := re.search(_SAD, text, re.IGNORECASE)):
        return (
            f"I'm sorry to hear that you feel {found[1].lower()}. Do you want to tell me what "
            f"happened, or shall we think of one small thing that helps?"
        )
    if (found := re.match(_GLAD, text, re.IGNORECASE)) and len(text) < 60:
        return "I'm glad to hear that! What can I do for you?"
    return ""


def _about_me(text: str) -> str:
    low = text.lower()
    if found := re.search(_TASTE, low):
        thing = bare(found[1] or found[2])
        return f"I'm a small model and have no favorite {thing}. What is yours?"
    if found := re.match(r"do you (?:like|love|enjoy|prefer|hate|eat|drink) (.+?)[?.!]*$", low):
        return (
            f"I'm a small model and cannot taste or feel, so I have no opinion on {bare(found[1])}. Do "
            f"you like it?"
        )
    if not _any_of("about_me").search(low):
        return ""
    return next((answer for pattern, answer in _data()["about_me"].items() if re.search(pattern, low)), "")
