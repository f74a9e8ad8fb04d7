"""Messages: the assistant's reply as a view of its dict, and who gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nbkit.wire.blocks import Field, Json, Text, ToolUse, View, view
from nbkit.wire.outcome import (
    Container,
    ContextManagement,
    Diagnostics,
    InputTransformation,
    StopDetails,
    StopReason,
)
from nbkit.wire.usage import Usage
from nbkit.wire.views import Many, Maybe, One

FaultKind = Literal[
    "invalid_input",
    "truncated_input",
    "unfinished_block",
    "misplaced_delta",
    "unknown_delta",
    "unknown_event",
    "repeated_event",
    "missing_ending",
    "unread_text",
]
HARMLESS = {"unknown_delta", "unknown_event", "repeated_event", "missing_ending", "unread_text"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What the assembler could not make a part of the message; the raw text is kept, nothing is guessed.

    `index` is the block's place in `content`, None where it is no block's. A call whose input is at fault
    must not be run: its `input` is `{}`, or of a text that was cut off the members that had come whole.
    """

    index: int | None
    kind: FaultKind
    raw_text: str
    message: str

    @property
    def harmless(self) -> bool:
        """Whether it spoils no block: something newer than we are, said twice, or beside the blocks."""
        return self.kind in HARMLESS


@dataclass(frozen=True, slots=True)
class Target:
    """Who answers: the provider's name, its address (without keys), and whether it is the simulator."""

    provider: str
    address: str
    simulated: bool


class Message(View):
    """A reply of the Messages API (contract, section 3.8); `to_wire()` gives the plain dict back."""

    __slots__ = ("faults",)
    id = Field("")
    type = Field("message")
    role = Field("assistant")
    model = Field("")
    content = Many(view)
    stop_reason: Field[StopReason | None] = Field(None)
    stop_sequence: Field[str | None] = Field(None)
    stop_details = Maybe(StopDetails)
    usage = One(Usage)
    container = Maybe(Container)
    diagnostics = Maybe(Diagnostics)
    context_management = Maybe(ContextManagement)
    input_transformations = Many(InputTransformation)

    def __init__(self, raw: Json, faults: Sequence[Fault] = ()) -> None:
        super().__init__(raw)
        self.faults = tuple(faults)

    @property
    def text(self) -> str:
        """The text blocks, joined."""
        texts: list[Any] = [block.text for block in self.content if isinstance(block, Text)]
        return "".join(text for text in texts if isinstance(text, str))

    @property
    def tool_uses(self) -> list[ToolUse]:
        """The calls the caller has to answer: client tools only."""
        return [block for block in self.content if type(block) is ToolUse]

    def fault(self, index: int) -> Fault | None:
        """Return what is wrong with the block at `content[index]`, or None; what is harmless is not told."""
        return next((fault for fault in self.faults if fault.index == index and not fault.harmless), None)

    def __repr__(self) -> str:
        kinds = ", ".join(str(block.type) for block in self.content) or "empty"
        return f"Message({self.stop_reason or 'unfinished'}: {kinds})"
