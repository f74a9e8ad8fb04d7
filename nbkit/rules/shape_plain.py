"""The messages in which nothing can be wrong by itself, known at a glance.

This never says no: what it doesn't know, the models and the rules judge. It is what keeps a long conversation
cheap to check, and pydantic out of programs that make no mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nbkit.facts import switches
from nbkit.rules.sizes import is_text, text_size
from nbkit.wire.blocks import Json

MESSAGE = {"role", "content"}
TEXT = {"type", "text"}
THINKING = {"type", "thinking", "signature"}
TOOL_USE = {"type", "id", "name", "input"}
TOOL_RESULT = {"type", "tool_use_id", "content"}
FLAGGED_RESULT = {*TOOL_RESULT, "is_error"}
ID = re.compile(r"[a-zA-Z0-9_-]+").fullmatch
NOT_PLAIN = (0, 0)


def words(message: Any) -> int:
    """Return how many characters a message has that is nothing but words; 0 for any other."""
    if type(message) is not dict or len(message) != 2 or message.get("role") not in ("user", "assistant"):
        return 0
    content = message.get("content")
    if type(content) is str:
        return _words(content)
    if type(content) is not list:
        return 0
    count = 0
    for block in content:
        size = _text(block) if type(block) is dict and block.get("type") == "text" else 0
        if not size:
            return 0
        count += size
    return count


def plain(message: Any) -> tuple[int, int]:
    """Return the characters of a message of words, calls, results and thoughts, as common as can be.

    First those that cost tokens as text, then those of its signatures; two zeros for any other message.
    """
    if type(message) is not dict or message.keys() != MESSAGE:
        return NOT_PLAIN
    role, content = message["role"], message["content"]
    shapes = SHAPES.get(role) if type(role) is str else None
    if shapes is None or type(content) is not list:
        return NOT_PLAIN
    characters = others = 0
    for block in content:
        kind = block.get("type") if type(block) is dict else None
        shape = shapes.get(kind) if type(kind) is str else None
        size = shape(block) if shape else 0
        if not size:
            return NOT_PLAIN
        characters += size
        others += len(block["signature"]) if kind == "thinking" else 0
    return characters, others


def _text(block: Json) -> int:
    return _words(block["text"]) if block.keys() == TEXT else 0


def _thinking(block: Json) -> int:
    if block.keys() != THINKING or not is_text(block["thinking"]):
        return 0
    return 1 + len(block["thinking"]) if _words(block["signature"]) else 0


def _tool_use(block: Json) -> int:
    if block.keys() != TOOL_USE or not _is_id(block["id"]):
        return 0
    name, arguments = block["name"], block["input"]
    if not is_text(name) or not 0 < len(name) <= switches.CALL_NAME_MAX or type(arguments) is not dict:
        return 0
    odd: list[float] = []
    size = text_size(arguments, odd)
    return len(name) + size if not odd and all(map(is_text, arguments)) else 0


def _tool_result(block: Json) -> int:
    if block.keys() != TOOL_RESULT and (
        block.keys() != FLAGGED_RESULT or type(block["is_error"]) is not bool
    ):
        return 0
    answers, content = block["tool_use_id"], block["content"]
    if not _is_id(answers) or (not content and block.get("is_error")):
        return 0
    if type(content) is str:
        return len(answers) + len(content) if is_text(content) else 0
    if type(content) is not list:
        return 0
    count = len(answers)
    for inner in content:
        size = _text(inner) if type(inner) is dict and inner.get("type") == "text" else 0
        if not size:
            return 0
        count += size
    return count


Shape = Callable[[Json], int]  # how many characters a block has: at least one, or it isn't plain
SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "user": {"text": _text, "tool_result": _tool_result},
    "assistant": {"text": _text, "thinking": _thinking, "tool_use": _tool_use},
}


def _is_id(value: Any) -> bool:
    return type(value) is str and ID(value) is not None


def _words(value: Any) -> int:
    return len(value) if is_text(value) and not value.isspace() else 0
