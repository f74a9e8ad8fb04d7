"""Everyday questions that need no tool: numbers, units, letters, days, facts, lists, small texts.

`conversing` asks here; nothing of this is imported before a question needs it, and each table is read at its
first use.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from nbkit.sim.brain import dates, hearing, scene
from nbkit.sim.brain.plain import (
    examples_given,
    followups,
    labels,
    made_up,
    multiple_choice,
    sections,
    topics,
    voices,
)
from nbkit.sim.brain.plain.shape import shaped
from nbkit.sim.brain.scene import Scene

_HELLO = r"^(?:hi|hello|hey|good (?:morning|evening|afternoon))\b[^.!?,:]{0,16}[!.,]+\s+(?=\w)"
_LENGTH = (
    r"(?<!\s)\s+(?:in|with|of|using) (?:\d+|an?|one|two|three|four|five|ten) (?:short )?(?:sentences?|words?"
    r"|lines?|paragraphs?)\b"
)


def said(seen: Scene, text: str) -> str:
    """What can be said of an everyday question, or ""; `text` is the part of it that asks."""
    whole = seen.now.question.strip()
    today = dates.today_in("\n".join([seen.system, *(exchange.question for exchange in seen.exchanges)]))

    def ask(question: str) -> str:
        return topics.about(question, today)

    found = (
        _by_form(whole, seen.system, today)
        or examples_given.in_turns(seen)
        or followups.said(seen, text, ask)
        or ask(text)
        or (ask(bare) if (bare := re.sub(_HELLO, "", text, flags=re.IGNORECASE)) != text else "")
    )
    found = found or (ask(whole) if whole != text and len(whole) < 4000 else "")
    return found or _from_own_words(whole)


def _from_own_words(whole: str) -> str:
    """What the sentences before a question say to it, or ""."""
    *before, asked = hearing.sentences(whole) if whole.endswith("?") and len(whole) < 4000 else [""]
    told = " ".join(one for one in before if not one.endswith("?"))
    return sections.answered(asked, told) if len(told.split()) > 4 else ""


@lru_cache(256)  # the texts of a conversation come again with every request
def _by_form(whole: str, system: str, today: date) -> str:
    """What a prompt with examples, with labels or in parts asks for, or ""."""

    def ask(question: str) -> str:
        return topics.about(question, today)

    if found := examples_given.in_text(whole, ask) or labels.said(whole, system):
        return found
    if choice := multiple_choice.said(whole, ask):
        return choice
    who, task = made_up.role_and_task(whole)
    if who:
        return ask(task) if task else f"All right: I am {who}. What would you like to know?"
    asked, given = sections.parted(whole)
    if not asked:
        return ""
    told = sections.answered(asked, given) if given else ""
    return told or labels.said(f"{asked}: {given}") or ask(asked)


def without_form(text: str) -> str:
    """A request without how long its answer is to be: "a story in 3 sentences" as "a story"."""
    return re.sub(_LENGTH, "", text, flags=re.IGNORECASE)


def in_form(seen: Scene, answer: str) -> str:
    """An answer in the form that the open question asks for, and in the tag."""
    whole = seen.now.question
    tag = sections.answer_tag(f"{seen.system}\n{whole}") if "<" in whole or "<" in seen.system else ""
    if tag and f"<{tag}>" not in answer:
        plain = shaped(scene.last_words(whole), answer).replace("**", "")
        return f"<{tag}>{plain}</{tag}>"
    return voices.spoken(seen.system, shaped(scene.last_words(whole), answer))
