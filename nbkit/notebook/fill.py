"""`{name}` in a cell takes the value of a variable of that name; everything else in braces stays as written.

No format language: prompts are full of JSON and code, so only `{identifier}` counts, and only where the user
has such a variable. `{{name}}` is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from nbkit.loop.tools.tool import Tool
from nbkit.wire.messages import Message

NAME = re.compile(r"(?<!\{)\{([^\W\d]\w*)\}(?!\})")
# Their text is a memory address or a path: a brace around such a name is code in the prompt, not a wish.
NOT_VALUES = (ModuleType, FunctionType, BuiltinFunctionType, MethodType, type, Tool)


@dataclass(frozen=True, slots=True)
class Filled:
    """One variable that was put into the text, and what it became; None where there is none of that name."""

    name: str
    value: str | None


def fill(text: str, namespace: Mapping[str, Any]) -> tuple[str, tuple[Filled, ...]]:
    """Return the text with its variables filled in, and the names found in braces: each once, in order."""
    filled: dict[str, Filled] = {}

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name not in filled:
            if isinstance(namespace.get(name), NOT_VALUES):
                return match[0]
            filled[name] = Filled(name, as_text(namespace[name]) if name in namespace else None)
        value = filled[name].value
        return match[0] if value is None else value

    return NAME.sub(put, text), tuple(filled.values())


def as_text(value: Any) -> str:
    """Return what a value looks like in a prompt: JSON for dicts and lists, all of a table, else `str`."""
    if isinstance(value, Message):
        return value.text
    if isinstance(value, dict | list):
        try:
            return json.dumps(value, ensure_ascii=False, indent=2 if len(value) > 4 else None)
        except (TypeError, ValueError):
            return str(value)
    to_string = getattr(value, "to_string", None)
    if callable(to_string) and hasattr(value, "shape"):  # a DataFrame or Series: str() would elide its middle
        return str(to_string())
    return str(value)
