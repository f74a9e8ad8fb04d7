"""Cache breakpoints: what each costs, when it is set, kept, lost by an edit above it, and cleared."""

from __future__ import annotations

from typing import Any

import pytest

import nbkit
from nbkit.notebook.page.moves import move
from nbkit.notebook.views.snapshot import Frame, snapshot
from nbkit.notebook.views.stage import Stage
from test_snapshot import Screen

EPHEMERAL = {"type": "ephemeral"}
LONG = "The umbrella is in the hall, beside the door. " * 400


@pytest.fixture
def chat() -> nbkit.Conversation:
    chat = nbkit.Conversation(client="simulator", model="claude-opus-4-8")
    chat.send("Hello.")
    chat.insert("messages.2", {"role": "user", "content": [{"type": "text", "text": LONG}]})
    return chat


def words(chat: nbkit.Conversation) -> list[str]:
    return [str(mark) for mark in chat.cache_marks()]


def mark(chat: nbkit.Conversation, path: str) -> None:
    chat.edit(f"{path}.cache_control", EPHEMERAL)


def test_without_breakpoints_there_is_nothing_to_say(chat: nbkit.Conversation) -> None:
    assert chat.cache_marks() == []
    assert "caches" not in snapshot(chat, Frame("v", 0, 3))


def test_a_new_one_says_what_writing_and_reading_cost(chat: nbkit.Conversation) -> None:
    mark(chat, "messages.2.content.0")
    [found] = chat.cache_marks()
    assert (found.state, found.path, found.ttl) == ("new", "messages.2.content.0", "5m")
    assert found.plain
    assert found.write == pytest.approx(1.25 * found.plain)
    assert found.read == pytest.approx(0.1 * found.plain)
    assert f"${found.write:.4f} to write" in str(found)
    chat.edit("messages.2.content.0.cache_control", {"type": "ephemeral", "ttl": "1h"})
    [longer] = chat.cache_marks()
    assert longer.write == pytest.approx(2 * found.plain)
    assert "within an hour" in str(longer)


def test_the_estimate_is_near_what_the_reply_says_was_written(chat: nbkit.Conversation) -> None:
    mark(chat, "messages.2.content.0")
    [found] = chat.cache_marks()
    reply = chat.resume()
    assert reply is not None
    written = reply.raw["usage"]["cache_creation_input_tokens"]
    assert found.tokens == pytest.approx(written, rel=0.1)


def test_what_was_sent_is_read_until_something_above_it_changes(chat: nbkit.Conversation) -> None:
    mark(chat, "messages.2.content.0")
    chat.resume()
    [kept] = chat.cache_marks()
    assert kept.state == "kept"
    chat.edit("messages.0.content", "Hello!")
    [lost] = chat.cache_marks()
    assert lost.state == "lost"
    assert "messages.0 changed since the last request" in str(lost)
    chat.undo()
    assert chat.cache_marks() == [kept]
    chat.system = "Be brief."
    assert "what stands before the messages changed" in words(chat)[0]
    chat.system = None
    chat.edit("messages.3.content.0.text", "below the breakpoint")
    assert chat.cache_marks() == [kept]


def test_what_is_too_short_is_said_to_be(chat: nbkit.Conversation) -> None:
    mark(chat, "messages.0.content.0")
    assert "too few, this model caches from 1,024" in words(chat)[0]


def test_tools_and_system_come_first_and_their_breakpoints_count(chat: nbkit.Conversation) -> None:
    mark(chat, "messages.2.content.0")
    alone = chat.cache_marks()[0].tokens
    chat.system = [{"type": "text", "text": LONG, "cache_control": EPHEMERAL}]
    system, below = chat.cache_marks()
    assert (system.path, system.block) == ("system.0", None)
    assert below.tokens == alone + system.tokens


def test_a_model_without_a_known_price_says_tokens_only(chat: nbkit.Conversation) -> None:
    chat.model = "claude-next"
    mark(chat, "messages.2.content.0")
    assert "$" not in words(chat)[0]
    assert "written with the next request" in words(chat)[0]


def test_more_than_four_are_a_problem_at_once(chat: nbkit.Conversation) -> None:
    chat.messages = [{"role": "user", "content": [{"type": "text", "text": LONG} for _ in range(5)]}]
    for at in range(4):
        mark(chat, f"messages.0.content.{at}")
    assert not chat.problems()
    mark(chat, "messages.0.content.4")
    assert [problem.rule for problem in chat.problems()] == ["R49"]


@pytest.mark.parametrize("content", [[{"type": "image", "source": "x"}], [{"type": 3}], [], [{"text": None}]])
def test_an_illegal_array_is_counted_too(chat: nbkit.Conversation, content: list[Any]) -> None:
    mark(chat, "messages.2.content.0")
    before = chat.cache_marks()[0].tokens
    chat.insert("messages.0", {"role": "user", "content": content})
    assert chat.cache_marks()[0].tokens >= before


def test_the_page_sees_it_at_the_block_and_hears_what_clearing_costs(chat: nbkit.Conversation) -> None:
    stage = Stage(chat, Screen(), lambda: 0.0)
    view = stage.view("v", whole=True)
    block = chat.history[2].blocks[0].id
    ask = {"view": "v", "id": block, "field": "cache_control"}
    move(stage, {"kind": "edit", "value": EPHEMERAL, **ask})
    assert view.drawing is not None
    [shown] = view.drawing.head["caches"]
    assert (shown["at"], shown["words"]) == (block, words(chat)[0])
    move(stage, {"kind": "clear", **ask})
    assert "caches" not in view.drawing.head
    assert view.told is not None
    assert "are paid in full: $" in view.told
