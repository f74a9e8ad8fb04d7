"""A schema as the API compiles it for a `strict` tool: objects closed, and no keyword that it can't compile.

What is taken out is said in the description, and is still checked before the tool runs.
"""

from __future__ import annotations

import json
from typing import Any

from nbkit.errors import ToolError
from nbkit.rules.schemas.grammar_words import faults
from nbkit.wire.blocks import Json

BY_NAME = ("properties", "$defs")
LISTS = ("anyOf", "allOf", "oneOf", "prefixItems")


def closed(schema: Json, name: str) -> Json:
    """Return the schema of a strict tool. Raises `ToolError` for what can't be told without an open part."""
    made = _closed(schema, name, "the input")
    return {**made, "additionalProperties": False}


def _closed(schema: Json, name: str, where: str) -> Json:
    made = dict(schema)
    for key in BY_NAME:
        if isinstance(made.get(key), dict):
            made[key] = {each: _closed(part, name, each) for each, part in made[key].items()}
    for key in LISTS:
        if isinstance(made.get(key), list):
            made[key] = [_closed(part, name, where) for part in made[key]]
    if isinstance(made.get("items"), dict):
        made["items"] = _closed(made["items"], name, where)
    while found := [fault for fault in faults(made) if fault.level == "error"]:
        before = made
        for fault in found:
            added = dict(fault.added)
            if "type" in added or made.get("additionalProperties"):
                why = "may hold any name" if made.get("additionalProperties") else "has no type"
                raise ToolError(f"{name} can't be strict: {where} {why}; say all that it may be")
            gone = {
                key: made[key] for key in fault.removed if key in made and key not in ("oneOf", "default")
            }
            made = {key: value for key, value in made.items() if key not in fault.removed} | added
            made |= _told(made, gone)
        if made == before:
            break
    return made


def _told(schema: Json, gone: dict[str, Any]) -> Json:
    """Put what is left out of a schema into words."""
    if not gone:
        return {}
    words = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in gone.items())
    return {"description": f"{schema.get('description', '')} ({words})".strip()}
