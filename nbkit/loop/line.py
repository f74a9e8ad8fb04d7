"""One line of a conversation: its history, its open calls, what was decided, and the options of its turn.

A frozen value: undo, fork and branches keep lines, and lines share what did not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from nbkit.loop.array.history import BlockNode, History, Ids, MessageNode, Provenance, message_node
from nbkit.loop.array.overlay import edited
from nbkit.loop.array.pieces import SIZE, Piece, Pieces
from nbkit.loop.calls.pending import Pending, pending_of
from nbkit.wire.blocks import Json, ToolUse
from nbkit.wire.messages import Message

Who = Literal["person", "policy", "unattended"]

SERVER_CALLS = ("server_tool_use", "mcp_tool_use")
CUTTING = ("max_tokens", "model_context_window_exceeded")
ENVELOPE = ("id", "model", "stop_reason", "stop_sequence", "stop_details", "usage", "container")


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the decision log."""

    id: str
    name: str
    decision: Json
    who: Who

    def to_json(self) -> Json:
        return {"id": self.id, "name": self.name, "decision": self.decision, "who": self.who}


@dataclass(frozen=True, slots=True)
class Line:
    history: History = field(default_factory=Pieces)
    pending: tuple[Pending, ...] = ()
    log: Pieces[Record] = field(default_factory=Pieces)
    options: Json = field(default_factory=dict)
    remark: str = ""  # what the user says after the results, in their message

    @property
    def results(self) -> list[Json]:
        """The results that are in, in the order of the calls."""
        return [each.result for each in self.pending if each.result is not None]

    @property
    def with_results(self) -> History:
        """The array as it goes out next: with the results that are in, as a message of their own."""
        return self.answered(Ids()).history if self.results else self.history

    @property
    def goes_on(self) -> bool:
        """Say whether it's the server's move: a user's words are last, or the first part of a reply."""
        last = self.history[-1]
        if last.role != "assistant" or (last.reply or {}).get("stop_reason") == "pause_turn":
            return True
        wires = [block.wire for block in last.blocks]
        done = [wire.get("tool_use_id") for wire in wires]
        return any(wire.get("type") in SERVER_CALLS and wire.get("id") not in done for wire in wires)

    def last_reply(self) -> Message:
        """Return the last reply as far as the array has it."""
        node = next((node for node in reversed(self.history) if node.role == "assistant"), None)
        content = [block.wire for block in node.blocks] if node else []
        return Message({**((node and node.reply) or {}), "role": "assistant", "content": content})

    def call(self, id: str) -> Pending | None:
        return next((each for each in self.pending if each.call.id == id), None)

    def grown(self, node: MessageNode) -> Line:
        """Return the line with one more message; costs what is new."""
        history = self.history.added(node)
        return replace(self, history=history, pending=pending_of(history), remark="")

    def changed(self, history: History) -> Line:
        """Return the line with another array; records of calls that are gone go with them."""
        start, gone, _ = self.history.differs(history)
        log = _without(self.log, call_ids(self.history[start:gone]), history)
        pending = pending_of(history, self.pending)
        remark = self.remark if pending else ""
        return replace(self, history=history, pending=pending, log=log, remark=remark)

    def with_call(self, pending: Pending) -> Line:
        """Return the line with the new state of one of its calls."""
        calls = tuple(pending if each.block_id == pending.block_id else each for each in self.pending)
        return replace(self, pending=calls)

    def rewritten(self, pending: Pending, input: Json) -> tuple[Line, Pending]:
        """Return line and call with another input in the `tool_use` block itself; its first form is kept."""
        last = self.history[-1]
        wire = {}
        blocks: list[BlockNode] = []
        for block in last.blocks:
            if block.id == pending.block_id:
                wire = {**block.wire, "input": input}
                block = edited(block, wire) if wire != block.wire else block
            blocks.append(block)
        end = len(self.history)
        history = self.history.spliced(end - 1, end, [replace(last, blocks=tuple(blocks))])
        call = replace(pending, call=ToolUse(wire))
        return replace(self, history=history).with_call(call), call

    def answered(self, ids: Ids, remark: Sequence[Json] = ()) -> Line:
        """Return the line with the results as one user message, in call order, before any remark.

        What was noted comes before what is given here.
        """
        noted = [{"type": "text", "text": self.remark}] if self.remark else []
        nodes = [
            BlockNode(ids.block(), each.result, each.by or Provenance("tool"))
            for each in self.pending
            if each.result is not None
        ]
        nodes += [BlockNode(ids.block(), block, Provenance("person")) for block in (*noted, *remark)]
        return self.grown(MessageNode(ids.message(), "user", tuple(nodes)))

    def asked(self, wire: Json, ids: Ids) -> Line:
        """Return the line with a message of the person's."""
        return self.grown(message_node(wire, Provenance("person"), ids))

    def replied(self, message: Message, by: Literal["model", "simulator"], ids: Ids) -> Line:
        """Return the line with a reply; one with nothing that may be sent back adds nothing (rule R5)."""
        blocks = tuple(
            BlockNode(ids.block(), block.to_wire(), _came_from(by, message, at))
            for at, block in enumerate(message.content)
            if _may_be_sent(message, at)
        )
        if not blocks or message.stop_reason == "refusal":
            return self
        envelope = {key: message.raw[key] for key in ENVELOPE if message.raw.get(key) is not None}
        return self.grown(MessageNode(ids.message(), "assistant", blocks, reply=envelope))


def call_ids(history: Iterable[MessageNode]) -> set[str]:
    """Return the ids of the calls in an array, whatever their messages look like."""
    found = (block.wire.get("id") for node in history for block in node.blocks)
    return {id for id in found if isinstance(id, str)}


def _without(log: Pieces[Record], ids: set[str], history: History) -> Pieces[Record]:
    """Return the log without the records of those calls that are not in the array any more."""
    if not log or not ids:
        return log
    gone = {id for id in ids if not any(id in piece.known(call_ids) for piece in history.pieces)}
    for number, piece in enumerate(log.pieces):
        if not piece.known(_record_ids).isdisjoint(gone):
            at = number * SIZE
            return log.spliced(at, len(log), [record for record in log[at:] if record.id not in gone])
    return log


def _record_ids(records: Piece[Record]) -> set[str]:
    return {record.id for record in records}


def _may_be_sent(message: Message, at: int) -> bool:
    """No request may hold empty text (R6, R7) or a thought without its signature (R35)."""
    raw = message.content[at].raw
    if raw.get("type") == "text":
        return bool(str(raw.get("text", "")).strip())
    return raw.get("type") != "thinking" or bool(raw.get("signature"))


def _came_from(by: Literal["model", "simulator"], message: Message, at: int) -> Provenance:
    """Say who made a block, and what of it got lost on the way; a call that got lost in part can't be run."""
    fault = _fault(message, at)
    lost = [each.message for each in message.faults if each.index == at and (each.harmless or not fault)]
    return Provenance(by, note="; ".join(dict.fromkeys(lost)) or None, fault=fault)


def _fault(message: Message, at: int) -> str | None:
    """Say why a call must not be run as it came: garbled, or the last before the limit cut in."""
    block, fault = message.content[at], message.fault(at)
    if type(block) is not ToolUse:
        return None
    if fault is not None:
        text = fault.raw_text if len(fault.raw_text) <= 200 else fault.raw_text[:199] + "…"
        return f"{fault.message}; it came as {text!r}" if text else fault.message
    if message.stop_reason in CUTTING and at == len(message.content) - 1:
        return f"the reply was cut off ({message.stop_reason}) in this call, so its input may be incomplete"
    if not isinstance(block.raw.get("input"), dict):
        return "the input of this call is no object"
    return None
