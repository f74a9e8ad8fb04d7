"""A turn with the tools of MCP servers: calls and results in a loop within one reply, or a pause where the
loop is long. To the brain they are tools of the client whose results are there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from nbkit.sim.brain.intent import Intent
from nbkit.sim.hosted import connectors
from nbkit.sim.hosted.connectors import Connected
from nbkit.sim.hosted.server_turn import LIMIT
from nbkit.wire.blocks import Json

LISTING_BETA = "mcp-client-2026-09-15"  # its replies begin with what the servers list


def take_turn(body: Json, think: Callable[[Json], Intent], betas: str) -> Intent:
    """Decide a reply to a request with MCP servers; `think` decides what is said and called without them."""
    tools = {one.as_named: one for one in connectors.connected(body)}
    said: list[Json] = _listings(body) if LISTING_BETA in betas else []
    listed, thinking = len(said), ""
    for use in _open_uses(body):
        said.append(_result(use))
    ran = len(said) - listed
    while True:
        intent = think(_as_of_client(body, said, tools))
        thinking = thinking or intent.thinking
        calls = [call for call in intent.calls if call.name in tools]
        text = (
            [{"type": "text", "text": intent.text}] if calls and intent.text and len(said) == listed else []
        )
        said += [*intent.blocks, *text]
        if not calls:
            return replace(intent, thinking=thinking, blocks=tuple(said))
        for call in calls:
            use = _use(tools[call.name], call.input, len(said))
            said.append(use)
            if ran >= LIMIT:
                return Intent(thinking, blocks=tuple(said), pauses=True)
            said.append(_result(use))
            ran += 1


def _use(tool: Connected, given: Json, number: int) -> Json:
    return {
        "type": "mcp_tool_use",
        "id": f"mcp {number}",
        "name": tool.tool["name"],
        "input": given,
        "server_name": tool.server,
    }


def _result(use: Json) -> Json:
    answer = connectors.answered(use["input"])
    return {"type": "mcp_tool_result", "tool_use_id": use["id"], **answer}


def _listings(body: Json) -> list[Json]:
    """What servers list that the request doesn't know yet, in a reply that begins a turn."""
    servers = [server["name"] for server in body["mcp_servers"]]
    return [
        {"type": "mcp_tool_listing", "mcp_server_name": name, "tools": connectors.listing(body, name)}
        for name in servers
        if not connectors.is_known(body, name)
    ]


def _open_uses(body: Json) -> list[Json]:
    """The calls that a pause has left open."""
    last = body["messages"][-1]["content"] if body["messages"][-1]["role"] == "assistant" else []
    blocks = last if isinstance(last, list) else []
    done = {block.get("tool_use_id") for block in blocks}
    return [block for block in blocks if block.get("type") == "mcp_tool_use" and block["id"] not in done]


def _as_of_client(body: Json, said: list[Json], tools: dict[str, Connected]) -> Json:
    """The request as it would be if the client had brought the tools and run them."""
    names = {(one.server, one.tool["name"]): name for name, one in tools.items()}
    so_far = [{"role": "assistant", "content": said}] if said else []
    messages: list[Json] = []
    for message in [*body["messages"], *so_far]:
        content = message["content"]
        has_calls = isinstance(content, list) and any(_is_mcp(block) for block in content)
        messages += _parted(content, names) if has_calls else [message]
    offered = [tool for tool in body.get("tools") or () if tool.get("type") != "mcp_toolset"]
    request = {**body, "messages": messages, "tools": [*offered, *(one.definition for one in tools.values())]}
    has_called = any(block["type"] == "mcp_tool_use" for block in said)
    if has_called and (body.get("tool_choice") or {}).get("type") == "any":
        request["tool_choice"] = {"type": "auto"}  # what was forced is done
    return request


def _is_mcp(block: Json) -> bool:
    return str(block.get("type")).startswith("mcp_tool")


def _parted(content: Iterable[Json], names: dict[tuple[str, str], str]) -> list[Json]:
    """An assistant's content with each result as a message of the client."""
    messages: list[Json] = []
    for block in content:
        role, kind = "assistant", block["type"]
        if kind == "mcp_tool_listing":
            continue
        if kind == "mcp_tool_use":
            name = names.get((block["server_name"], block["name"]), block["name"])
            block = {"type": "tool_use", "id": block["id"], "name": name, "input": block["input"]}
        elif kind == "mcp_tool_result":
            role, block = "user", {**block, "type": "tool_result"}
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"].append(block)
        else:
            messages.append({"role": role, "content": [block]})
    return messages
