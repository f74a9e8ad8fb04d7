"""Examples of R19 to R32b: calls and their results, of clients and of the server."""

from __future__ import annotations

from asking import (
    SEARCH_TOOL,
    TOOL,
    ask,
    assistant,
    found,
    result,
    search,
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


def reference(name: str) -> Json:
    return {"type": "tool_reference", "tool_name": name}


REFUSED = [
    Refused(
        "R19",
        "a call answered by text",
        ask(user("q"), assistant(use()), user("go on")),
        "messages.1.content.0",
        f"messages.1: {UNANSWERED}toolu_1. Each `tool_use` block must have a corresponding `tool_result` "
        "block in the next message.",
    ),
    Refused(
        "R19",
        "two calls answered by text, deep in the history",
        ask(user("q"), assistant(use("a"), use("b")), user("go on"), assistant("no"), user("why"), **OLDER),
        "messages.1.content.0",
        f"messages.1: {UNANSWERED}a, b. Each `tool_use` block must have a corresponding `tool_result` block "
        "in the next message.",
    ),
    Refused(
        "R19",
        "the second of three",
        ask(user("q"), assistant(use("a"), use("b"), use("c")), user(result("c"), result("a"))),
        "messages.1.content.1",
        f"messages.1: {UNANSWERED}b. ",
    ),
    Refused(
        "R19",
        "a call at the very end",
        ask(user("q"), assistant(text(), use())),
        "messages.1.content.1",
        f"messages.1: {UNANSWERED}toolu_1. ",
    ),
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
    Refused(
        "R20",
        "a result of no call",
        ask(user("q"), assistant("a"), user(text(), result("toolu_9"))),
        "messages.2.content.1",
        "messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_9. Each "
        "`tool_result` block must have a corresponding `tool_use` block in the previous message.",
    ),
    Refused(
        "R20",
        "a result as the first word",
        ask(user(result())),
        "messages.0.content.0",
        "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1. ",
    ),
    Refused(
        "R20",
        "a result told again a turn later",
        ask(user("q"), assistant(use()), user(result()), assistant("a"), user(result(), text())),
        "messages.4.content.0",
        "messages.4.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1. ",
    ),
    Refused(
        "R21",
        "a text between two results",
        ask(user("q"), assistant(use("a"), use("b")), user(result("a"), text(), result("b"))),
        "messages.2.content.1",
        f"messages.1: {UNANSWERED}b. ",
    ),
    Refused(
        "R21",
        "a text in the message before the result",
        ask(user("q"), assistant(use()), user("wait"), user(result())),
        "messages.2.content",
        f"messages.1: {UNANSWERED}toolu_1. ",
    ),
    Refused(
        "R21",
        "a text before the result",
        ask(user("q"), assistant(use()), user(text(), result())),
        "messages.2.content.0",
        f"messages.1: {UNANSWERED}toolu_1. ",
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
        "R24",
        "one id for two calls",
        ask(user("q"), assistant(use(), use()), user(result())),
        "messages.1.content.1",
        "messages.1.content.1: `tool_use` ids must be unique",
    ),
    Refused(
        "R24",
        "the id of an earlier turn",
        ask(user("q"), assistant(use()), user(result()), assistant(use()), user(result())),
        "messages.3.content.0",
        "messages.3.content.0: `tool_use` ids must be unique",
    ),
    Refused(
        "R25",
        "two results in two messages",
        ask(user("q"), assistant(use()), user(result()), user(result())),
        "messages.3.content.0",
        "messages.3.content.0: each tool_use must have a single result. Found multiple `tool_result` blocks "
        "with id: toolu_1",
    ),
    Refused(
        "R25",
        "two results of one call",
        ask(user("q"), assistant(use()), user(result(), result())),
        "messages.2.content.1",
        "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks "
        "with id: toolu_1",
    ),
    Refused(
        "R26",
        "a dot in an id",
        ask(user("q"), assistant(use("call.1")), user(result("call.1"))),
        "messages.1.content.0.tool_use.id",
        "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    Refused(
        "R26",
        "a dot in a result's id",
        ask(user("q"), assistant("a"), user(result("call.1"))),
        "messages.2.content.0.tool_result.tool_use_id",
        "messages.2.content.0.tool_result.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    Refused(
        "R26",
        "an empty id",
        ask(user("q"), assistant(use("")), user(result(""))),
        "messages.1.content.0.tool_use.id",
        "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    Refused(
        "R27",
        "no name",
        ask(user("q"), assistant(use(name="")), user(result())),
        "messages.1.content.0.tool_use.name",
        "messages.1.content.0.tool_use.name: String should have at least 1 character",
    ),
    Refused(
        "R27",
        "a name of 201 letters",
        ask(user("q"), assistant(use(name="n" * 201)), user(result())),
        "messages.1.content.0.tool_use.name",
        "messages.1.content.0.tool_use.name: String should have at most 200 characters",
    ),
    Refused(
        "R28",
        "JSON as a string",
        ask(user("q"), assistant(use(input='{"city":"Paris"}')), user(result())),
        "messages.1.content.0.tool_use.input",
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ),
    Refused(
        "R28",
        "a list of arguments",
        ask(user("q"), assistant(use(input=[])), user(result())),
        "messages.1.content.0.tool_use.input",
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ),
    Refused(
        "R28",
        "no input at all",
        ask(user("q"), assistant(use(input=None)), user(result())),
        "messages.1.content.0.tool_use.input",
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
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
        ask(user("q"), assistant(use(**BY_CODE)), user(result())),
        "container",
        "container_id is required when there are pending tool uses generated by code execution",
    ),
]
LEGAL = [
    Legal(
        "R19",
        "calls of two messages",
        ask(user("q"), assistant(use("a")), assistant(use("b")), user(result("a"), result("b"))),
    ),
    Legal(
        "R19",
        "a result, then another user message",
        ask(user("q"), assistant(use()), user(result()), user("and?")),
    ),
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
    Legal("R19", "a call answered", ask(user("q"), assistant(use()), user(result()))),
    Legal(
        "R20",
        "results in two messages",
        ask(user("q"), assistant(use("a"), use("b")), user(result("b")), user(result("a"))),
    ),
    Legal("R21", "a text behind the result", ask(user("q"), assistant(use()), user(result(), text()))),
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
    Legal("R24", "two calls", ask(user("q"), assistant(use("a"), use("b")), user(result("a"), result("b")))),
    Legal(
        "R25",
        "one result with two texts",
        ask(user("q"), assistant(use()), user(result(content=[text(), text()]))),
    ),
    Legal(
        "R26", "an id of another make", ask(user("q"), assistant(use("call-1_x")), user(result("call-1_x")))
    ),
    Legal("R27", "a name of 200 letters", ask(user("q"), assistant(use(name="n" * 200)), user(result()))),
    Legal("R28", "no arguments", ask(user("q"), assistant(use(input={})), user(result()))),
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
        ask(user("q"), assistant(use(**BY_CODE)), user(result()), container="container_1"),
    ),
]
