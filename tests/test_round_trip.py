"""Whatever comes in goes out: equal JSON, the same order of keys, nulls included, whatever it may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.wire.assembler import Assembler
from nbkit.wire.assembly import assemble
from nbkit.wire.blocks import Json, kinds, view
from nbkit.wire.event_views import EVENTS, stream_event
from nbkit.wire.events import Event, encode_event, message_events
from nbkit.wire.eventstream import encode_event as encode_frame
from nbkit.wire.messages import Message
from nbkit.wire.tool_definitions import FAMILIES, tool_definition
from nbkit.wire.views import Named, View

READERS: dict[str, Callable[[Any], View]] = {
    "block": view,
    "message": Message,
    "event": stream_event,
    "tool": tool_definition,
}
KINDS = [*kinds().values(), *EVENTS.values(), *FAMILIES.values(), Message]
TYPES = st.sampled_from(sorted({*kinds(), *EVENTS, *FAMILIES, "hologram"}))
KEYS = st.sampled_from(
    sorted({each.key for kind in KINDS for each in vars(kind).values() if isinstance(each, Named)})
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=5)


def _inside(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects with a type and with keys that mean something to a view, and any value under them."""
    plain = st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=5)
    typed = st.builds(lambda kind, raw: {"type": kind, **raw}, TYPES | SCALARS, plain)
    return plain | typed | st.lists(inner, max_size=3)


VALUES = st.recursive(SCALARS, _inside, max_leaves=8)
OBJECTS = _inside(VALUES).filter(lambda value: isinstance(value, dict))


def everything(shown: View) -> Iterator[Any]:
    """Read every field of a view, and of the views within."""
    for kind in type(shown).__mro__:
        for name, each in vars(kind).items():
            if isinstance(each, Named | property):
                value = getattr(shown, name)
                yield value
                items = value if isinstance(value, list) else [value]
                items = list(value.values()) if isinstance(value, dict) else items
                for item in items:
                    if isinstance(item, View):
                        yield from everything(item)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=50, deadline=None)
@given(raw=OBJECTS)
def test_any_object_comes_out_as_it_went_in(name: str, raw: Json) -> None:
    before = json.dumps(raw)
    shown = READERS[name](raw)
    assert json.dumps(shown.to_wire()) == before
    assert shown.raw is raw


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=50, deadline=None)
@given(value=VALUES)
def test_any_value_can_be_read_and_is_not_changed_by_it(name: str, value: Any) -> None:
    before = json.dumps(value)
    shown = READERS[name](value)
    assert list(everything(shown))
    assert repr(shown)
    assert json.dumps(shown.raw) == before


@settings(max_examples=50, deadline=None)
@given(blocks=st.lists(OBJECTS, max_size=3), fields=st.dictionaries(st.text(max_size=5), VALUES, max_size=3))
def test_a_message_with_blocks_that_nobody_knows_streams_and_adds_up_to_itself(
    blocks: list[Json], fields: Json
) -> None:
    content = [{**block, "type": "hologram"} for block in blocks]
    ending = {"stop_reason": "tired", "stop_sequence": None, "usage": {"output_tokens": 1, "stars": None}}
    message = {"id": "msg_1", "model": None, **fields, "type": "message", "content": content, **ending}
    assembler = Assembler()
    for data in message_events(message):
        assembler.feed(Event(data["type"], data))
    again = assembler.close().to_wire()
    assert again == message
    assert [json.dumps(block) for block in again["content"]] == [json.dumps(block) for block in content]


# What each kind of block streams in deltas, and what it has beside that.
STREAMED = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("text"), "text": st.text(max_size=9)},
        optional={"citations": st.lists(OBJECTS, max_size=2)},
    ),
    st.fixed_dictionaries(
        {"type": st.just("thinking"), "thinking": st.text(max_size=9), "signature": st.text(max_size=3)}
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["tool_use", "server_tool_use", "mcp_tool_use"]),
            "id": st.text(max_size=3),
            "input": st.dictionaries(st.text(max_size=3), VALUES, max_size=3),
        }
    ),
    st.fixed_dictionaries({"type": st.just("compaction"), "content": st.none() | st.text(max_size=5)}),
)


@settings(max_examples=60, deadline=None)
@given(
    blocks=st.lists(STREAMED, max_size=3),
    size=st.integers(1, 30),
    chunk=st.integers(1, 5),
    framing=st.sampled_from(["sse", "aws"]),
)
def test_a_message_written_in_bytes_is_read_again_in_any_split(
    blocks: list[Json], size: int, chunk: int, framing: Any
) -> None:
    message = {
        "id": "msg_1",
        "content": blocks,
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"output_tokens": 1},
    }
    encode = encode_event if framing == "sse" else encode_frame
    data = b"".join(encode(event) for event in message_events(message, chunk))
    got = assemble((data[at : at + size] for at in range(0, len(data), size)), framing)
    assert got.faults == ()
    assert json.dumps(got.to_wire()["content"]) == json.dumps(blocks)
    assert got.to_wire() == message
