from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbkit.errors import APIError, StreamError, UsageError
from nbkit.wire.assembler import Assembler, Change, assemble
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event, encode_event
from splits import splits

STREAMS = sorted((Path(__file__).parent / "data" / "streams").glob("*.sse"))
SHARED = Path(__file__).parents[2] / "shared" / "data" / "streams"
RECORDED = sorted(path for path in SHARED.glob("*.sse") if path.with_suffix(".final.json").exists())

# Where the official accumulator is known to differ, and we do on purpose.
STRICTER = {
    "ai--fixtures_duplicate_message_start": "a second message_start is an error, not a new beginning",
}


def start(**extra: Any) -> Json:
    return {"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": {}, **extra}}


def block(index: int, **content: Any) -> Json:
    return {"type": "content_block_start", "index": index, "content_block": content}


def delta(index: int, **content: Any) -> Json:
    return {"type": "content_block_delta", "index": index, "delta": content}


def stop(index: int) -> Json:
    return {"type": "content_block_stop", "index": index}


def ending(reason: str) -> list[Json]:
    return [
        {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {}},
        {"type": "message_stop"},
    ]


def stream(*events: Json) -> list[bytes]:
    return [encode_event(event) for event in events]


@pytest.mark.parametrize("sse", STREAMS, ids=lambda path: path.stem)
def test_any_split_gives_the_same_message(sse: Path) -> None:
    want = json.loads(sse.with_suffix(".json").read_text())
    for chunks in splits(sse.read_bytes()):
        assert assemble(chunks).to_wire() == want


@pytest.mark.skipif(not RECORDED, reason="the recorded streams are not beside this checkout")
def test_recorded_streams_give_what_the_official_accumulator_gives() -> None:
    wrong = {}
    for sse in RECORDED:
        want = without_nulls(json.loads(sse.with_suffix(".final.json").read_text()))
        got = without_nulls(assembled(sse.read_bytes()))
        if got != want and sse.stem not in STRICTER:
            wrong[sse.stem] = {key for key in {*got, *want} if got.get(key) != want.get(key)}
    assert wrong == {}


def assembled(data: bytes) -> Json:
    """The message; where a recording ends without `message_stop`, what had arrived."""
    try:
        return assemble([data]).to_wire()
    except StreamError as error:
        return error.partial.to_wire() if error.partial else {}


def without_nulls(value: Any) -> Any:
    """Drop nulls as the recorded results do: everywhere but in a tool call's input."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if item is not None}
        return {key: item if key == "input" else without_nulls(item) for key, item in kept.items()}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


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


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([], "ended before its first event"),
        ([start()], "ended without message_stop"),
        ([block(0, type="text", text="")], "began with content_block_start"),
        ([start(), start()], "second message_start"),
        ([start(), block(1, type="text", text="")], "started block 1 where block 0 was due"),
        ([start(), block(0, type="text", text=""), block(1, type="text", text="")], "block 0 was still open"),
        ([start(), delta(0, type="text_delta", text="x")], "block 0, which is not open"),
        (
            [start(), block(0, type="text", text=""), {"type": "message_stop"}],
            "ended while block 0 was still open",
        ),
        ([start(), {"type": "content_block_start", "index": 0}], "of a shape the contract doesn't have"),
        ([start(), block(0, type="text", text=""), delta(0, type="text_delta", text=5)], "of a shape"),
    ],
)
def test_a_stream_that_makes_no_sense_says_where(events: list[Json], sentence: str) -> None:
    with pytest.raises(StreamError, match=sentence) as caught:
        assemble(stream(*events))
    begun = any(event["type"] == "message_start" for event in events)
    assert (caught.value.partial is not None) == begun


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
    assert caught.value.partial is not None
    assert caught.value.partial.text == "half"


def test_bytes_may_come_in_one_piece_and_nothing_else_is_taken() -> None:
    data = b"".join(encode_event(event) for event in [start(), {"type": "message_stop"}])
    assert assemble(data) == assemble([data])
    for wrong in (["text"], "text", [5]):
        with pytest.raises(UsageError, match="a stream is bytes"):
            assemble(wrong)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(UsageError, match="framing"):
        assemble([], framing="morse")  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("field", ["text", "type", "thinking"])
@pytest.mark.parametrize("value", [None, 5, [], {}])
def test_a_field_of_another_type_never_breaks_the_view(field: str, value: Any) -> None:
    events = [start(), block(0, **{"type": "text", field: value}), {"type": "content_block_stop", "index": 0}]
    message = assemble([encode_event(event) for event in [*events, {"type": "message_stop"}]])
    assert message.text == ""
    assert repr(message).startswith("Message(")
