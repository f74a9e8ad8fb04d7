"""Edits by contract path: each changes what it names and nothing else."""

from typing import Any

import pytest

from nbkit.errors import UsageError
from nbkit.loop.array.edit import delete, edit, insert, move
from nbkit.loop.array.history import History, Ids, Provenance, from_wire, to_wire
from nbkit.wire.blocks import Json

USE = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"city": "Paris"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "22"}]}


def text(words: str) -> Json:
    return {"type": "text", "text": words}


def history() -> tuple[History, Ids]:
    ids = Ids()
    array = [
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": [text("I look"), USE]},
        {"role": "user", "content": [RESULT]},
    ]
    return from_wire(array, Provenance("model"), ids), ids


EDITS: list[tuple[str, Any, Any]] = [
    ("messages.0", {"role": "user", "content": "bye"}, lambda m: m[0]["content"] == "bye"),
    ("messages.0.content", "bye", lambda m: m[0]["content"] == "bye"),
    ("messages.0.content.0", "bye", lambda m: m[0]["content"] == "bye"),
    ("messages.0.content.0.text", "bye", lambda m: m[0]["content"] == "bye"),
    ("messages.0.role", "assistant", lambda m: m[0]["role"] == "assistant"),
    ("messages.0.content", [text("x")], lambda m: m[0]["content"] == [text("x")]),
    ("messages.1.content.1.input.city", "Rome", lambda m: m[1]["content"][1]["input"] == {"city": "Rome"}),
    ("messages.1.content.1.tool_use.name", "g", lambda m: m[1]["content"][1]["name"] == "g"),
    ("messages.2.content.0.content.0.text", "23", lambda m: m[2]["content"][0]["content"] == [text("23")]),
    ("messages.2.content.0.is_error", True, lambda m: m[2]["content"][0]["is_error"] is True),
    ("messages.2.content", 7, lambda m: m[2]["content"] == 7),
    ("messages.2", "odd", lambda m: m[2] == "odd"),
]


@pytest.mark.parametrize(("path", "value", "holds"), EDITS, ids=[each[0] for each in EDITS])
def test_an_edit_changes_what_it_names(path: str, value: Any, holds: Any) -> None:
    nodes, ids = history()
    before = to_wire(nodes)
    after = edit(nodes, path, value, ids)
    assert holds(to_wire(after))
    assert to_wire(nodes) == before
    at = int(path.split(".")[1])
    assert [node for i, node in enumerate(after) if i != at] == [n for i, n in enumerate(nodes) if i != at]


def test_an_edited_block_keeps_its_id_and_its_first_form() -> None:
    nodes, ids = history()
    once = edit(nodes, "messages.1.content.1.input.city", "Rome", ids)
    twice = edit(once, "messages.1.content.1.input.city", "Oslo", ids)
    block = twice[1].blocks[1]
    assert block.id == nodes[1].blocks[1].id
    assert block.by == Provenance("edit", original=USE)


def test_an_edit_to_the_same_is_none() -> None:
    nodes, ids = history()
    assert edit(nodes, "messages.1.content.0", text("I look"), ids) is nodes


def test_an_odd_message_can_be_mended() -> None:
    nodes, ids = history()
    odd = edit(nodes, "messages.2.content", 7, ids)
    mended = edit(odd, "messages.2.content", "fine", ids)
    assert to_wire(mended)[2] == {"role": "user", "content": "fine"}


def test_insert_puts_in_front_and_appends_after_the_last() -> None:
    nodes, ids = history()
    after = insert(nodes, "messages.1", {"role": "user", "content": "x"}, ids)
    after = insert(after, "messages.4", {"role": "user", "content": "y"}, ids)
    after = insert(after, "messages.2.content.2", text("z"), ids)
    wire = to_wire(after)
    assert [message["content"] for message in (wire[1], wire[4])] == ["x", "y"]
    assert wire[2]["content"][-1] == text("z")
    assert after[2].blocks[2].by == Provenance("edit")


def test_a_string_message_becomes_blocks_when_one_is_added() -> None:
    nodes, ids = history()
    assert to_wire(insert(nodes, "messages.0.content.0", "first", ids))[0]["content"] == [
        text("first"),
        text("hello"),
    ]


def test_delete_takes_a_block_and_with_the_last_one_the_message() -> None:
    nodes, ids = history()
    assert to_wire(delete(nodes, "messages.1.content.0", ids))[1]["content"] == [USE]
    assert len(delete(nodes, "messages.2.content.0", ids)) == 2
    assert delete(nodes, "messages.0.content", ids) == nodes[1:]  # the whole of a message that is a string
    assert delete(nodes, "messages.0", ids) == nodes[1:]
    assert "input" not in to_wire(delete(nodes, "messages.1.content.1.input", ids))[1]["content"][1]


def test_move_keeps_the_node() -> None:
    nodes, ids = history()
    swapped = move(nodes, "messages.1.content.1", "messages.1.content.0", ids)
    assert swapped[1].blocks == (nodes[1].blocks[1], nodes[1].blocks[0])
    assert move(nodes, "messages.0", "messages.2", ids) == (nodes[1], nodes[2], nodes[0])


WRONG = [
    "messages.3",
    "messages.9.content.0",
    "messages.1.content.2",
    "messages.1.content.1.output.city",
    "messages.1.content.1.input.0",
    "messages",
    "messages.x",
    "",
    "messages..1",
    "messages.0.content.0.text.3",
    "messages.²",
    None,
    0,
    b"messages.0",
]


@pytest.mark.parametrize("path", WRONG)
def test_a_path_to_nothing_is_one_sentence(path: str) -> None:
    nodes, ids = history()
    with pytest.raises(UsageError) as raised:
        edit(nodes, path, "x", ids)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("messages.0", "messages.1.content.0"),
        ("messages.1.content.0", "messages.0"),
        ("messages.1.role", "messages.0"),
    ],
)
def test_things_move_among_their_own_kind(source: str, target: str) -> None:
    nodes, ids = history()
    with pytest.raises(UsageError):
        move(nodes, source, target, ids)
