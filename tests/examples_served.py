"""Examples of R22, R23 and R29 to R32b: server tools, toolsets, and what stands behind a call."""

from __future__ import annotations

from typing import Any

from asking import (
    SEARCH_TOOL,
    TOOL,
    ask,
    assistant,
    found,
    result,
    search,
    system,
    text,
    thought,
    use,
    user,
)
from examples import Json, Legal, Refused

OLDER: Json = {"model": "claude-sonnet-4-5"}
SEARCHING: Json = {**OLDER, "tools": [TOOL, SEARCH_TOOL]}
UNANSWERED = "`tool_use` ids were found without `tool_result` blocks immediately after: "
BY_CODE: Json = {"caller": {"type": "code_execution_20250825", "tool_id": "srvtoolu_1"}}
RUNNING: Json = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "code_execution", "input": {}}
CODING: Json = {"tools": [TOOL, {"type": "code_execution_20250825", "name": "code_execution"}]}


def reference(name: str) -> Json:
    return {"type": "tool_reference", "tool_name": name}


def found_tool(name: str) -> list[Json]:
    """A search for tools, and what it found."""
    call = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "tool_search_tool_bm25", "input": {}}
    found = {"type": "tool_search_tool_search_result", "tool_references": [reference(name)]}
    return [call, {"type": "tool_search_tool_result", "tool_use_id": "srvtoolu_1", "content": found}]


def change(kind: str, **tool: Any) -> Json:
    return system({"type": kind, "tool": tool})


CHANGING = {"anthropic-beta": "mid-conversation-tool-changes-2026-07-01,inline-tools-2026-09-15"}
DEFINED: Json = {**TOOL, "name": "get_time"}
REFUSED = [
    Refused(
        "tool_use_not_last",
        "a text behind the call",
        ask(user("q"), assistant(use(), text()), user(result()), **OLDER),
        "messages.1.content.0",
        f"messages.1: {UNANSWERED}toolu_1. Each `tool_use` block must have a corresponding `tool_result` "
        "block in the next message.",
    ),
    Refused(
        "tool_use_not_last",
        "a text between two calls",
        ask(user("q"), assistant(use("a"), text(), use("b")), user(result("a"), result("b")), **OLDER),
        "messages.1.content.0",
        f"messages.1: {UNANSWERED}a. ",
    ),
    Refused(
        "tool_use_not_last",
        "a text in the message behind the call",
        ask(user("q"), assistant(use()), assistant("done"), user(result()), **OLDER),
        "messages.1.content.0",
        f"messages.1: {UNANSWERED}toolu_1. ",
    ),
    Refused(
        "tool_use_not_last",
        "a search behind the call",
        ask(user("q"), assistant(use(), search(), found()), user(result()), **SEARCHING),
        "messages.1.content.0",
        f"messages.1: {UNANSWERED}toolu_1. ",
    ),
    Refused(
        "tool_use_not_last",
        "a text behind the call, where no prefill is taken",
        ask(user("q"), assistant(use(), text()), user(result())),
        "messages.1.content.0",
        "This model does not support assistant message prefill.",
    ),
    Refused(
        "tool_reference",
        "a reference to nothing",
        ask(user("q"), assistant(use()), user(result(content=[reference("DesignSync")]))),
        "messages.2.content.0.tool_result.content.0",
        "Tool reference 'DesignSync' not found in available tools",
    ),
    Refused(  # vercel/ai's recording of a history of tool searches, sent without its tools; 2026-10
        "tool_reference",
        "a tool found earlier that isn't offered any more",
        ask(user("q"), assistant(*found_tool("get_time"), text()), user("go on")),
        "messages.1.content.1.tool_search_tool_result.content.tool_references.0",
        "Tool reference 'get_time' not found in available tools",
    ),
    Refused(
        "tool_reference",
        "a tool removed that isn't there",
        ask(user("q"), change("tool_removal", type="tool_reference", name="nope"), tools=[TOOL]),
        "messages.1.content.0.tool_removal.tool",
        "Tool reference 'nope' not found in available tools",
        CHANGING,
    ),
    Refused(
        "tool_reference",
        "a tool defined twice",
        ask(user("q"), change("tool_addition", type="tool_definition", definition=TOOL), tools=[TOOL]),
        "messages.1.content.0.tool_addition.tool",
        "messages.1.content.0.tool_addition.tool: Tool names must be unique. `get_weather` is there already.",
        CHANGING,
    ),
    Refused(
        "R22",
        "a text behind an open search",
        ask(user("q"), assistant(search(), use()), user(result(), text()), tools=[SEARCH_TOOL]),
        "messages.1.content.0",
        "messages.1: `web_search` tool use with id `srvtoolu_1` was found without a corresponding "
        "`web_search_tool_result` block",
    ),
    Refused(
        "R23",
        "an open search whose tool is gone",
        ask(user("q"), assistant(search()), tools=[]),
        "messages.1.content.0",
        "messages.1: `web_search` tool use with id `srvtoolu_1` was found without a corresponding "
        "`web_search_tool_result` block but no `web_search` tool was provided",
    ),
    Refused(
        "R29",
        "a finding nobody searched for",
        ask(user("q"), assistant(text(), found()), user("b")),
        "messages.1.content.1",
        "messages.1.content.1: unexpected `tool_use_id` found in `web_search_tool_result` blocks: "
        "srvtoolu_1. Each `web_search_tool_result` block must have a corresponding `server_tool_use` block "
        "before it.",
    ),
    Refused(
        "R30",
        "a result for a server tool",
        ask(user("q"), assistant(search(), found()), user(result("srvtoolu_1")), tools=[SEARCH_TOOL]),
        "messages.2.content.0",
        "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: srvtoolu_1.",
    ),
    Refused(
        "R31",
        "calls of tools that are gone",
        ask(user("q"), assistant(use()), user(result()), tools=[]),
        "tools",
        "Requests which include `tool_use` or `tool_result` blocks must define tools",
        level="warning",
    ),
    Refused(
        "R32",
        "a toolset that isn't echoed",
        ask(user("q"), assistant(use(toolset_name="computer")), user(result())),
        "messages.2.content.0",
        "messages.2.content.0: ",
    ),
    Refused(
        "R32b",
        "code that waits in no container",
        ask(user("q"), assistant(RUNNING, use(**BY_CODE)), user(result()), **CODING),
        "container",
        "container_id is required when there are pending tool uses generated by code execution",
    ),
    Refused(
        "R32b",
        "a call of code that isn't there",
        # aakshintala/fiber, research/anthropic-messages-probe (2026-09-29)
        ask(user("q"), assistant(use(**BY_CODE)), user(result())),
        "messages.1.content.0.caller",
        "source tool `srvtoolu_1` not found for tool use block `toolu_1`",
    ),
]
LEGAL = [
    Legal(
        "tool_use_not_last",
        "a text before the call",
        ask(user("q"), assistant(text(), use()), user(result()), **OLDER),
    ),
    Legal(
        "tool_use_not_last",
        "a text behind a call of long ago",
        ask(user("q"), assistant(use(), text()), user(result()), assistant("a"), user("b"), **OLDER),
    ),
    Legal(
        "tool_use_not_last",
        "a search put off behind the call",
        ask(user("q"), assistant(use(), search()), user(result()), **SEARCHING),
    ),
    Legal(
        "tool_use_not_last",
        "a thought between two calls",
        ask(user("q"), assistant(use("a"), thought(), use("b")), user(result("a"), result("b"))),
    ),
    Legal(
        "tool_reference",
        "a reference to a tool",
        ask(user("q"), assistant(use()), user(result(content=[reference("get_weather")]))),
    ),
    Legal(
        "tool_reference",
        "a tool found earlier",
        ask(user("q"), assistant(*found_tool("get_weather"), text()), user("go on")),
    ),
    Legal(
        "tool_reference",
        "a tool that a system message defined, found later",
        ask(
            user("q"),
            system({"type": "tool_addition", "tool": {"type": "tool_definition", "definition": DEFINED}}),
            assistant(*found_tool("get_time"), text()),
            user("go on"),
        ),
        {"anthropic-beta": "mid-conversation-tool-changes-2026-07-01,inline-tools-2026-09-15"},
    ),
    Legal(
        "tool_reference",
        "a tool removed, and another defined by its name",
        ask(
            user("q"),
            change("tool_removal", type="tool_reference", name="get_weather"),
            assistant(text()),
            user("q"),
            change("tool_addition", type="tool_definition", definition=TOOL),
            tools=[TOOL],
        ),
        CHANGING,
    ),
    Legal(
        "tool_reference",
        "a reference to what an MCP server may have",
        ask(
            user("q"),
            assistant(use()),
            user(result(content=[reference("x")])),
            tools=[TOOL, {"type": "mcp_toolset", "mcp_server_name": "docs"}],
            mcp_servers=[{"type": "url", "name": "docs", "url": "https://a/b"}],
        ),
        {"anthropic-beta": "mcp-client-2025-11-20"},
    ),
    Legal(
        "R22",
        "results alone behind an open search",
        ask(user("q"), assistant(search(), use()), user(result()), tools=[SEARCH_TOOL]),
    ),
    Legal(
        "R23",
        "a finished search whose tool is gone",
        ask(user("q"), assistant(search(), found()), user("b"), tools=[]),
    ),
    Legal(
        "R29",
        "a search and its finding",
        ask(user("q"), assistant(search(), found()), user("b"), tools=[SEARCH_TOOL]),
    ),
    Legal(
        "R30",
        "an id that looks like a server's",
        ask(user("q"), assistant(use("srvtoolu_1")), user(result("srvtoolu_1"))),
    ),
    Legal("R31", "a history without tool blocks", ask(user("q"), assistant(use()), user(result()), tools=[])),
    Legal(
        "R32",
        "a toolset echoed",
        ask(user("q"), assistant(use(toolset_name="computer")), user(result(toolset_name="computer"))),
    ),
    Legal(
        "R32b",
        "code that waits in its container",
        ask(user("q"), assistant(RUNNING, use(**BY_CODE)), user(result()), container="container_1", **CODING),
    ),
]
