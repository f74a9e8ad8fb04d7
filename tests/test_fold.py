"""What a conversation sends is checked and written as it grows, and anew where it didn't just grow."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from nbkit.errors import InvalidRequest
from nbkit.loop.conversation import Conversation
from nbkit.loop.decisions import Fake
from nbkit.rules.validator import check
from nbkit.wire.written import Written, body_bytes
from scripted import Scripted, call, calls, chat, says

CHANGES: dict[str, Callable[[Conversation], Any]] = {
    "an edit": lambda chat: chat.edit("messages.0.content", "else"),
    "a value that Python takes for equal": lambda chat: chat.edit("messages.1.content.0.input", {"n": True}),
    "an undo": lambda chat: chat.undo(),
    "a rewind": lambda chat: chat.rewind(1),
    "a message in front": lambda chat: chat.insert("messages.0", {"role": "user", "content": "first"}),
    "a fault": lambda chat: chat.edit("messages.0.content", " "),
    "another model": lambda chat: setattr(chat, "model", "claude-opus-5-5"),
    "another parameter": lambda chat: chat.edit("thinking", {"type": "enabled", "budget_tokens": 10}),
    "other tools": lambda chat: setattr(chat, "tools", []),
}


def talked() -> Conversation:
    conversation, _ = chat(calls(call("toolu_1", n=1)), says("Take one."))
    conversation.send("Umbrella?")
    conversation.decide("toolu_1", Fake("rain"))
    conversation.resume()
    assert conversation.problems() == []
    assert isinstance(conversation.outgoing().body["messages"], Written)
    return conversation


def is_as_if_new(conversation: Conversation) -> bool:
    request = conversation.outgoing()
    plain = copy.deepcopy(request.body)
    assert body_bytes(request.body) == body_bytes(plain)
    return conversation.judged(request) == check(plain, request.headers)


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_change_is_seen_by_the_check_and_in_the_bytes(change: Callable[[Conversation], Any]) -> None:
    conversation = talked()
    assert is_as_if_new(conversation)
    change(conversation)
    assert is_as_if_new(conversation)
    conversation.undo()
    assert is_as_if_new(conversation)


def test_a_fork_and_its_origin_grow_apart() -> None:
    one = talked()
    two = one.fork()
    for conversation, words in ((one, "one"), (two, "two"), (one, "three")):
        conversation.client = Scripted([says(words)])
        conversation.send(words)
        assert is_as_if_new(conversation)


def test_a_request_that_was_refused_leaves_nothing_behind() -> None:
    conversation = talked()
    with pytest.raises(InvalidRequest):
        conversation.send([{"type": "text", "text": " "}])
    assert is_as_if_new(conversation)
    conversation.client = Scripted([says("Yes.")])
    conversation.send("Sure?")
    assert is_as_if_new(conversation)
