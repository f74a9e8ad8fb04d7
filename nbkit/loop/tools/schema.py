"""The check of an input against a tool's plain JSON schema, told as the check of a typed tool tells it.

For tools that came as a definition; a tool made of a function is checked against its types (`signature`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbkit.errors import counted
from nbkit.rules.schemas.fitting import Misfit, misfits

WORDS: dict[str, Callable[[Any], str]] = {
    "type": lambda kinds: f"Input should be a valid {' or '.join(kinds)}",
    "enum": lambda values: f"Input should be {' or '.join(map(repr, values))}",
    "const": lambda value: f"Input should be {value!r}",
    "anyOf": lambda choices: f"Input fits none of {counted(len(choices), 'choice')}",
    "oneOf": lambda choices: f"Input fits none of {counted(len(choices), 'choice')}",
    "required": lambda _: "Field required",
    "additionalProperties": lambda _: "Extra inputs are not permitted",
}


def faults(value: Any, schema: Any) -> list[str]:
    """Return a sentence for each thing in `value` that the schema forbids, with its place in front."""
    return [_sentence(each) for each in misfits(value, schema)]


def _sentence(misfit: Misfit) -> str:
    where = ".".join(map(str, misfit.where)) or "the input"
    words = WORDS.get(misfit.keyword)
    return f"{where}: {words(misfit.wanted) if words else misfit.words}"
