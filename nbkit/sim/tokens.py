"""Tokens, roughly: how a text is cut into them, and how many a request holds.

Not the real tokenizer: word pieces of about 3.5 characters, the same ones for counting, cutting and
streaming, so that usage, `max_tokens` and the number of deltas agree with each other.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re

from nbkit.facts import facts
from nbkit.rules.media import sniff
from nbkit.wire.blocks import Json

_PIECE = re.compile(r"\s*[^\W\d_]{1,6}|\s*\d{1,3}|\s*(?:[^\w\s]|_){1,3}|\s+")
_CHARS_PER_TOKEN = 3.5
_PER_MESSAGE = 4
_PER_TOOL = 12
_TOOL_PROMPT = (354, 474)
_PDF_PAGE = 1800


def pieces(text: str) -> list[str]:
    """Cut `text` into tokens; joined they are the text again."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """Estimate the tokens of a long text without cutting it."""
    return math.ceil(len(text) / _CHARS_PER_TOKEN)


def prompt_tokens(body: Json) -> int:
    """Estimate what a request's system prompt, tools and messages cost as input."""
    total = _content_tokens(body.get("system") or "", body) + _tool_tokens(body)
    for message in body.get("messages", ()):
        total += _PER_MESSAGE + _content_tokens(message.get("content") or "", body)
    return total


def _tool_tokens(body: Json) -> int:
    tools = body.get("tools") or []
    if not tools:
        return 0
    model = facts.model(body.get("model", ""))
    prompt = (model and model.tool_prompt_tokens) or _TOOL_PROMPT
    forced = (body.get("tool_choice") or {}).get("type") in ("any", "tool")
    return prompt[forced] + sum(_PER_TOOL + count(json.dumps(tool, ensure_ascii=False)) for tool in tools)


def _content_tokens(content: str | list[Json], body: Json) -> int:
    if isinstance(content, str):
        return count(content)
    return sum(_block_tokens(block, body) for block in content)


def _block_tokens(block: Json, body: Json) -> int:
    match block.get("type"):
        case "text":
            return count(block.get("text", ""))
        case "thinking":
            return count(block.get("thinking") or block.get("signature", ""))
        case "tool_use" | "server_tool_use":
            return _PER_TOOL + count(
                block.get("name", "") + json.dumps(block.get("input"), ensure_ascii=False)
            )
        case "tool_result":
            return _PER_TOOL + _content_tokens(block.get("content") or "", body)
        case "image":
            return _image_tokens(block.get("source") or {}, body)
        case "document":
            return _document_tokens(block, body)
        case _:
            return count(json.dumps(block, ensure_ascii=False))


def _document_tokens(block: Json, body: Json) -> int:
    source = block.get("source") or {}
    named = count((block.get("title") or "") + (block.get("context") or ""))
    match source.get("type"):
        case "text":
            return named + count(source.get("data", ""))
        case "content":
            return named + _content_tokens(source.get("content") or "", body)
        case _:
            pages = max(1, len(source.get("data", "")) // 80_000)
            return named + pages * _PDF_PAGE


def _image_tokens(source: Json, body: Json) -> int:
    model = facts.model(body.get("model", ""))
    edge, most = (model.image_edge, model.image_tokens) if model else (1568, 1568)
    width, height = image_size(source) or (edge, edge)
    scale = min(1.0, edge / max(width, height, 1))
    return min(most, math.ceil(width * scale / 28) * math.ceil(height * scale / 28))


def image_size(source: Json) -> tuple[int, int] | None:
    """Read width and height from the first bytes of a base64 image; None when it can't be read."""
    try:
        header = sniff(base64.b64decode(str(source.get("data", ""))[:65536]))
    except (binascii.Error, ValueError):
        return None
    return (header.width, header.height) if header and header.width else None
