"""The array as the brain sees it: the question that is open, the calls made for it, their results, and what
came before.

Nothing else is remembered: the same array gives the same scene.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from nbkit.facts import facts
from nbkit.sim.brain import api_tools, asides, excerpts
from nbkit.sim.brain.described import described
from nbkit.sim.brain.excerpts import Passage
from nbkit.sim.brain.written_calls import with_blocks
from nbkit.wire.blocks import Json

_LONGEST = 12_000
_ANSWER_HERE = re.compile(  # "Provide your complete response:", "Answer:", "Begin!"
    r"(?:(?:now|please|provide|give|write|begin|start|enter|your|the|my|complete|final|full|own)[\s,]+)*"
    r"(?:answer|response|reply|output|assistant|begin)\s*[:!.]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A client tool that can be called."""

    name: str
    description: str
    schema: Json


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    input: Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call and what came back for it."""

    call: Call
    content: str | list[Json] | None
    is_error: bool = False


@dataclass(slots=True)
class Exchange:
    """One question with all that followed it: outcomes, remarks beside results, and the answer, if there is
    one yet.
    """

    question: str
    blocks: list[Json] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    answer: str = ""

    @property
    def asked(self) -> str:
        """The question with the remarks that were added to its results."""
        return "\n".join([self.question, *self.remarks]).strip()


@dataclass(frozen=True, slots=True)
class Scene:
    """All of a request that the brain goes by."""

    exchanges: tuple[Exchange, ...]
    fresh: tuple[Outcome, ...]  # the results the array ends with
    tools: tuple[Tool, ...]
    choice: str
    forced: str | None
    parallel: bool
    system: str
    prefill: str
    output_schema: Json | None
    sources: tuple[Passage, ...] = ()  # what documents and search results say, in pieces

    @property
    def now(self) -> Exchange:
        return self.exchanges[-1]

    @property
    def before(self) -> tuple[Exchange, ...]:
        return self.exchanges[:-1]


def read(body: Json) -> Scene:
    """Read a request that the rules have passed."""
    reader = _Reader()
    tools = tuple(tools_of(body))
    messages = with_blocks(body["messages"], {tool.name for tool in tools}) if tools else body["messages"]
    for message in messages:
        reader.message(message["role"], _blocks(message["content"]))
    choice = body.get("tool_choice") or {"type": "auto"}
    system = "\n".join([plain(_blocks(body.get("system") or "")), *reader.system]).strip()
    described_schema = _described_schema(system, reader.exchanges)
    schema = _output_schema(body) or described_schema
    return Scene(
        exchanges=tuple(reader.exchanges) or (Exchange(""),),
        fresh=tuple(reader.fresh),
        tools=tools,
        choice=choice["type"],
        forced=choice.get("name"),
        parallel=not choice.get("disable_parallel_tool_use"),
        system=shortened(system),
        prefill=reader.prefill,
        output_schema=schema,
        sources=excerpts.of_request(body),
    )


def _output_schema(body: Json) -> Json | None:
    form = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    return form.get("schema") if form.get("type") == "json_schema" else None


def _described_schema(system: str, exchanges: list[Exchange]) -> Json | None:
    """The schema that a prompt describes; in a question it is no part of what is asked."""
    if exchanges and (found := described(exchanges[-1].question)):
        exchanges[-1].question = found.rest
        return found.schema
    return found.schema if (found := described(system)) else None


class _Reader:
    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.fresh: list[Outcome] = []
        self.system: list[str] = []
        self.prefill = ""
        self._calls: dict[str, Call] = {}
        self._was_user = False

    def message(self, role: str, blocks: list[Json]) -> None:
        if role == "system":
            self.system.append(plain(blocks))
        elif role == "assistant":
            self._assistant(blocks)
        else:
            self._user(blocks)

    def _assistant(self, blocks: list[Json]) -> None:
        if not self.exchanges:
            self.exchanges.append(Exchange(""))
        self.fresh = []
        self._was_user = False
        self.prefill = plain(blocks)
        self.exchanges[-1].answer = self.prefill
        for block in blocks:
            if block.get("type") == "tool_use":
                self._calls[block["id"]] = Call(block["name"], block["input"])

    def _user(self, blocks: list[Json]) -> None:
        self.prefill = ""
        results = [block for block in blocks if block.get("type") == "tool_result"]
        others = [block for block in blocks if block.get("type") != "tool_result"]
        outcomes = [
            Outcome(
                self._calls[one["tool_use_id"]], asides.without(one.get("content")), bool(one.get("is_error"))
            )
            for one in results
            if one["tool_use_id"] in self._calls
        ]
        if outcomes:
            self.exchanges[-1].outcomes += outcomes
            self.exchanges[-1].answer = ""
            self.fresh += outcomes
        if not others:
            return
        asked, told = asides.parted(plain(others))
        self.system += told
        if told and not asked and (results or self._was_user):
            return
        text = shortened(asked or "\n".join(told))
        if self.fresh and not self._asks_anew(text, beside=bool(results)):
            self.exchanges[-1].remarks.append(text)
        elif self._was_user and not self.fresh:
            self.exchanges[-1].question += "\n" + text
            self.exchanges[-1].blocks += others
        else:
            self.exchanges.append(Exchange(text, others))
            self.fresh = []
        self._was_user = True

    def _asks_anew(self, text: str, *, beside: bool) -> bool:
        """Text beside results is a remark on them; a question after them, or after failures, is a new one."""
        failed = all(outcome.is_error for outcome in self.fresh)
        return text.endswith("?") and (failed or not beside)


def tools_of(body: Json) -> Iterable[Tool]:
    """The tools that the caller runs, with a schema for those that the API defines."""
    for tool in visible_tools(body):
        kind = tool.get("type") or "custom"
        if kind == "custom":
            yield Tool(tool["name"], tool.get("description") or "", tool.get("input_schema") or {})
            continue
        known = facts.tool_type(kind)
        if known is not None and known.name is not None and known.runs == "client":
            yield api_tools.tool(known.name)


def visible_tools(body: Json) -> list[Json]:
    """The tools that stand in the prompt: deferred ones only when a `tool_reference` named them."""
    tools: list[Json] = body.get("tools") or []
    if not any(tool.get("defer_loading") for tool in tools):
        return tools
    named = set(_referenced([message["content"] for message in body["messages"]]))
    return [
        {key: value for key, value in tool.items() if key != "defer_loading"}
        for tool in tools
        if not tool.get("defer_loading") or tool.get("name") in named
    ]


def _referenced(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _referenced(item)
    elif isinstance(value, dict):
        if value.get("type") == "tool_reference":
            yield str(value.get("tool_name"))
        yield from _referenced(value.get("content"))
        yield from _referenced(value.get("tool_references"))


def plain(blocks: list[Json]) -> str:
    """The text of blocks; other blocks say nothing here."""
    return "\n".join(block["text"] for block in blocks if block.get("type") == "text").strip()


def shortened(text: str) -> str:
    """A text whose middle is left out where it is very long: what is asked stands at one of its ends."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}\n{text[-_LONGEST // 2 :]}"


def last_words(text: str) -> str:
    """The part of a long prompt that asks: the last paragraph with a question mark, else the last."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    while len(parts) > 1 and _ANSWER_HERE.fullmatch(parts[-1]):
        parts.pop()
    asking = [part for part in parts if part.endswith("?")]
    return (asking or parts or [text])[-1]


def _blocks(content: str | list[Json]) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content
