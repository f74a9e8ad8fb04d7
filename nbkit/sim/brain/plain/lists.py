"""Things of one kind: "list three fruits", "name a color", "five ideas for a birthday party"."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from nbkit.sim.brain.plain import shape
from nbkit.sim.brain.plain.heard import bare, capital, count_wanted

_ASKS = (
    r"^(?:please |can you |could you |now |just |i (?:want|need) |then |ok(?:ay)?,? )*"
    r"(?:list|name|give me|give|tell me|what are|what is|what's|enumerate|write(?: down)?|show me|say"
    r"|suggest|recommend"
    r"|think of|pick|choose|provide|generate|create|make|return|output|print|mention|come up with"
    r"|brainstorm)\b"
)
_AMOUNT = (
    r"(?:a list of |list of |(?:an? )?(?:json |python |comma-separated )?(?:array|list) of |the "
    r"(?:names? of )?|me |names? of |some |any |all |random |top |first "
    r"|another |other |more |different "
    r"|of |a few |an?(?: couple of| pair of)? |exactly |up to |at least |(?:\d+|one|two|three|four"
    r"|five|six|seven|eight|nine|ten"
    r"|twelve|twenty) |(?:common|popular|famous|well-known|interesting|simple|good|great|fun|cool"
    r"|creative|nice|unique"
    r"|possible|typical|basic|quick|easy|healthy|useful|short|big|large|small) )*"
)
_IDEAS = (
    r"\b(ideas?|tips?|suggestions?|reasons?|names?|checklist|to-?do list|packing list|shopping list"
    r"|grocery list|ways?|benefits?|steps|advice|questions?|gifts?|presents?)\b"
)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("lists.json").read_text(encoding="utf-8"))
    return data


def said(text: str) -> str:
    """A list of things of a kind that is known, in the number and form that is wanted, or ""."""
    if len(text) > 300 or not re.match(_ASKS, text.strip(), re.IGNORECASE):
        return ""
    rest = re.sub(_ASKS, "", text.strip(), count=1, flags=re.IGNORECASE).strip()
    rest = re.split(r"[.:;?!\n]", rest)[0]
    if found := _facts(text, rest):
        return found
    if re.search(r"\b(?:my|your|his|her|our|their|its)\b", rest, re.IGNORECASE):
        return _ideas(text, rest)
    wished = re.match(_AMOUNT + r"(.*)", rest, re.IGNORECASE)
    kind, items = _kind(wished[1] if wished else rest)
    if not items:
        return _ideas(text, rest)
    single = bool(
        re.match(
            r"(?:the (?:name of )?|me )?(?:an?|one|any|another)(?: random)? (?!few|couple|pair|list"
            r"|json|array|numbered|bullet|comma|table|short list|python)",
            rest,
            re.IGNORECASE,
        )
    )
    closed = re.match(r"(?:me )?(?:all|the|all the|all of the)\b", rest, re.IGNORECASE) or not re.search(
        r"\b(?:some|few)\b", rest
    )
    few = 3 if re.search(r"\b(?:some|few)\b", rest, re.IGNORECASE) else 5
    complete = kind in (
        "planet",
        "day",
        "weekday",
        "month",
        "season",
        "continent",
        "ocean",
        "primary color",
        "vowel",
    )
    wanted = 1 if single else count_wanted(rest, len(items) if complete and closed else few)
    if with_capitals(text):
        return ""
    return shape.listed([capital(item) for item in items[:wanted]], text)


def with_capitals(text: str) -> bool:
    return bool(re.search(r"\b(?:and|with) (?:their|the) \w+", text, re.IGNORECASE))


def of(kind: str) -> list[str]:
    """The things of a kind, or none."""
    return _kind(kind)[1]


def everything() -> list[str]:
    return [item for kind in ("animal", "fruit", "word", "name", "country") for item in of(kind)]


def _kind(phrase: str) -> tuple[str, list[str]]:
    """The kind that a phrase names with its first words: "fruits that are red" names none."""
    low = bare(phrase.lower())
    low = re.sub(
        r"\s+(?:please|only|as an?|in an?|as|separated|comma|formatted|with no|without|and nothing"
        r"|one per|on separate"
        r"|each on|in (?:json|csv|alphabetical|order|bullet|one|uppercase|lowercase|the world|english"
        r"|markdown|python)"
        r"|you (?:know|can think of|like)|that you|for me|to me|there are|exist|of the world|from "
        r"memory)\b.*$",
        "",
        low,
    ).strip(" ,")
    kinds, also = _data()["kinds"], _data()["also"]
    for name in (
        low,
        low.removesuffix("s"),
        low.removesuffix("es"),
        re.sub(r"ies$", "y", low),
        _head_singular(low),
    ):
        name = also.get(name, name)
        if name in kinds:
            return name, kinds[name].split("|")
    return "", []


def _head_singular(low: str) -> str:
    """ "countries in europe" as "country in europe"."""
    head, _, rest = low.partition(" ")
    head = re.sub(r"ies$", "y", head) if head.endswith("ies") else head.removesuffix("s")
    return f"{head} {rest}".strip()


def _facts(text: str, rest: str) -> str:
    found = re.search(r"\bfacts?\b(?:(?: about| on) (?:the )?(.+))?$", rest, re.IGNORECASE)
    if found is None:
        return ""
    about = bare(found[1] or "").lower()
    items = of(f"{about.removesuffix('s')} fact") if about else of("fact")
    if not items:
        return ""
    wanted = 1 if re.match(r"(?:me )?an?\b|one\b", rest) else count_wanted(rest, 3)
    return items[0] if wanted == 1 else shape.listed(items[:wanted], text)


def _ideas(text: str, rest: str) -> str:
    found = re.search(_IDEAS, text, re.IGNORECASE)
    if found is None:
        return ""
    low = text.lower()
    what = found[1].lower().rstrip("s")
    ideas: dict[str, str] = _data()["ideas"]
    keys = [key for key in ideas if all(re.search(rf"\b{word}", low) for word in key.split())]
    if what == "name":
        keys = [key for key in keys if key.endswith("name")]
    if not keys and re.search(r"\bgifts?\b|\bpresents?\b", low):
        keys = ["gift"]
    if not keys and "shopping" in low:
        keys = ["grocery"]
    if not keys and "packing" in low:
        keys = ["trip"]
    wanted = 1 if re.match(r"(?:me )?an? (?:idea|tip|suggestion|name|reason)", rest, re.IGNORECASE) else 0
    wanted = wanted or count_wanted(rest, 6 if "list" in what else 5)
    if keys:
        return shape.listed(ideas[max(keys, key=len)].split("|")[:wanted], text)
    about = re.search(r"\b(?:for|to|about|on|of|why|should)\s+(.+)$", rest, re.IGNORECASE)
    if about is None or what in ("name", "question"):
        return _questions(about[1], wanted, text) if about and what == "question" else ""
    return shape.listed(_general(what, about[1].strip(" ,"), about[0].split()[0].lower())[:wanted], text)


def _questions(about: str, wanted: int, text: str) -> str:
    about = bare(about)
    rows = [
        f"What made you interested in {about}?",
        f"What is the hardest part of {about}?",
        f"What do most people get wrong about {about}?",
        f"How did {about} change in the last years?",
        f"What should a beginner know about {about}?",
        f"What comes next for {about}?",
    ]
    return shape.listed(rows[:wanted], text)


def _general(what: str, about: str, link: str) -> list[str]:
    """Advice that holds for nearly anything."""
    to = link in ("to", "should", "why")
    goal = f"to {about}" if to else f"for {about}"
    thing = about if not to else f"how to {about}"
    if what in ("reason", "benefit"):
        return [
            f"You learn something new from the wish {goal}."
            if to
            else f"{capital(thing)} teaches you something new.",
            "It is a change from the everyday.",
            "It connects you with people who care about the same.",
            "Small steps add up over time.",
            "It is something to be proud of afterwards.",
        ]
    return [
        f"Start small: choose one first step {goal} that takes less than an hour.",
        f"Ask two people who know about {bare(thing)} what they would do.",
        "Set a date and a budget, and write both down.",
        "Make a list of what you need, and get it a day before.",
        "Try it once on a small scale before the real thing.",
        "Afterwards note what went well, for the next time.",
    ]


def like(said: str) -> list[str]:
    """The things of the kind that an answer lists."""
    items = {re.sub(r"^(?:[-*]|\d+[.)])\s+", "", line).strip(" .,").lower() for line in said.splitlines()} - {
        ""
    }
    for row in _data()["kinds"].values():
        things = row.split("|")
        if items and items <= {thing.lower() for thing in things}:
            return [capital(thing) for thing in things]
    return []


def kinds() -> list[tuple[str, frozenset[str]]]:
    """All kinds with their things in lower case."""
    return [(kind, frozenset(row.lower().split("|"))) for kind, row in _data()["kinds"].items()]


def ideas(topic: str) -> list[str]:
    """Ideas for a topic that is known."""
    return str(_data()["ideas"][topic]).split("|")
