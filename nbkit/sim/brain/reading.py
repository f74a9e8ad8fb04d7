"""What a result says: its values, out of text, JSON of any shape, blocks and errors; and how to write them
down so that every value can be seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbkit.rules.portable.estimate import image_size
from nbkit.sim.brain import lexicon
from nbkit.sim.brain.scene import Outcome
from nbkit.wire.blocks import Json

Leaf = tuple[tuple[str, ...], Any]

_LONGEST = 1500
_MOST_ROWS = 12
_MOST_LEAVES = 40

_REFUSED = re.compile(
    r"\b(?:refus|reject|declin|denie|deny|not (?:allowed|permitted|approved)|disallow|forbidden by the user|"
    r"(?:user|person|human) (?:said no|does(?:n't| not) want|stopped)|stopped by|cancel+ed by)",
    re.IGNORECASE,
)
_NO_OF_A_PERSON = re.compile(r"(?:the )?(?:user|person|human) (?:refused|declined|stopped)\b", re.IGNORECASE)
_TEMPORARY = re.compile(
    r"\b(?:time[d]?[\s-]?out|temporar|try again|retry|rate.?limit|too many requests|unavailable"
    r"|overloaded|busy|"
    r"connection (?:reset|refused|aborted|error)|network|429|50[234]|529)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """One result, read."""

    outcome: Outcome

    @cached_property
    def parts(self) -> list[Any]:
        """The values of the result's blocks; a text that is JSON is its value."""
        content = self.outcome.content
        if isinstance(content, str):
            return [_parsed(content)] if content.strip() else []
        return [value for block in content or () for value in _block(block)]

    @property
    def value(self) -> Any:
        return self.parts[0] if len(self.parts) == 1 else self.parts

    @property
    def text(self) -> str:
        """All of the result as text, to search for words in it."""
        return "\n".join(
            part if isinstance(part, str) else json.dumps(part, ensure_ascii=False) for part in self.parts
        )

    @cached_property
    def leaves(self) -> list[Leaf]:
        return list(leaves(self.value))

    @property
    def refused(self) -> bool:
        if self.outcome.is_error:
            return bool(_REFUSED.search(self.text))
        return bool(_NO_OF_A_PERSON.match(self.text))

    @property
    def temporary(self) -> bool:
        return self.outcome.is_error and not self.refused and bool(_TEMPORARY.search(self.text))

    @property
    def empty(self) -> bool:
        return not self.parts or self.value in ("", [], {}, None)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every scalar of a value, with the keys that lead to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, str(key)))
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from leaves(item, (*path, str(number)))
    else:
        yield path, value


def known(readings: list[Reading]) -> dict[str, Any]:
    """The values that results offer to later calls, by key; with the tool's noun before a bare `id` or
    `name`.
    """
    found: dict[str, Any] = {}
    for reading in readings:
        if reading.outcome.is_error:
            continue
        nouns = [word for word in lexicon.words(reading.outcome.call.name) if word not in lexicon.VERBS]
        for path, value in reading.leaves:
            key = next((part for part in reversed(path) if not part.isdigit()), "")
            if not key:
                found.setdefault("_".join(nouns), value)
            elif key.lower() in ("id", "name", "key", "code") and nouns:
                found.setdefault(f"{nouns[-1]}_{key}", value)
            found.setdefault(key, value)
    found.pop("", None)
    return found


def shown(value: Any) -> str:
    """A scalar as it reads in a sentence: the value itself, never rounded or reworded."""
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value, ensure_ascii=False)


def bold(value: Any) -> str:
    text = shown(value)
    plain = text and "\n" not in text and "**" not in text and len(text) <= 120
    return f"**{text}**" if plain else text


def inline(value: Any) -> str:
    """A value within a sentence."""
    if isinstance(value, dict):
        return (
            ", ".join(f"{lexicon.humanize(str(key))}: {inline(item)}" for key, item in value.items()) or "{}"
        )
    if isinstance(value, list):
        return (
            ", ".join(f"({inline(item)})" if isinstance(item, dict | list) else shown(item) for item in value)
            or "[]"
        )
    return bold(value)


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
        return _items(value, 0)
    if isinstance(value, list) and value:
        return _table(value) or "\n".join(_rows(value))
    if isinstance(value, str) and not is_short(value):
        text = value.strip()
        cut = text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + " …"
        return "\n".join(f"> {line}".rstrip() for line in cut.splitlines())
    return inline(value)


def _items(value: Mapping[str, Any], depth: int) -> str:
    """Nested bullets, one for each key."""
    lines = []
    for key, item in value.items():
        label = f"{'  ' * depth}- {lexicon.humanize(str(key))}:"
        if isinstance(item, dict) and item and depth < 4:
            lines += [label, _items(item, depth + 1)]
        elif isinstance(item, list) and any(isinstance(one, dict | list) for one in item) and depth < 4:
            lines += [label, *(f"{'  ' * (depth + 1)}{row}" for row in _rows(item))]
        else:
            lines.append(f"{label} {inline(item)}")
    return "\n".join(lines[:_MOST_LEAVES])


def _rows(items: list[Any]) -> list[str]:
    rows = [f"- {inline(item)}" for item in items[:_MOST_LEAVES]]
    more = len(items) - len(rows)
    return [*rows, f"- … and {more} more"] if more > 0 else rows


def _table(items: list[Any]) -> str:
    """A list of like objects as a table; "" where it is none."""
    if len(items) < 2 or not all(isinstance(item, dict) for item in items):
        return ""
    columns = list(dict.fromkeys(key for item in items for key in item))
    flat = all(not isinstance(cell, dict | list) for item in items for cell in item.values())
    if not flat or not 2 <= len(columns) <= 6 or len(items) > _MOST_ROWS:
        return ""
    lines = [
        " | ".join(lexicon.humanize(str(column)) for column in columns),
        " | ".join("---" for _ in columns),
    ]
    lines += [
        " | ".join(shown(item[c]).replace("|", "\\|") if c in item else "" for c in columns) for item in items
    ]
    return "\n".join(f"| {line} |" for line in lines)


def _parsed(text: str) -> Any:
    """The value of a text that is JSON, else the text."""
    stripped = text.strip()
    if stripped[:1] in '{["-0123456789tfn':
        try:
            return json.loads(stripped)
        except ValueError:
            return stripped
    return stripped


def _block(item: Json) -> Iterator[Any]:
    match item.get("type"):
        case "text":
            if item["text"].strip():
                yield _parsed(item["text"])
        case "image":
            yield image(item.get("source") or {})
        case "document":
            source = item.get("source") or {}
            yield {"document": item.get("title") or source.get("type", "document"), **_document_text(source)}
        case "search_result":
            texts = " ".join(part.get("text", "") for part in item.get("content") or ())
            yield {"title": item.get("title"), "source": item.get("source"), "text": texts}
        case kind:
            yield {key: value for key, value in item.items() if key not in ("type", "cache_control")} or str(
                kind
            )


def _document_text(source: Json) -> Json:
    if source.get("type") == "text":
        return {"text": source.get("data", "")}
    content = source.get("content")
    if isinstance(content, list):
        content = " ".join(part.get("text", "") for part in content)
    return {"text": content} if content else {}


def image(source: Json) -> str:
    """What can be said of an image without seeing it."""
    kind = str(source.get("media_type", "image")).removeprefix("image/").upper()
    size = image_size(source) if source.get("type") == "base64" else None
    if size:
        return f"a {kind} image of {size[0]} × {size[1]} pixels"
    return f"an image at {source['url']}" if source.get("url") else f"a {kind} image"
