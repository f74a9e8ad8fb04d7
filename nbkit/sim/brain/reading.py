"""What a result says: its values, out of text, JSON of any shape, tables, pages, blocks and errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbkit.rules.portable.estimate import image_size
from nbkit.sim.brain import lexicon, tabular
from nbkit.sim.brain.scene import Outcome
from nbkit.wire.blocks import Json

Leaf = tuple[tuple[str, ...], Any]

_LONGEST = 6000  # characters of a result in which words are searched
_MOST_LEAVES = 5000
_LONGEST_LEAF = 500
_DEEPEST = 40

_REFUSED = re.compile(
    r"\b(?:refus|reject|declin|(?<!permission )(?<!access )(?:denie|deny)|"
    r"not (?:allowed|permitted|approved)|disallow|forbidden by the user|"
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

    @cached_property
    def text(self) -> str:
        """The result as text, to search for words in it."""
        content = self.outcome.content
        if isinstance(content, str):
            return _ends(content.strip())
        return _ends(
            "\n".join(
                part if isinstance(part, str) else json.dumps(part, ensure_ascii=False) for part in self.parts
            )
        )

    @cached_property
    def leaves(self) -> list[Leaf]:
        return [
            (path, value[:_LONGEST_LEAF] if isinstance(value, str) else value)
            for path, value in leaves(self.value)
        ]

    @property
    def whole(self) -> bool:
        """Whether all of the result was read, so that something can be said of all of it."""
        return len(self.leaves) < _MOST_LEAVES

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
        """Whether there is nothing in it: no block, no value, or a list that it says is empty."""
        return not self.parts or all(value in ("", None) for _, value in self.leaves)


def _ends(text: str) -> str:
    """A text whose middle is left out where it is long."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}\n{text[-_LONGEST // 2 :]}"


def leaves(value: Any) -> Iterator[Leaf]:
    """Every scalar of a value, with the keys that lead to it; of a huge value, the first few thousand."""
    left: list[tuple[tuple[str, ...], Any]] = [((), value)]
    count = 0
    while left and count < _MOST_LEAVES:
        path, item = left.pop()
        if isinstance(item, dict):
            inner = [((*path, str(key)), one) for key, one in list(item.items())[:_MOST_LEAVES]]
            left += reversed(inner)
        elif isinstance(item, list):
            inner = [((*path, str(number)), one) for number, one in enumerate(item[:_MOST_LEAVES], 1)]
            left += reversed(inner)
        else:
            count += 1
            yield path, item


def known(readings: list[Reading]) -> dict[str, Any]:
    """The values that results offer to later calls, by key; with the tool's noun before a bare `id` or
    `name`.
    """
    found: dict[str, Any] = {}
    for reading in readings:
        if reading.outcome.is_error:
            continue
        nouns = [word for word in lexicon.words(reading.outcome.call.name) if word not in lexicon.VERBS]
        for path, value in leaves(reading.value):
            key = next((part for part in reversed(path) if not part.isdigit()), "")
            if not key:
                found.setdefault("_".join(nouns), value)
            elif key.lower() in ("id", "name", "key", "code") and nouns:
                found.setdefault(f"{nouns[-1]}_{key}", value)
            found.setdefault(key, value)
    found.pop("", None)
    return found


def _parsed(text: str) -> Any:
    """The value of a text that is JSON, a table, a page or fields; else the text."""
    stripped = text.strip()
    if stripped[:1] in '{["-0123456789tfn':
        try:
            return _pruned(json.loads(stripped), _DEEPEST)
        except RecursionError:
            return stripped
        except ValueError:
            pass
    value = tabular.structured(stripped)
    return stripped if value is None else value


def _pruned(value: Any, depth: int) -> Any:
    """A value without what lies too deep to be told."""
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        return {key: _pruned(item, depth - 1) for key, item in value.items()}
    return [_pruned(item, depth - 1) for item in value]


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
