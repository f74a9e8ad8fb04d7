"""Which of the API's own tools a request offers, and what was done with them since the question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nbkit.facts import facts
from nbkit.sim.brain import excerpts, scene
from nbkit.sim.brain.intent import Intent
from nbkit.sim.brain.scene import Scene
from nbkit.sim.hosted.containers import Container
from nbkit.wire.blocks import Json

DIRECT: Json = {"type": "direct"}
CALLED = ("web_search", "web_fetch", "code_execution")  # those whose uses say who called


Think = Callable[[Json], Intent]


@dataclass(frozen=True, slots=True)
class Errand:
    """One use of a server tool, as the model asks for it."""

    name: str
    input: Json


@dataclass(slots=True)
class Hosting:
    """One turn with server tools: the request, its offers by name, what was used and what came of it."""

    body: Json
    seen: Scene
    start: int  # the message with the question
    container: Container
    think: Think  # what is said and called without server tools
    uses: list[Json] = field(default_factory=list)
    results: dict[str, Json] = field(default_factory=dict)
    said: list[Json] = field(default_factory=list)  # the blocks of this reply so far

    @property
    def offers(self) -> dict[str, Json]:
        """The server tools that may be used, by name: those that aren't deferred, or were found."""
        visible = scene.visible_tools(self.body_so_far())
        return {name: tool for tool in visible if (name := _served_name(tool))}

    @property
    def open_uses(self) -> list[Json]:
        return [use for use in self.uses if use["id"] not in self.results]

    def done(self, errand: Errand) -> bool:
        return any(use["name"] == errand.name and use["input"] == errand.input for use in self.uses)

    def is_used_up(self, name: str) -> bool:
        """Whether the uses since the question are more than `max_uses`; the open one is counted."""
        most = self.offers[name].get("max_uses")
        return most is not None and len([use for use in self.uses if use["name"] == name]) > most

    def results_of(self, name: str) -> list[tuple[Json, Any]]:
        """The input and the content of each finished use of a tool."""
        return [
            (use["input"], self.results[use["id"]]["content"])
            for use in self.uses
            if use["name"] == name and use["id"] in self.results
        ]

    def use(self, errand: Errand, caller: Json | None = None) -> Json:
        """Note a use in the reply; its id is a name that holds within the reply."""
        use_id = f"use {len(self.uses)}"
        block: Json = {
            "type": "server_tool_use",
            "id": use_id,
            "name": errand.name,
            "input": errand.input,
        }
        if errand.name in CALLED:
            block["caller"] = caller or DIRECT
        self.uses.append(block)
        self.said.append(block)
        return block

    def finish(self, use: Json, content: Json | list[Json]) -> None:
        """Note what came of a use."""
        kind = f"{_result_name(use['name'])}_tool_result"
        block: Json = {"type": kind, "tool_use_id": use["id"], "content": content}
        if use["name"] in ("web_search", "web_fetch"):
            block["caller"] = use.get("caller") or DIRECT
        self.results[use["id"]] = block
        self.said.append(block)

    def body_so_far(self) -> Json:
        """The request as if the reply so far had been sent back with it."""
        so_far = {"role": "assistant", "content": self.said}
        return {**self.body, "messages": [*self.body["messages"], so_far]} if self.said else self.body

    def passages(self) -> list[excerpts.Passage]:
        """What the results since the question say, to answer from and to cite."""
        sources = excerpts.of_request(self.body_so_far())
        return [one for one in sources if one.message > self.start and one.is_hosted]


def hosting_of(body: Json, seen: Scene, container: Container, think: Think) -> Hosting | None:
    """Read the turn, or None where no server tool is offered."""
    if not any(map(_served_name, body.get("tools") or ())):
        return None
    start = _question_at(body["messages"])
    hosting = Hosting(body, seen, start, container, think)
    for block in _assistant_blocks(body["messages"][start:]):
        if block.get("type") == "server_tool_use":
            hosting.uses.append(block)
        elif "tool_use_id" in block:
            hosting.results[block["tool_use_id"]] = block
    return hosting


def _served_name(tool: Json) -> str | None:
    known = facts.tool_type(tool.get("type") or "custom")
    return known.name if known is not None and known.runs == "server" else None


def _question_at(messages: list[Json]) -> int:
    """The last message of the user that says something beside results."""
    for at in range(len(messages) - 1, -1, -1):
        content = messages[at]["content"]
        if messages[at]["role"] == "user" and (
            isinstance(content, str) or any(block.get("type") != "tool_result" for block in content)
        ):
            return at
    return 0


def _assistant_blocks(messages: list[Json]) -> Iterator[Json]:
    for message in messages:
        if message["role"] == "assistant" and isinstance(message["content"], list):
            yield from message["content"]


def _result_name(name: str) -> str:
    return "tool_search" if name.startswith("tool_search_tool") else name
