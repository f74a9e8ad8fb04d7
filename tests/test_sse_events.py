"""What is learned from one delta must read the next one exactly as a JSON parser does, or not at all."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.errors import StreamError
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event, parse
from nbkit.wire.sse import SSEDecoder
from nbkit.wire.sse_events import Growth, SSEEvents

TEXTS = st.text(max_size=6) | st.sampled_from(
    ["", "\n", '"', "\\", "é", "👋", "\ud800", "other", "0", "}}", '"}}', "\x7f"]
)
KINDS = st.sampled_from(
    [("text_delta", "text"), ("thinking_delta", "thinking"), ("input_json_delta", "partial_json")]
)
EXTRAS = st.sampled_from([{}, {"estimated_tokens": 7}, {"z": "same"}])


@st.composite
def frames(draw: Any) -> bytes:
    """The lines of one delta as some server may write it: any order of keys, white space and escapes."""
    kind, key = draw(KINDS)
    text = draw(TEXTS)
    delta = dict(draw(st.permutations([*{"type": kind, key: text, **draw(EXTRAS)}.items()])))
    items = {"type": "content_block_delta", "index": draw(st.integers(0, 1)), "delta": delta}
    data = dict(draw(st.permutations([*items.items()])))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    written = json.dumps(data, ensure_ascii=draw(st.booleans()), separators=separators)
    padding = " " * draw(st.integers(0, 2))
    line = written[:-1] + padding + written[-1]
    line = "".join(f"\\u{ord(each):04x}" if "\ud800" <= each <= "\udfff" else each for each in line)
    head = draw(st.sampled_from(["event: content_block_delta\n", "", ": a comment\n", "event: error\n"]))
    return f"{head}data: {line}\n\n".encode()


def read(data: bytes) -> list[Event]:
    return [event for item in SSEDecoder().feed(data) if (event := parse(item))]


@given(st.lists(frames(), max_size=12))
@settings(max_examples=300, deadline=None)
def test_deltas_alike_are_read_as_any_others(parts: list[bytes]) -> None:
    data = b"".join(part for part in parts for _ in range(2))
    assert list(SSEEvents().feed(data)) == read(data)


def frame(text: str, before: str = "", after: str = "", tail: str = "}}") -> bytes:
    delta = f'{{"type":"text_delta",{before}"text":{text}{after}'
    data = f'{{"type":"content_block_delta","index":0,"delta":{delta}{tail}'
    return f"event: content_block_delta\ndata: {data}\n\n".encode()


@pytest.mark.parametrize("text", ['"x"', '" \\n\\"q\\""', '"é"', '"\\u00e9"', '"\\ud800"', '""'])
def test_the_second_of_two_is_read_by_what_it_has_in_common_with_the_first(text: str) -> None:
    first, second, third = SSEEvents().feed(
        frame(text) + frame('"new \\"one\\" é"') + frame('"p"', tail="}   }")
    )
    assert type(first) is Event
    assert type(second) is type(third) is Growth
    assert (second.data["delta"]["text"], third.data["delta"]["text"]) == ('new "one" é', "p")


@pytest.mark.parametrize(
    "second",
    [
        frame('"x","text":"y"'),  # two of one name: the last one counts
        frame('"x","more":"y"'),
        frame('"x"', tail="}}}"),
        frame('"x"', tail="},}"),
        frame('"x\\"', tail="}}"),
        frame('"x\ty"', tail="}}"),
        frame('"x"', tail="}}\ndata: 7"),
        frame('"x"', tail="}}\nid: 7"),
    ],
)
def test_what_only_seems_alike_is_read_whole(second: bytes) -> None:
    events = SSEEvents()
    list(events.feed(frame('"first"') + frame('"more"')))
    try:
        want: list[Event] | None = read(second)
    except StreamError:
        want = None
    if want is None:
        with pytest.raises(StreamError):
            list(events.feed(second))
    else:
        got = list(events.feed(second))
        assert got == want
        assert type(got[0]) is Event


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"note":"same",', ""),
        ("", ',"note":"same"'),
        ('"text":"same",', ""),
        ("", ',"note":"\\"same"'),
        ("", ',"n":{"text":"same"}'),
    ],
)
def test_a_text_that_stands_somewhere_else_too_is_not_mistaken(before: str, after: str) -> None:
    data = frame('"same"', before, after) + frame('"new"', before, after) + frame('"same"', before, after)
    assert list(SSEEvents().feed(data)) == read(data)


def test_the_data_of_a_delta_is_made_when_it_is_asked_for_and_is_its_own() -> None:
    _, event, other = SSEEvents().feed(frame('"a"') + frame('"b"') + frame('"c"'))
    data: Json = event.data
    assert data is event.data
    data["delta"]["text"] = "changed"
    assert other.data["delta"]["text"] == "c"
    for again in (pickle.loads(pickle.dumps(other)), copy.deepcopy(other)):
        assert again == other == Event(other.type, other.data)
        assert again != event
