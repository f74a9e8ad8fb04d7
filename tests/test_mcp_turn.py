"""MCP servers, pretended, as the official SDK sees them over HTTP: calls within one reply, what goes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from nbkit.sim.brain.intent import Intent
from nbkit.sim.brain.scene import Call
from nbkit.sim.hosted import mcp_turn
from served import simulated_sdk

Json = dict[str, Any]
DOCS: Json = {"type": "url", "name": "docs", "url": "https://mcp.example.com/sse"}
TOOLSET: Json = {"type": "mcp_toolset", "mcp_server_name": "docs"}
WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
ORDERS: Json = {
    "name": "get_order",
    "description": "Look up an order by its number.",
    "input_schema": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
}
OLD, NEW = "mcp-client-2025-11-20", "mcp-client-2026-09-15"
MODELS = ["claude-haiku-4-5", "claude-opus-4-8", "claude-sonnet-5", "claude-opus-5-5", "claude-fable-5-2"]
TALL = "How tall was the lighthouse of Alexandria?"


@pytest.fixture(scope="module")
def sdk() -> Iterator[anthropic.Anthropic]:
    with simulated_sdk() as client:
        yield client


def asking(question: str, *tools: Json, **more: Any) -> Any:
    return {
        "model": "claude-sonnet-5",
        "max_tokens": 3000,
        "messages": [{"role": "user", "content": question}],
        "tools": [*tools],
        "mcp_servers": [DOCS],
        "betas": [OLD],
        **more,
    }


def kinds(message: Any) -> list[str]:
    return [block.type for block in message.content if block.type != "thinking"]


def only(message: Any, kind: str) -> Any:
    (block,) = (block for block in message.content if block.type == kind)
    return block


def going_on(request: Any, message: Any, *after: Json) -> Any:
    said = {"role": "assistant", "content": message.content}
    return {**request, "messages": [*request["messages"], said, *after]}


def blocks_of(body: Json) -> list[Json]:
    contents = [message["content"] for message in body["messages"]]
    return [block for content in contents if isinstance(content, list) for block in content]


def test_a_server_is_asked_and_answers_within_the_reply(sdk: anthropic.Anthropic) -> None:
    message = sdk.beta.messages.create(**asking(TALL, TOOLSET))
    assert kinds(message) == ["text", "mcp_tool_use", "mcp_tool_result", "text"]
    use, result = only(message, "mcp_tool_use"), only(message, "mcp_tool_result")
    assert use.id.startswith("mcptoolu_01")
    assert (use.server_name, result.tool_use_id, result.is_error) == ("docs", use.id, False)
    assert "100 metres" in result.content[0].text
    assert "100 metres" in message.content[-1].text
    assert message.stop_reason == "end_turn"


def test_the_newer_beta_lists_once(sdk: anthropic.Anthropic) -> None:
    request = asking(TALL, TOOLSET, betas=[NEW])
    first = sdk.beta.messages.create(**request)
    listing = only(first, "mcp_tool_listing")
    assert listing.mcp_server_name == "docs"
    assert kinds(first)[0] == "mcp_tool_listing"
    question = {"role": "user", "content": "Search the docs for coffee"}
    second = sdk.beta.messages.create(**going_on(request, first, question))
    assert "mcp_tool_listing" not in kinds(second)
    pinned = {**TOOLSET, "tools": [tool.to_dict() for tool in listing.tools]}
    assert "mcp_tool_listing" not in kinds(sdk.beta.messages.create(**asking(TALL, pinned, betas=[NEW])))


def test_pinned_tools_are_those_of_the_server(sdk: anthropic.Anthropic) -> None:
    message = sdk.beta.messages.create(**asking("What is in order 4711?", {**TOOLSET, "tools": [ORDERS]}))
    use = only(message, "mcp_tool_use")
    assert (use.name, use.input) == ("get_order", {"number": 4711})


@pytest.mark.parametrize(
    "settings",
    [
        {"default_config": {"enabled": False}},
        {"configs": {"search_knowledge_base": {"enabled": False}}},
    ],
)
def test_what_is_turned_off_is_not_used(sdk: anthropic.Anthropic, settings: Json) -> None:
    assert kinds(sdk.beta.messages.create(**asking(TALL, {**TOOLSET, **settings}))) == ["text"]


def test_a_tool_can_be_forced(sdk: anthropic.Anthropic) -> None:
    message = sdk.beta.messages.create(**asking("Tea", TOOLSET, tool_choice={"type": "any"}))
    assert kinds(message) == ["mcp_tool_use", "mcp_tool_result", "text"]


def test_tools_of_the_client_follow_in_the_same_reply(sdk: anthropic.Anthropic) -> None:
    question = "Search the docs for lighthouses and get the weather in Oslo."
    request = asking(question, TOOLSET, WEATHER)
    first = sdk.beta.messages.create(**request)
    assert first.stop_reason == "tool_use"
    assert kinds(first)[-1] == "tool_use"
    assert "mcp_tool_result" in kinds(first)
    result = {"type": "tool_result", "tool_use_id": only(first, "tool_use").id, "content": "rain, 9 °C"}
    last = sdk.beta.messages.create(**going_on(request, first, {"role": "user", "content": [result]}))
    assert last.stop_reason == "end_turn"
    assert "mcp_tool_use" not in kinds(last)
    assert "9 °C" in last.content[-1].text


def test_one_name_on_two_servers_is_asked_where_it_is(sdk: anthropic.Anthropic) -> None:
    servers = [DOCS, {**DOCS, "name": "wiki"}]
    off = {**TOOLSET, "default_config": {"enabled": False}}
    toolsets = [off, {**TOOLSET, "mcp_server_name": "wiki"}]
    message = sdk.beta.messages.create(**asking(TALL, *toolsets, mcp_servers=servers))
    assert only(message, "mcp_tool_use").server_name == "wiki"


def test_a_long_loop_pauses_and_goes_on() -> None:
    calls = tuple(Call("get_order", {"number": number}) for number in range(12))

    def think(body: Json) -> Intent:
        done = sum(block["type"] == "tool_result" for block in blocks_of(body))
        return Intent(calls=calls[done:]) if done < 12 else Intent(text="All twelve.")

    request = asking("All orders", {**TOOLSET, "tools": [ORDERS]})
    paused = mcp_turn.take_turn(request, think, OLD)
    assert paused.pauses
    assert [block["type"] for block in paused.blocks].count("mcp_tool_result") == 10
    assert paused.blocks[-1]["type"] == "mcp_tool_use"
    said = {"role": "assistant", "content": list(paused.blocks)}
    rest = mcp_turn.take_turn({**request, "messages": [*request["messages"], said]}, think, OLD)
    assert [block["type"] for block in rest.blocks] == ["mcp_tool_result", "mcp_tool_use", "mcp_tool_result"]
    assert (rest.blocks[0]["tool_use_id"], rest.text) == (paused.blocks[-1]["id"], "All twelve.")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("beta", [OLD, NEW])
def test_streamed_as_whole_and_sent_back_untouched(sdk: anthropic.Anthropic, model: str, beta: str) -> None:
    request = asking(TALL, TOOLSET, WEATHER, model=model, betas=[beta])
    whole = sdk.beta.messages.create(**request)
    with sdk.beta.messages.stream(**request) as stream:
        streamed = stream.get_final_message()
    for block in streamed.content:
        if block.type == "text":
            del block.parsed_output
    assert [block.to_dict() for block in streamed.content] == [block.to_dict() for block in whole.content]
    thanks = {"role": "user", "content": "Thank you."}
    again = sdk.beta.messages.create(**going_on(request, whole, thanks))
    assert kinds(again) == ["text"]
