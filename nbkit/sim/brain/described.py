"""A JSON schema that stands in a prompt: programs that know no structured output describe it in words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from nbkit.wire.blocks import Json

_OPENING = re.compile(r"\{\s*\"")
_MOST = 40  # braces that are tried
_ABOUT_IT = re.compile(
    r"\b(?:json|schema|format(?:ted|ting)?|markdown|backticks|fenc\w+)\b|^\W*$", re.IGNORECASE
)
_OF_A_TOOL = re.compile(r"\b(?:args|arguments|parameters|input|tool)\w*\W*$", re.IGNORECASE)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Described:
    """The schema, and the words of the prompt that are not about it."""

    schema: Json
    rest: str


def described(text: str) -> Described | None:
    """Return the last schema of an object in a text that speaks of JSON, or None."""
    if '"properties"' not in text or "json" not in text.lower():
        return None
    schema: Json | None = None
    kept, end = [], 0
    for opening in list(_OPENING.finditer(text))[:_MOST]:
        if opening.start() < end:
            continue
        try:
            value, stop = _DECODER.raw_decode(text, opening.start())
        except ValueError:
            continue
        kept.append(text[end : opening.start()])
        end = stop
        is_schema = isinstance(value.get("properties"), dict) and value.get("type", "object") == "object"
        if is_schema and not _OF_A_TOOL.search(kept[-1]):
            schema = value
    if schema is None:
        return None
    lines = "".join([*kept, text[end:]]).splitlines()
    rest = "\n".join(line for line in lines if not _ABOUT_IT.search(line))
    return Described({"required": list(schema["properties"]), **schema}, rest.strip())
