"""What a model said may be sent back as it came: a refusal here would break every client's next turn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbkit.rules.validator import check
from nbkit.wire.assembly import Framing, assemble

Json = dict[str, Any]
SHARED = Path(__file__).parents[2] / "shared" / "data" / "streams"
FRAMING: dict[str, Framing] = {"sse": "sse", "eventstream": "aws"}
OFFERS = {
    "web_search": {"type": "web_search_20250305", "name": "web_search"},
    "web_fetch": {"type": "web_fetch_20250910", "name": "web_fetch"},
    "code_execution": {"type": "code_execution_20250825", "name": "code_execution"},
    "tool_search_tool_regex": {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"},
    "tool_search_tool_bm25": {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"},
}
BETAS = {
    "mcp_tool_use": "mcp-client-2025-11-20",
    "compaction": "compact-2026-01-12",
    "fallback": "server-side-fallback-2026-07-01",
    "advisor_tool_result": "advisor-tool-2026-03-01",
}


def recorded() -> list[Json]:
    """The replies that came off the wire and were not touched since, and are whole."""
    index = SHARED / "INDEX.jsonl"
    lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
    entries = [json.loads(line) for line in lines]
    return [
        entry
        for entry in entries
        if entry["provenance"].startswith("recorded")
        and (SHARED / entry["file"]).with_suffix(".final.json").exists()
    ]


RECORDED = recorded()


def next_request(reply: Json) -> Json:
    """A conversation that goes on behind the reply: each call answered, each tool still offered."""
    calls = [block for block in reply["content"] if block["type"] == "tool_use"]
    served = {
        block["name"].removeprefix("bash_")
        for block in reply["content"]
        if block["type"] == "server_tool_use"
    }
    answers = [{"type": "tool_result", "tool_use_id": call["id"], "content": "done"} for call in calls]
    tools = [{"name": name, "input_schema": {"type": "object"}} for name in {call["name"] for call in calls}]
    request: Json = {
        "model": "claude-sonnet-4-6",
        "max_tokens": 1024,
        "tools": [*tools, *(OFFERS[name] for name in sorted(served) if name in OFFERS)],
        "messages": [
            {"role": "user", "content": "Go on."},
            {"role": "assistant", "content": reply["content"]},
            {"role": "user", "content": answers or "Thank you."},
        ],
    }
    if reply.get("container"):
        request["container"] = reply["container"]["id"]
    if any(block["type"] == "compaction" for block in reply["content"]):
        request["context_management"] = {"edits": [{"type": "compact_20260112"}]}
    return request


def goes_on(reply: Json) -> bool:
    """Whether the reply speaks of a call that an earlier reply made."""
    ids = {block.get("id") for block in reply["content"]}
    callers = [block.get("caller") or {} for block in reply["content"]]
    wanted = [block.get("tool_use_id") for block in reply["content"]]
    wanted += [caller.get("tool_id") for caller in callers]
    return any(id not in ids for id in wanted if id)


@pytest.mark.skipif(not RECORDED, reason="the recorded streams are not beside this checkout")
def test_every_recorded_reply_may_be_sent_back() -> None:
    refused = {}
    for entry in RECORDED:
        reply = assemble((SHARED / entry["file"]).read_bytes(), FRAMING[entry["format"]]).to_wire()
        if not reply["content"] or goes_on(reply):
            continue
        betas = {BETAS[block["type"]] for block in reply["content"] if block["type"] in BETAS}
        headers = {"anthropic-version": "2023-06-01", "anthropic-beta": ",".join(sorted(betas))}
        problems = [each for each in check(next_request(reply), headers) if each.level == "error"]
        if problems:
            refused[entry["name"]] = problems
    assert refused == {}


def test_a_field_that_only_live_replies_have_may_be_sent_back() -> None:
    result = {"type": "code_execution_result", "stdout": "", "stderr": "", "return_code": 0, "content": []}
    reply: Json = {
        "content": [
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "code_execution", "input": {"code": ""}},
            {
                "type": "code_execution_tool_result",
                "tool_use_id": "srvtoolu_1",
                "content": {**result, "abort_reason": None},
            },
        ]
    }
    assert not [each for each in check(next_request(reply)) if each.level == "error"]
