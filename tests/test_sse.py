from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.errors import StreamError
from nbkit.wire.sse import LONGEST, ServerSentEvent, SSEDecoder, encode
from splits import splits

TWO = [ServerSentEvent("a", '{"x": "ü👋"}'), ServerSentEvent("", "line one\nline two")]


def decode(chunks: list[bytes]) -> list[ServerSentEvent]:
    return decode_all(SSEDecoder(), chunks)


def decode_all(decoder: SSEDecoder, chunks: Iterable[bytes]) -> list[ServerSentEvent]:
    return [event for chunk in chunks for event in decoder.feed(chunk)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_split_and_any_line_end_gives_the_same_events(end: str) -> None:
    text = ': a comment\nevent: a\ndata: {"x": "ü👋"}\nid: 7\n\n\ndata: line one\ndata:line two\nretry: 5\n\n'
    data = ("\ufeff" + text).replace("\n", end).encode()
    for chunks in splits(data):
        assert decode(chunks) == TWO


def test_an_event_without_data_is_not_dispatched_and_its_name_does_not_leak() -> None:
    assert decode([b"event: ping\n\ndata: {}\n\n"]) == [ServerSentEvent("", "{}")]


def test_a_unicode_line_separator_is_no_line_end() -> None:
    assert decode(["data: a\u2028b\x85c\n\n".encode()]) == [ServerSentEvent("", "a\u2028b\x85c")]


def test_bytes_that_are_no_utf8_do_not_stop_the_stream() -> None:
    assert decode([b"data: a\xff\n\ndata: b\n\n"]) == [
        ServerSentEvent("", "a\ufffd"),
        ServerSentEvent("", "b"),
    ]


def test_what_was_cut_off_is_told_not_dropped() -> None:
    decoder = SSEDecoder()
    decoder.feed(b'event: x\ndata: {"half": \ndata: tr')
    assert decoder.close() == b'event: x\ndata: {"half": \ndata: tr'


@pytest.mark.parametrize("chunk", [1 << 16, 1 << 20])
def test_an_endless_line_is_refused_before_it_fills_the_memory(chunk: int) -> None:
    decoder = SSEDecoder()
    with pytest.raises(StreamError, match="an event of more than") as caught:
        decode_all(decoder, (b"x" * chunk for _ in range(100_000_000 // chunk)))
    assert caught.value.raw_text == "x" * 1000


def test_a_whole_event_that_is_too_long_is_refused_alike() -> None:
    with pytest.raises(StreamError, match="an event of more than"):
        decode([b"data: {}\n\ndata: " + b"x" * (LONGEST + 1) + b"\n\n"])


LINES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
EVENTS = st.builds(ServerSentEvent, LINES, LINES)


def one_line(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", " ")


@given(st.lists(EVENTS, max_size=5), st.integers(1, 9), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=200, deadline=None)
def test_what_is_encoded_is_decoded_again_in_any_split(
    events: list[ServerSentEvent], size: int, end: str
) -> None:
    data = b"".join(encode(event.event, event.data) for event in events).replace(b"\n", end.encode())
    want = [
        ServerSentEvent(one_line(event), data.replace("\r\n", "\n").replace("\r", "\n"))
        for event, data in events
    ]
    assert decode([data]) == want
    assert decode([data[at : at + size] for at in range(0, len(data), size)]) == want
