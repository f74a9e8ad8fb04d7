"""Strict request models of the blocks that server tools leave behind (contract, section 3.5)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Discriminator, Field, Tag

from nbkit.facts import switches
from nbkit.rules.shapes.block_shapes import (
    Cacheable,
    Caller,
    Document,
    ServerId,
    Strict,
    ToolReference,
    Whole,
)

ServerTool: TypeAlias = Literal[
    "web_search",
    "web_fetch",
    "code_execution",
    "bash_code_execution",
    "text_editor_code_execution",
    "tool_search_tool_regex",
    "tool_search_tool_bm25",
    "advisor",
]


class ServerToolUse(Cacheable):
    type: Literal["server_tool_use"]
    id: ServerId
    name: ServerTool
    input: dict[str, Any]
    caller: Caller | None = None


class Failed(Strict):
    """The error form of a server tool's result; its codes are an open list."""

    error_code: str
    error_message: str | None = None


class Answer(Cacheable):
    tool_use_id: ServerId
    if switches.RESULTS_TAKE_CALLER:
        caller: Caller | None = None


class WebSearchHit(Strict):
    type: Literal["web_search_result"]
    url: str
    title: str
    encrypted_content: str
    page_age: str | None = None


class WebSearchFailed(Failed):
    type: Literal["web_search_tool_result_error"]


# The API names its own types in this place of its paths.
HITS, FAILED = "list[RequestWebSearchResultBlock]", "RequestWebSearchToolResultError"


def _hits_or_error(value: Any) -> str:
    return FAILED if isinstance(value, dict | BaseModel) else HITS


class WebSearchResult(Answer):
    type: Literal["web_search_tool_result"]
    content: Annotated[
        Annotated[list[WebSearchHit], Tag(HITS)] | Annotated[WebSearchFailed, Tag(FAILED)],
        Discriminator(_hits_or_error),
    ]


class WebFetched(Strict):
    type: Literal["web_fetch_result"]
    url: str
    content: Document
    retrieved_at: str | None = None


class WebFetchFailed(Failed):
    type: Literal["web_fetch_tool_result_error"]


class WebFetchResult(Answer):
    type: Literal["web_fetch_tool_result"]
    content: Annotated[WebFetched | WebFetchFailed, Field(discriminator="type")]


class OutputFile(Strict):
    type: Literal["code_execution_output", "bash_code_execution_output"]
    file_id: str


class Ran(Strict):
    stderr: str
    return_code: Whole
    content: list[OutputFile]
    abort_reason: str | None = (
        None  # no type of the SDK has it, but live replies do, and are sent back as they came
    )


class CodeRan(Ran):
    type: Literal["code_execution_result"]
    stdout: str


class EncryptedCodeRan(Ran):
    type: Literal["encrypted_code_execution_result"]
    encrypted_stdout: str


class CodeFailed(Failed):
    type: Literal["code_execution_tool_result_error"]


class CodeResult(Answer):
    type: Literal["code_execution_tool_result"]
    content: Annotated[CodeRan | EncryptedCodeRan | CodeFailed, Field(discriminator="type")]


class BashRan(Ran):
    type: Literal["bash_code_execution_result"]
    stdout: str


class BashFailed(Failed):
    type: Literal["bash_code_execution_tool_result_error"]


class BashResult(Answer):
    type: Literal["bash_code_execution_tool_result"]
    content: Annotated[BashRan | BashFailed, Field(discriminator="type")]


class Viewed(Strict):
    type: Literal["text_editor_code_execution_view_result"]
    content: str
    file_type: Literal["text", "image", "pdf"]
    num_lines: Whole | None = None
    start_line: Whole | None = None
    total_lines: Whole | None = None


class Created(Strict):
    type: Literal["text_editor_code_execution_create_result"]
    is_file_update: bool


class Replaced(Strict):
    type: Literal["text_editor_code_execution_str_replace_result"]
    lines: list[str] | None = None
    old_start: Whole | None = None
    old_lines: Whole | None = None
    new_start: Whole | None = None
    new_lines: Whole | None = None


class EditorFailed(Failed):
    type: Literal["text_editor_code_execution_tool_result_error"]


class EditorResult(Answer):
    type: Literal["text_editor_code_execution_tool_result"]
    content: Annotated[Viewed | Created | Replaced | EditorFailed, Field(discriminator="type")]


class ToolsFound(Strict):
    type: Literal["tool_search_tool_search_result"]
    tool_references: list[ToolReference]


class ToolSearchFailed(Failed):
    type: Literal["tool_search_tool_result_error"]


class ToolSearchResult(Answer):
    type: Literal["tool_search_tool_result"]
    content: Annotated[ToolsFound | ToolSearchFailed, Field(discriminator="type")]
