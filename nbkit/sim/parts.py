"""A block to come: what it starts as, and the deltas that make it whole (contract, 5.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from pydantic_core import from_json

from nbkit.sim.sealing import completed
from nbkit.sim.tokens import pieces
from nbkit.wire.blocks import Json

Grows = Literal["thinking", "text", "input", "content"]

_DELTAS = {
    "thinking": ("thinking_delta", "thinking"),
    "text": ("text_delta", "text"),
    "input": ("input_json_delta", "partial_json"),
}
_QUANTUM = 8  # pieces of hidden thinking from one estimate to the next
_CALL_OVERHEAD = 8  # what a call costs beside its arguments


@dataclass(slots=True)
class Part:
    """A block to come: how it starts, and the tokens that grow one field of it.

    A block that comes whole (`grows` is None: a server tool's result, redacted thinking, a call that code
    made) has no deltas. `citations` come before the text that they cite for, a delta each.
    """

    start: Json
    grows: Grows | None
    pieces: list[str]
    signature: str = ""
    hidden: bool = False
    estimates: int = 0  # tokens that a delta tells of hidden thinking, where a beta asks for it
    cut: bool = False
    citations: list[Json] = field(default_factory=list)

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
                shown = "" if self.hidden else self.grown
                return {**self.start, "thinking": shown, "signature": self.signature}
            case "text":
                cited = {"citations": self.citations} if self.citations else {}
                return {**self.start, "text": self.grown, **cited}
            case "content":
                return {**self.start, "content": self.grown}
            case None:
                return self.start

    def deltas(self) -> Iterator[tuple[Json | None, int]]:
        """Yield each delta with the tokens it stands for; hidden thinking takes time, shows nothing."""
        if self.grows is None:
            return
        if self.grows == "content":  # a summary comes in one piece
            yield {"type": "compaction_delta", "content": self.grown}, len(self.pieces)
            return
        kind, name = _DELTAS[self.grows]
        if self.grows == "input":
            yield {"type": kind, name: ""}, _CALL_OVERHEAD
        for citation in self.citations:
            yield {"type": "citations_delta", "citation": citation}, 0
        if self.grows == "thinking" and self.estimates:
            yield from self._estimated()
        else:
            for piece in self.pieces:
                yield (None if self.hidden else {"type": kind, name: piece}), 1
        if self.signature:
            yield {"type": "signature_delta", "signature": self.signature}, 0

    def _estimated(self) -> Iterator[tuple[Json | None, int]]:
        """The same with `estimated_tokens`: null beside a text, steps of one size where it is hidden."""
        for number, piece in enumerate(self.pieces, 1):
            shown = {"type": "thinking_delta", "thinking": piece, "estimated_tokens": None}
            due = {"type": "thinking_delta", "thinking": "", "estimated_tokens": self.estimates}
            yield (shown if not self.hidden else due if number % _QUANTUM == 0 else None), 1


def part_of(block: Json) -> Part:
    """Return the part that becomes `block`: text, thinking and calls grow, anything else comes whole."""
    block = completed(block)
    match block:
        case {"type": "text", "text": str(text)}:
            citations = [*(block.get("citations") or [])]
            start = {**block, "text": "", **({"citations": []} if citations else {})}
            return Part(start, "text", pieces(text), citations=citations)
        case {"type": "thinking", "thinking": str(text)}:
            signature = str(block.get("signature") or "")
            return Part({**block, "thinking": "", "signature": ""}, "thinking", pieces(text), signature)
        case {"caller": {"tool_id": _}}:  # code wrote its input, not the model token by token
            return Part(block, None, [])
        case {"type": "tool_use" | "server_tool_use" | "mcp_tool_use", "input": input}:
            raw = pieces(json.dumps(input, ensure_ascii=False)) if input else []
            return Part({**block, "input": {}}, "input", raw)
    return Part(block, None, [])


def _closed(text: str) -> Json:
    """What a piece of JSON text holds so far: the whole object, or what of a torn one is complete."""
    try:
        value = from_json(text or "{}", allow_partial=True)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
