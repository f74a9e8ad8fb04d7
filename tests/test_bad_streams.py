"""Streams that are broken in every way: a message, or one of nbkit's errors; never another exception."""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.errors import APIError, StreamError
from nbkit.wire.assembly import Framing, assemble
from nbkit.wire.blocks import Json
from nbkit.wire.eventstream import encode_event as encode_frame
from nbkit.wire.messages import Message

CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
FALLBACK = {"type": "fallback", "from": {"model": "a"}, "to": {"model": "b"}}


def block(index: int, begun: Json, *deltas: Json) -> list[Json]:
    return [
        {"type": "content_block_start", "index": index, "content_block": begun},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


EVENTS: list[Json] = [
    {
        "type": "message_start",
        "message": {"id": "m", "model": "a", "content": [], "usage": {"input_tokens": 1}},
    },
    {"type": "ping"},
    *block(
        0,
        {"type": "text", "text": ""},
        {"type": "text_delta", "text": "hi"},
        {"type": "citations_delta", "citation": {"type": "char_location"}},
    ),
    *block(
        1,
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "thinking_delta", "thinking": "hm"},
        {"type": "signature_delta", "signature": "c2ln"},
    ),
    *block(
        2,
        CALL,
        {"type": "input_json_delta", "partial_json": '{"a": [1, "b'},
        {"type": "input_json_delta", "partial_json": '"]}'},
    ),
    *block(3, FALLBACK),
    *block(4, {"type": "compaction"}, {"type": "compaction_delta", "content": "c", "encrypted_content": "e"}),
    {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 9}},
    {"type": "message_stop"},
]
HUGE = "an integer of 5,000 digits"  # which `json` would not write
JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**400,
    HUGE,
    "",
    "x",
    "\ud800",
    [],
    [[]],
    {},
    {"type": "text"},
    [0] * 50,
]
VALUES = st.recursive(
    st.sampled_from(JUNK) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "index", "to"]), inner)
    ),
    max_leaves=5,
)


def sse(*events: Any) -> bytes:
    """The bytes of events that may be anything; surrogates are written as escapes."""
    texts = [json.dumps(event).replace(json.dumps(HUGE), "9" * 5000) for event in events]
    return b"".join(b"event: x\ndata: " + text.encode() + b"\n\n" for text in texts)


def outcome(data: bytes, framing: Framing = "sse", size: int = 0) -> tuple[object, ...]:
    """What comes of it, as values that can be compared; every message and fault can be shown and written."""
    chunks = [data[at : at + size] for at in range(0, len(data), size)] if size else [data]
    try:
        return "whole", *told(assemble(chunks, framing))
    except StreamError as error:
        return type(error), str(error), error.raw_text, *told(error.partial)
    except APIError as error:
        return type(error), str(error), *told(error.partial)


def told(message: Message | None) -> tuple[object, ...]:
    if message is None:
        return (None,)
    assert isinstance(repr(message) + message.text, str)
    return json.dumps(message.to_wire()), repr(message.faults), [call.input for call in message.tool_uses]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [at, *(place for key in keys for place in places(value[key], (*at, key)))]


def changed(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    value = copy.copy(value)
    value[place[0]] = changed(value[place[0]], place[1:], new)
    return value


def test_the_stream_that_is_broken_below_is_a_good_one() -> None:
    kind, text, faults, inputs = outcome(sse(*EVENTS))
    assert (kind, faults, inputs) == ("whole", "()", [{"a": [1, "b"]}])
    assert '"hi"' in str(text)


@pytest.mark.parametrize("place", places(EVENTS)[1:], ids=str)
def test_any_value_at_any_place_has_a_clear_outcome(place: tuple[Any, ...]) -> None:
    for new in JUNK:
        outcome(sse(*changed(EVENTS, place, new)))


@given(st.lists(st.sampled_from(EVENTS) | VALUES, max_size=12), st.sampled_from([0, 1, 5]))
@settings(max_examples=150, deadline=None)
def test_events_in_any_order_have_an_outcome_that_no_split_changes(events: list[Any], size: int) -> None:
    data = sse(EVENTS[0], *events)
    assert outcome(data, size=size) == outcome(data)


@given(st.binary(max_size=200), st.sampled_from(["sse", "aws"]))
@settings(max_examples=150, deadline=None)
def test_garbage_has_an_outcome_that_no_split_changes(garbage: bytes, framing: Framing) -> None:
    begun = sse(EVENTS[0]) if framing == "sse" else encode_frame(EVENTS[0])
    for data in (garbage, begun + garbage):
        assert outcome(data, framing, size=1) == outcome(data, framing)


STREAMS = sorted((Path(__file__).parent / "data" / "streams").glob("*.sse"))
PIECES = st.sampled_from(
    [b"\n", b"\r", b"\n\n", b'"', b"}", b"\\", b"\xff", b"\xef\xbb\xbf", b"<html>\n\n</html>"]
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_stream_whose_bytes_are_broken_has_an_outcome_that_no_split_changes(data: Any) -> None:
    body = data.draw(st.sampled_from(STREAMS)).read_bytes()
    for _ in range(data.draw(st.integers(1, 3))):
        at, gone = data.draw(st.integers(0, len(body))), data.draw(st.sampled_from([0, 0, 1, 40, 10_000]))
        body = body[:at] + data.draw(PIECES) + body[at + gone :]
    for size in (1, data.draw(st.integers(2, 200))):
        assert outcome(body, size=size) == outcome(body)


def whole(text: str) -> str:
    """The text as JSON carries it: two halves of a character beside each other are that character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@given(st.text(alphabet='{}[]",:\\utrue10.eE- \n\ud83d\udc00', max_size=40).map(whole), st.data())
@settings(max_examples=150, deadline=None)
def test_any_tool_input_is_what_json_reads_or_a_fault_with_its_text(text: str, data: Any) -> None:
    cut = data.draw(st.integers(0, len(text)))
    pieces = (text[:cut], text[cut:])
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    # Written and read as JSON, two halves of a character that stand together become that character.
    text = "".join(json.loads(json.dumps(piece)) for piece in pieces)
    message = assemble(sse(EVENTS[0], *block(0, CALL, *deltas), EVENTS[-1]))
    try:
        want = json.loads(text)
    except ValueError:
        want = None
    fault = message.fault(0)
    if fault:
        assert (fault.kind, fault.raw_text) == ("invalid_input", text)
        assert message.tool_uses[0].input == {}
    else:
        assert message.tool_uses[0].input == (want if text.strip() else {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, "a": 2}', {"a": 2}),
        (r'{"a": "\ud800"}', {"a": "\ud800"}),
        ('{"a": NaN}', None),
        ('{"a": -Infinity}', None),
        ('{"a": 1e999}', None),
        ('{"a": ' + "9" * 5000 + "}", None),
        ("[" * 100_000, None),
        ('{"a": ' * 150 + "1" + "}" * 150, ...),
        ("[1]", None),
        ("null", None),
    ],
)
def test_tool_input_is_read_as_the_standard_has_it(text: str, value: Any) -> None:
    deltas = [{"type": "input_json_delta", "partial_json": text}]
    message = assemble(sse(EVENTS[0], *block(0, CALL, *deltas), EVENTS[-1]))
    assert (message.fault(0) is None) == (value is not None)
    assert value is ... or message.tool_uses[0].input == (value or {})


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 100_000_000,
        b"data: " + b"[" * 10_000_000 + b"\n\n",
        b'data: {"type": "' + b"\xff" * 10_000_000 + b"\n\n",
        b"\n" * 10_000_000,
        b"data:\n" * 2_000_000,
        b"\r\n" * 3_000_000,
        sse(EVENTS[0]) + b"event: ping\ndata: {}\n\n" * 200_000,
        sse(*EVENTS[:2], *([EVENTS[2]] + [EVENTS[4]] * 30_000)),
    ],
    ids=["a line", "depth", "bad UTF-8", "blank lines", "empty data", "CRLF", "pings", "citations"],
)
def test_a_flood_ends_in_an_error_in_bounded_time(data: bytes) -> None:
    begin = time.process_time()
    with pytest.raises(StreamError):
        assemble(data[at : at + 4096] for at in range(0, len(data), 4096))
    assert time.process_time() - begin < 10  # each takes a second or two at most; a square would take hours
