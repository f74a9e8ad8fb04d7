"""Strict request models of `tools` and `tool_choice`; the API's own tools come from the facts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, Tag, create_model, model_validator
from pydantic_core import PydanticCustomError

from nbkit.facts import facts, switches
from nbkit.rules.shapes.block_shapes import CacheControl, CitationsConfig, Strict, Whole
from nbkit.rules.toolsets import MEMBERS

TOOL_NAME = f"^[a-zA-Z0-9_-]{{1,{switches.TOOL_NAME_MAX}}}$"
Callers: TypeAlias = list[
    Literal["direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"]
]


class InputSchema(Strict):
    """Only the outermost keys are judged; the rest is JSON Schema."""

    model_config = ConfigDict(extra="allow", strict=True)
    type: Literal["object"]
    properties: dict[str, Any] | None = None
    required: list[str] | None = None


class ToolBase(Strict):
    cache_control: CacheControl | None = None


class AnyTool(ToolBase):
    allowed_callers: Callers | None = None
    defer_loading: bool | None = None
    strict: bool | None = None


class ClientTool(AnyTool):
    input_examples: list[dict[str, Any]] | None = None


class CustomTool(ClientTool):
    type: Literal["custom"] | None = None
    name: Annotated[str, Field(min_length=1, max_length=switches.TOOL_NAME_MAX, pattern=TOOL_NAME)]
    description: str | None = None
    input_schema: InputSchema
    eager_input_streaming: bool | None = None


class Toolset(ToolBase):
    allowed_callers: list[Literal["direct"]] | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_no_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and "name" in value and value.get("type") != "mcp_toolset":
            raise PydanticCustomError(
                "named",
                "name is not accepted on a toolset entry: the member names are fixed by the dated type, and "
                "the served tool keeps the family's bare name",
            )
        return value


class UserLocation(Strict):
    type: Literal["approximate"]
    city: str | None = None
    region: str | None = None
    country: Annotated[str, Field(max_length=2)] | None = None
    timezone: str | None = None


class MemberConfig(Strict):
    enabled: bool | None = None
    defer_loading: bool | None = None


class McpTool(Strict):
    name: str
    description: str | None = None
    input_schema: dict[str, Any]


class ToolName(Strict):
    type: Literal["tool_reference"]
    name: str


class AllOrNone(Strict):
    type: Literal["all", "none"]


class SomeTools(Strict):
    type: Literal["only", "except"]
    tools: list[ToolName]


ToolResults: TypeAlias = Annotated[AllOrNone | SomeTools, Field(discriminator="type")]


class UrlSources(Strict):
    user_input: AllOrNone | None = None
    client_tool_results: ToolResults | None = None
    server_tool_results: ToolResults | None = None


FIELDS: dict[str, Any] = {
    "max_characters": (Whole | None, None),
    "configs": (dict[str, MemberConfig] | None, None),
    "max_uses": (Annotated[Whole, Field(gt=0)] | None, None),
    "allowed_domains": (list[str] | None, None),
    "blocked_domains": (list[str] | None, None),
    "user_location": (UserLocation | None, None),
    "response_inclusion": (Literal["full", "excluded"] | None, None),
    "citations": (CitationsConfig | None, None),
    "max_content_tokens": (Whole | None, None),
    "url_sources": (UrlSources | None, None),
    "use_cache": (bool | None, None),
    "model": (str, ...),
    "max_tokens": (Whole | None, None),
    "caching": (CacheControl | None, None),
    "mcp_server_name": (str, ...),
    "default_config": (MemberConfig | None, None),
    "tools": (list[McpTool] | None, None),
    "display_width_px": (Whole, ...),
    "display_height_px": (Whole, ...),
    "display_number": (Whole | None, None),
    "enable_zoom": (bool | None, None),
}


def _defined(row: facts.ToolType) -> Any:
    base = Toolset if row.name is None else ClientTool if row.runs == "client" else AnyTool
    fields: dict[str, Any] = {"type": (Literal[row.type], ...)}
    if row.name is not None:
        fields["name"] = (Literal[row.name], ...)
    # A field of the table that this file has no type for is taken as it comes.
    fields |= {name: FIELDS.get(name, (Any, None)) for name in row.fields}
    members = MEMBERS.get(row.type.split("_toolset_")[0])
    if members:
        fields["configs"] = (_configs(members) | None, None)
    return create_model(row.type, __base__=base, **fields)


def _configs(members: Iterable[str]) -> Any:
    """Each member of a toolset may have a config of its own, and nobody else."""
    fields: dict[str, Any] = dict.fromkeys(members, (MemberConfig | None, None))
    return create_model("Configs", __base__=Strict, **fields)


def _tag(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else None
    return "custom" if kind is None else kind if isinstance(kind, str) else "(none)"


def _union() -> Any:
    members = [Annotated[CustomTool, Tag("custom")]]
    members += [Annotated[_defined(row), Tag(row.type)] for row in facts.tool_types()]
    return Annotated[reduce(or_, members), Discriminator(_tag)]


TOOL: Any = _union()


class Auto(Strict):
    type: Literal["auto"]
    disable_parallel_tool_use: bool | None = None


class AnyChoice(Strict):
    type: Literal["any"]
    disable_parallel_tool_use: bool | None = None


class OneTool(Strict):
    type: Literal["tool"]
    name: str
    disable_parallel_tool_use: bool | None = None


class NoTool(Strict):
    type: Literal["none"]


ToolChoice: TypeAlias = Annotated[Auto | AnyChoice | OneTool | NoTool, Field(discriminator="type")]
