"""MCP servers, pretended: nothing is connected to. A server has the tools that its toolset pins, or one
of its own; each answers from the simulator's library, by the words of its input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.sim.library import shelf
from nbkit.wire.blocks import Json

LISTED: list[Json] = [
    {
        "name": "search_knowledge_base",
        "description": "Search the knowledge base for facts.",
        "input_schema": {
            "type": "object",
            "properties": {"query": {"type": "string", "description": "What to search for"}},
            "required": ["query"],
        },
    },
]


@dataclass(frozen=True, slots=True)
class Connected:
    """A tool of an MCP server, as the model may call it: `as_named` is its name among all tools."""

    server: str
    tool: Json
    as_named: str
    is_deferred: bool = False

    @property
    def definition(self) -> Json:
        """The tool as if the client had brought it."""
        described = {key: value for key, value in self.tool.items() if value is not None}
        defers = {"defer_loading": True} if self.is_deferred else {}
        return {**described, "name": self.as_named, **defers}


def connected(body: Json) -> list[Connected]:
    """The tools of all MCP servers that a request has, those that are turned off left out."""
    taken = {tool.get("name") for tool in body.get("tools") or ()}
    found: list[Connected] = []
    for server, tool, config in _offered(body):
        if config.get("enabled", True):
            name = tool["name"] if tool["name"] not in taken else f"{server}_{tool['name']}"
            taken.add(name)
            found.append(Connected(server, tool, name, bool(config.get("defer_loading"))))
    return found


def listing(body: Json, server: str) -> list[Json]:
    """What a server lists: what its toolset pins, what it listed before, or its own."""
    toolset = next((one for one in _toolsets(body) if one["mcp_server_name"] == server), {})
    if toolset.get("tools"):
        return list(toolset["tools"])
    earlier = [block["tools"] for block in _blocks(body) if block.get("mcp_server_name") == server]
    return list(earlier[-1]) if earlier else LISTED


def is_known(body: Json, server: str) -> bool:
    """Whether the request says itself what a server lists."""
    return listing(body, server) is not LISTED


def answered(given: Json) -> Json:
    """What a tool gives for an input: the fields of an `mcp_tool_result` beside its ids."""
    said = [text for text in _texts(given) if text.strip()]
    addresses = [text for text in said if text.startswith(("http://", "https://"))]
    if addresses:
        page = shelf.page_at(addresses[0])
        if page is None:
            return _result(f"There is no page at {addresses[0]}.", is_error=True)
        return _result(f"{page.title}\n{page.text}")
    pages = shelf.found(" ".join(said)) if said else []
    if not pages:
        return _result(f"Nothing found for “{' '.join(said)[:200]}”.")
    return _result(f"{pages[0].title}\n{pages[0].text}")


def _result(text: str, *, is_error: bool = False) -> Json:
    return {"is_error": is_error, "content": [{"type": "text", "text": text}]}


def _offered(body: Json) -> Iterator[tuple[str, Json, Json]]:
    """Each tool of each server, with what is set for it."""
    toolsets = {toolset["mcp_server_name"]: toolset for toolset in _toolsets(body)}
    for server in body.get("mcp_servers") or ():
        name = server["name"]
        toolset, old = toolsets.get(name), server.get("tool_configuration") or {}
        allowed = old.get("allowed_tools")
        for tool in listing(body, name):
            if toolset is not None:
                config = (toolset.get("configs") or {}).get(tool["name"]) or {}
                yield name, tool, {**(toolset.get("default_config") or {}), **config}
            else:
                on = old.get("enabled") is not False and (allowed is None or tool["name"] in allowed)
                yield name, tool, {"enabled": on}


def _toolsets(body: Json) -> list[Json]:
    return [tool for tool in body.get("tools") or () if tool.get("type") == "mcp_toolset"]


def _blocks(body: Json) -> Iterator[Json]:
    for message in body["messages"]:
        yield from (message["content"] if isinstance(message["content"], list) else ())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
