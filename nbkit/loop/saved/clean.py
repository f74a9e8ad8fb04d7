"""A conversation without what its tools, files and thoughts gave away; a note stands for what is gone.

What stays is what was said and called: texts, calls with their inputs, the system prompt, tool definitions.
They may quote what was taken out, and nobody but a person can tell.
"""

from __future__ import annotations

from dataclasses import replace

from nbkit.loop.array.history import BlockNode, History, Ids, MessageNode, Provenance
from nbkit.loop.array.pieces import Pieces
from nbkit.loop.calls.pending import pending_of
from nbkit.loop.line import Line
from nbkit.loop.settings import Settings
from nbkit.wire.blocks import Json

# The fields that stay of a block; a block of any other type becomes a note.
KEPT = {
    "text": ("type", "text", "cache_control"),
    "tool_use": ("type", "id", "name", "input", "toolset_name", "cache_control"),
    "tool_result": ("type", "tool_use_id", "is_error", "toolset_name", "cache_control"),
}
THOUGHTS = ("thinking", "redacted_thinking")
ENVELOPE = ("model", "stop_reason", "usage")
# Fields of the body that name people, servers, files of theirs, or earlier requests.
PRIVATE = ("metadata", "mcp_servers", "container", "diagnostics", "fallback_credit_token", "thread")


def clean_line(line: Line, ids: Ids) -> Line:
    """Return the line with notes in place of what is private, and nothing of its past."""
    history: History = Pieces(_message(node, ids) for node in line.history)
    return Line(history, pending_of(history))


def clean_settings(settings: Settings) -> Settings:
    """Return the settings without what is private. Manual thinking is switched off: it needs the thoughts."""
    params = {name: value for name, value in settings.params.items() if name not in PRIVATE}
    thinking = params.get("thinking")
    if isinstance(thinking, dict) and thinking.get("type") == "enabled":
        params["thinking"] = {"type": "disabled"}
    tools = tuple(tool for tool in settings.tools if tool.definition().get("type") != "mcp_toolset")
    return replace(settings, params=params, tools=tools)


def _message(node: MessageNode, ids: Ids) -> MessageNode:
    if node.whole:
        note = BlockNode(ids.block(), _note("message"), Provenance("edit"))
        return MessageNode(ids.message(), node.role or "user", (note,))
    blocks = [
        BlockNode(ids.block(), wire, Provenance(block.by.by if wire == block.wire else "edit"))
        for block in node.blocks
        if (wire := _block(block.wire)) is not None
    ]
    if node.blocks and not blocks:
        blocks = [BlockNode(ids.block(), _note("thinking"), Provenance("edit"))]
    envelope = node.reply and {name: node.reply[name] for name in ENVELOPE if name in node.reply}
    return MessageNode(ids.message(), node.role, tuple(blocks), node.as_string, reply=envelope)


def _block(wire: Json) -> Json | None:
    kind = wire.get("type")
    if kind in THOUGHTS:
        return None
    if not isinstance(kind, str) or kind not in KEPT:
        return _note(kind if isinstance(kind, str) else "block")
    kept = {name: wire[name] for name in KEPT[kind] if name in wire}
    return {**kept, "content": "[result removed]"} if kind == "tool_result" else kept


def _note(kind: str) -> Json:
    return {"type": "text", "text": f"[{kind} removed]"}
