"""Bytes to a message: where a body ends, and bodies that are no stream."""

from __future__ import annotations

import gzip
import json

import pytest

from nbkit.errors import APIError, StreamError, UsageError
from nbkit.wire.assembly import assemble
from nbkit.wire.blocks import Json
from nbkit.wire.events import encode_event
from nbkit.wire.eventstream import encode_event as encode_frame
from written_events import block, delta, ending, start, stop, stream


def test_a_ping_is_no_event_that_is_told() -> None:
    ping = b'event: ping\ndata: {"type": "ping"}\n\n: quiet\n\nevent: ping\n\nretry: 5\nid: 7\n\n'
    events = stream(start(), block(0, type="text", text="hi"), stop(0), *ending("end_turn"))
    message = assemble(b"".join(ping + event for event in events) + b"data: [DONE]\n\n")
    assert (message.text, message.faults) == ("hi", ())


def test_an_event_that_only_lacks_its_blank_line_is_not_lost() -> None:
    data = b"".join(stream(start(), block(0, type="text", text="hi"), stop(0), *ending("end_turn")))
    assert assemble(data.rstrip(b"\n")) == assemble(data)


def test_the_text_of_an_event_that_was_cut_off_is_kept() -> None:
    data = b"".join(stream(start(), block(0, type="text", text="hi"), stop(0), *ending("end_turn")))
    with pytest.raises(StreamError, match="ended without message_stop") as caught:
        assemble(data[:-7])
    assert caught.value.raw_text == 'event: message_stop\ndata: {"type":"message_s'
    assert caught.value.partial is not None
    assert caught.value.partial.stop_reason == "end_turn"


ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.mark.parametrize(
    "error",
    [
        json.dumps(ERROR).encode(),  # in place of a stream, or where a proxy broke it off
        json.dumps(ERROR, indent=1).encode() + b"\n\n",
        b"data: " + json.dumps({"error": ERROR["error"]}).encode() + b"\n\n",  # as other APIs have it
        b"event: error\ndata: " + json.dumps(ERROR).encode(),
    ],
)
@pytest.mark.parametrize("begun", [[], [start(), block(0, type="text", text="half")]])
def test_an_error_is_found_however_it_is_written(error: bytes, begun: list[Json]) -> None:
    with pytest.raises(APIError, match="200 overloaded_error: Overloaded") as caught:
        assemble([*stream(*begun), error])
    assert (caught.value.partial is not None) == bool(begun)


def test_an_error_that_names_no_type_is_an_error_of_the_api() -> None:
    with pytest.raises(APIError, match="200 api_error: Too busy"):
        assemble(b'data: {"error": {"message": "Too busy", "type": null, "code": 429}}\n\n')


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "ended before its first event"),
        (b": quiet\n\n", "ended before its first event"),
        (b"<html>\n\n<h1>502 Bad Gateway</h1></html>\n", "a page of HTML"),
        (gzip.compress(b"event: ping\n\n" * 9, mtime=0), "compressed with gzip"),
        (json.dumps(start()["message"] | {"type": "message"}, indent=1).encode(), "a whole message in JSON"),
        (b'{"detail": "Not Found"}', "it is JSON"),
        (encode_frame(start()), "which framing='aws' reads"),
        (b"upstream connect error\n\ndisconnect", "is this address a Messages API"),
    ],
)
def test_a_body_that_is_no_stream_is_told_in_words_and_kept(body: bytes, words: str) -> None:
    for size in (1, 7, len(body) + 1):
        with pytest.raises(StreamError, match=words) as caught:
            assemble(body[at : at + size] for at in range(0, len(body), size))
        assert caught.value.partial is None
        kept = "" if body.startswith(b":") else body.decode("utf-8", "backslashreplace")
        assert caught.value.raw_text.strip() == kept.replace("\r", "\n").strip()


def test_server_sent_events_read_as_frames_are_told_in_words() -> None:
    with pytest.raises(StreamError, match="which framing='sse' reads"):
        assemble(stream(start()), "aws")


def test_lines_that_belong_to_no_event_are_kept() -> None:
    page = b"<html>\n\n<h1>504</h1>"
    events = stream(start(), block(0, type="text", text="hi"), stop(0), *ending("end_turn"))
    with pytest.raises(StreamError, match="without message_stop") as caught:
        assemble([*events[:3], page])
    assert caught.value.raw_text == page.decode()
    message = assemble([*events, page])
    assert (message.text, message.faults[0].kind, message.faults[0].raw_text) == (
        "hi",
        "unread_text",
        page.decode(),
    )


def test_text_is_not_changed_where_its_bytes_are_no_utf8() -> None:
    text = delta(0, type="text_delta", text="caf\u00e9")
    cut = encode_event(text).replace("\u00e9".encode(), b"\xc3")
    with pytest.raises(StreamError, match="no UTF-8") as caught:
        assemble([*stream(start(), block(0, type="text", text="")), cut])
    assert caught.value.partial is not None
    assert "caf\\xc3" in caught.value.raw_text


def test_bytes_may_come_in_one_piece_and_nothing_else_is_taken() -> None:
    data = b"".join(encode_event(event) for event in [start(), {"type": "message_stop"}])
    assert assemble(data) == assemble([data])
    for wrong in (["text"], "text", [5]):
        with pytest.raises(UsageError, match="a stream is bytes"):
            assemble(wrong)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(UsageError, match="framing 'morse' is not known"):
        assemble([], framing="morse")  # type: ignore[arg-type]  # that is the point
