"""What a conversation sends is checked and written as it grows, and anew where it didn't just grow."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import TOOL, result, text, use
from nbkit.errors import InvalidRequest, NbkitError
from nbkit.loop.array.fold import FAR
from nbkit.loop.array.history import Provenance, from_wire
from nbkit.loop.array.judging import lenient
from nbkit.loop.calls.decisions import Fake
from nbkit.loop.conversation import Conversation
from nbkit.rules.validator import check, check_history
from nbkit.wire.messages import Message
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
    at_rest = {**plain, "messages": conversation.messages}
    judged = conversation.judged(request, judges_end=False)
    assert judged == lenient(check_history(at_rest, request.headers), conversation.history)
    return conversation.judged(request) == lenient(check(plain, request.headers), request.history)


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


TALK = [
    {"role": role, "content": content}
    for n in range(33)
    for role, content in (
        ("user", f"question {n}"),
        ("assistant", [text("Let me look."), use(f"toolu_{n}")]),
        ("user", [result(f"toolu_{n}")]),
        ("assistant", [text("It rains."), {**text("Take one."), "newer": n}]),
    )
]
LENGTHS = st.sampled_from([1, 4, 60, 63, 64, 65, 127, 129, 132])
NEW = st.sampled_from(
    [
        {"role": "user", "content": "words"},
        {"role": "user", "content": " "},
        {"role": "assistant", "content": [text("words"), use("toolu_1")]},
        {"role": "user", "content": [result("toolu_1"), text("and")]},
        {"role": "assistant", "content": [{**text("words"), "zork": 1}]},
        {"role": "assistant", "content": []},
        {"role": "system", "content": "Be brief."},
        {"role": "assistant", "content": [use("an id of mine")]},
    ]
)
VALUES = st.sampled_from(["other words", "", [text("a"), text(" ")], [use("toolu_2")], 1, True, [], None])
THOUGHTS = [{"type": "adaptive"}, {"type": "enabled", "budget_tokens": 1024}, {"type": "disabled"}]
Change = Callable[[Conversation, st.DataObject], Any]


def somewhere(conversation: Conversation, data: st.DataObject, end: int = 0) -> str:
    """A message, most likely one of the last."""
    last = len(conversation.history) - 1 + end
    back = data.draw(st.one_of(st.integers(0, 3), st.integers(0, 140)))
    return f"messages.{max(last - back, 0)}"


EDITS: dict[str, Change] = {
    "add": lambda chat, data: chat.insert(f"messages.{len(chat.history)}", data.draw(NEW)),
    "reply": lambda chat, data: setattr(
        chat.turn, "line", chat.turn.line.replied(Message(says("A reply.")), "model", chat.turn.ids)
    ),
    "change": lambda chat, data: chat.edit(f"{somewhere(chat, data)}.content", data.draw(VALUES)),
    "change a block": lambda chat, data: chat.edit(f"{somewhere(chat, data)}.content.0", data.draw(NEW)),
    "change a text": lambda chat, data: chat.edit(
        f"{somewhere(chat, data)}.content.0.text", data.draw(st.sampled_from(["x", " ", 1, True]))
    ),
    "insert": lambda chat, data: chat.insert(somewhere(chat, data, 1), data.draw(NEW)),
    "delete": lambda chat, data: chat.delete(somewhere(chat, data)),
    "delete a block": lambda chat, data: chat.delete(f"{somewhere(chat, data)}.content.0"),
    "move": lambda chat, data: chat.move(somewhere(chat, data), somewhere(chat, data)),
    "assign": lambda chat, data: setattr(chat, "messages", [*chat.messages[:-1], data.draw(NEW)]),
    "rewind": lambda chat, data: chat.rewind(int(somewhere(chat, data).split(".")[1])),
    "switch": lambda chat, data: chat.switch(data.draw(st.sampled_from(chat.branches))),
    "undo": lambda chat, data: chat.undo(),
    "redo": lambda chat, data: chat.redo(),
    "think": lambda chat, data: chat.edit("thinking", data.draw(st.sampled_from(THOUGHTS))),
    "fix": lambda chat, data: chat.apply(
        next(fix for each in reversed(chat.problems()) if (fix := each.fix) is not None)
    ),
}
LIKELY = [*EDITS, "add", "add", "add", "reply", "reply", "undo", "undo"]


@settings(max_examples=60, deadline=None)
@given(LENGTHS, st.data())
def test_whatever_a_family_of_forks_does_it_is_judged_and_written_as_if_new(
    length: int, data: st.DataObject
) -> None:
    family = [Conversation(tools=[TOOL])]
    family[0].messages = copy.deepcopy(TALK[:length])
    for _ in range(data.draw(st.integers(1, 12))):
        conversation = data.draw(st.sampled_from(family))
        if len(family) < 4 and data.draw(st.integers(0, 4)) == 0:
            family.append(conversation.fork())
        with suppress(NbkitError, StopIteration):  # there may be nothing to undo, or to fix
            EDITS[data.draw(st.sampled_from(LIKELY))](conversation, data)
        if data.draw(st.booleans()):
            assert is_as_if_new(data.draw(st.sampled_from(family)))
    assert all(map(is_as_if_new, family))


def test_forks_that_grow_far_apart_are_each_told_what_is_theirs() -> None:
    one = Conversation(tools=[TOOL])
    one.messages = copy.deepcopy(TALK[:64])
    two = one.fork()
    for n in range(2 * FAR):
        for conversation, words in ((one, "one"), (two, " " if n == 3 else "two")):
            conversation.insert(f"messages.{len(conversation.history)}", {"role": "user", "content": words})
            conversation.problems()
        if n % 10 == 0:
            assert is_as_if_new(one)
            assert is_as_if_new(two)
    known = one.problems()
    assert [problem.rule for problem in two.problems() if problem not in known] == ["R7"]


def test_forks_may_be_judged_in_threads_of_their_own() -> None:
    origin = Conversation(tools=[TOOL])
    origin.messages = copy.deepcopy(TALK)
    forks = [origin.fork() for _ in range(4)]

    def grow(conversation: Conversation) -> bool:
        for n in range(20):
            words = " " if n == 7 else str(id(conversation))
            conversation.insert(f"messages.{len(conversation.history)}", {"role": "user", "content": words})
            conversation.problems()
        return is_as_if_new(conversation)

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(grow, forks)) == [True] * 4


def test_a_conversation_can_be_copied_in_depth() -> None:
    conversation = talked()
    copied = copy.deepcopy(conversation)
    copied.edit("messages.0.content", " ")
    assert conversation.problems() == []
    assert is_as_if_new(copied)


BOTH = ("user", "assistant")


def steps(work: Callable[[], object]) -> int:
    """How many calls of functions it takes: what does not hang on how fast or busy the machine is."""
    found = [0]

    def note(*_: Any) -> None:
        found[0] += 1

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found[0]


def a_turn(conversation: Conversation) -> None:
    id = f"toolu_at_{len(conversation.history)}"
    conversation.client = Scripted([calls(call(id, n=1)), says("Take one.")])
    conversation.send("Umbrella?")
    conversation.problems()
    conversation.decide(id, Fake("rain"))
    conversation.resume()


def a_turn_after_an_edit(conversation: Conversation) -> None:
    conversation.edit(f"messages.{len(conversation.history) - 1}.content", "other words")
    a_turn(conversation)


def a_turn_after_a_rewind(conversation: Conversation) -> None:
    conversation.rewind(len(conversation.history) - 4)
    a_turn(conversation)


def a_step_back_and_forth(conversation: Conversation) -> None:
    a_turn(conversation)
    for step in (conversation.undo, conversation.undo, conversation.redo, conversation.redo):
        step()
        conversation.problems()


TURNS: dict[str, Callable[[Conversation], None]] = {
    "a turn": a_turn,
    "a turn in a fork": lambda conversation: a_turn(conversation.fork()),
    "a turn after an edit": a_turn_after_an_edit,
    "a turn after a rewind": a_turn_after_a_rewind,
    "undo and redo": a_step_back_and_forth,
}


@pytest.mark.parametrize("warned", [False, True], ids=["sound", "with a warning near its beginning"])
@pytest.mark.parametrize("turn", TURNS.values(), ids=list(TURNS))
def test_a_turn_takes_as_many_steps_in_a_long_conversation_as_in_a_short_one(
    turn: Callable[[Conversation], None], warned: bool
) -> None:
    found = []
    for rounds in (2, 66):
        conversation = Conversation(tools=[TOOL])
        spoken = product(range(16 * rounds), BOTH)
        talk: list[Any] = [{"role": role, "content": f"{role} {n}"} for n, role in spoken]
        if warned:
            talk[3] = {"role": "assistant", "content": [{**text("words"), "newer": 1}]}
        conversation.turn.line = conversation.turn.line.changed(
            from_wire(talk, Provenance("model"), conversation.turn.ids)
        )
        for _ in range(2):  # what is made once for each piece is made now
            turn(conversation)
        found.append(steps(partial(turn, conversation)))
    short, long = found
    assert long < 1.5 * short
