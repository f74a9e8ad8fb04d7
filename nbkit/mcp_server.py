"""MCP servers as a source of tools, over the official `mcp` package (the extra `nbkit[mcp]`).

The connection lives in a thread with a loop of its own, so that its tools are plain functions: in a cell, in
a script, side by side. What a server says is data; nothing of it is run here.
"""

from __future__ import annotations

import base64
import re
import shlex
import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from nbkit.errors import NbkitError, ToolError, UsageError, a_kind
from nbkit.loop.tools import pictures
from nbkit.loop.tools.tool import Tool
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

NAME = re.compile(r"[^a-zA-Z0-9_-]")
LONGEST_NAME = 128
CONNECTION_CLOSED = -32000  # the code of the mcp package for a connection that was lost
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class McpServer:
    """A server, by its address or by the command that starts it; connected when it is first asked.

        files = nbkit.McpServer("npx -y @modelcontextprotocol/server-filesystem .")
        chat = nbkit.Conversation(tools=files.tools())

    A command is split as a shell does, or comes as a list of words; no shell runs it. It sees few variables
    of this process, and those of `env`. A call is waited for `timeout` seconds. `close()` ends the connection
    and the process, `with` does that at its end.
    """

    def __init__(
        self,
        server: str | Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        timeout: float = 60,
    ) -> None:
        self._server = _address(server, env, cwd)
        self.timeout = timeout
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None
        self._client: Any = None
        self._finalizer = weakref.finalize(self, self._stack.close)

    def __enter__(self) -> McpServer:
        self._connected()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tools(self) -> list[Tool]:
        """Return the server's tools, as they are now. Raises `ToolError` when it doesn't answer.

        A server that has ended is started again, or reached anew, and its earlier tools work again, too.
        """
        portal = self._connected()
        found: list[Tool] = []
        cursor = None
        try:
            while True:
                page = portal.call(partial(self._client.list_tools, cursor=cursor))
                for each in page.tools:
                    found.append(self._tool(each, [tool.name for tool in found]))
                cursor = page.next_cursor
                if not cursor:
                    return found
        except NbkitError:
            raise
        except Exception as error:
            self._noticed(error)
            raise ToolError(f"the MCP server doesn't tell its tools: {_said(error)}") from error

    def close(self) -> None:
        """End the connection; tools of the server fail from then on."""
        self._stack.close()
        self._portal = self._client = None

    def _connected(self) -> BlockingPortal:
        if self._portal is None:
            try:
                from anyio.from_thread import start_blocking_portal
                from mcp import Client
            except ImportError as error:
                raise UsageError("MCP servers need the extra nbkit[mcp]: pip install 'nbkit[mcp]'") from error
            portal = self._stack.enter_context(start_blocking_portal())
            client = Client(self._server, read_timeout_seconds=self.timeout)
            try:
                self._client = self._stack.enter_context(portal.wrap_async_context_manager(client))
            except BaseException as error:
                self._stack.close()
                if not isinstance(error, Exception):
                    raise
                raise ToolError(f"the MCP server can't be reached: {_said(error)}") from error
            self._portal = portal
        return self._portal

    def _noticed(self, error: Exception) -> None:
        """Let go of a connection that is lost, so that the next look at the tools makes a new one."""
        if getattr(getattr(error, "error", None), "code", None) == CONNECTION_CLOSED:
            self.close()

    def _tool(self, each: Any, taken: Sequence[str]) -> Tool:
        definition: Json = {
            "name": _name(str(each.name), taken),
            "input_schema": {"type": "object", **(each.input_schema or {})},
        }
        if each.description or each.title:
            definition["description"] = str(each.description or each.title)
        return Tool.from_definition(definition, partial(self._call, str(each.name)))

    def _call(self, name: str, /, **arguments: Any) -> Any:
        if self._portal is None:
            raise ToolError("the connection to the MCP server is closed: its tools() connects again")
        try:
            answer = self._portal.call(partial(self._client.call_tool, name, arguments))
        except Exception as error:
            self._noticed(error)
            raise ToolError(f"{name} got no result from the MCP server: {_said(error)}") from error
        blocks = [_block(each) for each in answer.content]
        if answer.is_error:
            raise ToolError("\n".join(str(block.get("text", "")) for block in blocks) or "it failed")
        if len(blocks) == 1 and blocks[0]["type"] == "text":
            return blocks[0]["text"]
        return blocks if blocks else answer.structured_content


def _name(name: str, taken: Sequence[str]) -> str:
    """Return a name that the API takes; two that become the same one are told apart by a number."""
    plain = NAME.sub("_", name)[:LONGEST_NAME] or "_"
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
    return found


def _address(server: object, env: Mapping[str, str] | None, cwd: str | None) -> Any:
    """Return an address, or the parameters of a process."""
    if isinstance(server, str) and re.match(r"https?://", server):
        return server
    try:
        words = shlex.split(server) if isinstance(server, str) else server
    except ValueError as error:  # a quote that is never closed
        raise UsageError(f"the MCP server's command can't be split, {error}: {server}") from error
    if isinstance(words, Sequence) and not words:
        raise UsageError("an MCP server is an address or a command, and this one is empty")
    if not isinstance(words, Sequence) or not all(isinstance(word, str) for word in words):
        raise UsageError(f"an MCP server is an address or a command, not {a_kind(server)}")
    try:
        from mcp import StdioServerParameters
    except ImportError as error:
        raise UsageError("MCP servers need the extra nbkit[mcp]: pip install 'nbkit[mcp]'") from error
    command, *rest = words
    return StdioServerParameters(command=command, args=rest, env=dict(env) if env else None, cwd=cwd)


def _block(content: Any) -> Json:
    """A content block of MCP as one of a `tool_result`; what has no counterpart is told in words."""
    match content.type:
        case "text":
            return _text(content.text)
        case "image" if content.mime_type in PICTURES:
            source = {"type": "base64", "media_type": content.mime_type, "data": content.data}
            return {"type": "image", "source": source}
        case "resource" if getattr(content.resource, "text", None) is not None:
            return _text(content.resource.text)
        case "resource" if (block := _seen(getattr(content.resource, "blob", None))) is not None:
            return block
        case "resource":
            return _text(f"[{content.resource.mime_type or 'a file'}: {content.resource.uri}]")
        case "resource_link":
            return _text(f"[{content.name}: {content.uri}]")
        case kind:
            what = getattr(content, "mime_type", None) or kind
            return _text(f"[{what}, which can't be shown to the model]")


def _seen(blob: object) -> Json | None:
    """The bytes of a resource as a picture or a document, None for what the model can't see."""
    try:
        return pictures.seen(base64.b64decode(blob)) if isinstance(blob, str) else None
    except ValueError:
        return None


def _text(text: object) -> Json:
    return {"type": "text", "text": str(text)}


def _said(error: BaseException) -> str:
    """The innermost reason: the library wraps what happens in groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
