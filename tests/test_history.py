"""Nodes keep who made them; a new array laid over an old one keeps what is equal."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbkit.errors import UsageError
from nbkit.loop.array.history import History, Ids, Messages, Provenance, by_hand, from_wire, plain, to_wire
from nbkit.loop.array.overlay import match

MODEL = Provenance("model")
ARRAY: list[Any] = [
    {"role": "user", "content": "hello"},
    {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
    {"role": "user", "content": [{"type": "text", "text": "c"}], "cache": 1},
]
ODD: list[Any] = [
    "no message",
    {"role": "user"},
    {"role": 5, "content": "x"},
    {"role": "user", "content": 7},
    {"role": "user", "content": ["x"]},
    {"role": "user", "content": None},
    {"content": []},
    None,
]

texts = st.builds(lambda text: {"type": "text", "text": text}, st.sampled_from("abc"))
messages = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["user", "assistant"]),
    st.lists(texts, max_size=3) | st.sampled_from("abc"),
)


def history(wire: list[Any] = ARRAY, by: Provenance = MODEL) -> tuple[History, Ids]:
    ids = Ids()
    return from_wire(wire, by, ids), ids


def test_the_array_goes_out_as_it_came_in() -> None:
    nodes, _ = history()
    assert to_wire(nodes) == ARRAY
    assert json.dumps(to_wire(nodes)) == json.dumps(ARRAY)


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_message_of_any_shape_is_kept(odd: Any) -> None:
    nodes, ids = history([odd])
    assert to_wire(nodes) == [odd]
    assert to_wire(match(nodes, [odd, odd], ids)) == [odd, odd]


def test_ids_count_from_one() -> None:
    nodes, _ = history()
    assert [node.id for node in nodes] == ["m1", "m2", "m3"]
    assert [block.id for node in nodes for block in node.blocks] == ["b1", "b2", "b3", "b4"]


def test_a_copy_can_be_changed_without_changing_the_history() -> None:
    nodes, _ = history()
    to_wire(nodes)[1]["content"][0]["text"] = "changed"
    Messages(nodes)[1]["content"][0]["text"] = "changed"
    Messages(nodes)[1:][0]["content"].clear()
    assert to_wire(nodes) == ARRAY


def test_what_json_can_not_hold_is_refused_with_its_place() -> None:
    with pytest.raises(UsageError, match=r"messages\.0\.content"):
        plain([{"role": "user", "content": object()}])
    with pytest.raises(UsageError, match="no string"):
        plain({1: 2})


def test_the_same_array_is_the_same_history() -> None:
    nodes, ids = history()
    assert match(nodes, ARRAY, ids) is nodes


def test_a_removed_message_leaves_the_others_who_they_are() -> None:
    nodes, ids = history()
    assert match(nodes, ARRAY[1:], ids) == nodes[1:]


def test_a_changed_block_keeps_its_id_and_its_original() -> None:
    nodes, ids = history()
    changed = [
        ARRAY[0],
        {"role": "assistant", "content": [{"type": "text", "text": "A"}, ARRAY[1]["content"][1]]},
    ]
    after = match(nodes, changed, ids)
    first, second = after[1].blocks
    assert (after[1].id, first.id) == (nodes[1].id, nodes[1].blocks[0].id)
    assert first.by == Provenance("edit", original={"type": "text", "text": "a"})
    assert second is nodes[1].blocks[1]


def test_what_a_person_adds_is_theirs_and_words_put_into_another_mouth_are_an_edit() -> None:
    nodes, ids = history()
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "rain"}
    mine: dict[str, Any] = {"role": "user", "content": [{"type": "text", "text": "new"}, result]}
    added = [mine, {"role": "assistant", "content": "said"}]
    after = match(nodes, [*ARRAY, *added], ids)
    assert [block.by.by for node in after[-2:] for block in node.blocks] == ["person", "edit", "edit"]
    assert after[-2].id == "m4"


def test_one_and_true_are_not_the_same() -> None:
    nodes, ids = history([{"role": "user", "content": [{"type": "x", "flag": 1}]}])
    after = match(nodes, [{"role": "user", "content": [{"type": "x", "flag": True}]}], ids)
    assert after[0].wire["content"][0]["flag"] is True


@given(st.lists(messages, max_size=5), st.lists(messages, max_size=5))
def test_any_array_can_follow_any_other(before: list[Any], after: list[Any]) -> None:
    ids = Ids()
    old = from_wire(before, MODEL, ids)
    new = match(old, after, ids)
    assert to_wire(new) == after
    assert to_wire(old) == before
    names = [node.id for node in new] + [block.id for node in new for block in node.blocks]
    assert len(names) == len(set(names))
    kept = [block for node in old for block in node.blocks]
    for node in new:
        for block in node.blocks:
            by = block.by
            assert by.by == "edit" or by == by_hand(node.role, block.wire) or block in kept
