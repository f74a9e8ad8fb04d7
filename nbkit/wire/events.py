"""Stream events (contract, section 5.3): SSE to typed event and back, and a whole message as its events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from nbkit.errors import StreamError
from nbkit.wire import sse
from nbkit.wire.blocks import Json
from nbkit.wire.json_text import parsed


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream: its type and its decoded data. Unknown types are passed on like any other."""

    type: str
    data: Json


def parse(event: sse.ServerSentEvent) -> Event | None:
    """Decode one server-sent event; None where there is nothing to decode. Garbage raises `StreamError`."""
    if not event.data:
        return None
    try:
        data = parsed(event.data)
    except ValueError as error:
        shown = event.data if len(event.data) <= 80 else event.data[:77] + "..."
        raise StreamError(f"the stream sent an event that is no JSON ({error}): {shown}") from None
    if not isinstance(data, dict):
        raise StreamError(f"the stream sent an event that is no object: {event.data[:80]}")
    kind = data.get("type")
    return Event(kind if isinstance(kind, str) else event.event, data)


def encode_event(data: Json) -> bytes:
    """Return the SSE bytes of one event; its name is the data's `type`."""
    return sse.encode(data["type"], json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def message_events(message: Json, chunk: int = 12) -> Iterator[Json]:
    """Yield the events that stream `message`; text, thinking and tool input in pieces of `chunk` characters.

    The inverse of the assembler: what these events add up to equals `message`.
    """
    start = {**message, "content": [], "stop_reason": None, "stop_sequence": None}
    usage = message.get("usage")
    if isinstance(usage, dict):
        start["usage"] = {**usage, "output_tokens": 1}
    yield {"type": "message_start", "message": start}
    for index, block in enumerate(message["content"]):
        yield from block_events(index, block, chunk)
    keys = ("stop_reason", "stop_sequence", "stop_details", "container")
    delta = {key: message[key] for key in keys if key in message}
    yield {"type": "message_delta", "delta": delta, "usage": usage or {"output_tokens": 0}}
    yield {"type": "message_stop"}


def block_events(index: int, block: Json, chunk: int) -> Iterator[Json]:
    """Yield start, deltas and stop of one block; one with nothing to stream goes out whole in its start."""
    empty, deltas = _split(block, chunk)
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _split(block: Json, chunk: int) -> tuple[Json, Iterator[Json]]:
    match block["type"]:
        case "text":
            return {**block, "text": "", **_no_citations(block)}, _text_deltas(block, chunk)
        case "thinking":
            return {**block, "thinking": "", "signature": ""}, _thinking_deltas(block, chunk)
        case "tool_use" | "server_tool_use" | "mcp_tool_use":
            return {**block, "input": {}}, _input_deltas(block, chunk)
        case _:
            return block, iter(())


def _no_citations(block: Json) -> Json:
    return {"citations": []} if block.get("citations") else {}


def _text_deltas(block: Json, chunk: int) -> Iterator[Json]:
    for piece in _pieces(block["text"], chunk):
        yield {"type": "text_delta", "text": piece}
    for citation in block.get("citations") or ():
        yield {"type": "citations_delta", "citation": citation}


def _thinking_deltas(block: Json, chunk: int) -> Iterator[Json]:
    for piece in _pieces(block["thinking"], chunk):
        yield {"type": "thinking_delta", "thinking": piece}
    if block.get("signature"):
        yield {"type": "signature_delta", "signature": block["signature"]}


def _input_deltas(block: Json, chunk: int) -> Iterator[Json]:
    yield {"type": "input_json_delta", "partial_json": ""}
    if block["input"]:
        for piece in _pieces(json.dumps(block["input"], ensure_ascii=False), chunk):
            yield {"type": "input_json_delta", "partial_json": piece}


def _pieces(text: str, chunk: int) -> Iterator[str]:
    return (text[at : at + chunk] for at in range(0, len(text), chunk))
