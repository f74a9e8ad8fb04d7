"""Calls and results that a program wrote into texts, as it does for models that know no tools: read as the
blocks that they stand for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from typing import Any

from nbkit.wire.blocks import Json

_CALL = re.compile(
    r"['\"]name['\"]\s*:\s*['\"](?P<name>[\w-]+)['\"]\s*,\s*"
    r"['\"](?:arguments|args|input|parameters)['\"]\s*:\s*(?=\{)"
)
_RESULT = re.compile(r"\s*(?:observations?|(?:tool )?(?:results?|outputs?|responses?))\s*:\s*", re.IGNORECASE)
_JSON_WORDS = {"true": "True", "false": "False", "null": "None"}
_MOST = 20  # calls in a text


def with_blocks(messages: list[Json], names: Collection[str]) -> list[Json]:
    """Return the messages with blocks for calls of these tools that stand in texts, and for their results."""
    if not any(message["role"] == "assistant" and _CALL.search(_text(message)) for message in messages):
        return messages
    made: list[Json] = []
    waiting: list[str] = []
    for at, message in enumerate(messages):
        text = _text(message)
        if message["role"] == "assistant":
            calls = _calls(text, names)
            waiting = [f"written_{at}_{number}" for number in range(len(calls))]
            if calls:
                uses = [
                    {"type": "tool_use", "id": id, "name": name, "input": given}
                    for id, (name, given) in zip(waiting, calls, strict=True)
                ]
                message = {**message, "content": uses}
        elif waiting and (said := _RESULT.match(text)):
            content = [
                {"type": "tool_result", "tool_use_id": id, "content": result}
                for id, result in zip(waiting, _parts(text[said.end() :], len(waiting)), strict=True)
            ]
            message, waiting = {**message, "content": content}, []
        made.append(message)
    return made


def _text(message: Json) -> str:
    """The text of a message that is nothing but text."""
    content = message["content"]
    if isinstance(content, str):
        return content
    if any(block.get("type") != "text" for block in content):
        return ""
    return "\n".join(block["text"] for block in content)


def _calls(text: str, names: Collection[str]) -> list[tuple[str, Any]]:
    found = []
    for hit in list(_CALL.finditer(text))[:_MOST]:
        given = _object(text, hit.end())
        if hit["name"] not in names or given is None:
            return []
        found.append((hit["name"], given))
    return found


def _object(text: str, start: int) -> Json | None:
    """The object that begins here, as JSON or as Python writes it."""
    for end in (at for at, letter in enumerate(text[start : start + 4000], start + 1) if letter == "}"):
        written = re.sub(r"\b(?:true|false|null)\b", lambda word: _JSON_WORDS[word[0]], text[start:end])
        try:
            value = ast.literal_eval(written)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        return value if isinstance(value, dict) else None
    return None


def _parts(text: str, count: int) -> list[str]:
    """The results of so many calls: a line each, if there are as many lines."""
    lines = text.strip().splitlines()
    return lines if len(lines) == count else [text.strip()] * count
