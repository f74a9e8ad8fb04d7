"""The saved record: html and plain text of a snapshot."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.views.message_views import new_block

ALLOWED = {
    "a", "bdi", "blockquote", "br", "code", "del", "details", "div", "em", "h1", "h2", "h3", "hr", "img",
    "li", "ol", "p", "pre", "s", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr",
    "ul",
}  # fmt: skip
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "![pixel](https://evil.example/p.png)",
    "[click](javascript:alert(1)) [file](file:///etc/passwd) [data](data:text/html,<script>)",
    "<svg/onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "</div></details></pre><style>*{display:none}</style>",
    "<a href='javascript:alert(1)'>x</a>",
]


class Tags(HTMLParser):
    """What a browser would see: every tag with its attributes, and whether they close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("img", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser.seen


def block(
    wire: dict[str, Any], *, by: str = "model", note: str | None = None, json: str = ""
) -> dict[str, Any]:
    return new_block("b1", wire, by=by, note=note, json=json)


def snapshot(*blocks: dict[str, Any], role: str = "assistant", **fields: Any) -> dict[str, Any]:
    message = {
        "id": "m1",
        "role": role,
        "blocks": list(blocks),
    }
    return {
        "view": "chat-1", "conversation": "chat", "state": "idle", "stepping": False, "filled": [],
        "cards": [], "badge": {"simulated": True, "text": "simulated", "model": "claude-sonnet-5"},
        "messages": [message] if blocks else [], "problems": [], "error": None, "notice": None,
        "stop_reason": None, "usage": None, **fields,
    }  # fmt: skip


def everywhere(text: str) -> dict[str, Any]:
    """The hostile text in every place that something from outside can reach."""
    problem: dict[str, Any] = {
        "key": text,
        "at": None,
        "rule": text,
        "path": text,
        "message": text,
        "level": text,
        "why": text,
    }
    problem["fix"] = {"label": text}
    card: dict[str, Any] = {
        "id": text,
        "block": "b1",
        "name": text,
        "input": {text: text},
        "schema": None,
        "state": "decided",
    }
    card |= {"can_run": True, "why_not": text, "decision": {"type": "fake"}}
    card["result"] = {"content": text, "is_error": True}
    return snapshot(
        block({"type": "text", "text": text}, note=text),
        block({"type": "text", "text": text}, by="person"),
        block({"type": "thinking", "thinking": text}),
        block({"type": "tool_use", "id": text, "name": text, "input": {text: text}}, json=text),
        block({"type": "tool_result", "tool_use_id": text, "content": text, "is_error": True}, by="tool"),
        block({"type": "tool_result", "tool_use_id": text, "content": [{"type": "text", "text": text}]}),
        block({"type": "image", "source": {"type": "base64", "media_type": text, "data": text}}),
        block({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": text}}),
        block({"type": text, "field": text}),
        state="paused", problems=[problem], cards=[card, {**card, "state": "open", "result": None}],
        error={"title": text, "message": text, "path": text}, filled=[{"name": "a", "value": text}],
        badge={"simulated": False, "text": text, "model": text},
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_is_inert_everywhere(text: str) -> None:
    for tag, attributes in tags(html(everywhere(text))):
        assert tag in ALLOWED
        assert set(attributes) <= {"class", "style", "href", "rel", "target", "src", "alt"}
        assert re.match(r"https?:|mailto:", attributes.get("href") or "https:")
        assert (attributes.get("src") or "data:image/png;base64,").startswith("data:image/")


def test_what_turns_or_hides_letters_is_seen_everywhere_but_in_texts() -> None:
    record = re.sub(r'style="[^"]*\bbreak-word\b[^"]*">(<p>)?[^<]*', "", html(everywhere("a\u202eb\u200bc")))
    assert "a\\u202eb\\u200bc" in record
    assert not {"\u202e", "\u200b"} & set(record)


def test_the_record_has_its_class_and_nothing_that_could_be_pressed_or_dropped() -> None:
    text = html(everywhere("x"))
    assert text.startswith('<div class="nbkit nbkit-chat-1"')
    for lost in ("<button", "<style", "<svg", "<script", "data-", "var(", "id="):
        assert lost not in text


def test_a_models_markdown_is_rendered_and_a_persons_words_are_not() -> None:
    said = block({"type": "text", "text": "**bold** [x](https://a.example)"})
    assert "<strong>bold</strong>" in html(snapshot(said))
    assert "**bold**" in html(snapshot({**said, "by": "person"}, role="user"))


def test_thinking_is_folded() -> None:
    text = html(snapshot(block({"type": "thinking", "thinking": "hmm", "signature": "s"})))
    assert "<details" in text
    assert "open" not in dict(tags(text))["details"]


def test_a_picture_of_a_tool_is_its_own_bytes() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "aGk="}
    wire = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": source}]}
    assert dict(tags(html(snapshot(block(wire)))))["img"]["src"] == "data:image/png;base64,aGk="
    wire["content"] = [{"type": "image", "source": {"type": "url", "url": "https://evil.example/x.png"}}]
    assert "<img" not in html(snapshot(block(wire)))


@pytest.mark.parametrize("draw", [html, plain])
def test_a_pause_says_which_call_waits_and_how_to_go_on(draw: Any) -> None:
    card: dict[str, Any] = {
        "id": "toolu_01",
        "block": "b5",
        "name": "get_weather",
        "input": {"city": "Paris"},
    }
    card |= {"state": "open", "can_run": True, "why_not": None, "decision": None, "result": None}
    text = draw(snapshot(state="paused", cards=[card])).replace("&quot;", '"')
    assert 'paused: waiting for a decision on get_weather(city="Paris")' in text
    assert 'chat.decide("toolu_01", …) and chat.resume()' in text


@pytest.mark.parametrize("draw", [html, plain])
def test_the_record_says_who_made_a_block_and_what_is_wrong_with_it(draw: Any) -> None:
    problem: dict[str, Any] = {
        "key": "R14@x",
        "rule": "R14",
        "message": "ids were found",
        "level": "error",
        "why": "",
    }
    wire = {"type": "tool_result", "tool_use_id": "t", "content": "22 °C"}
    faked = block(wire, by="fake", note="by hand")
    problem |= {"at": "b1", "fix": {"label": "answer the call"}}
    text = draw(snapshot(faked, problems=[problem]))
    for words in ("simulated", "faked, the tool did not run; by hand", "22 °C", "R14", "ids were found"):
        assert words in text
    assert "answer the call" in text


@pytest.mark.parametrize("draw", [html, plain])
def test_a_notice_for_the_page_is_never_saved(draw: Any) -> None:
    assert "earlier kernel" not in draw(snapshot(notice="an earlier kernel left a conversation"))


@pytest.mark.parametrize(
    "wire", [{}, {"type": "text", "text": 3}, {"type": "tool_use", "input": "x"}, {"type": "text"}]
)
@pytest.mark.parametrize("draw", [html, plain])
def test_a_block_of_any_shape_can_be_drawn(draw: Any, wire: dict[str, Any]) -> None:
    assert draw(snapshot(block(wire)))


def test_no_formula_is_made_of_two_prices() -> None:
    record = html(snapshot(block({"type": "text", "text": "It costs $5 and then $10."})))
    assert record.index("mathjax_ignore tex2jax_ignore") < record.index("$5")


@pytest.mark.parametrize(
    ("reason", "state", "words"),
    [
        ("max_tokens", "idle", "cut off at max_tokens: it is not complete"),
        ("model_context_window_exceeded", "paused", "the context window is full: it is not complete"),
        ("refusal", "ready", "the model declined: nothing of its reply is kept"),
    ],
)
def test_a_reply_that_is_no_whole_answer_says_so(reason: str, state: str, words: str) -> None:
    record = snapshot(block({"type": "text", "text": "half an ans"}), stop_reason=reason, state=state)
    assert words in plain(record)
    assert words in html(record)
    record = snapshot(block({"type": "text", "text": "and now"}), stop_reason=reason, state="streaming")
    assert words not in plain(record)


@pytest.mark.parametrize("reason", ["end_turn", None, ["end_turn"], "brand_new"])
def test_any_other_ending_needs_no_words(reason: Any) -> None:
    record = snapshot(block({"type": "text", "text": "an answer"}), stop_reason=reason)
    assert plain(record).splitlines()[-1] == "  an answer"
