from __future__ import annotations

import base64
import json
import struct
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.errors import APIError, StreamError
from nbkit.wire.assembly import assemble
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event
from nbkit.wire.eventstream import (
    Frame,
    FrameDecoder,
    encode,
    encode_event,
    encode_exception,
    parse,
)
from splits import splits

START: Json = {"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": {}}}
BEGUN = [
    START,
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "grüß 👋"}},
]
REST: list[Json] = [
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
    {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 9}},
]
# The frame of AWS's own documentation for an empty payload and no headers.
EMPTY = bytes.fromhex("000000100000000005c248eb7d98c8ff")


def stream(*events: Json) -> bytes:
    return b"".join(encode_event(event, "abcdefg"[: at % 8]) for at, event in enumerate(events))


def framed(payload: object, **headers: str) -> bytes:
    known = {":event-type": "chunk", ":message-type": "event", **headers}
    return encode(known, payload if isinstance(payload, bytes) else json.dumps(payload).encode())


def test_any_split_gives_the_same_message() -> None:
    data = stream(*BEGUN, *REST)
    want = assemble(data, "aws")
    assert want.text == "grüß 👋"
    assert want.stop_reason == "end_turn"
    for chunks in splits(data):
        assert assemble(chunks, "aws") == want


def test_a_frame_is_what_aws_says_it_is() -> None:
    assert encode({}, b"") == EMPTY
    (frame,) = FrameDecoder().feed(EMPTY)
    assert (frame.headers, frame.payload) == ({}, b"")
    assert parse(frame) is None


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
FRAMES = st.builds(Frame, st.dictionaries(TEXTS, TEXTS, max_size=3), st.binary(max_size=20))


@given(st.lists(FRAMES, max_size=4), st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_frames_that_are_encoded_are_decoded_again_in_any_split(frames: list[Frame], size: int) -> None:
    data = b"".join(encode(frame.headers, frame.payload) for frame in frames)  # type: ignore[arg-type]  # all are text
    decoder = FrameDecoder()
    got = [frame for at in range(0, len(data), size) for frame in decoder.feed(data[at : at + size])]
    assert got == frames
    assert decoder.close() == b""


@given(
    st.recursive(st.none() | st.text(max_size=4), lambda inner: st.dictionaries(st.text(max_size=4), inner))
)
@settings(max_examples=100, deadline=None)
def test_an_event_that_is_encoded_is_decoded_again(value: object) -> None:
    data = {"type": "x", "value": value}
    (frame,) = FrameDecoder().feed(encode_event(data, "padding"))
    assert parse(frame) == Event("x", data)


def test_headers_of_every_type_are_read() -> None:
    values = [
        (0, b"", True),
        (1, b"", False),
        (2, b"\x07", b"\x07"),
        (3, b"ab", b"ab"),
        (4, b"abcd", b"abcd"),
        (5, b"abcdefgh", b"abcdefgh"),
        (6, b"\x00\x02hi", b"hi"),
        (7, "\x00\x03né".encode(), "né"),
        (8, b"abcdefgh", b"abcdefgh"),
        (9, b"abcdefghijklmnop", b"abcdefghijklmnop"),
    ]
    written = b"".join(
        struct.pack(">B2sB", 2, f"h{kind}".encode(), kind) + value for kind, value, _ in values
    )
    (frame,) = FrameDecoder().feed(sealed(written, b"payload"))
    assert frame.headers == {f"h{kind}": read for kind, _, read in values}
    assert frame.payload == b"payload"


def sealed(headers: bytes, payload: bytes) -> bytes:
    lengths = struct.pack(">II", len(headers) + len(payload) + 16, len(headers))
    rest = lengths + struct.pack(">I", crc32(lengths)) + headers + payload
    return rest + struct.pack(">I", crc32(rest))


def test_a_flipped_bit_anywhere_is_found() -> None:
    data = stream(*BEGUN[:1])
    for at in range(len(data)):
        broken = bytearray(data)
        broken[at] ^= 4
        with pytest.raises(StreamError, match=r"in frame 1: its (lengths|bytes) don't fit their checksum"):
            list(FrameDecoder().feed(bytes(broken)))


@pytest.mark.parametrize(
    ("total", "headers"), [(2**32 - 1, 0), (15, 0), (16, 1), (2**31, 2**31 - 16), (2**18, 2**17 + 1)]
)
def test_an_absurd_length_is_refused_before_anything_is_kept(total: int, headers: int) -> None:
    lengths = struct.pack(">II", total, headers)
    with pytest.raises(StreamError, match=r"in frame 2: it says that it is .* bytes long"):
        list(FrameDecoder().feed(EMPTY + lengths + struct.pack(">I", crc32(lengths))))


@pytest.mark.parametrize(
    "headers",
    [
        b"\x05ab",
        b"\x01a",
        b"\x01a\x0a",
        b"\x01a\x07\x00",
        b"\x01a\x07\x00\x05ab",
        b"\x01\xff\x00",
        b"\x01a\x07\x00\x01\xff",
    ],
)
def test_headers_that_cannot_be_read_are_told(headers: bytes) -> None:
    with pytest.raises(StreamError, match="in frame 1: its headers can't be read"):
        list(FrameDecoder().feed(sealed(headers, b"")))


def test_an_exception_frame_is_the_error_that_an_error_event_is() -> None:
    data = stream(*BEGUN) + encode_exception("throttlingException", "Too many tokens")
    with pytest.raises(APIError, match="200 throttlingException: Too many tokens") as caught:
        assemble(data, "aws")
    assert caught.value.partial is not None
    assert caught.value.partial.text == "grüß 👋"


@pytest.mark.parametrize(
    ("headers", "payload", "words"),
    [
        (
            {":message-type": "error", ":error-code": "500", ":error-message": "It broke"},
            b"",
            "500: It broke",
        ),
        ({":message-type": "exception", ":exception-type": "x"}, b"no JSON", "x: no JSON"),
        ({":message-type": "exception"}, b'{"Message": "M"}', "unknown: M"),
        ({":message-type": "exception"}, b"[1]", r"unknown: \[1\]"),
    ],
)
def test_failures_of_other_shapes_are_told_too(headers: dict[str, str], payload: bytes, words: str) -> None:
    with pytest.raises(APIError, match=f"200 {words}"):
        assemble(encode(headers, payload), "aws")


def test_frames_without_an_event_are_passed_over() -> None:
    others = [
        framed({"p": "abc"}),
        framed(b""),
        framed({"bytes": base64.b64encode(b'{"no": "type"}').decode()}),
        framed({"bytes": base64.b64encode(b'{"type": 5}').decode()}),
        framed({}, **{":event-type": "initial-response"}),
    ]
    assert assemble([stream(*BEGUN), *others, stream(*REST)], "aws") == assemble(stream(*BEGUN, *REST), "aws")


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"{", "a frame that is no JSON"),
        (b"\xff\xfe", "a frame that is no JSON"),
        (b"[]", "a frame that is no object"),
        ({"bytes": "@@@"}, "an event that is no base64"),
        ({"bytes": 5}, "an event that is no base64"),
        ({"bytes": base64.b64encode(b"nope").decode()}, "an event that is no JSON"),
        ({"bytes": base64.b64encode(b"[1]").decode()}, "an event that is no object"),
    ],
)
def test_a_payload_that_is_no_event_is_told_with_what_came_before(payload: object, words: str) -> None:
    with pytest.raises(StreamError, match=words) as caught:
        assemble(stream(*BEGUN) + framed(payload), "aws")
    assert caught.value.raw_text
    assert caught.value.partial is not None
    assert caught.value.partial.text == "grüß 👋"


def test_a_stream_that_is_cut_inside_a_frame_keeps_what_had_arrived() -> None:
    data = stream(*BEGUN, *REST)
    with pytest.raises(StreamError, match="ended without message_stop") as caught:
        assemble(data[:-5], "aws")
    assert caught.value.partial is not None
    assert caught.value.partial.stop_reason == "end_turn"
    assert "invocationMetrics" not in caught.value.raw_text  # it is base64 still, and kept as it came
    assert ":event-type" in caught.value.raw_text
