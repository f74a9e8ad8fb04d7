"""Tool definitions: entries of `tools`, the caller's own and the API's (contract, sections 4.1 and 4.2).

A definition of the API's is read by its family, so one of a later date than the facts still reads like its
elders.
"""

from __future__ import annotations

import re
from typing import Any

from nbkit.wire.citations import CitationsConfig
from nbkit.wire.content_blocks import CacheControl
from nbkit.wire.views import ByName, Field, Free, Json, Many, Maybe, View


class ToolDefinition(View):
    """An entry of `tools`; one of a type that nbkit doesn't know is a plain `ToolDefinition`."""

    __slots__ = ()
    type: Field[str | None] = Field(None)
    cache_control = Maybe(CacheControl)


class NamedTool(ToolDefinition):
    """What every tool but a toolset can say."""

    __slots__ = ()
    name = Field("")
    allowed_callers: Field[list[str] | None] = Field(None)
    defer_loading: Field[bool | None] = Field(None)
    strict: Field[bool | None] = Field(None)


class ClientTool(NamedTool):
    """A tool of the API's that the caller runs: a shell, a memory."""

    __slots__ = ()
    input_examples: Field[list[Json] | None] = Field(None)


class CustomTool(ClientTool):
    """A tool of the caller's own."""

    __slots__ = ()
    description: Field[str | None] = Field(None)
    input_schema = Free()
    eager_input_streaming: Field[bool | None] = Field(None)


class TextEditorTool(ClientTool):
    __slots__ = ()
    max_characters: Field[int | None] = Field(None)


class ComputerTool(ClientTool):
    __slots__ = ()
    display_width_px = Field(0)
    display_height_px = Field(0)
    display_number: Field[int | None] = Field(None)
    enable_zoom: Field[bool | None] = Field(None)


class MemberConfig(View):
    """Whether a member of a toolset is offered, and whether it waits until it is searched for."""

    __slots__ = ()
    enabled: Field[bool | None] = Field(None)
    defer_loading: Field[bool | None] = Field(None)


class Toolset(ToolDefinition):
    """A family of tools under one entry, without a name; `configs` says what of which member."""

    __slots__ = ()
    allowed_callers: Field[list[str] | None] = Field(None)
    configs = ByName(MemberConfig)


class McpTool(View):
    __slots__ = ()
    name = Field("")
    description: Field[str | None] = Field(None)
    input_schema = Free()


class McpToolset(Toolset):
    """The tools of one of the request's MCP servers."""

    __slots__ = ()
    mcp_server_name = Field("")
    default_config = Maybe(MemberConfig)
    tools = Many(McpTool)


class UserLocation(View):
    __slots__ = ()
    type = Field("approximate")
    city: Field[str | None] = Field(None)
    region: Field[str | None] = Field(None)
    country: Field[str | None] = Field(None)
    timezone: Field[str | None] = Field(None)


class WebTool(NamedTool):
    """What searching and fetching share."""

    __slots__ = ()
    max_uses: Field[int | None] = Field(None)
    allowed_domains: Field[list[str] | None] = Field(None)
    blocked_domains: Field[list[str] | None] = Field(None)
    response_inclusion: Field[str | None] = Field(None)


class WebSearchTool(WebTool):
    __slots__ = ()
    user_location = Maybe(UserLocation)


class ToolName(View):
    __slots__ = ()
    type = Field("tool_reference")
    name = Field("")


class UrlSource(View):
    """Which addresses may be fetched: `all`, `none`, those of `only` some tools, or of all `except` some."""

    __slots__ = ()
    type = Field("")
    tools = Many(ToolName)


class UrlSources(View):
    __slots__ = ()
    user_input = Maybe(UrlSource)
    client_tool_results = Maybe(UrlSource)
    server_tool_results = Maybe(UrlSource)


class WebFetchTool(WebTool):
    __slots__ = ()
    citations = Maybe(CitationsConfig)
    max_content_tokens: Field[int | None] = Field(None)
    url_sources = Maybe(UrlSources)
    use_cache: Field[bool | None] = Field(None)


class AdvisorTool(NamedTool):
    """Another model that may be asked."""

    __slots__ = ()
    model = Field("")
    max_uses: Field[int | None] = Field(None)
    max_tokens: Field[int | None] = Field(None)
    caching = Maybe(CacheControl)


FAMILIES: dict[str, type[ToolDefinition]] = {
    "custom": CustomTool,
    "bash": ClientTool,
    "memory": ClientTool,
    "text_editor": TextEditorTool,
    "computer": ComputerTool,
    "computer_toolset": Toolset,
    "browser_toolset": Toolset,
    "mcp_toolset": McpToolset,
    "web_search": WebSearchTool,
    "web_fetch": WebFetchTool,
    "code_execution": NamedTool,
    "tool_search_tool_regex": NamedTool,
    "tool_search_tool_bm25": NamedTool,
    "advisor": AdvisorTool,
}


def tool_definition(raw: Any) -> ToolDefinition:
    """Return the view of an entry of `tools`; without a type it is the caller's own."""
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind is None:
        return CustomTool(raw)
    family = re.sub(r"_\d{8}$", "", kind) if isinstance(kind, str) else ""
    return FAMILIES.get(family, ToolDefinition)(raw)
