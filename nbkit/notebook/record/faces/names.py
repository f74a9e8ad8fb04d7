"""Names, addresses and sizes as they are shown: nothing in them may mislead.

A title or a file name comes from outside. A character in it that turns the direction of reading, or can't be
seen, is spelled out, and of an address one sees the host that it leads to.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from nbkit.notebook.record.printable import escaped, printable

ADDRESS = re.compile(r"(?:https?://|mailto:)[\x21-\x7e\xa1-\U0010ffff]+", re.IGNORECASE)
LONGEST = 300
# What can't be seen and does nothing beside Latin letters: soft hyphens, fillers, joiners, selectors.
# Joiners and selectors stay where they make emoji and the letters of other scripts.
UNSEEN = re.compile(
    "[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
    "|(?<=[A-Za-z._/-])[\ufe00-\ufe0f]"
    "|(?<![\u3400-\u9fff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)


def spelled(text: str) -> str:
    """Return the text with every character that steers or hides as its escape, as JSON has it."""
    return printable(text) if text.isascii() else UNSEEN.sub(escaped, printable(text))


def name(value: Any) -> str:
    """Return what something is called, on one line; of what is no string, its JSON."""
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    line = spelled(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def text(value: Any) -> str:
    """Return the text of a field that should be a string and, in a hand-made array, may be anything."""
    return value if isinstance(value, str) else "" if value is None else pretty(value)


def pretty(value: Any) -> str:
    """Return JSON as a person reads it, with what can't be seen in it as its escape."""
    return spelled(json.dumps(value, ensure_ascii=False, indent=2))


def address(url: Any) -> str | None:
    """Return the address of a link that may be followed, None for anything else."""
    if not isinstance(url, str) or not ADDRESS.fullmatch(url) or spelled(url) != url or "\\" in url:
        return None
    return url


def host(url: str) -> str:
    """Return where a link leads, in the letters that are looked up: a look-alike of a host differs."""
    if url[:7].lower() == "mailto:":
        return url[7:].partition("?")[0]
    try:
        found = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    try:
        return found.encode("idna").decode("ascii")
    except UnicodeError:
        return found.encode("ascii", "backslashreplace").decode("ascii")


def size(count: int) -> str:
    """Return a number of bytes as people say it."""
    if count < 1000:
        return f"{count} {'byte' if count == 1 else 'bytes'}"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def rows(value: Any) -> list[dict[str, Any]]:
    """Return the objects of what should be a list of them."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def fields(value: Any) -> dict[str, Any]:
    """Return what should be an object, and has nothing in it where it is none."""
    return value if isinstance(value, dict) else {}
