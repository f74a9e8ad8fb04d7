"""Streams as they were recorded, in any split and in both framings, beside what the SDK made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbkit.wire import eventstream
from nbkit.wire.assembly import Framing, assemble
from nbkit.wire.events import Event
from nbkit.wire.sse_events import SSEEvents
from splits import splits

FRAMING: dict[str, Framing] = {".sse": "sse", ".eventstream": "aws"}
STREAMS = sorted((Path(__file__).parent / "data" / "streams").glob("*.sse"))
SHARED = Path(__file__).parents[2] / "shared" / "data" / "streams"
RECORDED = sorted(
    path for path in SHARED.glob("*.*") if path.suffix in FRAMING and path.with_suffix(".final.json").exists()
)


@pytest.mark.parametrize("sse", STREAMS, ids=lambda path: path.stem)
def test_any_split_gives_the_same_message(sse: Path) -> None:
    want = json.loads(sse.with_suffix(".json").read_text())
    for chunks in splits(sse.read_bytes()):
        assert assemble(chunks).to_wire() == want


@pytest.mark.skipif(not RECORDED, reason="the recorded streams are not beside this checkout")
def test_recorded_streams_give_what_the_official_accumulator_gives() -> None:
    wrong = {}
    for path in RECORDED:
        want = without_nulls(json.loads(path.with_suffix(".final.json").read_text()))
        got = without_nulls(assemble(path.read_bytes(), FRAMING[path.suffix]).to_wire())
        if got != want:
            wrong[path.name] = {key for key in {*got, *want} if got.get(key) != want.get(key)}
    assert wrong == {}


@pytest.mark.skipif(not RECORDED, reason="the recorded streams are not beside this checkout")
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_recorded_streams_may_come_in_pieces_of_any_size(size: int) -> None:
    for path in RECORDED:
        data, framing = path.read_bytes(), FRAMING[path.suffix]
        pieces = (data[at : at + size] for at in range(0, len(data), size))
        assert assemble(pieces, framing) == assemble(data, framing), path.name


@pytest.mark.skipif(not RECORDED, reason="the recorded streams are not beside this checkout")
def test_recorded_streams_are_the_same_message_in_the_other_framing() -> None:
    for path in RECORDED:
        if path.suffix == ".sse":
            data = path.read_bytes()
            frames = [eventstream.encode_event(event.data) for event in events_of(data)]
            assert assemble(frames, "aws") == assemble(data), path.name


def events_of(data: bytes) -> list[Event]:
    events = SSEEvents()
    last = [*events.feed(data), events.close()[0]]
    return [event for event in last if event is not None]


def without_nulls(value: Any) -> Any:
    """Drop nulls as the recorded results do: everywhere but in a tool call's input."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if item is not None}
        return {key: item if key == "input" else without_nulls(item) for key, item in kept.items()}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
