"""Whatever comes in goes out: equal JSON, the same order of keys, nulls included, whatever it may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.wire.assembler import Assembler
from nbkit.wire.blocks import Json, kinds, view
from nbkit.wire.event_views import EVENTS, stream_event
from nbkit.wire.events import Event, message_events
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
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)


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
