"""Any Python value to the content of a `tool_result`: a string, or a list of blocks."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import re
from typing import Any

from nbkit.errors import counted
from nbkit.wire.blocks import Block, Json

BLOCK_TYPES = frozenset({"text", "image", "document", "search_result", "tool_reference", "browser_state"})
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def to_content(value: Any) -> str | list[Json]:
    """Return what a tool gave as content: text and blocks as they are, pictures, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return whole(value)
    block = as_block(value)
    if block is not None:
        return [block]
    if isinstance(value, (list, tuple)) and value:
        parts = [as_block(item) for item in value]
        if any(part is not None for part in parts):
            return [
                part if part is not None else _text(item) for part, item in zip(parts, value, strict=True)
            ]
    return text_of(value)


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
    data = _picture(value)
    return image(data) if data else None


def image(data: bytes) -> Json | None:
    """Return the image block of the bytes of a picture, None when they are none that the API takes."""
    media = next((media for magic, media in MAGIC if data.startswith(magic)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        media = "image/webp"
    if media is None:
        return None
    source = {"type": "base64", "media_type": media, "data": base64.b64encode(data).decode("ascii")}
    return {"type": "image", "source": source}


def text_of(value: Any) -> str:
    """Return the words for a value: JSON where it is data, a table as a table, otherwise what `str` says."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _decoded(bytes(value))
    if isinstance(value, BaseException):
        return raised(value)
    if callable(getattr(value, "to_string", None)):
        return whole(str(value.to_string()))
    try:
        return whole(json.dumps(value, ensure_ascii=False, default=_jsonable))
    except (TypeError, ValueError, RecursionError):
        return whole(_words(value))


def raised(error: BaseException) -> str:
    """Return what was raised, in one line; an exception is anybody's class, and may fail to say it."""
    name = type(error).__name__
    try:
        words = str(error)
    except Exception:  # noqa: BLE001
        words = ""
    return whole(f"{name}: {words}" if words else name)


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


def _picture(value: Any) -> bytes | None:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    for name in ("_repr_png_", "_repr_jpeg_"):
        method = getattr(value, name, None)
        if callable(method) and not isinstance(value, type):
            data = method()
            data = data[0] if isinstance(data, tuple) else data
            if isinstance(data, str):
                return base64.b64decode(data)
            if isinstance(data, bytes):
                return data
    if callable(getattr(value, "savefig", None)) and not isinstance(value, type):
        buffer = io.BytesIO()
        value.savefig(buffer, format="png")
        return buffer.getvalue()
    return None


def _jsonable(value: Any) -> Any:
    """What `json` should write for a value it doesn't know."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if callable(getattr(value, "model_dump", None)):
        return value.model_dump(mode="json")
    if callable(getattr(value, "tolist", None)):  # arrays and scalars of numpy and its relatives
        return value.tolist()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, (bytes, bytearray)):
        return _decoded(bytes(value))
    return _words(value)


def _words(value: Any) -> str:
    # A memory address says nothing, and would make two runs differ.
    return ADDRESS.sub("", str(value))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return f"<no text: {counted(len(data), 'byte')}>"
