"""The messages in which nothing can be wrong by itself, known at a glance.

This never says no: what it doesn't know, the models and the rules judge. It is what keeps a long conversation
cheap to check, and pydantic out of programs that make no mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from nbkit.facts import switches
from nbkit.rules.sizes import is_text, text_size
from nbkit.rules.turns import NO_IDS, Ids
from nbkit.wire.blocks import Json

ID = re.compile(r"[a-zA-Z0-9_-]+").fullmatch

Shape = Callable[[Json], int]  # how many characters a block has: at least one, or it isn't plain
# The characters that cost tokens as text, those of signatures, the ids of calls or results, if all is words.
Glance = tuple[int, int, Ids, bool]


def glance(message: Any) -> Glance | None:
    """Return what is known of a message of words, calls, results and thoughts, as common as can be.

    None for any other message, and where words stand before a result. Every key of a shape is looked at and
    the keys are counted, so there are no others.
    """
    if type(message) is not dict or len(message) != 2:
        return None
    role, content = message.get("role"), message.get("content")
    shapes = SHAPES.get(role) if type(role) is str else None
    if shapes is None:
        return None
    if type(content) is str:
        size = _words(content)
        return (size, 0, NO_IDS, True) if size else None
    return _blocks(content, shapes) if type(content) is list else None


def _blocks(content: list[Any], shapes: Mapping[str, Shape]) -> Glance | None:
    characters = others = 0
    calls: list[str] = []
    results: list[str] = []
    words = 0
    for block in content:
        kind = block.get("type") if type(block) is dict else None
        shape = shapes.get(kind) if type(kind) is str else None
        size = shape(block) if shape else 0
        if not size:
            return None
        characters += size
        if kind == "text":
            words += 1
        elif kind == "tool_use":
            calls.append(block["id"])
        elif kind == "thinking":
            others += len(block["signature"])
        elif words:
            return None
        else:
            results.append(block["tool_use_id"])
    if not characters:
        return None
    ids = (calls, results, results) if calls or results else NO_IDS
    return characters, others, ids, words == len(content)


def _text(block: Json) -> int:
    return _words(block.get("text")) if len(block) == 2 else 0


def _thinking(block: Json) -> int:
    if len(block) != 3:
        return 0
    thinking = block.get("thinking")
    return 1 + len(thinking) if is_text(thinking) and _words(block.get("signature")) else 0


def _tool_use(block: Json) -> int:
    if len(block) != 4 or not _is_id(block.get("id")):
        return 0
    name, arguments = block.get("name"), block.get("input")
    if not is_text(name) or not 0 < len(name) <= switches.CALL_NAME_MAX or type(arguments) is not dict:
        return 0
    size = len(name)
    odd: list[Any] = []
    for key, value in arguments.items():
        if not is_text(key):
            return 0
        size += len(value) if type(value) is str and is_text(value) else text_size(value, odd)
    return size if not odd else 0


def _tool_result(block: Json) -> int:
    answers, content = block.get("tool_use_id"), block.get("content")
    is_flagged = "is_error" in block
    if len(block) != 3 + is_flagged or not _is_id(answers):
        return 0
    if type(content) is not str and type(content) is not list:
        return 0
    if is_flagged and (type(block["is_error"]) is not bool or (block["is_error"] and not content)):
        return 0
    if type(content) is str:
        return len(answers) + len(content) if is_text(content) else 0
    count = len(answers)
    for inner in content:
        if type(inner) is not dict:
            return 0
        kind = inner.get("type")
        size = _text(inner) if type(kind) is str and kind == "text" else 0
        if not size:
            return 0
        count += size
    return count


SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "user": {"text": _text, "tool_result": _tool_result},
    "assistant": {"text": _text, "thinking": _thinking, "tool_use": _tool_use},
}


def _is_id(value: Any) -> TypeGuard[str]:
    # What is an identifier of ASCII is an id as well, and sooner said.
    return type(value) is str and ((value.isascii() and value.isidentifier()) or ID(value) is not None)


def _words(value: Any) -> int:
    """Count the characters of a text that says something; 0 for anything else."""
    if type(value) is str and not value.isspace() and (value.isascii() or is_text(value)):
        return len(value)
    return 0
