"""Texts and how long they are: what costs tokens as text, and what only takes room."""

from __future__ import annotations

from typing import Any

# Pictures and files cost tokens by their own measure, signatures and what is encrypted none that can be seen.
UNCOUNTED = frozenset({"base64", "redacted_thinking", "signature", "encrypted_content", "encrypted_index"})


def text_sizes(value: Any) -> tuple[int, int]:
    """Return the characters of the strings that cost tokens as text, and those of the others."""
    count, rest, apart = 0, [value], []
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            count += len(value)
        elif isinstance(value, list):
            rest += value
        elif isinstance(value, dict):
            if str(value.get("type")) in UNCOUNTED:
                apart.append(value)
            elif UNCOUNTED.isdisjoint(value):
                rest += value.values()
            else:
                for name, inner in value.items():
                    (apart if name in UNCOUNTED else rest).append(inner)
    return count, text_size(apart)


def text_size(value: Any) -> int:
    """Count the characters of all strings: less than the size as JSON, and quickly had."""
    size, rest = 0, [value]
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            size += len(value)
        elif isinstance(value, list):
            rest += value
        elif isinstance(value, dict):
            rest += value.values()
    return size


def is_text(value: Any) -> bool:
    """Say whether this is a string that UTF-8 can write: half a character can't be."""
    if type(value) is not str:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
