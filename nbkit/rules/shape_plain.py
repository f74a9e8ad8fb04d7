"""The common sound shapes, known at a glance. This never says no: what it doesn't know, the models judge.

It is what keeps a long conversation cheap to check, and pydantic out of programs that make no mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nbkit.facts import switches
from nbkit.wire.blocks import Json

ROLES = ("user", "assistant")
ROLE_AND_CONTENT = {"role", "content"}
TEXT = {"type", "text"}
THINKING = {"type", "thinking", "signature"}
TOOL_USE = {"type", "id", "name", "input"}
TOOL_RESULT = {"type", "tool_use_id", "content"}
ID = re.compile(r"[a-zA-Z0-9_-]+").fullmatch
EPHEMERAL = {"type": "ephemeral"}


def words(message: Any) -> int:
    """Return how many characters a message has that is nothing but words; 0 for any other."""
    if type(message) is not dict or len(message) != 2 or message.get("role") not in ROLES:
        return 0
    content = message.get("content")
    if type(content) is str:
        return len(content) if _is_words(content) else 0
    if type(content) is not list:
        return 0
    count = 0
    for block in content:
        if type(block) is not dict or block.keys() != TEXT or block["type"] != "text":
            return 0
        text = block["text"]
        if type(text) is not str or not _is_words(text):
            return 0
        count += len(text)
    return count


def is_sound(message: Any) -> bool:
    """Say whether every block of a message has one of the common sound shapes."""
    if type(message) is not dict or message.keys() != ROLE_AND_CONTENT or message["role"] not in ROLES:
        return False
    content = message["content"]
    if type(content) is str:
        return _is_text(content)
    return type(content) is list and all(map(_is_sound_block, content))


def _is_sound_block(block: Any) -> bool:
    if type(block) is not dict:
        return False
    kind = block.get("type")
    shape = BLOCKS.get(kind) if type(kind) is str else None
    return shape is not None and shape(block)


def _sound_text(block: Json) -> bool:
    return block.keys() == TEXT and _is_text(block["text"])


def _sound_thinking(block: Json) -> bool:
    return block.keys() == THINKING and _is_text(block["thinking"]) and _is_text(block["signature"])


def _sound_use(block: Json) -> bool:
    name, inputs = block.get("name"), block.get("input")
    return (
        block.keys() == TOOL_USE
        and _is_id(block["id"])
        and type(name) is str
        and _is_text(name)
        and 0 < len(name) <= switches.CALL_NAME_MAX
        and type(inputs) is dict
        and all(map(_is_text, inputs))
    )


def _sound_result(block: Json) -> bool:
    size = len(block)
    content = block.get("content")
    return (
        (size == 3 or (size == 4 and type(block.get("is_error")) is bool))
        and block.keys() >= TOOL_RESULT
        and _is_id(block["tool_use_id"])
        and (_is_text(content) or (type(content) is list and all(map(_is_text_block, content))))
    )


BLOCKS: dict[str, Callable[[Json], bool]] = {
    "text": _sound_text,
    "thinking": _sound_thinking,
    "tool_use": _sound_use,
    "tool_result": _sound_result,
}


def _is_text_block(block: Any) -> bool:
    return type(block) is dict and block.get("type") == "text" and _sound_text(block)


def _is_id(value: Any) -> bool:
    return type(value) is str and ID(value) is not None


def _is_words(text: str) -> bool:
    return _is_text(text) and text != "" and not text.isspace()


def _is_text(value: Any) -> bool:
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
