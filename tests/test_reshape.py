"""Copies, cuts and joins of blocks and messages."""

from __future__ import annotations

from typing import Any

import pytest

import nbkit
from nbkit.errors import UsageError

CACHE = {"type": "ephemeral"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def chat(*messages: dict[str, Any]) -> nbkit.Conversation:
    chat = nbkit.Conversation(client="simulator")
    chat.messages = list(messages)
    return chat


def test_a_copy_of_a_block_stands_behind_it_and_is_another_block() -> None:
    one = chat({"role": "user", "content": "hello"})
    one.duplicate("messages.0.content")
    assert one.messages == [{"role": "user", "content": [text("hello"), text("hello")]}]
    one.edit("messages.0.content.1.text", "bye")
    assert one.messages[0]["content"][0] == text("hello")


def test_a_copy_of_a_message_has_ids_of_its_own() -> None:
    one = chat({"role": "user", "content": [text("a"), text("b")]})
    one.duplicate("messages.0")
    assert one.messages[0] == one.messages[1]
    ids = {node.id for node in one.history} | {block.id for node in one.history for block in node.blocks}
    assert len(ids) == 6


def test_text_is_cut_at_a_character_and_the_cache_breakpoint_stays_at_its_end() -> None:
    one = chat({"role": "user", "content": [text("hello world", cache_control=CACHE), text("!")]})
    one.split("messages.0.content.0", 5)
    assert one.messages[0]["content"] == [text("hello"), text(" world", cache_control=CACHE), text("!")]
    one.merge("messages.0.content.0")
    assert one.messages[0]["content"] == [text("hello world", cache_control=CACHE), text("!")]


def test_a_message_is_cut_in_front_of_a_block_and_joined_again() -> None:
    whole = {"role": "assistant", "content": [text("I look"), USE]}
    one = chat({"role": "user", "content": "hello"}, whole)
    one.split("messages.1", 1)
    assert one.messages[1:] == [
        {"role": "assistant", "content": [text("I look")]},
        {"role": "assistant", "content": [USE]},
    ]
    one.merge("messages.1")
    assert one.messages[1:] == [whole]


def test_joining_messages_keeps_who_made_their_blocks() -> None:
    one = nbkit.Conversation(client="simulator")
    one.send("Hello")
    one.merge("messages.0")
    made_by = [block.by.by for block in one.history[0].blocks]
    assert (made_by[0], made_by[-1]) == ("person", "simulator")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: one.split("messages.1.content.1", 1), "only text can be cut"),
        (lambda one: one.split("messages.0.content", 0), "5 characters"),
        (lambda one: one.split("messages.0.content", 5), "can't be cut at 5"),
        (lambda one: one.split("messages.0.content", "x"), "as a number"),
        (lambda one: one.split("messages.1", 2), "2 blocks"),
        (lambda one: one.merge("messages.1"), "no message behind it"),
        (lambda one: one.merge("messages.1.content.1"), "no block behind it"),
        (lambda one: one.merge("messages.1.content.0"), "only text"),
        (lambda one: one.duplicate("messages.1.content.1.input"), "name a message or a block"),
        (lambda one: one.duplicate("messages.7"), "only 2 messages"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_changes_nothing(change: Any, words: str) -> None:
    one = chat({"role": "user", "content": "hello"}, {"role": "assistant", "content": [text("I look"), USE]})
    before = one.messages
    with pytest.raises(UsageError, match=words):
        change(one)
    assert one.messages == before


def test_a_thousand_steps_can_be_undone() -> None:
    one = chat({"role": "user", "content": "0"})
    for step in range(1, 1001):
        one.edit("messages.0.content", str(step))
    for step in range(999, -1, -1):
        one.undo()
        assert one.messages[0]["content"] == str(step)


def edit_and_fail(one: nbkit.Conversation) -> None:
    with one.changing():
        one.edit("messages.0.content", "bye")
        one.delete("messages.5")


def test_several_edits_are_one_step_and_none_when_one_fails() -> None:
    one = chat({"role": "user", "content": "hello"})
    with pytest.raises(UsageError):
        edit_and_fail(one)
    assert one.messages == [{"role": "user", "content": "hello"}]
    with one.changing():
        one.edit("messages.0.content", "bye")
        one.duplicate("messages.0")
    one.undo()
    assert one.messages == [{"role": "user", "content": "hello"}]
