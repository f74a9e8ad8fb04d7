"""From what the brain wants to say to the reply that says it: ids, signature, cuts.

`stop_sequences` and `max_tokens` cut here, token by token, in the order in which the blocks stream:
thinking, text, the calls. A cut may fall inside a call's JSON; the stream then carries the torn text, the
whole message what of it is closed.
"""

from __future__ import annotations

from nbkit.sim import tokens
from nbkit.sim.brain.intent import Intent
from nbkit.sim.cache import InputUsage
from nbkit.sim.ids import Ids
from nbkit.sim.parts import Part, part_of
from nbkit.sim.reply import Reply
from nbkit.sim.triggers import DETAILS, REDACTED_THINKING, REFUSAL, triggers
from nbkit.wire.blocks import Json


def compose(
    body: Json,
    intent: Intent,
    input: InputUsage,
    *,
    model: str,
    seed: int,
    signature: str,
    hidden: bool,
    room: int | None = None,
) -> Reply:
    """Turn an intent into the reply to `body`; a `signature` of "" leaves thinking out.

    Documented words in the prompt make it a refusal, or its thinking redacted.
    """
    ids, said = Ids(body, seed), triggers(body)
    if REFUSAL in said:
        return Reply(ids.message(), model, input, [], stop_reason="refusal", stop_details=DETAILS)
    parts = _parts(intent, ids, signature, hidden)
    reply = Reply(ids.message(), model, input, parts, room=room, left_out=intent.left_out)
    reply.advisor = _advisor(body)
    if signature and REDACTED_THINKING in said:
        reply.parts[0] = part_of({"type": "redacted_thinking", "data": signature})
    if intent.pauses:
        reply.stop_reason = "pause_turn"
    if intent.calls or any(block["type"] == "tool_use" for block in intent.blocks):
        reply.stop_reason = "tool_use"
    cut(reply, body)
    return reply


def _advisor(body: Json) -> str | None:
    return next(
        (
            tool["model"]
            for tool in body.get("tools") or ()
            if tool.get("name") == "advisor" and "model" in tool
        ),
        None,
    )


def cut(reply: Reply, body: Json) -> None:
    """End the reply where the request's `stop_sequences` and `max_tokens` end it, or the model's context."""
    _stop_at_sequences(reply, body.get("stop_sequences") or [])
    most = int(body["max_tokens"])
    room = most if reply.room is None else reply.room
    _stop_at_budget(reply, min(most, room))
    if reply.stop_reason == "max_tokens" and room < most:
        reply.stop_reason = "model_context_window_exceeded"


def _parts(intent: Intent, ids: Ids, signature: str, hidden: bool) -> list[Part]:
    parts = []
    if intent.thinking and signature:
        empty: Json = {"type": "thinking", "thinking": "", "signature": ""}
        parts.append(Part(empty, "thinking", tokens.pieces(intent.thinking), signature, hidden))
    parts += [part_of(block) for block in ids.given(intent.blocks)]
    if intent.text:
        parts.append(part_of({"type": "text", "text": intent.text}))
    for number, call in enumerate(intent.calls):
        block = {"type": "tool_use", "id": ids.tool_use(number), "name": call.name, "input": call.input}
        parts.append(part_of({**block, "caller": {"type": "direct"}}))
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


def _stop_at_budget(reply: Reply, limit: int) -> None:
    budget = int(limit / reply.per_piece)
    for number, part in enumerate(reply.parts):
        if part.cost > budget:
            reply.stop_reason, reply.stop_sequence, reply.spent = "max_tokens", None, limit
            overhead = part.cost - len(part.pieces)
            room = budget - overhead
            if room > 0:
                part.pieces, part.cut, part.signature = part.pieces[:room], True, ""
            del reply.parts[number + (room > 0) :]
            return
        budget -= part.cost
