"""Replies that break the contract: each ends in a legal array, or in one sentence; in both colours."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from nbkit.errors import InvalidRequest, NbkitError
from nbkit.loop.calls.policy import allow
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import tool
from nbkit.loop.turn import State
from nbkit.wire.blocks import Json
from scripted import Raw, Scripted, call, reply, says

UNSIGNED = {"type": "thinking", "thinking": "hm", "signature": ""}
SIGNED = {"type": "thinking", "thinking": "hm", "signature": "c2ln"}
HI = {"type": "text", "text": "hi"}
SEARCH = {"type": "server_tool_use", "id": [], "name": "web_search", "input": {}}


def raw(*content: Any, stop_reason: Any = "tool_use") -> Raw:
    """A reply whose blocks come whole, whatever they are; an input that is a string is its JSON text."""
    events: list[Json] = [{"type": "message_start", "message": {**reply(), "stop_reason": None}}]
    for index, block in enumerate(content):
        text = block.get("input") if isinstance(block, dict) else None
        begun = {**block, "input": {}} if isinstance(text, str) else block
        events.append({"type": "content_block_start", "index": index, "content_block": begun})
        if isinstance(text, str):
            delta = {"type": "input_json_delta", "partial_json": text}
            events.append({"type": "content_block_delta", "index": index, "delta": delta})
        events.append({"type": "content_block_stop", "index": index})
    events.append({"type": "message_delta", "delta": {"stop_reason": stop_reason}, "usage": {}})
    return Raw([*events, {"type": "message_stop"}])


def garbled(text: str) -> Json:
    return {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": text}


GOES_ON = {
    "nothing": raw(stop_reason="end_turn"),
    "nothing, though it says tool_use": raw(),
    "calls with end_turn": raw(call("toolu_1"), stop_reason="end_turn"),
    "calls without a stop_reason": raw(call("toolu_1"), stop_reason=None),
    "calls with pause_turn": raw(call("toolu_1"), stop_reason="pause_turn"),
    "an input that is a list": raw(garbled("[1]")),
    "an input with NaN": raw(garbled('{"city": NaN}')),
    "an input that is too deep to copy": raw(garbled('{"city": ' + "[" * 900 + "]" * 900 + "}")),
    "an input too deep to read": raw(garbled("[" * 100_000)),
    "a cut call": raw(HI, garbled('{"city": "Par'), stop_reason="max_tokens"),
    "an unknown tool": raw(call("toolu_1", "launch")),
    "an unknown block beside a call": raw({"type": "hologram", "rays": 7}, call("toolu_1")),
    "a refusal with half an answer": raw(HI, call("toolu_1"), stop_reason="refusal"),
    "thinking alone": raw(SIGNED, stop_reason="end_turn"),
    "thinking nobody signed": raw(UNSIGNED, HI, stop_reason="end_turn"),
    "nothing but thinking nobody signed": raw(UNSIGNED, stop_reason="end_turn"),
    "white space": raw({"type": "text", "text": " \n"}, stop_reason="end_turn"),
    "a stop_reason that is a list": raw(HI, stop_reason=["end_turn"]),
}
IS_TOLD = {
    "text behind a call": (raw(call("toolu_1"), HI), "must end with a user message"),
    "one id twice": (raw(call("toolu_1"), call("toolu_1", city="Oslo")), "ids must be unique"),
    "an id that is no string": (raw(garbled("{}") | {"id": 5}), "id: Input should be a valid string"),
    "an input that is none": (raw(garbled("{}") | {"input": None}), "input: Input should be a valid dict"),
    "a block of no type": (raw({"type": []}, stop_reason="end_turn"), "Input tag"),
    "a text that is none": (raw({"type": "text", "text": 5}, stop_reason="end_turn"), "text.text: Input"),
    "a server tool with an odd id": (raw(SEARCH, stop_reason="end_turn"), "id: Input should be"),
}
BROKEN = {
    "content that is no list": [{"type": "message_start", "message": {"content": "hi"}}],
    "a block that is a list": raw([]).events,
    "text that grows on a number": [
        *raw({"type": "text", "text": 5}).events[:2],
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}},
    ],
}


def sent(step: Raw, colour: str, **options: Any) -> tuple[Conversation, NbkitError | None]:
    @tool
    def get_weather(city: str) -> str:
        return f"22 °C in {city}"

    chat = Conversation(client=Scripted([step, says("done")]), tools=[get_weather], **options)
    try:
        chat.send("go") if colour == "sync" else asyncio.run(chat.asend("go"))
    except NbkitError as error:
        return chat, error
    return chat, None


@pytest.mark.parametrize("colour", ["sync", "async"])
@pytest.mark.parametrize("policy", [None, allow])
@pytest.mark.parametrize("name", GOES_ON)
def test_the_array_stays_legal_and_can_be_gone_on_with(name: str, policy: Any, colour: str) -> None:
    chat, error = sent(GOES_ON[name], colour, policy=policy)
    assert error is None
    if chat.state is State.PAUSED:
        chat.stop()
    assert [problem for problem in chat.problems() if problem.level == "error"] == []
    chat.client = Scripted([says("well")])
    assert chat.send("go on").text == "well"
    json.dumps(chat.messages, allow_nan=False)


@pytest.mark.parametrize("colour", ["sync", "async"])
@pytest.mark.parametrize("name", IS_TOLD)
def test_what_can_not_go_back_is_told_before_it_is_sent(name: str, colour: str) -> None:
    step, words = IS_TOLD[name]
    chat, _ = sent(step, colour)
    assert isinstance(repr(chat.last), str)
    if chat.state is State.PAUSED:
        chat.stop()
    before = chat.messages
    with pytest.raises(InvalidRequest, match=words):
        chat.send("go on")
    assert chat.messages == before


@pytest.mark.parametrize("colour", ["sync", "async"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_stream_that_makes_no_sense_is_one_sentence(name: str, colour: str) -> None:
    chat, error = sent(Raw(BROKEN[name]), colour)
    assert "of a shape the contract doesn't have" in str(error)
    assert chat.messages == []
