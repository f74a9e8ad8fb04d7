"""The feed of numbered patches."""

from __future__ import annotations

from typing import Any

import pytest

from nbkit.notebook.page.patches import PatchFeed
from nbkit.wire.assembler import Change


class Page:
    """What a page makes of the messages: the text of each block, and a count of gaps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: list[dict[str, Any]] = []
        self.feed = PatchFeed("chat-1", self.sent.append, lambda: self.now)

    def text(self, block: str) -> str:
        ops = [op for message in self.sent for op in message.get("ops", [])]
        return "".join(op["value"] for op in ops if op["op"] == "grow" and op["block"] == block)


def test_deltas_are_merged_to_one_patch_in_33_ms() -> None:
    page = Page()
    page.feed.snapshot({})
    for at in range(1000):
        page.now = at / 1000
        page.feed.grow("b1", Change("grow", 0, "text", "x"))
    page.feed.flush()
    assert page.text("b1") == "x" * 1000
    assert 28 <= len(page.sent) <= 33


def test_numbers_have_no_gap_and_every_message_names_its_view() -> None:
    page = Page()
    page.feed.snapshot({})
    page.feed.message({"id": "partial"})
    page.feed.block("partial", {"id": "b1", "streaming": False})
    page.feed.change([{"op": "head", "head": {"state": "streaming"}}])
    page.feed.snapshot({})
    assert [message["seq"] for message in page.sent] == [1, 2, 3, 4]
    assert {message["view"] for message in page.sent} == {"chat-1"}


def test_a_text_begins_with_its_first_words() -> None:
    page = Page()
    page.feed.message({"id": "partial"})
    page.feed.block("partial", {"id": "b1", "type": "text", "streaming": True})
    page.feed.grow("b1", Change("grow", 0, "text", "It"))
    assert [[op["op"] for op in message["ops"]] for message in page.sent] == [["message", "block", "grow"]]


@pytest.mark.parametrize("kind", ["tool_use", "thinking", "redacted_thinking", "something_new"])
def test_what_begins_without_words_is_seen_at_once_and_its_first_delta_does_not_wait(kind: str) -> None:
    page = Page()
    page.feed.message({"id": "partial"})
    page.feed.block("partial", {"id": "b1", "type": kind, "streaming": True})
    assert [op["op"] for op in page.sent[-1]["ops"]] == ["message", "block"]
    page.feed.grow("b1", Change("grow", 0, "input", "{"))
    assert [op["op"] for op in page.sent[-1]["ops"]] == ["grow"]


def test_only_pieces_of_the_same_string_become_one() -> None:
    page = Page()
    page.feed.snapshot({})
    for block, field in [("b1", "text"), ("b1", "text"), ("b1", "thinking"), ("b2", "input"), ("b1", "text")]:
        page.feed.grow(block, Change("grow", 0, field, "x"))
    page.feed.flush()
    grown = [(op["block"], op["field"], op["value"]) for op in page.sent[-1]["ops"]]
    assert grown == [("b1", "text", "xx"), ("b1", "thinking", "x"), ("b2", "json", "x"), ("b1", "text", "x")]


def test_a_block_that_ends_takes_the_waiting_text_with_it_in_order() -> None:
    page = Page()
    page.feed.snapshot({})
    page.feed.grow("b1", Change("grow", 0, "text", "x"))
    page.feed.block("partial", {"id": "b1", "streaming": False})
    assert [op["op"] for op in page.sent[-1]["ops"]] == ["grow", "block"]


def test_a_snapshot_holds_what_waited() -> None:
    page = Page()
    page.feed.grow("b1", Change("grow", 0, "text", "first"))
    page.feed.grow("b1", Change("grow", 0, "text", "x"))
    page.feed.snapshot({})
    page.feed.flush()
    assert page.text("b1") == "first"
    assert [message["kind"] for message in page.sent] == ["patch", "snapshot"]
