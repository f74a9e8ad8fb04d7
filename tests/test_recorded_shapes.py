"""The simulator's streams beside recorded ones: the same fields and the same deltas, block by block."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nbkit.sim.simulator import Simulator
from nbkit.wire.sse_events import SSEEvents

Json = dict[str, Any]
Fields = dict[str, list[frozenset[str]]]

SHARED = Path(__file__).parents[2] / "shared" / "data" / "streams"
HEADERS = {
    "x-api-key": "k",
    "anthropic-version": "2026-10-21",
    "content-type": "application/json",
    "anthropic-beta": "mcp-client-2025-11-20,advisor-tool-2026-03-01",
}
SEARCH: Json = {"type": "web_search_20250305", "name": "web_search"}
FETCH: Json = {"type": "web_fetch_20250910", "name": "web_fetch"}
CODE: Json = {"type": "code_execution_20250825", "name": "code_execution"}
BM25: Json = {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"}
WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
MCP: Json = {"type": "mcp_toolset", "mcp_server_name": "docs"}
PAGE = "https://science.example.org/moon"
ASKED: list[tuple[str, list[Json]]] = [
    ("How tall was the lighthouse of Alexandria?", [SEARCH]),
    (f"Read {PAGE} and tell me how far away the Moon is.", [FETCH]),
    (f"Fetch {PAGE} and tell me about the Moon.", [{**FETCH, "type": "web_fetch_20260209"}]),
    ("How deep is the sea?", [{**SEARCH, "type": "web_search_20260209"}]),
    ("How tall was the lighthouse of Alexandria?", [MCP]),
    ("What is 17*23?", [CODE]),
    ('Create a file a.txt with "x", replace "x" with "y", and show it.', [CODE]),
    ("Show me none.txt", [CODE]),
    ("Run ```python\nprint(1/0)\n```", [CODE]),
    ("What's the weather in Paris?", [BM25, {**WEATHER, "defer_loading": True}]),
    ("What's the weather in Paris?", [CODE, {**WEATHER, "allowed_callers": ["code_execution_20250825"]}]),
]


def recorded() -> list[list[Json]]:
    index = SHARED / "INDEX.jsonl"
    lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
    entries = [json.loads(line) for line in lines]
    return [
        events_of((SHARED / entry["file"]).read_bytes())
        for entry in entries
        if entry["provenance"].startswith("recorded") and entry["file"].endswith(".sse")
    ]


def events_of(data: bytes) -> list[Json]:
    decoder = SSEEvents()
    return [event.data for event in decoder.feed(data)]


def simulated(question: str, tools: list[Json]) -> list[Json]:
    body: Json = {
        "model": "claude-sonnet-4-6",
        "max_tokens": 3000,
        "messages": [{"role": "user", "content": question}],
        "tools": tools,
        "stream": True,
    }
    if MCP in tools:
        body["mcp_servers"] = [{"type": "url", "name": "docs", "url": "https://mcp.example.com"}]
    plan = Simulator().respond("POST", "/v1/messages", HEADERS, json.dumps(body).encode())
    data = b"".join(step for step in plan.steps if isinstance(step, bytes))
    assert plan.status == 200, data
    return events_of(data)


def typed(value: Any, where: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Every object with a type inside a value: where it stands, and the fields it has."""
    if isinstance(value, list):
        for item in value:
            yield from typed(item, where)
    elif isinstance(value, dict):
        if "type" in value:
            where = f"{where}/{value['type']}"
            yield where, frozenset(value)
        for key, item in value.items():
            if key != "input":
                yield from typed(item, where)


def enveloped(event: Json) -> Iterator[tuple[str, Json]]:
    """What stands around the blocks: the ends of the message and its usage, the container."""
    kind, held = str(event.get("type")), event.get("message") or event
    if kind in ("message_start", "message_delta"):
        delta, usage = held.get("delta") or {}, held.get("usage") or {}
        yield f"{kind}/whole", held
        yield f"{kind}/usage", usage
        yield from ((f"{kind}/{name}", held[name]) for name in ("delta",) if name in held)
        yield from ((f"{kind}/container", delta[name]) for name in ("container",) if delta.get(name))
        nested = ("server_tool_use", "cache_creation", "output_tokens_details")
        yield from ((f"{kind}/usage/{name}", usage[name]) for name in nested if usage.get(name))


def fields(streams: Iterable[list[Json]]) -> Fields:
    found: Fields = defaultdict(list)
    for event in (event for stream in streams for event in stream):
        for where, value in enveloped(event):
            found[where].append(frozenset(value))
        started = event.get("content_block") or event.get("delta") or {}
        for where, keys in typed(started, str(event.get("type"))):
            name = f"{where}/{started['name']}" if where.endswith("server_tool_use") else where
            found[name].append(keys)
    return found


def growth(streams: Iterable[list[Json]]) -> dict[str, set[tuple[str, ...]]]:
    """The kinds of deltas that blocks have, in their order, by the kind of block."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    kind, deltas = "", dict[str, None]()
    for stream in streams:
        for event in stream:
            if event.get("type") == "content_block_start":
                block, deltas = event["content_block"], dict[str, None]()
                caller = (block.get("caller") or {}).get("type", "direct")
                kind = f"{block['type']} by {'direct' if caller == 'direct' else 'code'}"
            elif event.get("type") == "content_block_delta":
                deltas[event["delta"]["type"]] = None
            elif event.get("type") == "content_block_stop":
                found[kind].add(tuple(deltas))
    return found


RECORDED = recorded()
needs_streams = pytest.mark.skipif(not RECORDED, reason="the recorded streams are not beside this checkout")


@needs_streams
@pytest.mark.parametrize(("question", "tools"), ASKED, ids=[question[:30] for question, _ in ASKED])
def test_what_is_simulated_has_the_fields_of_what_was_recorded(question: str, tools: list[Json]) -> None:
    known = fields(RECORDED)
    wrong = {}
    for where, shapes in fields([simulated(question, tools)]).items():
        for keys in shapes if where in known else ():
            always, ever = frozenset.intersection(*known[where]), frozenset.union(*known[where])
            if not always <= keys <= ever:
                wrong[where] = {"missing": sorted(always - keys), "extra": sorted(keys - ever)}
    assert wrong == {}


@needs_streams
def test_blocks_grow_by_the_deltas_that_were_recorded() -> None:
    known = growth(RECORDED)
    made = growth(simulated(question, tools) for question, tools in ASKED)
    both = made.keys() & known.keys()
    assert {kind: odd for kind in both if (odd := made[kind] - known[kind])} == {}
    assert len(both) > 10
