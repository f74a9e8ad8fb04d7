"""The word lists of `words.json`: vocabulary is data, so that it can grow without touching code."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _read() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return data


def table(name: str) -> Any:
    """Return a list or mapping as it stands in the file."""
    return _read()[name]


@cache
def group(name: str) -> frozenset[str]:
    """Return a set of words, written in the file as one line."""
    return frozenset(_read()[name].split())


def word_set(words: str) -> frozenset[str]:
    """Return a small set of words that is written in place."""
    return frozenset(words.split())
