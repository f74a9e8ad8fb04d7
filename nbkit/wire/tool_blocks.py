"""Blocks of tool use: calls, the caller's answers, and what may stand in them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from nbkit.wire.content_blocks import Block, Document, Image, SearchResult, Text
from nbkit.wire.views import Field, Free, Many, Maybe, TextOrMany, View, by_type

CallerType: TypeAlias = Literal["direct", "code_execution_20250825", "code_execution_20260120"] | str


class Caller(View):
    """Who made a call: the model itself (`direct`), or code that it runs, by the id of that run."""

    __slots__ = ()
    type: Field[CallerType] = Field("direct")
    tool_id: Field[str | None] = Field(None)


class ToolUse(Block):
    """A call the caller must run and answer in the next user message."""

    __slots__ = ()
    id = Field("")
    name = Field("")
    input = Free()
    caller = Maybe(Caller)
    toolset_name: Field[str | None] = Field(None)


class ServerToolUse(ToolUse):
    """A call the server runs itself; it must not be answered by the caller."""

    __slots__ = ()


class ToolReference(Block):
    """A tool that was found and is loaded from here on."""

    __slots__ = ()
    tool_name = Field("")


class Tab(View):
    __slots__ = ()
    tab_id = Field("")
    title = Field("")
    url = Field("")
    active: Field[bool | None] = Field(None)


class StateChange(View):
    """What happened in a browser; a kind that nbkit doesn't know is a plain `StateChange`."""

    __slots__ = ()
    type = Field("")


class TabOpened(StateChange):
    __slots__ = ()
    tab_id = Field("")


class Download(StateChange):
    """A download that started, completed or failed; the fields that don't belong to its state are None."""

    __slots__ = ()
    download_id = Field("")
    url = Field("")
    path: Field[str | None] = Field(None)
    size_bytes: Field[int | None] = Field(None)
    error: Field[str | None] = Field(None)


STATE_CHANGES: dict[str, type[StateChange]] = {
    "tab_opened": TabOpened,
    "download_started": Download,
    "download_completed": Download,
    "download_failed": Download,
}


class BrowserState(Block):
    """The tabs after a browser member ran, and what changed meanwhile."""

    __slots__ = ()
    tabs = Many(Tab)
    state_changes = Many(by_type(STATE_CHANGES, StateChange))


IN_RESULTS: dict[str, type[Block]] = {
    "text": Text,
    "image": Image,
    "document": Document,
    "search_result": SearchResult,
    "tool_reference": ToolReference,
    "browser_state": BrowserState,
}


class ToolResult(Block):
    __slots__ = ()
    tool_use_id = Field("")
    content = TextOrMany(by_type(IN_RESULTS, Block))
    is_error = Field(False)
    toolset_name: Field[str | None] = Field(None)
