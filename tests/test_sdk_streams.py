"""Streams of every event that the official SDK's types allow give what its accumulator gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("anthropic", reason="the official SDK, whose accumulator is the judge, is not installed")

from anthropic.lib.streaming._beta_messages import accumulate_event
from anthropic.types.beta import (
    BetaMessage,
    BetaRawContentBlockDelta,
    BetaRawMessageDeltaEvent,
)
from anthropic.types.beta.beta_raw_content_block_start_event import ContentBlock

from nbkit.wire.assembly import assemble
from nbkit.wire.events import encode_event
from sdk_shapes import Json, variants

TAKER: dict[str, Json] = {
    "text_delta": {"type": "text", "text": "so "},
    "citations_delta": {"type": "text", "text": "", "citations": None},
    "input_json_delta": {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}},
    "thinking_delta": {"type": "thinking", "thinking": "", "signature": ""},
    "signature_delta": {"type": "thinking", "thinking": "", "signature": "before"},
    "compaction_delta": {"type": "compaction", "content": None, "encrypted_content": "before"},
}
USAGE = {"input_tokens": 7, "output_tokens": 1, "cache_read_input_tokens": 3}
MESSAGE: Json = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "a",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": USAGE,
}
END = {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}}


def block(index: int, begun: Json, *deltas: Json) -> list[Json]:
    return [
        {"type": "content_block_start", "index": index, "content_block": begun},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def stream(*events: Json, message: Json = MESSAGE) -> list[Json]:
    end = {**END, "usage": {"output_tokens": 9}}
    return [{"type": "message_start", "message": message}, *events, end, {"type": "message_stop"}]


def starts() -> Iterator[list[Json]]:
    for message in variants(BetaMessage):
        yield stream(message=message)


def blocks() -> Iterator[list[Json]]:
    for begun in variants(ContentBlock):
        yield stream(*block(0, begun), *block(1, {"type": "text", "text": ""}))


def deltas() -> Iterator[list[Json]]:
    for delta in variants(BetaRawContentBlockDelta):
        if delta["type"] == "input_json_delta":
            delta = {**delta, "partial_json": '{"a": [1, -0, 1.0, 1e3, "\\u00e9", null, {}]}'}
        for taker in TAKER.values():
            yield stream(*block(0, taker, delta))
        yield stream(
            *block(0, TAKER[delta["type"]], delta, delta if "json" not in delta["type"] else {"type": "new"})
        )


def endings() -> Iterator[list[Json]]:
    for event in variants(BetaRawMessageDeltaEvent):
        yield stream(event)
        # One that doesn't say why the reply ended takes nothing back of what was said: there the SDK forgets.
        if "stop_reason" in event["delta"]:
            yield [*stream()[:-1], event, {"type": "message_stop"}]


@pytest.mark.parametrize("streams", [starts, blocks, deltas, endings])
def test_the_message_is_what_the_official_accumulator_makes_of_it(streams: Any) -> None:
    wrong = []
    for events in streams():
        got = assemble([encode_event(event) for event in events]).to_wire()
        if without_nulls(got) != without_nulls(accumulated(events)):
            wrong.append((events, without_nulls(got), without_nulls(accumulated(events))))
    assert wrong == []


def accumulated(events: list[Json]) -> Any:
    message: Any = None
    headers: Any = {}
    buffers: dict[int, bytes] = {}
    for event in events:
        message = accumulate_event(
            event=json.loads(json.dumps(event)),
            current_snapshot=message,
            json_bufs=buffers,
            request_headers=headers,
        )
    return message.to_dict(mode="json")


def without_nulls(value: Any) -> Any:
    """Drop nulls, which the SDK adds and drops where it likes: everywhere but in a tool call's input."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if item is not None and key != "parsed_output"}
        return {key: item if key == "input" else without_nulls(item) for key, item in kept.items()}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
