"""One reply, as a message and as the events of a stream (contract, sections 3.8 and 5.3)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from nbkit.rules.portable.estimate import PER_MESSAGE, prompt_tokens
from nbkit.sim import tokens
from nbkit.sim.cache import InputUsage
from nbkit.sim.parts import Part
from nbkit.sim.rounds import Round, rounds, total
from nbkit.wire.blocks import Json


@dataclass(slots=True)
class Reply:
    """One reply, decided to the last token before the first byte goes out.

    `room` is what the context has left for it, `spent` the tokens of one that a limit has cut.
    """

    id: str
    model: str
    input: InputUsage
    parts: list[Part]
    stop_reason: str = "end_turn"
    stop_sequence: str | None = None
    stop_details: Json | None = None
    container: Json | None = None
    extra: Json = field(default_factory=dict)
    room: int | None = None
    spent: int | None = None
    applied: list[Json] | None = None  # edits of the context; told at the end
    summed_up: InputUsage | None = None  # what a summary on the way was made from
    advisor: str | None = None  # the model that was asked for advice
    left_out: tuple[Json, ...] = ()  # blocks that aren't shown, and counted in `usage` all the same
    served: Json = field(default_factory=lambda: {"service_tier": "standard"})  # in `usage`: how it ran

    is_pinged: ClassVar = True  # as streams are; one that is said event by event has its own pings

    @property
    def output_tokens(self) -> int:
        return self.spent or self._tokens(sum(part.cost for part in self._counted))

    @property
    def _counted(self) -> list[Part]:
        """The parts that top-level `usage` counts: a summary on the way has an iteration of its own."""
        return [part for part in self.parts if self.summed_up is None or part.grows != "content"]

    @property
    def per_piece(self) -> float:
        """The tokens of a piece, by the tokenizer of the model."""
        return tokens.per_piece(self.model)

    def _tokens(self, pieces: int) -> int:
        return math.ceil(round(pieces * self.per_piece, 6))

    def message(self) -> Json:
        content = [part.block() for part in self.parts]
        message = self._envelope(content, self.stop_reason, self.stop_sequence, self._usage(final=True))
        message["stop_details"] = self.stop_details
        message |= self._managed()
        return {**message, "container": self.container} if self.container else message

    def events(self) -> Iterator[tuple[Json, int]]:
        """Yield the stream's events, each with the number of pieces that had to be generated for it."""
        yield (
            {"type": "message_start", "message": self._envelope([], None, None, self._usage(final=False))},
            0,
        )
        for index, part in enumerate(self.parts):
            yield from _block_events(index, part)
        delta = {
            "stop_reason": self.stop_reason,
            "stop_sequence": self.stop_sequence,
            "stop_details": self.stop_details,
            **({"container": self.container} if self.container else {}),
        }
        usage = self._usage(final=True)
        kept = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
        named = (*kept, "output_tokens_details", "server_tool_use", "iterations")
        last = {name: usage[name] for name in named if name in usage}
        yield {"type": "message_delta", "delta": delta, "usage": last, **self._managed()}, 0
        yield {"type": "message_stop"}, 0

    def _rounds(self) -> list[Round]:
        """The rounds of the reply: one, where server tools have no part in it."""
        if any(map(_has_served, self.parts)):
            return rounds(self.input, self._counted, self._weigh)
        return [Round(self.input, tuple(self._counted))] if self._counted else []

    def _weigh(self, blocks: list[Json]) -> int:
        """The tokens of blocks of this reply when they are read again."""
        said = {"model": self.model, "messages": [{"role": "assistant", "content": blocks}]}
        return prompt_tokens(said) - PER_MESSAGE

    def _managed(self) -> Json:
        return {} if self.applied is None else {"context_management": {"applied_edits": self.applied}}

    def _iterations(self, found: list[Round]) -> Iterator[Json]:
        """The summary on the way, then each round, with the advisor's behind the one that asked for it."""
        if self.summed_up is not None:
            written = self._tokens(sum(part.cost for part in self.parts if part.grows == "content"))
            yield {"type": "compaction", **self.summed_up.to_wire(), "output_tokens": written}
        for one in found:
            alone = len(found) == 1
            said = self.output_tokens if alone else self._tokens(sum(part.cost for part in one.parts))
            yield {"type": "message", **one.input.to_wire(), "output_tokens": said}
            for part in filter(_is_advice, one.parts):
                said = self._tokens(len(tokens.pieces(part.start["content"].get("text", ""))))
                read = InputUsage(one.input.total).to_wire()
                yield {"type": "advisor_message", "model": self.advisor, **read, "output_tokens": said}

    def _served(self) -> Json:
        """What the server's tools did, where any was at work; failures are free."""
        searches = fetches = 0
        for block in (*(part.start for part in self.parts), *self.left_out):
            content = block.get("content")
            searches += block.get("type") == "web_search_tool_result" and isinstance(content, list)
            fetches += isinstance(content, dict) and content.get("type") == "web_fetch_result"
        counts = {"web_search_requests": searches, "web_fetch_requests": fetches}
        return {"server_tool_use": counts} if any(map(_has_served, self.parts)) else {}

    def _envelope(self, content: list[Json], reason: str | None, sequence: str | None, usage: Json) -> Json:
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": reason,
            "stop_sequence": sequence,
            "stop_details": None,
            "usage": usage,
            **self.extra,
        }

    def _usage(self, *, final: bool) -> Json:
        found = self._rounds() if final else []
        read = total(found) if found else self.input
        usage: Json = {
            **read.to_wire(),
            "output_tokens": self.output_tokens if final else 1,
            **self.served,
        }
        if final:
            usage |= self._served()
            if self.summed_up is not None or any(map(_is_advice, self.parts)):
                usage["iterations"] = list(self._iterations(found))
        thought = self._tokens(sum(part.cost for part in self.parts if part.grows == "thinking"))
        return (
            {**usage, "output_tokens_details": {"thinking_tokens": thought}} if final and thought else usage
        )


def _is_advice(part: Part) -> bool:
    content = part.start.get("content")
    return isinstance(content, dict) and content.get("type") == "advisor_result"


def _has_served(part: Part) -> bool:
    """Whether a tool of the server did something: its result is there, or code of it is under way."""
    kind, name = str(part.start.get("type")), part.start.get("name")
    return kind.endswith("_tool_result") or (kind == "server_tool_use" and name == "code_execution")


def _block_events(index: int, part: Part) -> Iterator[tuple[Json, int]]:
    yield {"type": "content_block_start", "index": index, "content_block": part.start}, 0
    owed = 0
    for delta, cost in part.deltas():
        owed += cost
        if delta is not None:
            yield {"type": "content_block_delta", "index": index, "delta": delta}, owed
            owed = 0
    yield {"type": "content_block_stop", "index": index}, owed
