"""What attackers write, in every place of an array. The page's tests read the same texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
VECTORS: list[str] = json.loads((Path(__file__).parent / "data" / "hostile.json").read_text(encoding="utf-8"))


def _cited(x: str) -> Json:
    web = {"type": "web_search_result_location", "cited_text": x, "url": x, "title": x, "encrypted_index": x}
    hit = {
        "type": "search_result_location",
        "cited_text": x,
        "search_result_index": 0,
        "source": x,
        "title": x,
    }
    place = {"type": "char_location", "cited_text": x, "document_index": 0, "document_title": x}
    return {
        "type": "text",
        "text": f"cited {x}",
        "citations": [web, hit, place, {"type": x, "cited_text": x}],
    }


def _result(*content: Json) -> Json:
    return {"type": "tool_result", "tool_use_id": "toolu_1", "content": [*content]}


def _served(kind: str, content: Any) -> Json:
    return {"type": f"{kind}_tool_result", "tool_use_id": "srvtoolu_1", "content": content}


def _text_document(x: str) -> Json:
    return {"type": "text", "media_type": "text/plain", "data": x}


PLACES: dict[str, Callable[[str], Json]] = {
    "text": lambda x: {"type": "text", "text": x},
    "citation": _cited,
    "thinking": lambda x: {"type": "thinking", "thinking": x, "signature": x},
    "call": lambda x: {"type": "tool_use", "id": x, "name": x, "input": {x: x, "nested": [{x: [x]}]}},
    "command": lambda x: {"type": "tool_use", "id": "b", "name": "bash", "input": {"command": x}},
    "result": lambda x: {"type": "tool_result", "tool_use_id": x, "content": x, "is_error": True},
    "json result": lambda x: _result({"type": "text", "text": json.dumps({x: x})}, {"type": x, x: x}),
    "image": lambda x: {"type": "image", "source": {"type": "base64", "media_type": x, "data": x}},
    "png": lambda x: {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": x}},
    "image elsewhere": lambda x: {"type": "image", "source": {"type": "url", "url": x}},
    "document": lambda x: {"type": "document", "title": x, "context": x, "source": _text_document(x)},
    "document elsewhere": lambda x: {"type": "document", "title": x, "source": {"type": "url", "url": x}},
    "pdf": lambda x: {"type": "document", "source": {"type": "base64", "media_type": x, "data": x}},
    "search result": lambda x: {
        "type": "search_result",
        "title": x,
        "source": x,
        "content": [{"type": "text", "text": x}],
    },
    "web search": lambda x: _served(
        "web_search",
        [{"type": "web_search_result", "url": x, "title": x, "page_age": x, "encrypted_content": x}],
    ),
    "web page": lambda x: _served(
        "web_fetch",
        {
            "type": "web_fetch_result",
            "url": x,
            "retrieved_at": x,
            "content": {"type": "document", "title": x, "source": _text_document(x)},
        },
    ),
    "failure": lambda x: _served("web_fetch", {"type": "x_error", "error_code": x, "error_message": x}),
    "run": lambda x: _served(
        "bash_code_execution",
        {
            "type": "bash_code_execution_result",
            "stdout": x,
            "stderr": x,
            "return_code": x,
            "content": [{"file_id": x}],
        },
    ),
    "advice": lambda x: _served("advisor", {"type": "advisor_result", "text": x, "stop_reason": x}),
    "upload": lambda x: {"type": "container_upload", "file_id": x},
    "tabs": lambda x: _result(
        {
            "type": "browser_state",
            "tabs": [{"tab_id": x, "title": x, "url": x}],
            "state_changes": [{"type": x, "url": x}],
        }
    ),
    "mcp": lambda x: {"type": "mcp_tool_use", "id": x, "name": x, "server_name": x, "input": {x: x}},
    "listing": lambda x: {
        "type": "mcp_tool_listing",
        "mcp_server_name": x,
        "tools": [{"name": x, "description": x}],
    },
    "compaction": lambda x: {"type": "compaction", "content": x},
    "fallback": lambda x: {
        "type": "fallback",
        "from": {"model": x},
        "to": {"model": x},
        "trigger": {"type": x, "category": x},
    },
    "change": lambda x: {
        "type": "tool_addition",
        "tool": {"type": "tool_definition", "definition": {"name": x, x: x}},
    },
    "unknown": lambda x: {"type": x, x: x, "text": x},
}


def array(shift: int = 0) -> list[Json]:
    """Every vector once, in one place after the other; another shift puts each into another place."""
    places = list(PLACES.values())
    blocks = [places[(at + shift) % len(places)](vector) for at, vector in enumerate(VECTORS)]
    half = len(blocks) // 2
    return [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": blocks[:half]},
        {"role": "user", "content": blocks[half:]},
    ]
