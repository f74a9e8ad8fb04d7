"""Stream events (contract, section 5.3): SSE to typed event and back, and a whole message as its events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbkit.errors import StreamError
from nbkit.wire import sse
from nbkit.wire.blocks import Json
from nbkit.wire.json_text import parsed_event
from nbkit.wire.written import readable

if TYPE_CHECKING:
    from nbkit.wire.event_views import StreamEvent


@dataclass(slots=True)  # one is made for every few characters, and a frozen one costs four times as much
class Event:
    """One event of a stream: its type and its decoded data. Unknown types are passed on like any other."""

    type: str
    data: Json

    @property
    def view(self) -> StreamEvent:
        """The data with typed fields: `MessageStart`, `ContentBlockDelta`, … by its type."""
        from nbkit.wire.event_views import stream_event

        return stream_event(self.data)


def parse(event: sse.ServerSentEvent) -> Event | None:
    """Decode one server-sent event; None where there is nothing to decode. Garbage raises `StreamError`."""
    return _event(event.event, event.data)


def _event(name: str, text: str) -> Event | None:
    try:
        data = parsed_event(text)
        kind = data["type"]
        if type(kind) is str and name != "error":
            return Event(kind, data)
    except (ValueError, TypeError, KeyError):
        return _odd_event(name, text)
    return Event(name, data)


def _odd_event(name: str, text: str) -> Event | None:
    """Read an event whose data names no type, or is no JSON object at all."""
    if not text or text.strip() == "[DONE]":  # another API's end mark, which gateways add
        return None
    if name == "ping":
        return Event(name, {})
    try:
        data = parsed_event(text)
    except ValueError as error:
        what = f"no JSON ({error})"
    else:
        if isinstance(data, dict):
            return Event("error" if isinstance(data.get("error"), dict) else name, data)
        what = "no object"
    if name == "error":  # not in the contract's shape, but it says that the reply has failed
        return Event(name, {"type": name, "error": {"type": "api_error", "message": text[:300]}})
    shown = text if len(text) <= 80 else text[:77] + "..."
    raise StreamError(f"the stream sent an event that is {what}: {shown}", raw_text=text)


def encode_event(data: Json) -> bytes:
    """Return the SSE bytes of one event; its name is the data's `type`."""
    kind = data["type"]
    if type(kind) is str and kind.isidentifier():  # nearly always, and JSON has no line ends
        return b"event: %b\ndata: %b\n\n" % (kind.encode(), readable(data))
    return sse.encode(kind, readable(data).decode())


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
