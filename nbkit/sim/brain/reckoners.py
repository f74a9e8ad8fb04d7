"""Tools that are one operation of arithmetic: `add(a, b)`, `multiply(x, y)`, the first of many a lesson."""

from __future__ import annotations

import re

from nbkit.sim.brain import lexicon, schemas
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.scene import Tool
from nbkit.sim.brain.wordlists import word_set

# The words of a name, and how the operation is asked for.
_OPERATIONS = (
    (word_set("add addition sum plus"), r"\d\s*\+\s*[\d(]|\b(?:plus|add|adding|sum|total)\b"),
    (
        word_set("subtract subtraction minus difference"),
        r"\d\s*[-−]\s*[\d(]|\b(?:minus|subtract|difference|take away|less)\b",
    ),
    (
        word_set("multiply multiplication times product"),
        r"\d\s*[*×x]\s*[\d(]|\b(?:times|multipl\w+|product)\b",
    ),
    (word_set("divide division quotient"), r"\d\s*[/÷]\s*[\d(]|\b(?:divided?|over|quotient)\b"),
    (
        word_set("power pow exponentiate raise"),
        r"\*\*|\^|\b(?:to the power|raised?|squared|cubed)\b",
    ),
    (word_set("modulo mod remainder"), r"\d\s*%\s*\d|\b(?:mod|modulo|remainder)\b"),
)


def reckons(tool: Tool, said: Said) -> bool:
    """Whether a text asks for just the operation that a tool is, of numbers that it gives."""
    name = set(lexicon.words(tool.name))
    return any(
        name & words
        and re.search(asked, said.text, re.IGNORECASE) is not None
        and len(said.of("number")) > 1
        and _takes_numbers(tool)
        for words, asked in _OPERATIONS
    )


def _takes_numbers(tool: Tool) -> bool:
    parts = [schemas.resolve(part, tool.schema) for part in (tool.schema.get("properties") or {}).values()]
    lists = [schemas.resolve(part.get("items") or {}, tool.schema) for part in parts]
    numeric = ("integer", "number")
    return sum(schemas.type_of(part) in numeric for part in parts) > 1 or any(
        schemas.type_of(item) in numeric for item in lists
    )
