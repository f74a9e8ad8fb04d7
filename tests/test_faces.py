"""Every block type has a face in the record: in html and as plain text."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

import nbkit
from every_kind import ANSWERED, ASKED, AT_THE_SERVER, MESSAGES, PICTURE, READ, TOOL, text
from nbkit.notebook.record.faces.names import address, host
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.views.snapshot import Frame, snapshot
from test_render import tags

Json = dict[str, Any]


def shown(messages: list[Json], start: int = 0, **more: Any) -> Json:
    """The snapshot of an array that somebody laid there, from a message on."""
    chat = nbkit.Conversation(tools=[nbkit.Tool.from_definition(TOOL)], **more)
    chat.messages = messages
    return snapshot(chat, Frame("chat-1", start, len(messages)))


def words(record: str) -> str:
    """What is on the screen: the text of html, with its lines as spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", record)).split())


RECORD = shown(MESSAGES)


@pytest.mark.parametrize("expected", READ)
def test_each_kind_can_be_read(expected: str) -> None:
    assert expected in words(html(RECORD))
    assert expected in " ".join(plain(RECORD).split())


def test_the_record_of_every_kind_is_tags_that_stay_in_an_untrusted_notebook() -> None:
    allowed = {
        "a",
        "bdi",
        "code",
        "details",
        "div",
        "em",
        "h2",
        "img",
        "p",
        "pre",
        "span",
        "strong",
        "summary",
        "sup",
    }
    for tag, attributes in tags(html(RECORD)):
        assert tag in allowed
        assert set(attributes) <= {"alt", "class", "href", "id", "rel", "src", "style", "target", "title"}


def test_only_bytes_that_came_with_the_message_are_loaded() -> None:
    loaded = [attributes["src"] for tag, attributes in tags(html(RECORD)) if tag == "img"]
    assert loaded == [f"data:image/png;base64,{PICTURE['data']}"] * 3
    assert PICTURE["data"] not in plain(RECORD)


def test_reasoning_is_folded_and_its_signature_is_told_not_shown() -> None:
    record = html(RECORD)
    assert "c2lnbmVk" not in record
    assert re.search(r"<details[^>]*><summary[^>]*>thinking · signed</summary>", record)


def test_thinking_that_was_tampered_with_says_so_until_it_is_as_it_was_signed() -> None:
    chat = nbkit.Conversation(client=nbkit.Simulator())
    chat.send("Think hard: why is the sky blue?")
    signed = chat.messages[1]["content"][0]
    for part, value in (("thinking", "Magic."), ("signature", "bWFnaWM=")):
        chat.edit(f"messages.1.content.0.{part}", value)
        record = words(html(snapshot(chat, Frame("chat-1", 0, 2))))
        assert "thinking · the signature no longer fits" in record
        assert "signed" not in record
        chat.edit(f"messages.1.content.0.{part}", signed[part])
        assert "thinking · signed" in words(html(snapshot(chat, Frame("chat-1", 0, 2))))
    chat.edit("messages.1.content.0.signature", "")  # another problem, which is told
    assert "no longer fits" not in html(snapshot(chat, Frame("chat-1", 0, 2)))


def test_words_where_there_were_none_break_no_signature() -> None:
    chat = nbkit.Conversation(client=nbkit.Simulator(), thinking={"type": "adaptive", "display": "omitted"})
    chat.send("Think hard: why is the sky blue?")
    chat.edit("messages.1.content.0.thinking", "Magic.")
    assert "thinking · signed" in words(html(snapshot(chat, Frame("chat-1", 0, 2))))


def test_hidden_reasoning_says_how_much_it_was_where_the_usage_tells() -> None:
    chat = nbkit.Conversation(client=nbkit.Simulator(), thinking={"type": "adaptive", "display": "omitted"})
    chat.send("Think hard: why is the sky blue?")
    found = snapshot(chat, Frame("chat-1", 0, 2))
    usage = found["usage"]["output_tokens_details"]["thinking_tokens"]
    for drawn in (html(found), plain(found)):
        assert f"hidden reasoning, {usage} tokens, signed" in drawn
    assert "hidden reasoning, signed" in html(shown([{"role": "assistant", "content": AT_THE_SERVER[:1]}]))


def test_footnotes_are_numbered_through_a_message_and_lead_to_their_source() -> None:
    record = html(RECORD)
    links = re.findall(r'<a href="#(nbkit-chat-1-[^"]+)">\[(\d)\]</a>', record)
    assert [number for _, number in links] == ["1", "2", "3", "4", "1"]
    documents = [block for block in RECORD["messages"][0]["blocks"] if block["type"] == "document"]
    found = next(
        block for block in RECORD["messages"][3]["blocks"] if block["type"] == "web_search_tool_result"
    )
    result = RECORD["messages"][0]["blocks"][7]
    want = [documents[1], documents[0], result, documents[2], found]
    assert [anchor for anchor, _ in links] == [f"nbkit-chat-1-{block['id']}" for block in want]
    for anchor, _ in links:
        assert record.count(f'id="{anchor}"') == 1
    assert "blue<sup>[1]</sup><sup>[2]</sup></p>" in record


def test_sources_in_front_of_a_view_are_counted_and_lead_nowhere() -> None:
    part = shown(MESSAGES, start=1)
    assert part["before"] == {"documents": 4, "search_results": 1}
    assert 'href="#' not in html(part).partition("Weather in Paris")[0]
    assert "document 1, characters 20 to 36" in words(html(part))


def test_the_page_gets_the_schema_of_what_is_called_and_the_weights_of_the_model() -> None:
    assert RECORD["schemas"] == {"get_forecast": TOOL["input_schema"]}
    assert "schemas" not in shown([{"role": "user", "content": "hi"}])
    assert RECORD["weights"]["image_edge"] > 1000


@pytest.mark.parametrize("kind", [*ASKED, *ANSWERED, *AT_THE_SERVER], ids=lambda block: str(block["type"]))
def test_a_block_that_was_mangled_by_hand_is_still_shown(kind: Json) -> None:
    for key in kind:
        for odd in (
            None,
            3,
            [],
            {},
            "x",
            [None, 3, "x", {"type": 7}],
            {"type": [], "content": 1, "source": 2},
        ):
            if key == "type":
                continue
            record = shown([{"role": "user", "content": [{**kind, key: odd}, text("after")]}])
            assert "after" in html(record)
            assert "after" in plain(record)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " https://a.example",
        "https://a.example/\u202egnp.exe",
        "https://good.example\\@evil.example",
        "https://a.example/ x",
        "//a.example",
        "data:text/html,x",
        "file:///etc/passwd",
        "https:/\n/a.example",
        7,
    ],
)
def test_what_is_no_plain_address_is_no_link(url: Any) -> None:
    assert address(url) is None


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://good.example@evil.example:8080/good.example", "evil.example"),
        ("https://аpple.example/", "xn--pple-43d.example"),
        ("mailto:me@a.example?subject=x", "me@a.example"),
        ("https://[bad", ""),
    ],
)
def test_the_host_is_the_one_that_is_looked_up(url: str, where: str) -> None:
    assert host(url) == where


def test_a_name_that_reads_backwards_is_spelled_out() -> None:
    source = {"type": "text", "media_type": "text/plain", "data": "x"}
    record = shown(
        [{"role": "user", "content": [{"type": "document", "title": "in\u202egnp.exe", "source": source}]}]
    )
    assert "in\\u202egnp.exe" in html(record)
    assert "\u202e" not in html(record)
