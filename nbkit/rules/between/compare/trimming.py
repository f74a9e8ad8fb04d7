"""What clients leave out on purpose to save tokens, told apart from what gets lost on the way."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from itertools import islice
from typing import Any

from nbkit.rules.between.compare.passage import Passage, same_json

# "[Old tool result content cleared]", "<omitted: 4 kB>", "... (truncated)", and their like.
MARKER = re.compile(
    r"\.\.\.|…|clear|trim|truncat|omit|remov|elid|prun|compact|compress|condens|collaps|summar|redact|dropp|"
    r"hidden|expir|snip|delet|discard|shorten|archiv|offload|stale|stripp|evict|mask|placeholder|no longer|"
    r"not shown|saved (to|in|at)|too large|see above|superseded|duplicate|outdated|"
    r"sav(e|ing) (space|context|tokens)",
    re.IGNORECASE,
)
# What stands in for a result that a client no longer has: "Tool result missing due to internal error".
ABSENT = re.compile(
    r"\bmissing\b|\bno (tool )?(result|output|response)s?\b|interrupt|cancel|internal error|ended before|"
    r"\b(didn't|did not|never) (run|complete|finish|return)|not (found|available|recorded)|unavailable",
    re.IGNORECASE,
)
# What a value becomes that was written down wrongly.
JUNK = re.compile(r"\[object \w+\]|null|none|undefined|nan|true|false", re.IGNORECASE)
# One pair of brackets around all of it: "[file contents: a.py, 41 lines]", "<masked/>".
BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|\{[^{}]*\}|\*+[^*]*\*+")
MASK = re.compile(r"\[[^\[\]]{2,200}\]|<[^<>]{2,200}>|\*{3,}|…|\.\.\.")
OPENERS = ("[", "<", "(", "{", "*", "…", "...", "--")
PLACEHOLDER = 400
# A text shorter than this saves nothing worth cutting.
WORTH_CUTTING = 200
# More than this is not looked into: masks or words of a text, characters of what Python may have written.
MANY = 100
LONGEST = 20_000
# So much of a text has to be left to know it by.
SOME = 12
ESCAPED = re.compile(r"\\[nrt]")
SPACE = re.compile(r"\s+")
WORD = re.compile(r"\w{4,}")


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
    """Say whether two texts differ in white space or Unicode form at most, or are the same data."""
    if _bare(old) == _bare(new):
        return True
    parsed = _data(old)
    return parsed is not None and same_json(parsed, _data(new))


def same_input(old: Any, new: Any) -> bool:
    """Say whether two inputs of a call are the same but for white space and Unicode form in their words."""
    if same_json(old, new):
        return True
    try:
        return same_words(
            *(ESCAPED.sub("", json.dumps(each, sort_keys=True, ensure_ascii=False)) for each in (old, new))
        )
    except (TypeError, ValueError, RecursionError):
        return False


def _bare(text: str) -> str:
    return unicodedata.normalize("NFC", SPACE.sub("", text))


def is_trimmed(old: Passage, new: Passage) -> bool:
    """Say whether a result was cleared or shortened, rather than replaced by another."""
    was, now = text_of(old), text_of(new)
    if has_media(old) and has_media(new) and same_words(was, now):
        return True  # made smaller, or uploaded
    if not now.strip() or (new.plain.get("is_error") and not old.plain.get("is_error")):
        return False
    if has_media(old) and not has_media(new) and was in now:
        return True
    return is_shortened(was, now) or is_masked(was, now) or _is_annotated(was, now)


def is_shortened(old: str, new: str) -> bool:
    """Say whether a text is a placeholder for a longer one, a summary, or the ends of it."""
    words = new.strip()
    if is_placeholder(old, new):
        return True
    if len(new) >= len(old):
        return False
    marked = MARKER.search(words) is not None
    if marked and _shared_ends(old, new) * 2 >= len(new):
        return True
    if len(old) < WORTH_CUTTING:
        return False
    return _shared_ends(old, new) * 10 >= len(new) * 9 or (len(new) * 4 < len(old) and _retells(old, words))


def is_placeholder(old: str, new: str) -> bool:
    """Say whether a text only says that something else was left out here."""
    words = new.strip()
    if len(words) > PLACEHOLDER or JUNK.fullmatch(words):
        return False
    if MARKER.search(words):
        return words.startswith(OPENERS) or len(words) * 2 < len(old)
    if ABSENT.search(words) or _data(words) is not None:
        return False
    return BRACKETED.fullmatch(words) is not None and len(words) < len(old)


def is_masked(old: str, new: str) -> bool:
    """Say whether a text is the old one with placeholders for some of its parts: names, or its middle."""
    masks = set(MASK.findall(new))
    masks = {mask for mask in masks if mask not in old} if len(masks) <= MANY else set()
    if not masks or any(JUNK.fullmatch(mask) for mask in masks):
        return False
    at = 0
    kept = [part.strip() for part in re.split("|".join(map(re.escape, masks)), new)]
    for part in kept:
        found = old.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return sum(map(len, kept)) >= SOME


def _is_annotated(old: str, new: str) -> bool:
    """Say whether something in tags or brackets was added behind."""
    return new.startswith(old) and new[len(old) :].lstrip().startswith(("<", "["))


def _retells(old: str, new: str) -> bool:
    """Say whether a short text speaks of what the long one does."""
    words = {found[0].lower() for found in islice(WORD.finditer(new), MANY)}
    told = old.lower()
    return 3 * sum(word in told for word in words) >= len(words) > 0


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


def has_media(passage: Passage) -> bool:
    content: Any = passage.plain.get("content")
    return isinstance(content, list) and any(
        isinstance(each, dict) and each.get("type") in ("image", "document") for each in content
    )


def _data(text: str) -> Any:
    """What a text says as JSON, or as Python writes it."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        if len(text) > LONGEST or "\\" in text:
            return None
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
