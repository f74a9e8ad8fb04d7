"""YAML as data with the line of each value, and nothing else: no tags, no anchors, no aliases, bounded.

Scalars are as in YAML 1.2's core schema, so that `no` is a word, and a time or a date is a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]

MOST_BYTES = 512 * 1024
MOST_VALUES = 20_000
DEEPEST = 40

_NULL = {"", "~", "null"}
_TRUTH = {"true": True, "false": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")


class Unreadable(Exception):
    """The text is no YAML, or more than it may be. Carries the line."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        super().__init__(what)


@dataclass(slots=True)
class Located:
    """A value, and the line on which each of its values stands, by its path."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Located:
    """Read one document. Raises `Unreadable`."""
    if len(text) > MOST_BYTES:
        raise Unreadable(1, f"a scenario has at most {MOST_BYTES:,} characters, this one has more")
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem)))
        raise Unreadable(mark.line + 1 if mark else 1, f"not YAML: {what}") from None
    except yaml.YAMLError as error:
        line = text[: getattr(error, "position", 0)].count("\n") + 1
        raise Unreadable(line, f"not YAML: {str(error).splitlines()[0]}") from None
    located = Located(None)
    located.value = _value(node, (), located) if node is not None else None
    return located


def _check_events(text: str) -> None:
    """Refuse what the form has no use for, before anything is made of it."""
    depth = values = 0
    event: Any
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(line, f"aliases (*{event.anchor}) are not read: write the value out")
        if getattr(event, "anchor", None):
            raise Unreadable(line, f"anchors (&{event.anchor}) are not read: leave it out")
        if getattr(event, "tag", None):
            raise Unreadable(line, f"tags ({event.tag}) are not read: leave it out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        values += isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if depth > DEEPEST:
            raise Unreadable(line, f"nested more than {DEEPEST} deep")
        if values > MOST_VALUES:
            raise Unreadable(line, f"more than {MOST_VALUES:,} values")


def _value(node: yaml.Node, path: Path, located: Located) -> Any:
    located.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, at), located) for at, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise Unreadable(line, "a key must be a word")
        name = str(key.value)
        if name in found:
            raise Unreadable(line, f"{name!r} is there twice")
        located.lines[(*path, name)] = line
        found[name] = _value(value, (*path, name), located)
    return found


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style is not None:  # quoted, or a block of text
        return text
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text
