"""Strict request models of the blocks that betas bring (contract, section 3.6), and the union of them all."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from nbkit.rules.shapes.block_shapes import (
    Cacheable,
    ContainerUpload,
    Document,
    Id,
    Image,
    RedactedThinking,
    SearchResult,
    Strict,
    StrOrList,
    Text,
    Thinking,
    ToolResult,
    ToolUse,
)
from nbkit.rules.shapes.server_shapes import (
    Answer,
    BashResult,
    CodeResult,
    EditorResult,
    Failed,
    ServerToolUse,
    ToolSearchResult,
    WebFetchResult,
    WebSearchResult,
)
from nbkit.rules.shapes.tool_shapes import TOOL, McpTool


class Advised(Strict):
    type: Literal["advisor_result"]
    text: str
    stop_reason: str | None = None


class AdvisedSecretly(Strict):
    type: Literal["advisor_redacted_result"]
    encrypted_content: str
    stop_reason: str | None = None


class AdvisorFailed(Failed):
    type: Literal["advisor_tool_result_error"]


class AdvisorResult(Answer):
    type: Literal["advisor_tool_result"]
    content: Annotated[Advised | AdvisedSecretly | AdvisorFailed, Field(discriminator="type")]


class McpToolUse(Cacheable):
    type: Literal["mcp_tool_use"]
    id: Id
    name: str
    server_name: str
    input: dict[str, Any]


class McpToolResult(Cacheable):
    type: Literal["mcp_tool_result"]
    tool_use_id: Id
    content: StrOrList[Text] | None = None
    is_error: bool | None = None


class McpToolListing(Strict):
    type: Literal["mcp_tool_listing"]
    mcp_server_name: str
    tools: list[McpTool]


class ToolByName(Strict):
    type: Literal["tool_reference"]
    name: str


class McpToolByName(Strict):
    type: Literal["mcp_tool_reference"]
    server_name: str
    name: str


class McpToolsetByName(Strict):
    type: Literal["mcp_toolset_reference"]
    server_name: str


class InlineTool(Strict):
    type: Literal["tool_definition"]
    definition: TOOL


class ToolAddition(Cacheable):
    type: Literal["tool_addition"]
    tool: Annotated[ToolByName | McpToolByName | McpToolsetByName | InlineTool, Field(discriminator="type")]


class ToolRemoval(Cacheable):
    type: Literal["tool_removal"]
    tool: Annotated[ToolByName | McpToolByName | McpToolsetByName, Field(discriminator="type")]


def _not_empty(value: str) -> str:
    if not value:
        raise PydanticCustomError("empty", "content cannot be empty")
    return value


class Compaction(Cacheable):
    type: Literal["compaction"]
    content: Annotated[str, AfterValidator(_not_empty)] | None = None
    encrypted_content: str | None = None
    signature: str | None = None
    tool_changes: list[Annotated[ToolAddition | ToolRemoval, Field(discriminator="type")]] | None = None


class FallbackModel(Strict):
    model: str


class Fallback(Strict):
    type: Literal["fallback"]
    origin: FallbackModel = Field(alias="from")
    to: FallbackModel
    trigger: Any = None


Block: TypeAlias = Annotated[
    Text
    | Image
    | Document
    | SearchResult
    | Thinking
    | RedactedThinking
    | ToolUse
    | ToolResult
    | ServerToolUse
    | WebSearchResult
    | WebFetchResult
    | CodeResult
    | BashResult
    | EditorResult
    | ToolSearchResult
    | ContainerUpload
    | McpToolUse
    | McpToolResult
    | McpToolListing
    | Compaction
    | Fallback
    | ToolAddition
    | ToolRemoval
    | AdvisorResult,
    Field(discriminator="type"),
]
