"""Whatever the official SDK's types let the server say may be sent back as it came."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("anthropic", reason="the official SDK, whose types are walked, is not installed")

from anthropic.types import ContentBlock
from anthropic.types.beta import BetaContentBlock

from asking import TOOL, ask, assistant, result, text, user
from nbkit.facts import facts
from nbkit.rules.validator import check
from sdk_shapes import Json, variants

UNIONS: dict[str, tuple[Any, dict[str, str]]] = {
    "reply": (ContentBlock, {}),
    "beta reply": (BetaContentBlock, {"anthropic-beta": ",".join(facts.betas())}),
}
# The server sends a title always, null or not, and a country as short as it was given.
ONLY_HERE = (
    "document_title: Field required",
    "title: Field required",
    "country: String should have at most 2 characters",
)
ID = "srvtoolu_x"  # the id in every instance, and every other string
CODE_ID = "srvtoolu_code"
WORDS = text("so")
RUNNING_CODE: Json = {
    "model": "claude-opus-4-8",
    "tools": [TOOL, {**TOOL, "name": ID}, {"type": "code_execution_20250825", "name": "code_execution"}],
    "container": "container_1",
}


def turn(block: Json) -> list[Json]:
    """Give a block its other half: a call of a server's tool its result, a result the call."""
    kind, name = block["type"], str(block.get("name"))
    if kind == "tool_use":
        return [*_code_that_called(block), block]
    if kind == "mcp_tool_use":
        done = {"type": "mcp_tool_result", "tool_use_id": ID, "content": [], "is_error": False}
        return [block, done, WORDS]
    if kind == "mcp_tool_result":
        call = {"type": "mcp_tool_use", "id": ID, "name": "n", "server_name": "s", "input": {}}
        return [call, block, WORDS]
    if kind == "server_tool_use":
        family = "tool_search" if name.startswith("tool_search") else name
        error = {"type": f"{family}_tool_result_error", "error_code": "unavailable"}
        return [block, {"type": f"{family}_tool_result", "tool_use_id": ID, "content": error}, WORDS]
    if kind.endswith("_tool_result"):
        name = kind.removesuffix("_tool_result").replace("tool_search", "tool_search_tool_regex")
        return [{"type": "server_tool_use", "id": ID, "name": name, "input": {}}, block, WORDS]
    return [block, WORDS]


def _code_that_called(block: Json) -> list[Json]:
    """Give a call that code made the code, under an id of its own."""
    caller = block.get("caller")
    if not isinstance(caller, dict) or "tool_id" not in caller:
        return []
    caller["tool_id"] = CODE_ID
    return [{"type": "server_tool_use", "id": CODE_ID, "name": "code_execution", "input": {}}]


def answer(block: Json) -> Json:
    if block["type"] != "tool_use":
        return user("go on")
    member = block.get("toolset_name")
    return user(result(ID, toolset_name=member) if member else result(ID))


@pytest.mark.parametrize("name", UNIONS)
def test_whatever_the_server_says_goes_back(name: str) -> None:
    union, headers = UNIONS[name]
    refused = set()
    for block in variants(union):
        request = ask(user("q"), assistant(*turn(block)), answer(block), **RUNNING_CODE)
        refused |= {
            problem.message
            for problem in check(request, headers)
            if problem.level != "warning" and not problem.message.endswith(ONLY_HERE)
        }
    assert refused == set()
