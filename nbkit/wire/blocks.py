"""Content blocks: every type of the contract's section 3 and its view, and the names the rooms use most.

The views stand beside each other by kind: `content_blocks`, `tool_blocks`, `server_blocks`, `beta_blocks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from nbkit.wire.content_blocks import (
    Block,
    ContainerUpload,
    Document,
    Image,
    RedactedThinking,
    SearchResult,
    Text,
    Thinking,
)
from nbkit.wire.tool_blocks import BrowserState, ServerToolUse, ToolReference, ToolResult, ToolUse
from nbkit.wire.views import Field, Json, View

__all__ = [
    "Block",
    "Document",
    "Field",
    "Image",
    "Json",
    "RedactedThinking",
    "ServerToolUse",
    "Text",
    "Thinking",
    "ToolResult",
    "ToolUse",
    "View",
    "kinds",
    "view",
]

EVERYDAY: Mapping[str, type[Block]] = {
    "text": Text,
    "image": Image,
    "document": Document,
    "search_result": SearchResult,
    "thinking": Thinking,
    "redacted_thinking": RedactedThinking,
    "tool_use": ToolUse,
    "tool_result": ToolResult,
    "tool_reference": ToolReference,
    "browser_state": BrowserState,
    "container_upload": ContainerUpload,
    "server_tool_use": ServerToolUse,
}


@cache
def kinds() -> Mapping[str, type[Block]]:
    """Return every type and its view. The rare ones are loaded when the first of them comes."""
    from nbkit.wire.beta_blocks import BETA_BLOCKS
    from nbkit.wire.server_blocks import SERVER_BLOCKS

    return {**EVERYDAY, **SERVER_BLOCKS, **BETA_BLOCKS}


def view(raw: Any) -> Block:
    """Return the typed view of a block; an unknown type gives a plain `Block`."""
    kind = raw.get("type") if isinstance(raw, dict) else None
    if not isinstance(kind, str):
        return Block(raw)
    return (EVERYDAY.get(kind) or kinds().get(kind, Block))(raw)
