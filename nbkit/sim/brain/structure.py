"""Structured output: the answer in words, put where a schema asks for one."""

from __future__ import annotations

import re
from typing import Any

from nbkit.sim.brain import lexicon, manners, schemas
from nbkit.sim.brain.ranking import tidy, to_number
from nbkit.sim.brain.wordlists import word_set
from nbkit.wire.blocks import Json

_ANSWERS = word_set(
    "answer response reply result message output text explanation reasoning summary conclusion value"
)


def answered(schema: Json, value: Any, answer: str) -> Any:
    """Return `value` with the answer under the keys of its schema that ask for it."""
    whole = schemas.resolve(schema, schema)
    if not answer or not isinstance(value, dict):
        return value
    for key, part in (whole.get("properties") or {}).items():
        part = schemas.resolve(part, schema)
        words = lexicon.words(key)
        if key in value and words and words[-1] in _ANSWERS and "enum" not in part and "const" not in part:
            given = _typed(answer, part)
            value[key] = value[key] if given is None else given
    return value


def _typed(answer: str, part: Json) -> Any:
    kind = schemas.type_of(next(iter(schemas.variants(part, part)), part))
    bold = re.search(r"\*\*(.+?)\*\*", answer)
    match kind:
        case "string":
            return schemas.text_in(manners.one_line(answer), part)
        case "boolean":
            said = re.match(r"(yes|no)\b", answer, re.IGNORECASE)
            return said[1].lower() == "yes" if said else None
        case "integer" | "number":
            number = to_number(bold[1]) if bold else to_number(answer)
            return None if number is None else schemas.number_in(tidy(number), part)
    return None
