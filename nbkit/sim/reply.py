"""From what the brain wants to say to a message of the API: ids, signature, cuts, usage, and its events.

`stop_sequences` and `max_tokens` cut here, token by token, in the order in which the blocks stream:
thinking, text, the calls. A cut may fall inside a call's JSON; the stream then carries the torn text, the
whole message what of it is closed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from pydantic_core import from_json

from nbkit.rules.portable.estimate import prompt_tokens
from nbkit.sim import tokens
from nbkit.sim.brain.intent import Intent
from nbkit.sim.ids import Ids
from nbkit.wire.blocks import Json

Grows = Literal["thinking", "text", "input"]

_DELTAS = {
    "thinking": ("thinking_delta", "thinking"),
    "text": ("text_delta", "text"),
    "input": ("input_json_delta", "partial_json"),
}
_CALL_OVERHEAD = 8  # what a call costs beside its arguments


@dataclass(slots=True)
class Part:
    """A block to come: how it starts, and the tokens that grow one field of it."""

    start: Json
    grows: Grows
    pieces: list[str]
    signature: str = ""
    hidden: bool = False
    cut: bool = False

    @property
    def grown(self) -> str:
        return "".join(self.pieces)

    @property
    def cost(self) -> int:
        return len(self.pieces) + (_CALL_OVERHEAD if self.grows == "input" else 0)

    def block(self) -> Json:
        """The finished block."""
        match self.grows:
            case "input":
                return {**self.start, "input": _closed(self.grown)}
            case "thinking":
                return {
                    **self.start,
                    "thinking": "" if self.hidden else self.grown,
                    "signature": self.signature,
                }
            case "text":
                return {**self.start, "text": self.grown}

    def deltas(self) -> Iterator[tuple[Json | None, int]]:
        """Yield each delta with the tokens it stands for; hidden thinking takes time, shows nothing."""
        kind, name = _DELTAS[self.grows]
        if self.grows == "input":
            yield {"type": kind, name: ""}, _CALL_OVERHEAD
        for piece in self.pieces:
            yield (None if self.hidden else {"type": kind, name: piece}), 1
        if self.signature:
            yield {"type": "signature_delta", "signature": self.signature}, 0


@dataclass(slots=True)
class Reply:
    """One reply, decided to the last token before the first byte goes out."""

    id: str
    model: str
    input_tokens: int
    parts: list[Part]
    stop_reason: str = "end_turn"
    stop_sequence: str | None = None
    extra: Json = field(default_factory=dict)

    @property
    def output_tokens(self) -> int:
        return sum(part.cost for part in self.parts)

    def message(self) -> Json:
        content = [part.block() for part in self.parts]
        return self._envelope(content, self.stop_reason, self.stop_sequence, self._usage(final=True))

    def events(self) -> Iterator[tuple[Json, int]]:
        """Yield the stream's events, each with the number of tokens that had to be generated for it."""
        yield (
            {"type": "message_start", "message": self._envelope([], None, None, self._usage(final=False))},
            0,
        )
        for index, part in enumerate(self.parts):
            yield from _block_events(index, part)
        delta = {"stop_reason": self.stop_reason, "stop_sequence": self.stop_sequence, "stop_details": None}
        usage = self._usage(final=True)
        kept = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
        last = {name: usage[name] for name in (*kept, "output_tokens_details") if name in usage}
        yield {"type": "message_delta", "delta": delta, "usage": last}, 0
        yield {"type": "message_stop"}, 0

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
        usage: Json = {
            "input_tokens": self.input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "output_tokens": self.output_tokens if final else 1,
            "service_tier": "standard",
        }
        thought = sum(part.cost for part in self.parts if part.grows == "thinking")
        return (
            {**usage, "output_tokens_details": {"thinking_tokens": thought}} if final and thought else usage
        )


def _block_events(index: int, part: Part) -> Iterator[tuple[Json, int]]:
    yield {"type": "content_block_start", "index": index, "content_block": part.start}, 0
    owed = 0
    for delta, cost in part.deltas():
        owed += cost
        if delta is not None:
            yield {"type": "content_block_delta", "index": index, "delta": delta}, owed
            owed = 0
    yield {"type": "content_block_stop", "index": index}, owed


def compose(body: Json, intent: Intent, *, model: str, seed: int, signature: str, hidden: bool) -> Reply:
    """Turn an intent into the reply to `body`; a `signature` of "" leaves thinking out."""
    ids = Ids(body, seed)
    reply = Reply(ids.message(), model, prompt_tokens(body), _parts(intent, ids, signature, hidden))
    if intent.calls:
        reply.stop_reason = "tool_use"
    _stop_at_sequences(reply, body.get("stop_sequences") or [])
    _stop_at_budget(reply, body["max_tokens"])
    return reply


def _parts(intent: Intent, ids: Ids, signature: str, hidden: bool) -> list[Part]:
    parts = []
    if intent.thinking and signature:
        empty: Json = {"type": "thinking", "thinking": "", "signature": ""}
        parts.append(Part(empty, "thinking", tokens.pieces(intent.thinking), signature, hidden))
    if intent.text:
        parts.append(
            Part({"type": "text", "text": "", "citations": None}, "text", tokens.pieces(intent.text))
        )
    for number, call in enumerate(intent.calls):
        start: Json = {"type": "tool_use", "id": ids.tool_use(number), "name": call.name, "input": {}}
        raw = tokens.pieces(json.dumps(call.input, ensure_ascii=False)) if call.input else []
        parts.append(Part({**start, "caller": {"type": "direct"}}, "input", raw))
    return parts


def _stop_at_sequences(reply: Reply, sequences: list[str]) -> None:
    """End at the first stop sequence of the text; the text leaves it out."""
    for number, part in enumerate(reply.parts):
        if part.grows != "text":
            continue
        text = part.grown
        hits = [(text.index(one), one) for one in sequences if one in text]
        if hits:
            at, reply.stop_sequence = min(hits)
            reply.stop_reason = "stop_sequence"
            part.pieces = tokens.pieces(text[:at])
            del reply.parts[number + (at > 0) :]
            return


def _stop_at_budget(reply: Reply, budget: int) -> None:
    for number, part in enumerate(reply.parts):
        if part.cost > budget:
            reply.stop_reason, reply.stop_sequence = "max_tokens", None
            overhead = part.cost - len(part.pieces)
            room = budget - overhead
            if room > 0:
                part.pieces, part.cut, part.signature = part.pieces[:room], True, ""
            del reply.parts[number + (room > 0) :]
            return
        budget -= part.cost


def _closed(text: str) -> Json:
    """What a piece of JSON text holds so far: the whole object, or what of a torn one is complete."""
    try:
        value = from_json(text or "{}", allow_partial=True)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
