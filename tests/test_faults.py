"""What the assembler can't make a part of the message is kept with its text: no guess, no loss."""

from __future__ import annotations

import json

import pytest

from nbkit.errors import StreamError
from nbkit.wire.assembler import Assembler
from nbkit.wire.assembly import assemble
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event
from written_events import block, delta, ending, start, stop, stream


def test_a_tool_input_that_is_no_json_is_kept_as_text_and_never_guessed() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    reply = assemble(
        stream(
            start(),
            block(0, **call),
            delta(0, type="input_json_delta", partial_json='{"a": '),
            stop(0),
            *ending("tool_use"),
        )
    )
    fault = reply.fault(0)
    assert reply.tool_uses[0].input == {}
    assert fault is not None
    assert (fault.kind, fault.raw_text) == ("invalid_input", '{"a": ')


def test_a_tool_input_cut_by_max_tokens_is_told_from_a_wrong_one() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    reply = assemble(
        stream(
            start(),
            block(0, **call),
            delta(0, type="input_json_delta", partial_json='{"a'),
            stop(0),
            *ending("max_tokens"),
        )
    )
    fault = reply.fault(0)
    assert fault is not None
    assert fault.kind == "truncated_input"


CALL: Json = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}


def json_delta(index: int, text: str) -> Json:
    return delta(index, type="input_json_delta", partial_json=text)


@pytest.mark.parametrize(
    ("text", "came_whole"),
    [
        ('{"path": "a.py", "lines": ["one", "tw', {"path": "a.py", "lines": ["one"]}),
        ('{"path": "a.py", "li', {"path": "a.py"}),
        ('{"path": "a.py", "lines":', {"path": "a.py"}),
        ('{"n": 12, "m": 34', {"n": 12}),  # perhaps 345
        ('{"n": tru', {}),
        ('{"a": {"b": 1, "c": "\\ud83d', {"a": {"b": 1}}),
        ("{", {}),
        ('["a", 1', {}),
        ('{"a": 1,, "b": 2', {}),  # no beginning of any JSON
        ('{"a": 1}}', {}),
        ('{"a": 1} {"b": 2', {}),
    ],
)
@pytest.mark.parametrize("stopped", [True, False])
def test_of_an_input_that_was_cut_off_the_members_that_came_whole_are_kept(
    text: str, came_whole: Json, stopped: bool
) -> None:
    events = [start(), block(0, **CALL), json_delta(0, text), *[stop(0)] * stopped, *ending("max_tokens")]
    message = assemble(stream(*events))
    assert message.to_wire()["content"] == [{**CALL, "input": came_whole}]
    fault = message.fault(0)
    assert fault is not None
    assert (fault.kind, fault.raw_text) == ("truncated_input", text)


def test_a_block_that_is_open_at_the_end_ends_there_and_that_is_told() -> None:
    events = [
        start(),
        block(0, type="text", text=""),
        delta(0, type="text_delta", text="hi"),
        block(1, **CALL),
        json_delta(1, '{"a": 1}'),
    ]
    message = assemble(stream(*events, *ending("tool_use")))
    assert message.to_wire()["content"] == [{"type": "text", "text": "hi"}, {**CALL, "input": {"a": 1}}]
    assert message.stop_reason == "tool_use"
    faults = [(fault.index, fault.kind, fault.raw_text) for fault in message.faults]
    assert faults == [(0, "unfinished_block", ""), (1, "unfinished_block", '{"a": 1}')]


@pytest.mark.parametrize(
    ("event", "index", "kind"),
    [
        (stop(0), 0, "repeated_event"),
        ({"type": "message_stop"}, None, "repeated_event"),
        (start(model="other"), None, "repeated_event"),
        ({"type": "weather_changed", "to": "rain"}, None, "unknown_event"),
        ({"type": "", "to": "rain"}, None, "unknown_event"),
    ],
)
def test_what_is_new_or_said_twice_changes_nothing_and_is_told(
    event: Json, index: int | None, kind: str
) -> None:
    whole = [start(), block(0, **CALL), json_delta(0, '{"a": 1}'), stop(0), *ending("tool_use")]
    at = -1 if event["type"] == "message_start" else len(whole)
    message = assemble(stream(*whole[:at], event, *whole[at:]))
    assert message == assemble(stream(*whole))
    assert [(fault.index, fault.kind) for fault in message.faults] == [(index, kind)]
    assert json.loads(message.faults[0].raw_text) == event
    assert message.fault(0) is None  # nothing is wrong with the call


def test_a_delta_of_an_unknown_type_is_told_and_spoils_nothing() -> None:
    new = {"type": "hologram_delta", "rays": 7}
    events = [block(0, **CALL), json_delta(0, '{"a": 1}'), delta(0, **new), delta(0, rays=8), stop(0)]
    message = assemble(stream(start(), *events, *ending("tool_use")))
    assert message.tool_uses[0].input == {"a": 1}
    assert [(fault.kind, json.loads(fault.raw_text)) for fault in message.faults] == [
        ("unknown_delta", new),
        ("unknown_delta", {"rays": 8}),
    ]
    assert message.fault(0) is None


@pytest.mark.parametrize(
    ("begun", "lost"),
    [
        (
            {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}},
            {"type": "text_delta", "text": "x"},
        ),
        ({"type": "text", "text": "hi"}, {"type": "input_json_delta", "partial_json": "{}"}),
        ({"type": "text", "text": "hi"}, {"type": "signature_delta", "signature": "c2ln"}),
        (
            {"type": "thinking", "thinking": "hm", "signature": ""},
            {"type": "citations_delta", "citation": {}},
        ),
    ],
)
def test_a_delta_that_its_block_cannot_take_changes_nothing_and_is_told(begun: Json, lost: Json) -> None:
    message = assemble(stream(start(), block(0, **begun), delta(0, **lost), stop(0), *ending("end_turn")))
    assert message.to_wire()["content"] == [begun]
    (fault,) = message.faults
    assert (fault.kind, json.loads(fault.raw_text)) == ("misplaced_delta", lost)


def test_an_unknown_block_takes_what_it_is_given() -> None:
    events = [start(), block(0, type="hologram", rays=7), delta(0, type="text_delta", text="x"), stop(0)]
    message = assemble(stream(*events, *ending("end_turn")))
    assert message.to_wire()["content"] == [{"type": "hologram", "rays": 7, "text": "x"}]
    assert message.faults == ()


def test_of_a_reply_that_broke_off_the_members_of_an_input_that_came_whole_are_kept() -> None:
    text = '{"path": "a.py", "lines": ["one", "tw'
    events = [start(), block(0, **CALL), json_delta(0, text)]
    assembler = Assembler()
    for event in events:
        assembler.feed(Event(event["type"], event))
    live = assembler.message
    assert live.to_wire()["content"][0]["input"] == {"path": "a.py", "lines": ["one", "tw"]}
    with pytest.raises(StreamError) as caught:
        assemble(stream(*events))
    partial = caught.value.partial
    assert partial is not None
    assert partial.to_wire()["content"][0]["input"] == {"path": "a.py", "lines": ["one"]}
    assert [(fault.kind, fault.raw_text) for fault in partial.faults] == [("unfinished_block", text)]


def test_events_of_another_api_are_kept_where_no_message_began() -> None:
    other = {"id": "x", "object": "chat.completion.chunk", "choices": []}
    with pytest.raises(StreamError, match="holds no message_start") as caught:
        assemble(b"data: " + json.dumps(other).encode() + b"\n\ndata: [DONE]\n\n")
    assert json.loads(caught.value.raw_text) == other


@pytest.mark.parametrize(
    "delta", [[], [{"type": "message_delta", "delta": {}, "usage": {"output_tokens": 1}}]]
)
def test_a_reply_that_ends_and_does_not_say_why_is_told(delta: list[Json]) -> None:
    message = assemble(stream(start(), block(0, type="text", text="hi"), stop(0), *delta, ending("x")[-1]))
    assert (message.text, message.stop_reason) == ("hi", None)
    assert [fault.kind for fault in message.faults] == ["missing_ending"]
    # What the server had ready is told at the start, and needs no message_delta.
    assert assemble(stream(start(stop_reason="tool_use"), ending("x")[-1])).faults == ()
