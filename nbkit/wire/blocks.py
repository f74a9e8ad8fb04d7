"""Content blocks: every type of the contract's section 3 and its view, and the names the rooms use most.

The views stand beside each other by kind: `content_blocks`, `tool_blocks`, `server_blocks`, `beta_blocks`.
"""

from __future__ import annotations

from nbkit.wire.beta_blocks import BETA_BLOCKS
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
from nbkit.wire.server_blocks import SERVER_BLOCKS, ServerToolUse
from nbkit.wire.tool_blocks import BrowserState, ToolReference, ToolResult, ToolUse
from nbkit.wire.views import Field, Json, View, by_type

__all__ = [
    "VIEWS",
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
    "view",
]

VIEWS: dict[str, type[Block]] = {
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
    **SERVER_BLOCKS,
    **BETA_BLOCKS,
}

view = by_type(VIEWS, Block)
"""Return the typed view of a block; an unknown type gives a plain `Block`."""
