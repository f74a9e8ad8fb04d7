"""How values are written down, so that every one of them can be seen, and no answer has no end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nbkit.sim.brain import lexicon, tabular

_LONGEST = 1500
_TAIL = 300  # of them at the end, where logs say what went wrong
_MOST_LINES = 40
_MOST_ITEMS = 20
_DEEPEST = 4


def shown(value: Any) -> str:
    """A scalar as it reads in a sentence: the value itself, never rounded or reworded."""
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value, ensure_ascii=False)


def bold(value: Any) -> str:
    text = shown(value)
    if text and ("*" in text or "`" in text) and "`" not in text and "\n" not in text and len(text) <= 120:
        return f"`{text}`"
    plain = text and "\n" not in text and "*" not in text and len(text) <= 160
    return f"**{text}**" if plain else cut(text)


def cut(text: str) -> str:
    """A text that is too long to be told whole, with what was left out."""
    if len(text) <= _LONGEST:
        return text
    head, tail = text[: _LONGEST - _TAIL].rstrip(), text[-_TAIL:].lstrip()
    return f"{head} … ({len(text) - _LONGEST} more characters) … {tail}"


def inline(value: Any, depth: int = 0) -> str:
    """A value within a sentence."""
    if depth > _DEEPEST:
        return "…" if isinstance(value, dict | list) and value else shown(value)
    if isinstance(value, dict):
        told = [
            f"{lexicon.humanize(str(key))}: {inline(item, depth + 1)}"
            for key, item in list(value.items())[:_MOST_ITEMS]
        ]
        return ", ".join([*told, *_left(len(value))]) or "{}"
    if isinstance(value, list):
        told = [
            f"({inline(item, depth + 1)})" if isinstance(item, dict | list) else cut(shown(item))
            for item in value[:_MOST_ITEMS]
        ]
        return ", ".join([*told, *_left(len(value))]) or "[]"
    return bold(value)


def _left(count: int, most: int = _MOST_ITEMS) -> list[str]:
    return [f"… and {count - most} more"] if count > most else []


def is_short(value: Any) -> bool:
    """Whether a value fits into a sentence."""
    if isinstance(value, list):
        return (
            len(value) <= 6
            and not any(isinstance(item, dict | list) for item in value)
            and len(inline(value)) <= 160
        )
    return not isinstance(value, dict) and len(shown(value)) <= 160 and "\n" not in shown(value).strip()


def block(value: Any) -> str:
    """A value as Markdown that stands by itself: a table, a list, a quotation."""
    if isinstance(value, dict) and value:
        lines = _items(value, 0)
        left = len(lines) - _MOST_LINES
        return "\n".join([*lines[:_MOST_LINES], *([f"- … and {left} more lines"] if left > 0 else [])])
    if isinstance(value, list) and value:
        return tabular.table(value) or "\n".join(_rows(value))
    if isinstance(value, str) and not is_short(value):
        text = cut(value.strip())
        if text.startswith("|") and "\n|" in text:
            return text  # it is a table already
        return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return inline(value)


def _items(value: Mapping[str, Any], depth: int) -> list[str]:
    """Nested bullets, one for each key."""
    lines: list[str] = []
    indent = "  " * depth
    for key, item in value.items():
        label = f"{indent}- {lexicon.humanize(str(key))}:"
        if isinstance(item, dict) and item and depth < _DEEPEST:
            lines += [label, *_items(item, depth + 1)]
        elif isinstance(item, list) and depth < _DEEPEST and (table := tabular.table(item)):
            lines += [label, "", *(f"{indent}  {line}".rstrip() for line in table.splitlines()), ""]
        elif (
            isinstance(item, list) and depth < _DEEPEST and any(isinstance(one, dict | list) for one in item)
        ):
            lines += [label, *(f"{indent}  {row}" for row in _rows(item))]
        else:
            lines.append(f"{label} {inline(item)}")
        if len(lines) > 2 * _MOST_LINES + 200:
            break
    return lines


def _rows(items: list[Any]) -> list[str]:
    rows = [f"- {inline(item)}" for item in items[:_MOST_ITEMS]]
    return [*rows, *(f"- {more}" for more in _left(len(items)))]
