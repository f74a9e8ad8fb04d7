"""The bytes of a body are those of its JSON, whether its messages were written before or not."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import ask, assistant, user
from nbkit.wire.written import Writer, body_bytes, body_chunks

TEXTS = st.text(max_size=5) | st.sampled_from(["\ud800", '"', "\x00", "é🐀"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
MESSAGES = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=5)


def dumped(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


@settings(max_examples=150, deadline=None)
@given(MESSAGES, st.dictionaries(TEXTS, VALUES, max_size=3), st.dictionaries(TEXTS, VALUES, max_size=2))
def test_a_growing_array_has_the_bytes_of_json_at_each_length(
    messages: list[Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    writer = Writer()
    for n, message in enumerate([None, *messages]):
        if n:
            writer.messages.append(message)
        body = {**before, "messages": writer.snapshot(), **after}
        assert body_bytes(body) == dumped(body)


def test_an_earlier_snapshot_keeps_its_bytes() -> None:
    writer = Writer()
    writer.messages.append(user("one"))
    first = ask(), writer.snapshot()
    writer.messages += [assistant("two"), user("three")]
    later = writer.snapshot()
    assert body_bytes({"messages": later}) == dumped({"messages": later})
    for messages in (first[1], later):
        assert body_bytes({**first[0], "messages": messages}) == dumped({**first[0], "messages": messages})


def test_whoever_holds_the_parts_of_a_body_doesnt_keep_it_from_growing() -> None:
    writer = Writer()
    writer.messages.append(user("one"))
    first = writer.snapshot()
    held = body_chunks({"messages": first})
    writer.messages.append(assistant("two"))
    grown = {"messages": writer.snapshot()}
    assert body_bytes(grown) == dumped(grown)
    assert b"".join(held) == dumped({"messages": first})


def test_a_list_that_somebody_has_changed_is_written_as_it_is() -> None:
    writer = Writer()
    writer.messages.append(user("one"))
    body = {"messages": writer.snapshot()}
    body_bytes(body)
    body["messages"].append(assistant("two"))
    assert body_bytes(body) == dumped(body)


def test_a_copy_is_a_plain_list() -> None:
    writer = Writer()
    writer.messages.append(user("one"))
    messages = writer.snapshot()
    for copied in (copy.copy(messages), copy.deepcopy(messages), pickle.loads(pickle.dumps(messages))):
        assert type(copied) is list
        assert copied == messages


def test_what_is_no_json_is_refused_as_json_refuses_it() -> None:
    writer = Writer()
    writer.messages.append({"role": {1, 2}})
    for _ in range(2):
        with pytest.raises(TypeError, match="set"):
            body_bytes({"messages": writer.snapshot()})
