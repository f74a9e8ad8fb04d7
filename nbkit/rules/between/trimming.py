"""What clients leave out on purpose to save tokens, told apart from what gets lost on the way."""

from __future__ import annotations

import json
import re
from typing import Any

from nbkit.rules.between.passage import Passage

# "[Old tool result content cleared]", "<omitted: 4 kB>", "... (truncated)", and their like.
MARKER = re.compile(
    r"\.\.\.|…|clear|trim|truncat|omit|remov|elid|prun|compact|summar|redact|dropp|hidden|expir|snip|delet|"
    r"discard|shorten|archiv|offload|stale|stripp|evict|placeholder|no longer|not shown|saved to|see above|"
    r"superseded|duplicate|outdated",
    re.IGNORECASE,
)
OPENERS = ("[", "<", "(", "{", "*", "…", "...", "--")
PLACEHOLDER = 400
SPACE = re.compile(r"\s+")


def text_of(passage: Passage) -> str:
    """Return the words of a text block or of a result, joined."""
    if passage.type == "text":
        return passage.text
    content = passage.plain.get("content")
    texts = [
        each.get("text") for each in (content if isinstance(content, list) else ()) if isinstance(each, dict)
    ]
    return "\n".join(text for text in texts if isinstance(text, str))


def same_words(old: str, new: str) -> bool:
    """Say whether two texts differ in white space at most, or are the same JSON."""
    if SPACE.sub("", old) == SPACE.sub("", new):
        return True
    parsed = _json(old)
    return parsed is not None and parsed == _json(new)


def is_trimmed(old: Passage, new: Passage) -> bool:
    """Say whether a result was cleared or shortened, rather than replaced by another."""
    was, now = text_of(old), text_of(new)
    if _media(old) and not _media(new) and (not was or same_words(was, now) or is_shortened(was, now)):
        return True
    return bool(now.strip()) and is_shortened(was, now)


def is_shortened(old: str, new: str) -> bool:
    """Say whether a text is a placeholder for a longer one, a summary, or the ends of it."""
    words = new.strip()
    marked = MARKER.search(words) is not None
    if marked and len(words) <= PLACEHOLDER and (words.startswith(OPENERS) or len(words) * 2 < len(old)):
        return True
    if len(new) >= len(old):
        return False
    if marked and _shared_ends(old, new) * 2 >= len(new):
        return True
    return _shared_ends(old, new) * 10 >= len(new) * 9 or (len(old) > PLACEHOLDER and len(new) * 4 < len(old))


def is_cut(old: str, new: str) -> bool:
    """Say whether a text just stops early: nothing says that it was shortened on purpose."""
    begin = new.strip()
    return bool(begin) and len(begin) < len(old.strip()) and old.strip().startswith(begin)


def is_marked(old: str, new: str) -> bool:
    """Say whether a text was shortened on purpose, and says so."""
    return MARKER.search(new) is not None and MARKER.search(old) is None and is_shortened(old, new)


def _shared_ends(old: str, new: str) -> int:
    end = min(len(old), len(new))
    head = next((at for at in range(end) if old[at] != new[at]), end)
    rest = end - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    return head + tail


def _media(passage: Passage) -> bool:
    content: Any = passage.plain.get("content")
    return isinstance(content, list) and any(
        isinstance(each, dict) and each.get("type") in ("image", "document") for each in content
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None
