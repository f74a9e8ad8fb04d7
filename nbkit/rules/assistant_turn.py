"""Check a turn that somebody says in the model's place: what the API's models never say, and what no next
request could carry back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from nbkit.facts import facts
from nbkit.rules.problem import Problem
from nbkit.rules.problems import Problems
from nbkit.rules.schemas.fitting import misfits
from nbkit.rules.toolsets import members
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json

STOP_REASONS = (
    "end_turn",
    "tool_use",
    "max_tokens",
    "stop_sequence",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
)
CUT = ("max_tokens", "stop_sequence", "refusal", "model_context_window_exceeded")
SERVER_CALLS = ("server_tool_use", "mcp_tool_use")
SAID = ("text", "thinking", "redacted_thinking", "tool_use", *SERVER_CALLS)  # beside the results of servers
HIDDEN = ("thinking", "redacted_thinking")


def check_turn(
    request: Json,
    content: Sequence[Json],
    stop_reason: str,
    *,
    thinks: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Problems:
    """Return what is wrong with `content` as the answer to `request`, which the rules have passed.

    `thinks` says whether the request's thinking is on. Paths are of the answer (`content.1.input`). Level
    `error` breaks the contract; `warning` is what a model may do and a program must cope with: arguments that
    don't fit the schema of a tool that isn't strict.
    """
    stages: Iterator[Iterable[Problem]] = iter(
        (
            _types(content),
            _ending(request, content, stop_reason),
            _shape(request, content, stop_reason, headers),
            chain(
                _thinking(content, thinks),
                _calls(request, content),
                _choice(request, content, stop_reason),
                _format(request, content, stop_reason),
            ),
        )
    )
    # What makes no sense as a block isn't looked at further.
    found: list[Problem] = next(filter(None, map(list, stages)), [])
    return Problems(found)


def offered(request: Json) -> dict[str, Json]:
    """Return the tools that the caller runs, by the name in a call; those of a toolset by its members."""
    tools: dict[str, Json] = {}
    for tool in request.get("tools") or ():
        kind = tool.get("type") or "custom"
        known = facts.tool_type(kind)
        if "_toolset_" in kind:
            tools |= dict.fromkeys(members(tool), tool)
        elif kind == "custom" or (known is not None and known.runs == "client"):
            tools[str(tool.get("name"))] = tool
    return tools


def _types(content: Sequence[Json]) -> Iterator[Problem]:
    for at, block in enumerate(content):
        kind = block.get("type")
        if kind not in SAID and not str(kind).endswith("_tool_result"):
            known = "text, thinking, tool_use, or a call of a server tool with its result"
            yield _problem(
                "R9", f"content.{at}.type", f"a model says no block of type {kind!r}; it says {known}"
            )


def _shape(
    request: Json, content: Sequence[Json], stop_reason: str, headers: Mapping[str, str] | None
) -> Iterator[Problem]:
    """Whether the answer can go back: the rules of requests, on the request that would come next."""
    if not content:
        return
    at = len(request["messages"])
    answers = [
        {"type": "tool_result", "tool_use_id": block["id"], "content": "0"}
        for block in content
        if block["type"] == "tool_use" and isinstance(block.get("id"), str)
    ]
    following: list[Json] = [{"role": "assistant", "content": list(content)}]
    if stop_reason != "pause_turn":
        following.append({"role": "user", "content": answers or "0"})
    extended = {**request, "messages": [*request["messages"], *following]}
    place = f"messages.{at}."
    for problem in check(extended, headers=headers):
        if problem.level != "warning" and f"{problem.path}.".startswith(place):
            path = problem.path.removeprefix(place)
            yield replace(
                problem, path=path, message=problem.message.replace(place, ""), fix=None, pointer=""
            )


def _ending(request: Json, content: Sequence[Json], stop_reason: str) -> Iterator[Problem]:
    calls = [block for block in content if block["type"] == "tool_use"]
    after_results = _ends_in_results(request)
    if stop_reason not in STOP_REASONS:
        yield _problem(
            "stop_reason", "stop_reason", f"there is no {stop_reason!r}; use {', '.join(STOP_REASONS)}"
        )
    elif not content and stop_reason != "refusal" and not (stop_reason == "end_turn" and after_results):
        yield _problem("empty", "content", "the turn is empty: say something, call a tool, or refuse")
    elif stop_reason == "tool_use" and not calls:
        yield _problem("stop_reason", "stop_reason", "a turn that stops with tool_use has a tool_use block")
    elif calls and stop_reason in ("end_turn", "pause_turn"):
        yield _problem("stop_reason", "stop_reason", "a turn with calls stops with tool_use")
    elif stop_reason == "pause_turn" and not any(block["type"] in SERVER_CALLS for block in content):
        yield _problem("stop_reason", "stop_reason", "only a turn with a call of a server tool pauses")
    elif stop_reason == "stop_sequence" and not request.get("stop_sequences"):
        yield _problem("stop_reason", "stop_reason", "the request has no stop_sequences")


def _ends_in_results(request: Json) -> bool:
    last = request["messages"][-1]["content"]
    return isinstance(last, list) and any(block.get("type") == "tool_result" for block in last)


def _thinking(content: Sequence[Json], thinks: bool) -> Iterator[Problem]:
    for at, block in enumerate(content):
        if block["type"] in HIDDEN and not thinks:
            yield _problem("thinking", f"content.{at}", "this request's thinking is off: leave the block out")
    if content and content[-1]["type"] in HIDDEN:
        yield _problem("thinking", f"content.{len(content) - 1}", "a turn doesn't end in thinking: go on")


def _calls(request: Json, content: Sequence[Json]) -> Iterator[Problem]:
    tools = offered(request)
    servers = {str(tool.get("name")) for tool in request.get("tools") or () if tool.get("name") not in tools}
    for at, block in enumerate(content):
        name, place = block.get("name"), f"content.{at}"
        if block["type"] == "server_tool_use" and name not in servers:
            yield _problem("offered", f"{place}.name", _not_offered(name, servers, "server tool"))
        elif block["type"] == "tool_use" and name not in tools:
            yield _problem("offered", f"{place}.name", _not_offered(name, tools, "tool"))
        elif block["type"] == "tool_use":
            yield from _arguments(tools[str(name)], block["input"], f"{place}.input")


def _not_offered(name: Any, names: Iterable[str], what: str) -> str:
    there = ", ".join(sorted(names)[:20]) or "none"
    return f"the request offers no {what} {name!r}; it offers {there}"


def _arguments(tool: Json, given: Any, place: str) -> Iterator[Problem]:
    """A strict tool's arguments fit its schema; with another tool a model may be wrong, and is told so."""
    strict = tool.get("strict") is True
    for fault in misfits(given, tool.get("input_schema") or {}):
        path = ".".join([place, *map(str, fault.where)])
        why = "The tool is strict: no model can say this." if strict else "A program must cope with it."
        yield _problem("arguments", path, fault.words, "error" if strict else "warning", why)


def _choice(request: Json, content: Sequence[Json], stop_reason: str) -> Iterator[Problem]:
    choice = request.get("tool_choice") or {}
    kind, name = choice.get("type", "auto"), choice.get("name")
    calls = [(at, block) for at, block in enumerate(content) if block["type"] == "tool_use"]
    if kind == "none" and calls:
        yield _problem("tool_choice", f"content.{calls[0][0]}", "tool_choice is none: call no tool")
    if kind in ("any", "tool") and not calls and stop_reason not in CUT:
        wanted = repr(name) if kind == "tool" else "one of the tools"
        yield _problem("tool_choice", "content", f"tool_choice is {kind}: call {wanted}")
    if kind in ("any", "tool") and calls and calls[0][0] > 0 and content[0]["type"] == "text":
        yield _problem("tool_choice", "content.0", f"tool_choice is {kind}: no text comes before the call")
    for at, block in calls:
        if kind == "tool" and block["name"] != name:
            yield _problem("tool_choice", f"content.{at}.name", f"tool_choice allows only {name!r}")
    if choice.get("disable_parallel_tool_use") and len(calls) > 1:
        message = "disable_parallel_tool_use is true: call one tool at a time"
        yield _problem("tool_choice", f"content.{calls[1][0]}", message)


def _format(request: Json, content: Sequence[Json], stop_reason: str) -> Iterator[Problem]:
    wanted = (request.get("output_config") or {}).get("format") or {}
    if wanted.get("type") != "json_schema" or stop_reason != "end_turn":
        return
    text = "".join(block["text"] for block in content if block["type"] == "text")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        yield _problem("format", "content", "output_config.format asks for JSON, and the text is none")
        return
    for fault in misfits(value, wanted.get("schema") or {}):
        place = ".".join(map(str, fault.where)) or "the answer"
        message = f"{place} does not fit output_config.format: {fault.words}"
        yield _problem("format", "content", message)


def _problem(rule: str, path: str, message: str, level: Any = "error", why: str = "") -> Problem:
    return Problem(rule, path, f"{path}: {message}", level, 200, "turn", why=why)
