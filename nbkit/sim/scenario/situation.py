"""What a scenario sees of a request: the array alone, and which attempt this is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nbkit.wire.blocks import Json


@dataclass(frozen=True, slots=True)
class Result:
    """One tool result of the last user message, with the call that it answers."""

    tool: str
    input: Json
    text: str
    is_error: bool

    @property
    def value(self) -> Any:
        """The JSON that the text is, or else the text."""
        try:
            return json.loads(self.text)
        except ValueError:
            return self.text


@dataclass(frozen=True)
class Situation:
    """One request. `turns` are its messages with those of one role in a row made one."""

    request: Json
    attempt: int = 0
    turns: list[tuple[str, list[Json]]] = field(default_factory=list)

    @cached_property
    def user(self) -> str:
        """The last text of a user."""
        for role, blocks in reversed(self.turns):
            text = text_of(blocks)
            if role == "user" and text:
                return text
        return ""

    @cached_property
    def system(self) -> str:
        said = self.request.get("system") or ""
        return said if isinstance(said, str) else text_of(said)

    @property
    def model(self) -> str:
        return str(self.request.get("model", ""))

    @property
    def stream(self) -> bool:
        return bool(self.request.get("stream"))

    @cached_property
    def turn(self) -> int:
        """How many assistant turns there are."""
        return sum(role == "assistant" for role, _ in self.turns)

    @cached_property
    def round(self) -> int:
        """How many assistant turns there are since the last question: a user's turn without results."""
        rounds = 0
        for role, blocks in reversed(self.turns):
            if role == "user" and not any(block.get("type") == "tool_result" for block in blocks):
                break
            rounds += role == "assistant"
        return rounds

    @property
    def paused(self) -> bool:
        """Whether the array ends in an assistant's turn, to be continued."""
        return bool(self.turns) and self.turns[-1][0] == "assistant"

    @cached_property
    def tools(self) -> list[str]:
        offered = self.request.get("tools") or []
        return [str(tool.get("name") or tool.get("type") or "") for tool in offered]

    @cached_property
    def results(self) -> list[Result]:
        """The results in the last turn, in their order."""
        if not self.turns or self.turns[-1][0] != "user":
            return []
        calls = {
            block.get("id"): block
            for _, blocks in self.turns
            for block in blocks
            if block.get("type") == "tool_use"
        }
        found = []
        for block in self.turns[-1][1]:
            if block.get("type") == "tool_result":
                call = calls.get(block.get("tool_use_id"), {})
                text = text_of(as_blocks(block.get("content") or []))
                failed = bool(block.get("is_error"))
                found.append(Result(str(call.get("name", "")), call.get("input") or {}, text, failed))
        return found

    @property
    def waiting(self) -> list[str]:
        """The ids of the server's calls that the last assistant's turn has left without a result."""
        blocks = next((blocks for role, blocks in reversed(self.turns) if role == "assistant"), [])
        calls = [block["id"] for block in blocks if block.get("type") in ("server_tool_use", "mcp_tool_use")]
        done = {block.get("tool_use_id") for block in blocks}
        return [id for id in calls if id not in done]


def situation(request: Json, attempt: int = 0) -> Situation:
    """Look at a request that the rules have passed."""
    turns: list[tuple[str, list[Json]]] = []
    for message in request.get("messages") or []:
        blocks = as_blocks(message.get("content") or [])
        if message["role"] == "system":
            continue
        if turns and turns[-1][0] == message["role"]:
            turns[-1][1].extend(blocks)
        else:
            turns.append((message["role"], [*blocks]))
    return Situation(request, attempt, turns)


def as_blocks(content: str | list[Json]) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def text_of(blocks: list[Json]) -> str:
    return "\n".join(block["text"] for block in blocks if block.get("type") == "text")


def values(seen: Situation, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template can name; `found` is what the conditions have found."""
    results = seen.results
    by_tool = {result.tool: result.value for result in results}
    shown: Result | None = found.get("result") or (results[0] if results else None)
    return {
        "user": seen.user,
        "system": seen.system,
        "model": seen.model,
        "turn": seen.turn,
        "round": seen.round,
        "attempt": seen.attempt,
        "tools": ", ".join(seen.tools),
        "result": shown.value if shown else None,
        "input": shown.input if shown else None,
        "results": by_tool,
        "match": found.get("match") or {},
    }
