from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nbkit.errors import APIError, StreamError
from nbkit.wire import eventstream
from nbkit.wire.assembler import Assembler
from nbkit.wire.assembly import Framing, assemble
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event, encode_event, message_events, parse
from nbkit.wire.sse import ServerSentEvent, SSEDecoder

EXPECTED = sorted((Path(__file__).parent / "data" / "streams").glob("*.json"))


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_a_message_streamed_and_put_together_again_is_the_same_message(path: Path, chunk: int) -> None:
    message = json.loads(path.read_text())
    decoder, assembler = SSEDecoder(), Assembler()
    for data in message_events(message, chunk):
        for item in decoder.feed(encode_event(data)):
            event = parse(item)
            assert event is not None
            assembler.feed(event)
    assert assembler.close().to_wire() == message


@pytest.mark.parametrize(("framing", "encode"), [("sse", encode_event), ("aws", eventstream.encode_event)])
def test_half_of_a_surrogate_pair_can_be_streamed(framing: Framing, encode: Callable[[Json], bytes]) -> None:
    message: Json = {"id": "msg_1", "content": [{"type": "text", "text": "grüß \ud83d!"}]}
    data = [encode(event) for event in message_events(message, 1)]
    assert assemble(data, framing).to_wire()["content"] == message["content"]


def test_an_event_without_a_type_takes_the_name_of_its_frame() -> None:
    assert parse(ServerSentEvent("ping", "{}")) == Event("ping", {})


@pytest.mark.parametrize("data", ["{not json", "[1]", '"text"'])
def test_garbage_is_named_with_what_was_sent(data: str) -> None:
    with pytest.raises(StreamError, match="the stream sent an event that is no"):
        parse(ServerSentEvent("message_start", data))


def test_what_is_no_event_is_passed_over() -> None:
    for data in ("", "[DONE]"):
        assert parse(ServerSentEvent("", data)) is None
    assert parse(ServerSentEvent("ping", "pong")) == Event("ping", {})


@pytest.mark.parametrize(
    "data", ['{"type":"overloaded_error"}', "upstream failed", '{"error":{"message":"no"}}']
)
def test_an_error_frame_is_an_error_whatever_its_data_is(data: str) -> None:
    event = parse(ServerSentEvent("error", data))
    assert event is not None
    with pytest.raises(APIError, match="200 api_error"):
        Assembler().feed(event)
