"""Random conversations with server tools of every version, on every kind of model: what a reply has goes back
untouched, can be counted, and is the same whole and streamed.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble

Json = dict[str, Any]
HEADERS = {
    "x-api-key": "k",
    "anthropic-version": "2026-10-21",
    "content-type": "application/json",
    "anthropic-beta": "mcp-client-2025-11-20,advisor-tool-2026-03-01",
}
MODELS = [
    "claude-opus-4-5", "claude-sonnet-4-6", "claude-opus-4-8", "claude-sonnet-5", "claude-opus-5",
    "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-2",
]  # fmt: skip
WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
CITED: Json = {"citations": {"enabled": True}}
TOOLS: list[list[Json]] = [
    [
        {"type": "web_search_20250305", "name": "web_search"},
        {"type": "web_search_20260209", "name": "web_search"},
        {"type": "web_search_20260318", "name": "web_search", "response_inclusion": "excluded"},
    ],
    [
        {"type": "web_fetch_20250910", "name": "web_fetch", **CITED},
        {"type": "web_fetch_20260318", "name": "web_fetch", **CITED, "response_inclusion": "excluded"},
    ],
    [
        {"type": "code_execution_20250522", "name": "code_execution"},
        {"type": "code_execution_20250825", "name": "code_execution"},
        {"type": "code_execution_20260521", "name": "code_execution"},
    ],
    [
        {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"},
        {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"},
    ],
    [WEATHER, {**WEATHER, "allowed_callers": ["code_execution_20260120"]}],
    [{**WEATHER, "name": "weather_of_city", "defer_loading": True}],
    [{"type": "mcp_toolset", "mcp_server_name": "docs"}],
    [{"type": "advisor_20260301", "name": "advisor", "model": "claude-fable-5-2"}],
]
QUESTIONS = [
    "How tall was the lighthouse of Alexandria?",
    "Do 12 searches about coffee",
    "Read https://science.example.org/moon.pdf and tell me how far away the Moon is.",
    "Read https://nowhere.example.org/x please",
    "What is 17*23?",
    'Create a file notes.txt with "Buy milk", replace "milk" with "tea", and show it.',
    'Save "x" to a.csv for download',
    "Run ```python\nprint(1/0)\n```",
    "What's the weather in Paris?",
    "Search the web for lighthouses, and get the weather in Oslo.",
    "Search the docs for coffee",
    "Ask the advisor how to brew tea",
    "Hello",
]


@st.composite
def offers(draw: st.DrawFn) -> list[Json]:
    picked = draw(st.lists(st.sampled_from(TOOLS), min_size=1, max_size=5, unique_by=id))
    tools = [draw(st.sampled_from(versions)) for versions in picked]
    return tools if any(not tool.get("defer_loading") for tool in tools) else [*tools, WEATHER]


def sent(simulator: Simulator, request: Json, path: str = "/v1/messages") -> tuple[int, bytes]:
    plan = simulator.respond("POST", path, HEADERS, json.dumps(request).encode())
    return plan.status, b"".join(step for step in plan.steps if isinstance(step, bytes))


def answered(simulator: Simulator, request: Json) -> Json:
    """The reply, which is the same whole and streamed; the request can be counted, too."""
    status, data = sent(simulator, request)
    reply: Json = json.loads(data)
    assert status == 200, reply
    streamed = assemble([sent(simulator, {**request, "stream": True})[1]]).to_wire()
    assert [block["type"] for block in streamed["content"]] == [block["type"] for block in reply["content"]]
    if "container" not in request:  # what code left there the first time is there the second time
        assert streamed["content"] == reply["content"]
    counted = {name: value for name, value in request.items() if name not in ("max_tokens", "stream")}
    assert sent(simulator, counted, "/v1/messages/count_tokens")[0] == 200
    return reply


@settings(max_examples=60, deadline=None)
@given(
    tools=offers(),
    model=st.sampled_from(MODELS),
    questions=st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=3, unique=True),
    parallel=st.booleans(),
)
def test_what_is_said_goes_back_untouched(
    tools: list[Json], model: str, questions: list[str], parallel: bool
) -> None:
    simulator = Simulator()
    request: Json = {"model": model, "max_tokens": 4000, "messages": [], "tools": tools}
    request["tool_choice"] = {"type": "auto", "disable_parallel_tool_use": not parallel}
    if any(tool.get("type") == "mcp_toolset" for tool in tools):
        request["mcp_servers"] = [{"type": "url", "name": "docs", "url": "https://mcp.example.com"}]
    for question in questions:
        request["messages"].append({"role": "user", "content": question})
        for _ in range(8):
            reply = answered(simulator, request)
            request["messages"].append({"role": "assistant", "content": reply["content"]})
            if reply.get("container"):
                request["container"] = reply["container"]["id"]
            if reply["stop_reason"] == "tool_use":
                calls = [block["id"] for block in reply["content"] if block["type"] == "tool_use"]
                results = [
                    {"type": "tool_result", "tool_use_id": id, "content": "rain, 9 °C"} for id in calls
                ]
                request["messages"].append({"role": "user", "content": results})
            elif reply["stop_reason"] != "pause_turn":
                break
        assert reply["stop_reason"] == "end_turn"
