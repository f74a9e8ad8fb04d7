"""Everyday questions that need no tool: numbers, units, letters, days, facts, lists, small texts.

`conversing` asks here; nothing of this is imported before a question needs it, and each table is read at its
first use.
"""

from __future__ import annotations

from nbkit.sim.brain import dates, scene
from nbkit.sim.brain.plain import topics
from nbkit.sim.brain.plain.shape import shaped
from nbkit.sim.brain.scene import Scene


def said(seen: Scene, text: str) -> str:
    """What can be said of an everyday question, or ""; `text` is the part of it that asks."""
    whole = seen.now.question.strip()
    today = dates.today_in("\n".join([seen.system, *(exchange.question for exchange in seen.exchanges)]))
    found = topics.about(text, today)
    return found or (topics.about(whole, today) if whole != text and len(whole) < 4000 else "")


def in_form(seen: Scene, answer: str) -> str:
    """An answer in the form that the open question asks for."""
    return shaped(scene.last_words(seen.now.question), answer)
