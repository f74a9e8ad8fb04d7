"""What came over the wire is kept while there is room, and told to the page when it asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

import nbkit
from at_page import Shell
from loopback import Answer, Loopback, message, streamed
from nbkit.errors import StreamError, UsageError
from nbkit.notebook.session import Session
from nbkit.notebook.views import wire_view
from nbkit.notebook.views.stage import Stage
from nbkit.study.recording import Recorder
from nbkit.wire.events import encode_event, message_events

HELLO = message({"type": "text", "text": "Hello, \u202eworld\x07. " * 4})


def ticking() -> Any:
    ticks = count()
    return lambda: next(ticks) / 1000


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback([streamed(HELLO)]) as server:
        yield server


def talking(server: Loopback, **options: Any) -> tuple[nbkit.Conversation, Stage]:
    client = nbkit.connect(nbkit.Anthropic(key="sk-ant-a-key", base_url=server.url))
    chat = nbkit.Conversation(client=client, **options)
    session = Session(Shell(), clock=ticking())  # type: ignore[arg-type]
    return chat, session.stage(chat)


def told(stage: Stage, kind: str = "wire", **more: Any) -> Any:
    return json.loads(json.dumps(wire_view.answer(stage, {"kind": kind, **more})))


def test_the_page_is_told_each_event_with_its_time_and_what_they_add_up_to(server: Loopback) -> None:
    chat, stage = talking(server)
    chat.send("Hi")
    wire = told(stage, id=chat.history[-1].id)
    assert [json.loads(data) for _, _, data in wire["events"]] == list(message_events(HELLO))
    assert [kind for _, kind, _ in wire["events"]][:2] == ["message_start", "content_block_start"]
    times = [at for at, _, _ in wire["events"]]
    assert times == sorted(times)
    assert 0 < wire["first"] <= times[0]
    assert wire["message"] == HELLO
    assert wire["size"] == sum(len(encode_event(event)) for event in message_events(HELLO))
    assert wire["headers"] == {"content-type": "text/event-stream; charset=utf-8"}
    assert (wire["note"], wire["fault"]) == (None, None)


def test_the_bytes_are_text_that_hides_nothing(server: Loopback) -> None:
    chat, stage = talking(server)
    chat.send("Hi")
    text = "".join(text for _, text in told(stage, "wire_bytes", id=chat.history[-1].id)["pieces"])
    assert text.startswith("event: message_start\\n\ndata: {")
    assert "\\u202e" in text
    assert all(each.isprintable() or each == "\n" for each in text)
    assert wire_view.as_text(b"\xff\x00\x1b[31m\r\n") == "\\xff\\x00\\x1b[31m\\r\\n\n"


def test_a_request_that_was_sent_is_exported_as_it_was_sent(server: Loopback) -> None:
    chat, stage = talking(server, system="Before.")
    chat.send("Hi")
    first = chat.history[-1].id
    chat.system = "After."
    chat.send("And again", options={"max_tokens": 99})
    bodies = [each.body for each in server.received]
    assert json.loads(told(stage, "export", id=first, form="json")["text"]) == bodies[0]
    assert json.loads(told(stage, "export", id=chat.history[-1].id, form="json")["text"]) == bodies[1]
    assert json.loads(told(stage, "export", form="json")["text"]) == chat.request()
    assert "sk-ant-a-key" not in told(stage, "export", id=first, form="curl")["text"]


def test_each_reply_of_a_turn_has_its_own(server: Loopback) -> None:
    def get_weather(city: str) -> str:
        """Current weather in a city."""
        return "rain"

    chat = nbkit.Conversation(tools=[get_weather], policy=nbkit.allow, client="simulator")
    stage = Session(Shell()).stage(chat)  # type: ignore[arg-type]
    chat.send("What is the weather in Paris?")
    replies = [node for node in chat.history if node.role == "assistant"]
    assert len(replies) == 2
    for node in replies:
        assert told(stage, id=node.id)["message"]["content"] == [block.wire for block in node.blocks]


def test_a_reply_that_broke_off_tells_what_had_come() -> None:
    chunks = [encode_event(event) for event in message_events(HELLO)][:5]
    with Loopback([Answer(200, {"content-type": "text/event-stream"}, chunks, cut=True)]) as server:
        chat, stage = talking(server)
        with pytest.raises(StreamError):
            chat.send("Hi")
        wire = told(stage, id=None)
        assert json.loads(told(stage, "export", id=None, form="json")["text"]) == server.received[0].body
    assert len(wire["events"]) == 5
    assert wire["fault"]


def test_what_is_not_kept_is_said(server: Loopback) -> None:
    chat, stage = talking(server)
    chat.messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    with pytest.raises(UsageError, match="isn't kept"):
        told(stage, id=chat.history[-1].id)
    with pytest.raises(UsageError, match="isn't kept"):
        told(stage, "wire_bytes", id=None)


def test_the_oldest_bytes_go_first_and_the_page_is_told(server: Loopback) -> None:
    chat, stage = talking(server)
    one = sum(len(encode_event(event)) + 150 for event in message_events(HELLO))
    chat.remove_observer(stage.recorder)
    stage.recorder = Recorder(chat, ticking(), most=2 * one)
    chat.add_observer(stage.recorder)
    for words in ("one", "two", "three"):
        chat.send(words)
    first, *_, last = [node.id for node in chat.history if node.role == "assistant"]
    assert told(stage, id=first)["note"] == wire_view.DROPPED
    assert told(stage, id=first)["size"] > 0
    with pytest.raises(UsageError, match="let go"):
        told(stage, "wire_bytes", id=first)
    assert told(stage, id=last)["message"] == HELLO
    assert json.loads(told(stage, "export", id=first, form="json")["text"]) == server.received[0].body


def test_a_reply_too_large_to_keep_has_its_beginning(server: Loopback) -> None:
    chat, stage = talking(server)
    chat.remove_observer(stage.recorder)
    stage.recorder = Recorder(chat, ticking(), most=800)
    chat.add_observer(stage.recorder)
    chat.send("Hi")
    wire = told(stage, id=chat.history[-1].id)
    assert wire["note"] == wire_view.CUT
    assert 0 < len(wire["events"]) < len(list(message_events(HELLO)))
    assert wire["size"] == sum(len(encode_event(event)) for event in message_events(HELLO))
    assert wire["last"] > wire["events"][-1][0]
    assert wire["fault"] is None
