"""Examples of R86 to R96, and of the rules with a name: system messages, server tools, what has no number."""

from __future__ import annotations

from typing import Any

from asking import OLD, TOOL, ask, assistant, found, result, search, system, text, use, user
from examples import Json, Legal, Refused
from pictures import image

OPUS = {"model": "claude-opus-5"}
CLEAR_AT = {"anthropic-beta": "mid-conversation-system-clear-at-2026-08-21"}
MANAGED = {"anthropic-beta": "context-management-2025-06-27"}
MCP = {"anthropic-beta": "mcp-client-2025-11-20"}
CREDIT = {"anthropic-beta": "server-side-fallback-2026-07-01,fallback-credit-2026-07-01"}
CLEARING = {"edits": [{"type": "clear_thinking_20251015"}]}


def scoped(**more: Any) -> Json:
    return {**system(text(**more)), "clear_at": "next_user_message"}


def schema(**more: object) -> Json:
    return {"format": {"type": "json_schema", "schema": {"type": "object", **more}}}


def server(name: str) -> Json:
    return {"type": "url", "name": name, "url": "https://example.com/mcp"}


def found_page(seal: str | None) -> Json:
    hit = {"type": "web_search_result", "url": "https://a/b", "title": "t", "encrypted_content": seal}
    return {**found(), "content": [{name: value for name, value in hit.items() if value is not None}]}


def tab(name: str, active: bool = True) -> Json:
    return {"tab_id": name, "title": "t", "url": "https://a", "active": active}


def navigated(tabs: list[Json]) -> Json:
    call = use(name="navigate", toolset_name="browser")
    state = {"type": "browser_state", "tabs": tabs}
    answer = result(content=[text(), state], toolset_name="browser")
    return ask(user("a"), assistant(call), user(answer), tools=[{"type": "browser_toolset_20260801"}], **OPUS)


AFTER_FINDING = ask(user("a"), assistant(search(), found()), system("s"), assistant("b"), user("c"), **OPUS)
EPHEMERAL = {"type": "ephemeral"}
TOOLSET: Json = {"type": "mcp_toolset", "mcp_server_name": "docs"}
FOUND = "messages.1.content.1.web_search_tool_result.content"
SEAL = f"{FOUND}.list[RequestWebSearchResultBlock].0.encrypted_content"
REFUSED = [
    Refused(
        "R86",
        "a system message on Sonnet 4.6",
        ask(user("a"), system("s"), model="claude-sonnet-4-6", thinking={"type": "adaptive"}),
        "messages.1.role",
        "role 'system' is not supported on this model",
    ),
    Refused(
        "R86",
        "a system message on Haiku 4.5",
        ask(system("s"), user("a"), model="claude-haiku-4-5"),
        "messages.0.role",
        'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not '
        '"system" as an input message role.',
    ),
    Refused(
        "R87",
        "a system message after an assistant's",
        ask(user("a"), assistant("b"), system("s"), **OPUS),
        "messages.2",
        "messages.2: role 'system' must follow a 'user' message or an 'assistant' message ending in a server "
        "tool result; the directive-only form (content: [] with output_config) is accepted at any position",
    ),
    Refused(
        "R88",
        "a system message before a user's",
        ask(user("a"), system("s"), user("b"), **OPUS),
        "messages.1",
        "messages.1: role 'system' must precede an 'assistant' message or end the array; the directive-only "
        "form (content: [] with output_config) is accepted at any position",
    ),
    Refused(
        "R89",
        "a system message between call and result",
        ask(user("a"), assistant(use()), system("s"), user(result()), **OPUS),
        "messages.1.content.0",
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1.",
    ),
    Refused(
        "R90",
        "a picture from the system",
        ask(user("a"), system(text(), image()), **OPUS),
        "messages.1.content.1",
        "messages.1: role 'system' supports text, tool_addition, and tool_removal blocks only",
    ),
    Refused(
        "R91",
        "a user's message to be forgotten",
        ask({**scoped(), "role": "user"}, **OPUS),
        "messages.0.clear_at",
        "messages.0.clear_at: clear_at is only permitted on role 'system' messages",
        CLEAR_AT,
    ),
    Refused(
        "R92",
        "a system message of nothing",
        ask(user("a"), {"role": "system"}, **OPUS),
        "messages.1.content",
        "messages.1.content: Field required",
    ),
    Refused(
        "R92",
        "an empty list from the system",
        ask(user("a"), system(), **OPUS),
        "messages.1",
        "messages.1: system content must contain at least one block",
    ),
    Refused(
        "R93",
        "a finding without its seal",
        ask(user("a"), assistant(search(), found_page(None)), user("b")),
        SEAL,
        f"{SEAL}: ",
    ),
    Refused(
        "shape", "no model", {"max_tokens": 1, "messages": [user("a")]}, "model", "model: Field required"
    ),
    Refused(
        "sampling",
        "temperature of 0 on Opus 4.7",
        ask(model="claude-opus-4-7", temperature=0),
        "temperature",
        "`temperature` is deprecated for this model.",
        OLD,
    ),
    Refused(
        "context_management",
        "no thinking to clear",
        ask(model="claude-opus-4-8", context_management=CLEARING),
        "context_management.edits.0",
        "`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive",
        MANAGED,
    ),
    Refused(
        "tools",
        "brackets in a key",
        ask(tools=[{**TOOL, "input_schema": {"type": "object", "properties": {"filter[id]": {}}}}]),
        "tools.0.custom.input_schema.properties",
        "tools.0.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
    ),
    Refused(
        "tools",
        "a list of types where one is meant",
        ask(tools=[{**TOOL, "input_schema": {"type": "object", "properties": {"a": {"items": [{}]}}}}]),
        "tools.0.custom.input_schema",
        "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 "
        "(https://json-schema.org/draft/2020-12).",
    ),
    Refused(
        "tools",
        "either this or that as a whole",
        ask(tools=[{**TOOL, "input_schema": {"type": "object", "anyOf": [{"required": ["a"]}]}}]),
        "tools.0.custom.input_schema",
        "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level",
    ),
    Refused(
        "tools",
        "put off and cached",
        ask(tools=[TOOL, {**TOOL, "name": "b", "defer_loading": True, "cache_control": EPHEMERAL}]),
        "tools.1.cache_control",
        "Tool 'b' cannot have both defer_loading=true and cache_control set. Tools with defer_loading cannot "
        "use prompt caching.",
    ),
    Refused(
        "tools",
        "a picture of two active tabs",
        navigated([tab("1"), tab("2")]),
        "messages.2.content.0",
        "messages.2.content.0: exactly one tab must be active",
    ),
    Refused(
        "betas",
        "a fallback and its credit",
        ask(fallbacks="default", fallback_credit_token="t"),
        "fallback_credit_token",
        "fallback_credit_token: cannot be used together with `fallbacks`",
        CREDIT,
    ),
    Refused(
        "mcp_servers",
        "a server nobody uses",
        ask(mcp_servers=[server("docs")]),
        "mcp_servers.0",
        "MCP server 'docs' is defined but not referenced by any `mcp_toolset` in `tools`.",
        MCP,
    ),
    Refused(
        "mcp_servers",
        "a server two toolsets use",
        ask(mcp_servers=[server("docs")], tools=[TOOLSET, TOOLSET]),
        "mcp_servers.0",
        "mcp_servers.0: MCP server 'docs' must be referenced by exactly one mcp_toolset",
        MCP,
    ),
    Refused(
        "tool_choice",
        "a tool that isn't there",
        ask(tool_choice={"type": "tool", "name": "json"}),
        "tool_choice.tool.name",
        "Tool 'json' not found in provided tools",
    ),
    Refused(
        "tool_choice",
        "any of none",
        ask(tools=[], tool_choice={"type": "any"}),
        "tool_choice",
        "tool_choice.any may only be specified while providing tools",
    ),
    Refused(
        "container",
        "a container without code",
        ask(container="container_1"),
        "container",
        "container: Container identifier can only be provided when using the code execution tool",
    ),
    Refused(
        "inference_geo",
        "a place that isn't there",
        ask(inference_geo="moon"),
        "inference_geo",
        "inference_geo: must be one of ['global', 'us']",
        level="unknown",
    ),
    Refused(
        "speed",
        "Sonnet in a hurry",
        ask(speed="fast"),
        "speed",
        "'claude-sonnet-5' does not support the `speed` parameter. ",
    ),
    Refused(
        "output_schema",
        "an open object",
        ask(output_config=schema()),
        "output_config.format.schema",
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly "
        "set to false",
    ),
]
LEGAL = [
    Legal("R86", "a system message on Opus 5", ask(user("a"), system("s"), **OPUS)),
    Legal("R87", "a system message after a finding", AFTER_FINDING),
    Legal("R88", "a system message before an assistant's", AFTER_FINDING),
    Legal(
        "R89",
        "a system message after the results",
        ask(user("a"), assistant(use()), user(result()), system("s"), **OPUS),
    ),
    Legal("R90", "a text from the system", ask(user("a"), system(text()), **OPUS)),
    Legal("R91", "a system message to be forgotten", ask(user("a"), scoped(), **OPUS), CLEAR_AT),
    Legal(
        "R92",
        "an effort alone",
        ask(user("a"), {"role": "system", "output_config": {"effort": "low"}}, **OPUS),
        {"anthropic-beta": "mid-conversation-output-config-2026-07-01"},
    ),
    Legal("R93", "a finding with its seal", ask(user("a"), assistant(search(), found_page("Eq")), user("b"))),
    Legal(
        "shape", "what must be there", {"model": "claude-opus-5", "max_tokens": 1, "messages": [user("a")]}
    ),
    Legal("sampling", "temperature of 1 on Opus 4.7", ask(model="claude-opus-4-7", temperature=1), OLD),
    Legal("context_management", "thinking to clear", ask(context_management=CLEARING), MANAGED),
    Legal(
        "context_management",
        "no call of a tool to keep, any amount to clear",
        ask(
            context_management={
                "edits": [
                    {
                        "type": "clear_tool_uses_20250919",
                        "keep": {"type": "tool_uses", "value": 0},
                        "clear_at_least": {"type": "input_tokens", "value": 0},
                    }
                ]
            }
        ),
        MANAGED,
    ),
    Legal(
        "tools",
        "dots in a key",
        ask(tools=[{**TOOL, "input_schema": {"type": "object", "properties": {"a.b-c": {}}}}]),
    ),
    Legal("tools", "a picture of one active tab", navigated([tab("1"), tab("2", active=False)])),
    Legal("betas", "a fallback alone", ask(fallbacks="default"), CREDIT),
    Legal("betas", "a credit alone", ask(fallback_credit_token="t"), CREDIT),
    Legal("mcp_servers", "a server in use", ask(mcp_servers=[server("docs")], tools=[TOOLSET]), MCP),
    Legal("tool_choice", "a tool that is there", ask(tool_choice={"type": "tool", "name": "get_weather"})),
    Legal("tool_choice", "none of none", ask(tools=[], tool_choice={"type": "none"})),
    Legal(
        "tools",
        "either this or that within",
        ask(tools=[{**TOOL, "input_schema": {"type": "object", "properties": {"a": {"anyOf": [{}, True]}}}}]),
    ),
    Legal(
        "container",
        "a container for code",
        ask(container="container_1", tools=[{"type": "code_execution_20250825", "name": "code_execution"}]),
    ),
    Legal("inference_geo", "a place that is there", ask(inference_geo="us")),
    Legal("speed", "Opus in a hurry", ask(speed="fast", **OPUS)),
    Legal("output_schema", "a closed object", ask(output_config=schema(additionalProperties=False))),
]
