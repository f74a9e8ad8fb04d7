"""What may be offered as a tool, and what may be chosen among the offers."""

from __future__ import annotations

from typing import Any

import pytest

from asking import SEARCH_TOOL, TOOL, ask, mended, refused, rules
from nbkit.rules.validator import check

BASH = {"type": "bash_20250124", "name": "bash"}


def tool(**more: Any) -> dict[str, Any]:
    return {**TOOL, **more}


def schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


CLOSED = {**schema(a={"type": "string"}), "additionalProperties": False}
COUNTED = schema(n={"type": "integer"})


@pytest.mark.parametrize(
    ("broken", "rule", "legal"),
    [
        ([TOOL, TOOL], "R82", [TOOL, tool(name="other")]),
        ([BASH, tool(name="bash")], "R82", [BASH, TOOL]),
        ([tool(defer_loading=True)], "R83", [tool(defer_loading=True), tool(name="b")]),
        (
            [tool(input_schema=COUNTED, input_examples=[{"n": "one"}])],
            "R84",
            [tool(input_schema=COUNTED, input_examples=[{"n": 1}, {"n": 1.0}, {}])],
        ),
        (
            [tool(input_schema={**COUNTED, "required": ["n"]}, input_examples=[{}])],
            "R84",
            [tool(input_schema={**COUNTED, "required": ["n"]}, input_examples=[{"n": 2}])],
        ),
        (
            [tool(input_schema=schema(**{"a[b]": {}}))],
            "tools",
            [tool(input_schema=schema(**{"a.b-c_9": {}}))],
        ),
        (
            [tool(input_schema=schema(**{"k" * 65: {}}))],
            "tools",
            [tool(input_schema=schema(**{"k" * 64: {}}))],
        ),
        (
            [{**SEARCH_TOOL, "allowed_domains": ["a.com"], "blocked_domains": ["b.com"]}],
            "tools",
            [{**SEARCH_TOOL, "allowed_domains": ["a.com"]}],
        ),
        ([tool(strict=True)], "output_schema", [tool(strict=True, input_schema=CLOSED)]),
        ([tool(name="a.b")], "shape", [tool(name="a-b_9")]),
        ([tool(input_schema={})], "shape", [tool(input_schema={"type": "object"})]),
        ([{**BASH, "name": "shell"}], "shape", [BASH]),
        ([{**BASH, "max_characters": 9}], "R10", [BASH]),
        ([tool(colour="red")], "R10", [tool(description="red", type="custom")]),
    ],
)
def test_a_wrong_offer_and_its_legal_neighbour(
    broken: list[dict[str, Any]], rule: str, legal: list[dict[str, Any]]
) -> None:
    assert rules(ask(tools=broken)) == [rule]
    assert refused(ask(tools=legal)) == []


@pytest.mark.parametrize(
    ("choice", "params", "message"),
    [
        ({"type": "tool", "name": "json"}, {}, "Tool 'json' not found in provided tools"),
        (
            {"type": "any"},
            {"tools": []},
            "tool_choice.any may only be specified while providing tools",
        ),
    ],
)
def test_a_choice_that_is_not_offered(choice: dict[str, Any], params: dict[str, Any], message: str) -> None:
    request = ask(tool_choice=choice, **params)
    (problem,) = refused(request)
    assert problem.message == message
    assert refused(mended(request)) == []


@pytest.mark.parametrize(
    ("choice", "params"),
    [
        ({"type": "tool", "name": "get_weather", "disable_parallel_tool_use": True}, {}),
        ({"type": "none"}, {}),
        ({"type": "auto"}, {"tools": []}),
    ],
)
def test_a_choice_among_what_is_offered(choice: dict[str, Any], params: dict[str, Any]) -> None:
    assert refused(ask(tool_choice=choice, **params)) == []


def test_the_path_of_a_wrong_key_says_custom() -> None:
    (problem,) = refused(
        ask(tools=[TOOL, tool(name="b", input_schema={"type": "object", "properties": {"取": {}}})])
    )
    assert problem.message == (
        "tools.1.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'"
    )


def test_every_object_of_an_output_schema_is_closed() -> None:
    form = {"type": "json_schema", "schema": {**CLOSED, "properties": {"in": {"type": "object"}}}}
    request = ask(output_config={"format": form})
    (problem,) = refused(request)
    assert problem.message == (
        "output_config.format.schema: For 'object' type, "
        "'additionalProperties' must be explicitly set to false"
    )
    assert problem.path == "output_config.format.schema.properties.in"
    assert refused(mended(request)) == []


def test_an_output_schema_has_no_bounds() -> None:
    bounded = {**CLOSED, "properties": {"n": {"type": "integer", "minimum": 1}}}
    request = ask(output_config={"format": {"type": "json_schema", "schema": bounded}})
    (problem,) = refused(request)
    assert problem.message.endswith("For 'integer' type, property 'minimum' is not supported")
    assert refused(mended(request)) == []


def test_a_tool_type_nobody_knows_may_be_newer() -> None:
    assert refused(ask(tools=[{"type": "bash_20990101", "name": "bash"}])) == []
    assert rules(ask(model="claude-opus-5-5", tools=[computer()]), COMPUTER) == ["R81"]
    assert refused(ask(model="claude-opus-4-6", tools=[computer()]), COMPUTER) == []


COMPUTER = {"anthropic-beta": "computer-use-2025-11-24"}


def computer() -> dict[str, Any]:
    return {"type": "computer_20251124", "name": "computer", "display_width_px": 9, "display_height_px": 9}


@pytest.mark.parametrize("domain", ["https://a.com", "*.a.com", "", "a b.com", "a.*.com/x"])
def test_a_domain_is_a_host(domain: str) -> None:
    for name in ("allowed_domains", "blocked_domains"):
        broken = ask(tools=[{**SEARCH_TOOL, name: ["a.com", domain]}])
        (problem,) = refused(broken)
        assert problem.path == f"tools.0.web_search_20250305.{name}.1"
        assert refused(mended(broken)) == []
        assert refused(ask(tools=[{**SEARCH_TOOL, name: ["a.com", "b.a.com/x/*", "localhost"]}])) == []


def test_mcp_servers_are_told_apart_and_reached_in_secret() -> None:
    headers = {"anthropic-beta": "mcp-client-2025-11-20"}
    server = {"type": "url", "name": "m", "url": "https://example.com"}
    toolset = {"type": "mcp_toolset", "mcp_server_name": "m"}
    for servers, tools in (
        ([{**server, "url": "http://example.com"}], [toolset]),
        ([server, server], [toolset]),
        ([server], [toolset, {**toolset, "mcp_server_name": "other"}]),
        ([], [toolset]),
    ):
        assert rules(ask(mcp_servers=servers, tools=tools), headers) == ["mcp_servers"]
    older = {"anthropic-beta": "mcp-client-2025-04-04"}
    assert refused(ask(mcp_servers=[{**server, "tool_configuration": {"enabled": True}}]), older) == []


def test_an_mcp_server_is_used_by_one_toolset() -> None:
    """anthropics/anthropic-sdk-csharp#255."""
    headers = {"anthropic-beta": "mcp-client-2025-11-20"}
    servers = [{"type": "url", "name": "m", "url": "https://example.com"}]
    toolset = {"type": "mcp_toolset", "mcp_server_name": "m"}
    (problem,) = refused(ask(mcp_servers=servers), headers)
    assert problem.message == (
        "MCP server 'm' is defined but not referenced by any `mcp_toolset` in `tools`."
    )
    assert refused(ask(mcp_servers=servers, tools=[toolset]), headers) == []
    for tools in ({}, {"tools": [tool()]}):
        request = ask(mcp_servers=servers, **tools)
        (problem,) = refused(request, headers)
        assert problem.fix is not None
        assert refused(problem.fix.apply(request), headers) == []
    assert rules(ask(mcp_servers=servers, tools=[toolset, toolset]), headers) == ["mcp_servers"]


@pytest.mark.parametrize("broken", [{"properties": 5}, {"required": 5}, {"required": [[]]}])
def test_a_broken_schema_is_not_asked_whether_examples_fit(broken: dict[str, Any]) -> None:
    inner = schema(part={"type": "object", **broken})
    offered = [tool(input_schema=inner, input_examples=[{"part": {"a": 1}}])]
    assert rules(ask(tools=offered)) == ["tools"]


TOP = "input_schema does not support oneOf, allOf, or anyOf at the top level"


@pytest.mark.parametrize("word", ["oneOf", "allOf", "anyOf"])
def test_a_union_stands_inside_a_schema_only(word: str) -> None:
    (problem,) = refused(ask(tools=[TOOL, tool(name="b", input_schema={**COUNTED, word: [{}]})]))
    assert problem.message == f"tools.1.custom.input_schema: {TOP}"
    assert refused(ask(tools=[tool(input_schema=schema(n={word: [{"type": "null"}, True]}))])) == []


def test_a_deferred_tool_ends_no_cached_prompt() -> None:
    marked = tool(name="b", defer_loading=True, cache_control={"type": "ephemeral"})
    (problem,) = refused(ask(tools=[TOOL, marked]))
    assert problem.message == (
        "Tool 'b' cannot have both defer_loading=true and cache_control set. "
        "Tools with defer_loading cannot use prompt caching."
    )
    assert refused(mended(ask(tools=[TOOL, marked]))) == []
    assert refused(ask(tools=[TOOL, {**marked, "defer_loading": False}])) == []


@pytest.mark.parametrize(
    ("tools", "choice", "message"),
    [
        ([], {"type": "any"}, "tool_choice.any may only be specified while providing tools"),
        ([], {"type": "tool", "name": "x"}, "Tool 'x' not found in provided tools"),
        (
            [tool(allowed_callers=["code_execution_20260120"])],
            {"type": "tool", "name": "get_weather"},
            "Tool 'get_weather' not found in provided tools",
        ),
    ],
)
def test_what_cannot_be_forced(tools: Any, choice: Any, message: str) -> None:
    (problem,) = refused(ask(tools=tools, tool_choice=choice))
    assert problem.message == message
    assert refused(mended(ask(tools=tools, tool_choice=choice))) == []


@pytest.mark.parametrize("choice", [{"type": "auto"}, {"type": "none"}])
def test_without_tools_nothing_need_be_forced(choice: Any) -> None:
    assert refused(ask(tools=[], tool_choice=choice)) == []


@pytest.mark.parametrize(
    "tools",
    [
        [{"type": "code_execution_20250825", "name": "code_execution"}],
        [{"type": "web_search_20260209", "name": "web_search"}],
        [tool(allowed_callers=["code_execution_20250825"])],
    ],
)
def test_a_container_comes_with_what_runs_code(tools: Any) -> None:
    assert refused(ask(container="container_1", tools=tools)) == []
    assert rules(ask(container="container_1")) == ["container"]
    assert refused(ask(container=None)) == []


BROWSER = {"type": "browser_toolset_20260801"}
SCREEN = {"name": "computer", "display_width_px": 800, "display_height_px": 600}
USE = {"anthropic-beta": "computer-use-2025-01-24"}


@pytest.mark.parametrize(
    ("kind", "model", "other", "headers"),
    [
        (BROWSER, "claude-haiku-4-5-20251001", "claude-opus-4-8", None),
        (
            {"type": "text_editor_20250429", "name": "str_replace_based_edit_tool"},
            "claude-sonnet-4-5-20250929",
            "claude-opus-4-1",
            None,
        ),
        ({"type": "computer_20250124", **SCREEN}, "claude-sonnet-4-6", "claude-sonnet-4-5", USE),
        ({"type": "computer_20250124", **SCREEN}, "claude-fable-5", "claude-haiku-4-5", USE),
    ],
)
def test_a_type_of_tool_belongs_to_some_models(
    kind: dict[str, Any], model: str, other: str, headers: dict[str, str] | None
) -> None:
    """The words are those of live refusals of 2026, each by the model that is named here."""
    (problem,) = refused(ask(model=model, tools=[kind]), headers)
    begins = f"'{model}' does not support tool types: {kind['type']}. Did you mean one of advisor_20260301, "
    assert problem.message.startswith(begins)
    assert kind["type"] not in problem.message[len(begins) :]
    assert refused(ask(model=other, tools=[kind]), headers) == []


def test_a_type_of_tool_that_nobody_has_seen_refused_is_only_warned_of() -> None:
    (problem,) = check(ask(model="claude-sonnet-4-6", tools=[{"type": "computer_toolset_20260801"}]))
    assert (problem.rule, problem.level) == ("R81", "warning")


def test_every_tool_that_code_may_call_is_named() -> None:
    newer = [
        {"type": "web_search_20260209", "name": "web_search"},
        {"type": "web_fetch_20260209", "name": "web_fetch"},
        TOOL,
    ]
    request = ask(model="claude-haiku-4-5", tools=newer)
    (problem,) = refused(request)
    assert problem.message == (
        "'claude-haiku-4-5-20251001' does not support programmatic tool calling. The following tools have "
        "`allowed_callers` that require it: web_fetch, web_search. Explicitly set "
        '`allowed_callers=["direct"]` on these tools, or use a model that supports programmatic tool calling.'
    )
    assert refused(mended(request)) == []


def test_where_nothing_is_offered_that_is_told_before_what_the_model_takes() -> None:
    """As measured in September 2026 on Sonnet 5.5, which takes no forced tool at all."""
    (first, *_) = refused(ask(model="claude-sonnet-5-5", tool_choice={"type": "any"}, tools=[]))
    assert first.message == "tool_choice.any may only be specified while providing tools"
    (first, *_) = refused(ask(model="claude-sonnet-5-5", tool_choice={"type": "tool", "name": "x"}))
    assert first.message == "Tool 'x' not found in provided tools"
    for kind in ("auto", "none"):
        assert refused(ask(model="claude-sonnet-5-5", tool_choice={"type": kind}, tools=[])) == []
