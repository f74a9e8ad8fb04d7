"""Results of the tools that the server runs, of each kind (contract, section 3.5)."""

from __future__ import annotations

from nbkit.wire.content_blocks import Block, Document
from nbkit.wire.tool_blocks import Caller, ToolReference
from nbkit.wire.views import Field, Many, Maybe, One, View, by_type


class Outcome(View):
    """What a server tool gave; a kind that nbkit doesn't know is a plain `Outcome`."""

    __slots__ = ()
    type = Field("")


class Failure(Outcome):
    """What went wrong; each tool has its own codes, an open list. Two tools also say it in words."""

    __slots__ = ()
    error_code = Field("")
    error_message: Field[str | None] = Field(None)


class ServerToolResult(Block):
    """What the results of server tools share."""

    __slots__ = ()
    tool_use_id = Field("")
    caller = Maybe(Caller)


class WebSearchHit(View):
    """A page that was found; `encrypted_content` goes back as it came."""

    __slots__ = ()
    type = Field("web_search_result")
    url = Field("")
    title = Field("")
    encrypted_content = Field("")
    page_age: Field[str | None] = Field(None)


class WebSearchToolResult(ServerToolResult):
    """The one result whose content is a list when it went well, and an object when not."""

    __slots__ = ()

    @property
    def content(self) -> list[WebSearchHit] | Failure:
        value = self.get("content")
        return [WebSearchHit(hit) for hit in value] if isinstance(value, list) else Failure(value)


class WebFetched(Outcome):
    __slots__ = ()
    url = Field("")
    content = One(Document)
    retrieved_at: Field[str | None] = Field(None)


class WebFetchToolResult(ServerToolResult):
    __slots__ = ()
    content = One(by_type({"web_fetch_result": WebFetched, "web_fetch_tool_result_error": Failure}, Outcome))


class OutputFile(View):
    """A file that a run left behind."""

    __slots__ = ()
    type = Field("")
    file_id = Field("")


class CodeRan(Outcome):
    """Python or a shell that ran to its end, well or not."""

    __slots__ = ()
    stdout = Field("")
    stderr = Field("")
    return_code = Field(0)
    abort_reason: Field[str | None] = Field(None)  # live replies have it, no type of the SDK does
    content = Many(OutputFile)


class EncryptedCodeRan(CodeRan):
    """A run whose output only the server can read; `encrypted_stdout` goes back as it came."""

    __slots__ = ()
    encrypted_stdout = Field("")


CODE_OUTCOMES: dict[str, type[Outcome]] = {
    "code_execution_result": CodeRan,
    "encrypted_code_execution_result": EncryptedCodeRan,
    "code_execution_tool_result_error": Failure,
}


class CodeExecutionToolResult(ServerToolResult):
    __slots__ = ()
    content = One(by_type(CODE_OUTCOMES, Outcome))


class BashCodeExecutionToolResult(ServerToolResult):
    __slots__ = ()
    content = One(
        by_type(
            {"bash_code_execution_result": CodeRan, "bash_code_execution_tool_result_error": Failure}, Outcome
        )
    )


class FileViewed(Outcome):
    __slots__ = ()
    content = Field("")
    file_type = Field("")
    num_lines: Field[int | None] = Field(None)
    start_line: Field[int | None] = Field(None)
    total_lines: Field[int | None] = Field(None)


class FileCreated(Outcome):
    __slots__ = ()
    is_file_update = Field(False)


class FileEdited(Outcome):
    """Text replaced in a file: the lines before and after, as a diff has them."""

    __slots__ = ()
    lines: Field[list[str] | None] = Field(None)
    old_start: Field[int | None] = Field(None)
    old_lines: Field[int | None] = Field(None)
    new_start: Field[int | None] = Field(None)
    new_lines: Field[int | None] = Field(None)


EDITOR_OUTCOMES: dict[str, type[Outcome]] = {
    "text_editor_code_execution_view_result": FileViewed,
    "text_editor_code_execution_create_result": FileCreated,
    "text_editor_code_execution_str_replace_result": FileEdited,
    "text_editor_code_execution_tool_result_error": Failure,
}


class TextEditorCodeExecutionToolResult(ServerToolResult):
    __slots__ = ()
    content = One(by_type(EDITOR_OUTCOMES, Outcome))


class ToolsFound(Outcome):
    __slots__ = ()
    tool_references = Many(ToolReference)


class ToolSearchToolResult(ServerToolResult):
    __slots__ = ()
    content = One(
        by_type(
            {"tool_search_tool_search_result": ToolsFound, "tool_search_tool_result_error": Failure}, Outcome
        )
    )


SERVER_BLOCKS: dict[str, type[Block]] = {
    "web_search_tool_result": WebSearchToolResult,
    "web_fetch_tool_result": WebFetchToolResult,
    "code_execution_tool_result": CodeExecutionToolResult,
    "bash_code_execution_tool_result": BashCodeExecutionToolResult,
    "text_editor_code_execution_tool_result": TextEditorCodeExecutionToolResult,
    "tool_search_tool_result": ToolSearchToolResult,
}
