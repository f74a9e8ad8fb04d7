from __future__ import annotations

import pytest

from nbkit.wire.blocks import VIEWS, Block, Json, ServerToolUse, Text, ToolUse, view
from nbkit.wire.messages import Message


@pytest.mark.parametrize(
    "raw",
    [
        {"citations": None, "text": "hi", "type": "text", "new_field": [1, None]},
        {
            "type": "tool_use",
            "id": "toolu_1",
            "name": "f",
            "input": {"b": None, "a": 1},
            "caller": {"type": "direct"},
        },
        {"type": "hologram", "depth": None},
        {"no": "type"},
    ],
)
def test_a_view_gives_back_exactly_what_came_in(raw: Json) -> None:
    again = view(raw).to_wire()
    assert again == raw
    assert list(again) == list(raw)


def test_known_blocks_have_their_fields_and_unknown_ones_are_plain_blocks() -> None:
    text = view({"type": "text", "text": "hi"})
    assert isinstance(text, Text)
    assert text.text == "hi"
    assert type(view({"type": "hologram"})) is Block
    assert all(view({"type": name}).type == name for name in VIEWS)


def test_a_change_to_the_copy_does_not_reach_the_message() -> None:
    message = Message({"content": [{"type": "text", "text": "hi"}]})
    message.to_wire()["content"][0]["text"] = "changed"
    assert message.text == "hi"


def test_tool_uses_are_the_calls_that_the_caller_answers() -> None:
    calls: list[Json] = [
        {"type": kind, "id": kind, "name": "f", "input": {}} for kind in ("tool_use", "server_tool_use")
    ]
    message = Message({"content": calls})
    assert [call.id for call in message.tool_uses] == ["tool_use"]
    assert isinstance(message.content[1], ServerToolUse)
    assert isinstance(message.content[1], ToolUse)
