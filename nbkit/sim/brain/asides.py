"""What a program around the model puts between tags into a text: not what the person or the tool says."""

from __future__ import annotations

import re
from typing import Any

from nbkit.wire.blocks import Json

_NAME = r"[\w-]*(?:reminder|environment|system)[\w-]*"
_ASIDE = re.compile(rf"<(?P<tag>{_NAME})\b[^>]*>(?P<text>.*?)</(?P=tag)>", re.DOTALL | re.IGNORECASE)
_WRAPPED = re.compile(r"\s*<(?P<tag>[\w-]*error[\w-]*)>(?P<text>.*)</(?P=tag)>\s*", re.DOTALL | re.IGNORECASE)


def is_aside(tag: str) -> bool:
    """Whether what stands in a tag of this name comes from the program."""
    return re.fullmatch(_NAME, tag, re.IGNORECASE) is not None


def parted(text: str) -> tuple[str, list[str]]:
    """A text without its asides, and those."""
    if "</" not in text:
        return text, []
    return _ASIDE.sub("", text).strip(), [found["text"].strip() for found in _ASIDE.finditer(text)]


def without(content: Any) -> str | list[Json] | None:
    """The content of a result without asides, and out of the tags of an error."""
    if isinstance(content, str):
        wrapped = _WRAPPED.fullmatch(content) if "</" in content else None
        return parted(wrapped["text"].strip() if wrapped else content)[0]
    if not isinstance(content, list):
        return None
    return [
        {**block, "text": without(block["text"])} if block.get("type") == "text" else block
        for block in content
    ]
