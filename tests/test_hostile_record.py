"""The saved record does nothing, whatever an attacker wrote into the array."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

import nbkit
from hostile import PLACES, VECTORS
from nbkit.notebook.record.faces.names import name as shown_name
from nbkit.notebook.record.markdown import to_html
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.printable import printable
from nbkit.notebook.record.render import html
from nbkit.notebook.views.snapshot import Frame, snapshot

ALLOWED = {
    "a", "bdi", "blockquote", "br", "code", "details", "div", "em", "h1", "h2", "h3", "hr", "img", "li", "ol",
    "p", "pre", "s", "span", "strong", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"alt", "class", "href", "id", "rel", "src", "start", "style", "target", "title"}
LINK = re.compile(r"https?://[^\s\\]+|mailto:\S+|#nbkit-[\w-]+", re.IGNORECASE)
# What somebody said, or a tool computed, stands as it is, in a block of its own.
TEXT = re.compile(r'style="[^"]*\bbreak-word\b[^"]*">(<p>)?[^<]*')
UNSEEN = "a\u202eb\u200dc\xadd\U000e0041e\u2066f\ufeffg\u3164h\ufe0fi\U000e0100j\u200ck\u2028l"
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")


class Guard(HTMLParser):
    """Refuses every tag and attribute that could do anything."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert name in ATTRIBUTES
            assert name != "href" or LINK.fullmatch(value or "")
            assert name != "src" or PICTURE.fullmatch(value or "")
            assert name != "style" or "url" not in (value or "")
            assert tag != "a" or {"rel", "title"} <= {each for each, _ in attrs} or attrs[0][1][:1] == "#"  # type: ignore[index]


@pytest.mark.parametrize("place", PLACES)
def test_nothing_in_the_record_acts_or_loads(place: str) -> None:
    chat = nbkit.Conversation()
    blocks = [PLACES[place](vector) for vector in VECTORS]
    chat.messages = [{"role": "assistant", "content": blocks}, {"role": "user", "content": blocks}]
    found = snapshot(chat, Frame("chat-1", 0, 2))
    guard = Guard()
    guard.feed(html(found))
    guard.close()
    text = plain(found)
    assert printable(text) == text


@pytest.mark.parametrize("place", PLACES)
def test_names_hide_nothing_and_turn_nothing_around(place: str) -> None:
    chat = nbkit.Conversation()
    blocks = [PLACES[place](UNSEEN)]
    chat.messages = [{"role": "user", "content": blocks}, {"role": "assistant", "content": blocks}]
    record = TEXT.sub("", html(snapshot(chat, Frame("chat-1", 0, 2))))
    assert [each for each in record if each in UNSEEN and not each.isascii()] == []


@pytest.mark.parametrize("whole", ["👩‍💻 ❤️ notes", "نامه‌ای", "葛󠄀城"])
def test_what_makes_letters_and_pictures_stays(whole: str) -> None:
    assert shown_name(whole) == whole


def test_a_link_keeps_what_turns_its_words_around_to_itself() -> None:
    words = to_html("[\u202etxt](https://evil.example/gpj) after")
    assert re.search("<a [^>]*><bdi>\u202etxt</bdi></a><span[^>]*> \\(evil.example\\)</span> after", words)
