"""Blocks that exist only behind a beta header (contract, section 3.6)."""

from __future__ import annotations

from nbkit.wire.content_blocks import Block, Text
from nbkit.wire.server_blocks import Failure, Outcome, ServerToolResult
from nbkit.wire.tool_blocks import ServerToolUse
from nbkit.wire.tool_definitions import McpTool, ToolDefinition, tool_definition
from nbkit.wire.views import Field, Many, One, TextOrMany, View, by_type


class Advice(Outcome):
    """What another model said when it was asked."""

    __slots__ = ()
    text = Field("")
    stop_reason: Field[str | None] = Field(None)


class RedactedAdvice(Outcome):
    __slots__ = ()
    encrypted_content = Field("")
    stop_reason: Field[str | None] = Field(None)


ADVISOR_OUTCOMES: dict[str, type[Outcome]] = {
    "advisor_result": Advice,
    "advisor_redacted_result": RedactedAdvice,
    "advisor_tool_result_error": Failure,
}


class AdvisorToolResult(ServerToolResult):
    __slots__ = ()
    content = One(by_type(ADVISOR_OUTCOMES, Outcome))


class McpToolUse(ServerToolUse):
    """A call that the server makes to an MCP server."""

    __slots__ = ()
    server_name = Field("")


class McpToolResult(Block):
    __slots__ = ()
    tool_use_id = Field("")
    content = TextOrMany(by_type({"text": Text}, Block))
    is_error = Field(False)


class McpToolListing(Block):
    """The tools of an MCP server as they were listed; sent back, they need not be listed again."""

    __slots__ = ()
    mcp_server_name = Field("")
    tools = Many(McpTool)


class ChangedTool(View):
    """What a tool change points at, or brings along; a kind that nbkit doesn't know is a plain one."""

    __slots__ = ()
    type = Field("")


class NamedTool(ChangedTool):
    """A tool by its name; of an MCP server, or a whole MCP toolset, where `server_name` is given."""

    __slots__ = ()
    name: Field[str | None] = Field(None)
    server_name: Field[str | None] = Field(None)


class InlineTool(ChangedTool):
    __slots__ = ()
    definition: One[ToolDefinition] = One(tool_definition)


CHANGED_TOOLS: dict[str, type[ChangedTool]] = {
    "tool_reference": NamedTool,
    "mcp_tool_reference": NamedTool,
    "mcp_toolset_reference": NamedTool,
    "tool_definition": InlineTool,
}


class ToolChange(Block):
    __slots__ = ()
    tool = One(by_type(CHANGED_TOOLS, ChangedTool))


class ToolAddition(ToolChange):
    __slots__ = ()


class ToolRemoval(ToolChange):
    __slots__ = ()


TOOL_CHANGES: dict[str, type[Block]] = {"tool_addition": ToolAddition, "tool_removal": ToolRemoval}


class Compaction(Block):
    """A summary that stands for all before it; a null content is a compaction that failed."""

    __slots__ = ()
    content: Field[str | None] = Field(None)
    encrypted_content: Field[str | None] = Field(None)
    signature: Field[str | None] = Field(None)
    tool_changes = Many(by_type(TOOL_CHANGES, Block))


class FallbackModel(View):
    __slots__ = ()
    model = Field("")


class Trigger(View):
    """Why the next model went on: a refusal, and of what category."""

    __slots__ = ()
    type = Field("")
    category: Field[str | None] = Field(None)


class Fallback(Block):
    """The place in a reply where another model went on."""

    __slots__ = ()
    origin = One(FallbackModel, key="from")
    to = One(FallbackModel)
    trigger = One(Trigger)


BETA_BLOCKS: dict[str, type[Block]] = {
    "advisor_tool_result": AdvisorToolResult,
    "mcp_tool_use": McpToolUse,
    "mcp_tool_result": McpToolResult,
    "mcp_tool_listing": McpToolListing,
    **TOOL_CHANGES,
    "compaction": Compaction,
    "fallback": Fallback,
}
