"""Values of the request in a reply: `{result.temperature}`, `{user}`, `{match.city}`. A path, never code.

A text that is one placeholder alone becomes its value; inside another text it is written as JSON would be,
strings without quotes. What the request doesn't have stays as it is written, for everybody to see. `{{` and
`}}` are braces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

NAMES = (
    "user",
    "system",
    "model",
    "turn",
    "round",
    "attempt",
    "tools",
    "result",
    "input",
    "results",
    "match",
)
_PLACE = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w*)((?:\.[\w-]+)*)\}")
_MISSING = object()
LONGEST = 100_000


def unknown(value: Any) -> Iterator[str]:
    """Yield what looks like a placeholder and names nothing that there is."""
    if isinstance(value, str):
        for found in _PLACE.finditer(value):
            if found[1] and found[1] not in NAMES:
                yield found[1]
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from unknown(item)
    elif isinstance(value, list):
        for item in value:
            yield from unknown(item)


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Return `value` with its placeholders filled, in every text at any depth."""
    if isinstance(value, str):
        return _filled_text(value, values)
    if isinstance(value, Mapping):
        return {key: filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, values) for item in value]
    return value


def _filled_text(text: str, values: Mapping[str, Any]) -> Any:
    alone = _PLACE.fullmatch(text)
    if alone and alone[1]:
        found = _at(alone, values)
        return text if found is _MISSING else found
    return _PLACE.sub(lambda place: _place(place, values), text)


def _place(place: re.Match[str], values: Mapping[str, Any]) -> str:
    if not place[1]:
        return place[0][0]
    value = _at(place, values)
    return place[0] if value is _MISSING else written(value)[:LONGEST]


def written(value: Any) -> str:
    """Return a value as a text has it: a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _at(place: re.Match[str], values: Mapping[str, Any]) -> Any:
    value: Any = values.get(place[1], _MISSING)
    for step in place[2].split(".")[1:]:
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step[:9]) < len(value):
            value = value[int(step[:9])]
        else:
            return _MISSING
    return _MISSING if value is None and not place[2] else value
