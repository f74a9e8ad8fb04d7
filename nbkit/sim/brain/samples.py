"""Sample values: one of each kind, and a text that fits a simple pattern."""

from __future__ import annotations

import re

from nbkit.sim.brain.wordlists import table

OF_KIND: dict[str, str] = table("samples")

_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_REPEAT = re.compile(r"\{(\d+)(?:,\d*)?\}")


def matching(pattern: str) -> str:
    """Return a text that fits a simple pattern: literals, classes, groups, alternatives and repeats."""
    text, _ = _alternatives(pattern, 0)
    return text


def _alternatives(pattern: str, at: int) -> tuple[str, int]:
    """Sample up to a closing bracket or the end; of alternatives, the first."""
    first, at = _sequence(pattern, at)
    while at < len(pattern) and pattern[at] == "|":
        _, at = _sequence(pattern, at + 1)
    return first, at


def _sequence(pattern: str, at: int) -> tuple[str, int]:
    text = ""
    while at < len(pattern) and pattern[at] not in "|)":
        piece, at = _atom(pattern, at)
        times, at = _times(pattern, at)
        text += piece * times
    return text, at


def _atom(pattern: str, at: int) -> tuple[str, int]:
    letter = pattern[at]
    if letter in "^$":
        return "", at + 1
    if letter == "\\" and at + 1 < len(pattern):
        escaped = pattern[at + 1]
        return "" if escaped in "bBAZz" else _CLASSES.get(escaped, escaped), at + 2
    if letter == "[":
        return _member(pattern, at + 1)
    if letter == "(":
        skip = re.compile(r"\(\?(?::|P<\w+>)|\(").match(pattern, at)
        text, end = _alternatives(pattern, skip.end() if skip else at + 1)
        return text, end + 1
    return ("a" if letter == "." else letter), at + 1


def _member(pattern: str, at: int) -> tuple[str, int]:
    """One letter of a class `[…]`."""
    end = pattern.find("]", at + 1)
    inside = pattern[at : end if end >= 0 else len(pattern)]
    if inside.startswith("^"):
        return next(letter for letter in "a0-_ " if letter not in inside), end + 1
    letter = _CLASSES.get(inside[1:2], inside[1:2]) if inside.startswith("\\") else inside[:1]
    return letter, (end + 1 if end >= 0 else len(pattern))


def _times(pattern: str, at: int) -> tuple[int, int]:
    if at >= len(pattern):
        return 1, at
    if found := _REPEAT.match(pattern, at):
        lazy = pattern[found.end() : found.end() + 1] == "?"
        return max(int(found[1]), 0), found.end() + lazy
    if pattern[at] in "*?":
        return 0, at + 1 + (pattern[at + 1 : at + 2] == "?")
    return 1, at + (2 if pattern[at : at + 2] == "+?" else 1 if pattern[at] == "+" else 0)
