"""Small legal requests for the tests of the rules, and what the rules say of a changed one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbkit.rules.portable.portability import Cell, portability
from nbkit.rules.problem import Problem
from nbkit.rules.validator import check

Json = dict[str, Any]
NEW = "2026-10-21"
OLD = {"anthropic-version": "2023-06-01"}
TOOL: Json = {"name": "get_weather", "description": "d", "input_schema": {"type": "object"}}


def user(*content: Any) -> Json:
    return {"role": "user", "content": _content(content)}


def assistant(*content: Any) -> Json:
    return {"role": "assistant", "content": _content(content)}


def system(*content: Any) -> Json:
    return {"role": "system", "content": _content(content)}


def _content(content: tuple[Any, ...]) -> Any:
    return content[0] if len(content) == 1 and isinstance(content[0], str) else list(content)


def text(words: str = "words", **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def use(id: str = "toolu_1", **more: Any) -> Json:
    return {"type": "tool_use", "id": id, "name": "get_weather", "input": {}, **more}


def result(id: str = "toolu_1", content: Any = "22 °C", **more: Any) -> Json:
    return {"type": "tool_result", "tool_use_id": id, "content": content, **more}


def thought(signature: str = "EqMB") -> Json:
    return {"type": "thinking", "thinking": "Hm.", "signature": signature}


def search(id: str = "srvtoolu_1") -> Json:
    return {"type": "server_tool_use", "id": id, "name": "web_search", "input": {"query": "x"}}


def found(id: str = "srvtoolu_1") -> Json:
    return {"type": "web_search_tool_result", "tool_use_id": id, "content": []}


SEARCH_TOOL: Json = {"type": "web_search_20250305", "name": "web_search"}


def ask(*messages: Any, **params: Any) -> Json:
    body: Json = {"model": "claude-sonnet-5", "max_tokens": 1024, "messages": list(messages) or [user("Hi")]}
    return {**body, "tools": [TOOL], **params}


def refused(request: Json, headers: Mapping[str, str | None] | None = None) -> list[Problem]:
    """What keeps a request from being accepted, unknown names aside."""
    return [problem for problem in check(request, headers) if problem.level == "error"]


def rules(request: Json, headers: Mapping[str, str | None] | None = None) -> list[str]:
    return [problem.rule for problem in refused(request, headers)]


def mended(request: Json, headers: Mapping[str, str | None] | None = None) -> Json:
    """Apply the first fix there is, again and again, until none is left."""
    for _ in range(20):
        fixes = [problem.fix for problem in refused(request, headers) if problem.fix]
        if not fixes:
            break
        request = fixes[0].apply(request)
    return request


def judged(request: Any, model: str, platform: str = "anthropic", version: str = NEW, **more: Any) -> Cell:
    """What becomes of a request in one place."""
    (only,) = portability(request, models=[model], versions=[version], platforms=[platform], **more).rows
    return only
