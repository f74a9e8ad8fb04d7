"""Any Python value to the content of a `tool_result`: a string, or a list of blocks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from nbkit.loop.tools.interrupts import is_interrupt
from nbkit.loop.tools.pictures import seen
from nbkit.loop.tools.plain_data import data, items, members, said_by, table, text_in, words
from nbkit.wire.blocks import Block, Json

BLOCK_TYPES = frozenset({"text", "image", "document", "search_result", "tool_reference", "browser_state"})


def to_content(value: Any) -> str | list[Json]:
    """Return what a tool gave as content: text and blocks as they are, pictures, tables, the rest as JSON.

    Pictures and tables that a list or a dict holds stand by themselves, in their place or below their name.
    Raises what the value's own methods raise, as an `Exception`: one that exits ends no kernel.
    """
    try:
        return _content(value)
    except Exception:
        raise
    except BaseException as error:
        if is_interrupt(error):
            raise
        raise RuntimeError(said_by(error)) from error


def _content(value: Any) -> str | list[Json]:
    if value is None:
        return ""
    if isinstance(value, str):
        return whole(value)
    block = as_block(value)
    if block is not None:
        return [block]
    return _parts(value) or text_of(value)


def _parts(value: Any) -> list[Json] | None:
    """Return blocks for what holds pictures or tables, None where all of it is data."""
    if isinstance(value, (list, tuple)) or _holds_objects(value):
        held = items(value)
        if held is not None and any(map(_stands_alone, held)):
            return _once(as_block(each) or _text(each) for each in held)
    if isinstance(value, (str, bytes, type)):
        return None
    named = members(value) or {}
    alone = {str(key): each for key, each in named.items() if _stands_alone(each)}
    if not alone:
        return None
    rest = {key: each for key, each in named.items() if not _stands_alone(each)}
    parts = [_text(rest)] if rest else []
    for key, each in alone.items():
        block = as_block(each)
        parts += [_text(f"{key}:"), block] if block is not None else [_text(f"{key}:\n{text_of(each)}")]
    return parts


def _holds_objects(value: Any) -> bool:
    """An array of numpy's that holds any objects, as that of several axes."""
    return str(getattr(value, "dtype", "")) == "object" and callable(getattr(value, "tolist", None))


def _stands_alone(value: Any) -> bool:
    if value is None or isinstance(value, (str, int, float, list, tuple)):
        return False
    return as_block(value) is not None or callable(getattr(value, "to_string", None))


def _once(blocks: Iterable[Json]) -> list[Json]:
    """Leave out what was just shown: several lines of one plot are one picture."""
    shown: list[Json] = []
    for block in blocks:
        if not shown or block["type"] == "text" or block != shown[-1]:
            shown.append(block)
    return shown


def said(content: Any) -> str | list[Json]:
    """Return what a person says as content; a dict with a type is a block, whatever its type."""
    if _typed(content):
        return [content]
    if isinstance(content, (list, tuple)) and any(map(_typed, content)):
        return [item if _typed(item) else as_block(item) or _text(item) for item in content]
    return to_content(content)


def as_block(value: Any) -> Json | None:
    """Return the block that a value is or looks like, None for what is better said in words."""
    if isinstance(value, Block):
        return value.to_wire()
    if isinstance(value, dict):
        return dict(value) if _typed(value) and value["type"] in BLOCK_TYPES else None
    return seen(value)


def text_of(value: Any) -> str:
    """Return the words for a value: JSON where it is data, a table as a table, otherwise what it says."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return text_in(bytes(value))
    if (rows := table(value)) is not None:
        return whole(rows)
    try:
        told = data(value)
        return whole(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        return whole(words(value))


def raised(error: BaseException) -> str:
    """Return what was raised, in one line."""
    return whole(said_by(error))


def whole(text: str) -> str:
    """Return text that can be written as UTF-8: halves of characters (odd file names have them) become �."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def with_remark(content: str | list[Json], remark: str) -> str | list[Json]:
    """Return the content with a sentence for the model in front."""
    if isinstance(content, str):
        return f"{remark}\n{content}" if content else remark
    return [{"type": "text", "text": remark}, *content]


def _typed(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def _text(value: Any) -> Json:
    # An empty text block is refused by the API (rules R6 and R7), so nothing at all is said in a word.
    text = text_of(value)
    return {"type": "text", "text": text if text.strip() else "(empty)"}
