from __future__ import annotations

from typing import Any

import pytest

from nbkit.wire.blocks import Block, Json, ServerToolUse, Text, ToolUse, kinds, view
from nbkit.wire.citations import Citation, PageLocation
from nbkit.wire.events import Event
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
    assert all(view({"type": name}).type == name for name in kinds())


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


def test_what_is_inside_a_block_is_typed_too_and_is_the_very_dict() -> None:
    page = {"type": "page_location", "cited_text": "c", "start_page_number": 3}
    text = view({"type": "text", "text": "hi", "citations": [page, {"type": "dream"}]})
    assert isinstance(text, Text)
    cited, dreamt = text.citations
    assert isinstance(cited, PageLocation)
    assert (cited.start_page_number, cited.document_title) == (3, None)
    assert cited.raw is page
    assert type(dreamt) is Citation


def test_a_server_tool_result_reads_as_what_it_gave_or_as_what_went_wrong() -> None:
    hit = {"type": "web_search_result", "url": "https://example.com", "title": "t", "encrypted_content": "e"}
    error = {"type": "web_search_tool_result_error", "error_code": "unavailable"}
    reply: Any = Message(
        {"content": [{"type": "web_search_tool_result", "content": content} for content in ([hit], error)]}
    )
    found, failed = reply.content
    assert [page.url for page in found.content] == ["https://example.com"]
    assert failed.content.error_code == "unavailable"


def test_a_field_that_has_no_name_here_is_read_by_its_key() -> None:
    usage = Message({"usage": {"output_tokens": 5, "stars": 3}}).usage
    assert (usage.output_tokens, usage["stars"], usage.get("moons")) == (5, 3, None)
    assert usage == {"output_tokens": 5, "stars": 3}


def test_an_absent_object_reads_as_none_or_as_an_empty_one() -> None:
    message = Message({"id": "msg_1"})
    assert (message.container, message.stop_details, message.content) == (None, None, [])
    assert message.usage.input_tokens is None


def test_an_event_shows_its_data_with_types() -> None:
    delta = {"type": "input_json_delta", "partial_json": "{"}
    event: Any = Event("content_block_delta", {"type": "content_block_delta", "index": 2, "delta": delta})
    assert (event.view.index, event.view.delta.partial_json) == (2, "{")
    assert Event("meteor", {"type": "meteor"}).view.type == "meteor"


def test_what_is_done_to_an_absent_input_stays_with_the_one_who_did_it() -> None:
    call = view({"type": "tool_use", "id": "toolu_1", "name": "f"})
    assert isinstance(call, ToolUse)
    call.input["city"] = "Paris"
    assert call.input == {}
