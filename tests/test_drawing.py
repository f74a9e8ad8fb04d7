"""What the page is told of a conversation that changes: the least that makes its screen right."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import nbkit
from nbkit.errors import NbkitError
from nbkit.loop.saved.document import MIME, read
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.views.stage import Stage
from page_state import page_state
from test_snapshot import Screen, get_weather, whole

CHANGES = ["edit", "blocks", "block", "insert", "delete", "move", "message"]
MOVES = [*CHANGES, "undo", "redo", "rewind", "send", "fake"]


class Watching(Screen):
    """A screen, and whose it is."""

    stage: Stage


def watched(chat: nbkit.Conversation) -> Watching:
    screen = Watching()
    stage = Stage(chat, screen, lambda: 0.0)
    screen.stage = stage
    stage.view("v", whole=True)
    stage.refresh()
    return screen


def _made(chat: nbkit.Conversation, move: str, one: int, other: int) -> None:
    at = one % max(len(chat.messages), 1)
    match move:
        case "edit":
            chat.edit(f"messages.{at}.content", f"text {other}")
        case "blocks":
            blocks = [{"type": "text", "text": f"text {number}"} for number in range(other)]
            chat.edit(f"messages.{at}.content", blocks)
        case "block":
            chat.move(f"messages.{at}.content.0", f"messages.{at}.content.{other % 3}")
        case "insert":
            chat.insert(f"messages.{at}", {"role": "user", "content": f"text {other}"})
        case "message":
            chat.messages = [
                *chat.messages,
                {"role": "assistant", "content": [{"type": "text", "text": "ok"}]},
            ]
        case "delete":
            chat.delete(f"messages.{at}")
        case "move":
            chat.move(f"messages.{at}", f"messages.{other % max(len(chat.messages), 1)}")
        case "rewind":
            chat.rewind(at)
        case "send":
            chat.send(f"Should I take an umbrella in Paris? {other}")
        case "fake":
            chat.decide(next(iter(chat.pending), ""), nbkit.Fake("22 °C"))
        case _:
            getattr(chat, move)()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_what_a_page_has_is_what_there_is_after_any_moves(moves: list[tuple[str, int, int]]) -> None:
    chat = nbkit.Conversation(tools=[get_weather], client="simulator")
    screen = watched(chat)
    for move in moves:
        try:
            _made(chat, *move)
        except NbkitError:
            pass
        there = whole(chat)
        state = page_state(screen.sent)
        assert state.pop("whole")
        for of_all in (
            "branches",
            "sent",
            "arrays",
            "unfolded",
        ):  # what is told where all of a conversation is shown
            state.pop(of_all, None)
        beside = {**state.pop("request")["fields"], "messages": chat.request()["messages"], "stream": True}
        assert beside == chat.request()
        assert state == json.loads(json.dumps(there))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_a_record_is_what_would_be_written_of_it_for_the_first_time(
    moves: list[tuple[str, int, int]],
) -> None:
    chat = nbkit.Conversation(tools=[get_weather], client="simulator")
    screen = watched(chat)
    (view,) = screen.stage.views.values()
    for move in moves:
        try:
            _made(chat, *move)
        except NbkitError:
            pass
        bundle, fresh = screen.outputs["v"], json.loads(json.dumps(view.drawn))
        assert bundle["text/html"] == html(fresh)
        assert bundle["text/plain"] == plain(fresh)
        saved = read(json.loads(json.dumps(bundle[MIME], sort_keys=True)), "the record")
        assert json.dumps(saved["messages"]) == json.dumps(chat.messages)


def test_an_edit_in_a_long_array_sends_the_block_that_changed_and_nothing_else() -> None:
    chat = nbkit.Conversation(client="simulator")
    roles = ("user", "assistant")
    texts = [{"type": "text", "text": f"block {number} " * 20} for number in range(3)]
    chat.messages = [{"role": roles[at % 2], "content": texts} for at in range(1000)]
    screen = watched(chat)
    screen.sent.clear()
    chat.edit("messages.500.content.1.text", "other words")
    chat.delete("messages.500.content.2")
    changed, deleted = [message["ops"][0] for message in screen.sent]
    assert [block["wire"]["text"] for block in changed.pop("blocks")] == ["other words"]
    assert changed == {"op": "blocks", "at": 500, "first": 1, "remove": 1}
    assert deleted == {"op": "blocks", "at": 500, "first": 2, "remove": 1, "blocks": []}
    assert all(len(json.dumps(message)) < 800 for message in screen.sent)


def test_a_block_that_python_takes_for_equal_is_told_where_json_differs() -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.messages = [{"role": "user", "content": [{"type": "text", "text": "a", "odd": 1}]}]
    screen = watched(chat)
    chat.edit("messages.0.content.0.odd", True)
    (block,) = page_state(screen.sent)["messages"][0]["blocks"]
    assert block["wire"]["odd"] is True


def test_nothing_is_sent_when_nothing_changed() -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.send("Hello")
    screen = watched(chat)
    screen.sent.clear()
    chat.edit("messages.0.content", "Hello")
    assert screen.sent == []


def test_a_message_that_moves_keeps_its_id_for_the_page() -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.messages = [{"role": "user", "content": words} for words in ("a", "b", "c")]
    screen = watched(chat)
    before: list[Any] = page_state(screen.sent)["messages"]
    chat.move("messages.2", "messages.0")
    after = page_state(screen.sent)["messages"]
    assert [each["id"] for each in after] == [before[at]["id"] for at in (2, 0, 1)]
