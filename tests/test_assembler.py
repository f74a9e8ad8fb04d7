from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import nbkit
from nbkit.errors import APIError, StreamError, UsageError
from nbkit.wire import eventstream
from nbkit.wire.assembler import Assembler, Change, Framing
from nbkit.wire.assembly import assemble
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event, encode_event
from written_events import block, delta, ending, start, stop, stream


def test_each_event_says_what_it_changed() -> None:
    assembler = Assembler()
    text = {"type": "text", "text": ""}
    changes = [
        assembler.feed(Event(data["type"], data))
        for data in (
            start(),
            block(0, **text),
            delta(0, type="text_delta", text="hi"),
            stop(0),
            {"type": "ping"},
        )
    ]
    assert [change.kind for change in changes] == ["start", "block", "grow", "stop", "ignore"]
    assert changes[2] == Change("grow", 0, "text", "hi")
    assert changes[3].value == {"type": "text", "text": "hi"}


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([], "ended before its first event"),
        ([start()], "ended without message_stop"),
        ([block(0, type="text", text="")], "began with content_block_start"),
        ([start(), start(id="msg_2")], "second message_start"),
        ([start(), {"type": "message_stop"}, start()], "second message_start"),
        (
            [start(), {"type": "message_stop"}, block(0, type="text", text="")],
            "started block 0 after message_stop",
        ),
        ([start(), block(1, type="text", text="")], "started block 1 where block 0 was due"),
        ([start(), block(0, type="text", text=""), block(0, type="text", text="")], "where block 1 was due"),
        ([start(), stop(0)], "block 0, which is not open"),
        ([start(), delta(0, type="text_delta", text="x")], "block 0, which is not open"),
        ([start(), {"type": "content_block_start", "index": 0}], "of a shape the contract doesn't have"),
        ([start(), block(0, type="text", text=""), delta(0, type="text_delta", text=5)], "of a shape"),
    ],
)
def test_a_stream_that_makes_no_sense_says_where(events: list[Json], sentence: str) -> None:
    with pytest.raises(StreamError, match=sentence) as caught:
        assemble(stream(*events))
    begun = any(event["type"] == "message_start" for event in events)
    assert (caught.value.partial is not None) == begun
    if "ended" not in sentence:
        assert json.loads(caught.value.raw_text) == events[-1]


def test_a_cut_stream_keeps_what_had_arrived() -> None:
    with pytest.raises(StreamError) as caught:
        assemble(stream(start(), block(0, type="text", text=""), delta(0, type="text_delta", text="half")))
    partial = caught.value.partial
    assert partial is not None
    assert partial.text == "half"
    assert [fault.kind for fault in partial.faults] == ["unfinished_block"]


def test_an_error_event_is_raised_with_its_type_and_the_partial_message() -> None:
    error = {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "Overloaded"},
        "request_id": "req_1",
    }
    with pytest.raises(APIError, match="200 overloaded_error: Overloaded") as caught:
        assemble(
            stream(start(), block(0, type="text", text=""), delta(0, type="text_delta", text="half"), error)
        )
    assert caught.value.request_id == "req_1"
    assert json.loads(caught.value.raw_text) == error
    assert caught.value.partial is not None
    assert caught.value.partial.text == "half"


def test_what_a_message_delta_leaves_out_stays_as_it_was() -> None:
    first = {"input_tokens": 7, "output_tokens": 1, "server_tool_use": {"web_search_requests": 1}}
    edits: Json = {"applied_edits": []}
    events: list[Json] = [
        start(usage=first, context_management=edits),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "container": None},
            "usage": {"input_tokens": None, "output_tokens": 9},
            "context_management": None,
        },
        {"type": "message_delta", "delta": {}},
        {"type": "message_stop"},
    ]
    message = assemble(stream(*events)).to_wire()
    assert message["usage"] == {**first, "output_tokens": 9}
    assert message["stop_reason"] == "end_turn"
    assert message["context_management"] == edits
    assert "container" not in message


def test_an_ending_is_said_whole() -> None:
    said = [
        {"stop_reason": "refusal", "stop_sequence": None, "stop_details": {"type": "refusal"}},
        {"stop_reason": "stop_sequence", "stop_sequence": "END"},
        {"stop_reason": "end_turn"},
        {},
    ]
    events = [{"type": "message_delta", "delta": each, "usage": {}} for each in said]
    seen = []
    for count in range(1, len(events) + 1):
        ended = assemble(stream(start(), *events[:count], {"type": "message_stop"})).to_wire()
        keys = ("stop_reason", "stop_sequence", "stop_details")
        seen.append({key: ended[key] for key in keys if ended[key] is not None})
    assert seen == [
        {"stop_reason": "refusal", "stop_details": {"type": "refusal"}},
        {"stop_reason": "stop_sequence", "stop_sequence": "END"},
        {"stop_reason": "end_turn"},
        {"stop_reason": "end_turn"},
    ]


def test_a_message_delta_says_nothing_new_of_which_message_it_is() -> None:
    about: Json = {"id": "msg_1", "type": "message", "role": "assistant", "model": "a"}
    about |= {"usage": {"input_tokens": 7}}
    other = {"type": "message_delta", "id": "x", "role": "x", "model": "b", "content": [{"type": "text"}]}
    delta = {**other, "stop_reason": "end_turn", "usage": {"input_tokens": 0}, "mood": "new"}
    message = assemble(stream(start(**about), {**other, "delta": delta}, {"type": "message_stop"}))
    assert message.to_wire() == {**about, "content": [], "stop_reason": "end_turn", "mood": "new"}


def test_a_second_summary_takes_nothing_over_from_the_first() -> None:
    events = [
        block(0, type="compaction", content=None),
        delta(0, type="compaction_delta", content="first", encrypted_content="b25l"),
        delta(0, type="compaction_delta", content="second"),
        stop(0),
    ]
    message = assemble(stream(start(), *events, *ending("compaction")))
    assert message.to_wire()["content"] == [{"type": "compaction", "content": "second"}]


def test_a_message_without_usage_is_given_none() -> None:
    events: list[Json] = [{"type": "message_start", "message": {"id": "msg_1"}}, {"type": "message_stop"}]
    assert assemble(stream(*events)).to_wire() == {"id": "msg_1", "content": []}


def test_a_character_that_two_deltas_share_is_one_again() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    data = [
        start(),
        block(0, type="text", text=""),
        *(delta(0, type="text_delta", text=half) for half in ("hi \ud83d", "\udc4b")),
        stop(0),
        block(1, **call),
        delta(1, type="input_json_delta", partial_json='{"a": "\ud83d'),
        delta(1, type="input_json_delta", partial_json='\udc4b"}'),
        stop(1),
        *ending("tool_use"),
    ]
    message = assemble([b"data: " + json.dumps(event).encode() + b"\n\n" for event in data])
    assert message.text == "hi 👋"
    assert message.tool_uses[0].input == {"a": "👋"}


def test_a_message_start_that_says_the_same_again_is_a_repetition() -> None:
    events = [start(), start(), block(0, type="text", text="hi"), stop(0), *ending("end_turn")]
    assert assemble(stream(*events)).text == "hi"


def test_blocks_may_interleave_where_each_delta_names_its_block() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    events = [
        start(),
        block(0, type="text", text=""),
        delta(0, type="text_delta", text="a"),
        block(1, **call),
        delta(1, type="input_json_delta", partial_json='{"x": '),
        delta(0, type="text_delta", text="b"),
        delta(1, type="input_json_delta", partial_json="1}"),
        stop(1),
        delta(0, type="text_delta", text="c"),
        stop(0),
        *ending("tool_use"),
    ]
    message = assemble(stream(*events))
    assert message.to_wire()["content"] == [{"type": "text", "text": "abc"}, {**call, "input": {"x": 1}}]
    assert message.faults == ()


def test_the_input_of_a_call_is_live_while_it_streams() -> None:
    assembler, seen = Assembler(), []
    call = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    pieces = ["", '{"city": "Par', 'is", "days": 1', "2}"]
    events = [start(), block(0, **call)]
    events += [delta(0, type="input_json_delta", partial_json=piece) for piece in pieces]
    for data in [*events, stop(0)]:
        assembler.feed(Event(data["type"], data))
        seen.append(
            (json.dumps(assembler.live_input(0)), json.dumps(assembler.message.to_wire()["content"][0:]))
        )
    assert [live for live, _ in seen[2:]] == [
        "null",
        '{"city": "Par"}',
        '{"city": "Paris"}',
        '{"city": "Paris", "days": 12}',
        '{"city": "Paris", "days": 12}',
    ]
    assert all(json.loads(whole)[0]["input"] == (json.loads(live) or {}) for live, whole in seen[1:])
    assert assembler.live_input(7) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2.50, -0.0, 1e3, true, null], "b": {"c": "\\u00e9\\ud83d\\ude00"}, "a": 2} ',
        '{"a": "half of \ud83d", "b": "a pair"}',
        '{"a": 1} {"b": 2}',
        '{"a": 1, "b": [2, ',
        '{"a": 01}',
        '{"a": 1e999}',
        "[1, 2]",
        "{} ",
    ],
)
def test_a_call_is_the_same_whether_or_not_its_input_was_looked_at(text: str) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    came = []
    for look in (False, True):
        assembler = Assembler()
        for data in [start(), block(0, **call)]:
            assembler.feed(data)
        for at in range(0, len(text), 3):
            assembler.feed(delta(0, type="input_json_delta", partial_json=text[at : at + 3]))
            if look:
                assembler.live_input(0)
        assembler.feed(stop(0))
        came.append((repr(assembler.message.to_wire()["content"]), assembler.faults))
    assert came[0] == came[1]


def test_a_snapshot_stays_what_it_was_while_the_reply_goes_on() -> None:
    assembler = Assembler()
    before = [start(), block(0, type="text", text=""), delta(0, type="text_delta", text="one")]
    cite = [delta(0, type="citations_delta", citation={"n": n}) for n in range(2)]
    for data in [*before, cite[0]]:
        assembler.feed(Event(data["type"], data))
    unread, read = assembler.message, assembler.message
    assert read.text == "one"
    for data in [delta(0, type="text_delta", text=" two"), cite[1], *ending("end_turn")[:1]]:
        assembler.feed(Event(data["type"], data))
    assert assembler.message.text == "one two"
    assert unread == read
    assert unread.to_wire()["content"] == [{"type": "text", "text": "one", "citations": [{"n": 0}]}]
    assert unread.stop_reason is None
    assert [fault.kind for fault in unread.faults] == ["unfinished_block"]


def test_an_unfinished_message_can_be_copied_and_sent_between_processes() -> None:
    with pytest.raises(StreamError) as caught:
        assemble(stream(start(), block(0, type="text", text=""), delta(0, type="text_delta", text="half")))
    for again in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):
        assert caught.value.partial is not None
        assert again.partial == caught.value.partial
        assert again.partial.faults == caught.value.partial.faults


@pytest.mark.parametrize("field", ["text", "type", "thinking"])
@pytest.mark.parametrize("value", [None, 5, [], {}])
def test_a_field_of_another_type_never_breaks_the_view(field: str, value: Any) -> None:
    events = [start(), block(0, **{"type": "text", field: value}), {"type": "content_block_stop", "index": 0}]
    message = assemble([encode_event(event) for event in [*events, {"type": "message_stop"}]])
    assert message.text == ""
    assert repr(message).startswith("Message(")


FRAMED: dict[Framing, Callable[[Json], bytes]] = {"sse": encode_event, "aws": eventstream.encode_event}
REPLY = [start(), block(0, type="text", text=""), delta(0, type="text_delta", text="hi"), stop(0)]
REPLY += ending("end_turn")


@pytest.mark.parametrize("framing", FRAMED)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_bytes_may_be_fed_as_they_arrive(framing: Framing, size: int) -> None:
    data = b"".join(map(FRAMED[framing], REPLY))
    assembler = nbkit.Assembler(framing)
    changes = [change for at in range(0, len(data), size) for change in assembler.feed(data[at : at + size])]
    assert "".join(change.value for change in changes if change.field == "text") == "hi"
    assert assembler.close() == assemble(data, framing) == assembler.message


def test_an_event_may_be_fed_as_its_json() -> None:
    assembler = nbkit.Assembler()
    assert [assembler.feed(data).kind for data in REPLY[:3]] == ["start", "block", "grow"]
    for data in REPLY[3:]:
        assembler.feed(data)
    assert assembler.close() == assemble(stream(*REPLY))


def test_bytes_that_end_early_are_told_with_what_came() -> None:
    assembler = nbkit.Assembler()
    for chunk in stream(*REPLY[:3]):
        assembler.feed(chunk)
    assembler.feed(b"data: {")
    with pytest.raises(StreamError, match="ended without message_stop") as told:
        assembler.close()
    assert told.value.partial is not None
    assert "data: {" in told.value.raw_text
    page = nbkit.Assembler()
    assert page.feed(b"<html>") == []
    with pytest.raises(StreamError, match="a page of HTML"):
        page.close()


@pytest.mark.parametrize("odd", [None, 5, "data: x", [], {}, {"type": 5}, object()])
def test_what_is_no_event_is_told_in_a_sentence(odd: Any) -> None:
    with pytest.raises(UsageError, match="an event is a dict with its `type`, or bytes"):
        nbkit.Assembler().feed(odd)


@pytest.mark.parametrize("odd", [None, [], "x", object()])
def test_a_framing_is_known(odd: Any) -> None:
    with pytest.raises(UsageError, match="use 'sse' or 'aws'"):
        nbkit.Assembler(odd)
    with pytest.raises(UsageError, match="use 'sse' or 'aws'"):
        assemble(b"", odd)
