"""What only the server can tell of an array: broken in the page, refused, mended there, and taken.

The simulator signs what it thinks, and knows its files, its pauses and its summaries, as the API does.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import PATIENCE, Editor
from journeys.hands import Hands, Keyboard, Mouse
from journeys.page import Notebook
from journeys.scenes import received, setup
from nbkit.rules.validator import check

Body = dict[str, Any]
QUESTION = "Which is larger, 9.11 or 9.9?"
THOUGHT = "messages.1.content.0"


@dataclass(frozen=True)
class Case:
    """How an array that was really answered is broken, what the server says, and how it is mended."""

    rule: str
    made: str  # the code that has the conversation
    broken: Callable[[Hands], None]
    says: str
    mended: Callable[[Hands], None]
    sent: Callable[[Body], bool]

    def __str__(self) -> str:
        return self.rule


def undone(hand: Hands) -> None:
    hand.press(hand.button("undo"))


def say(hand: Hands, words: str) -> None:
    """A user's message at the end of the array."""
    hand.press(hand.button("+ message"))
    hand.write(words)


def wire(hand: Hands, path: str) -> Body:
    """A block as its form has it, as JSON; the form is closed again."""
    hand.form(path)
    hand.as_json()
    block: Body = json.loads(hand.field.input_value())
    hand.page.keyboard.press("Escape")
    return block


def another_thought(hand: Hands) -> None:
    say(hand, "And 3.2 or 3.12?")
    hand.edit(THOUGHT, {**wire(hand, THOUGHT), "thinking": "Something else."})


def another_question(hand: Hands) -> None:
    say(hand, "And 3.2 or 3.12?")
    hand.form("messages.0.content")
    hand.page.keyboard.press("ControlOrMeta+a")
    hand.page.keyboard.insert_text("Which is larger, 9.1 or 9.9?")
    hand.save()
    hand.press(hand.button("Do it all the same"))


def a_file_that_is_not_there(hand: Hands) -> None:
    hand.edit("messages.0.content", {"type": "image", "source": {"type": "file", "file_id": "file_1"}})


def another_search(hand: Hands) -> None:
    call = wire(hand, PAUSED_AT)
    hand.edit(PAUSED_AT, {**call, "input": {"query": "something else"}})


def a_marker(hand: Hands) -> None:
    say(hand, "And 3.2 or 3.12?")
    hand.do(THOUGHT, "Cache breakpoint", "b")
    expect(hand.editor.block(THOUGHT).locator(".nbk-problem")).to_contain_text("R47")


def another_summary(hand: Hands) -> None:
    hand.edit("messages.0.content.0", {**wire(hand, "messages.0.content.0"), "content": "We said nothing."})


def said_again(hand: Hands) -> None:
    hand.edit("messages.0.content.0", {"type": "text", "text": "Hello"})


BETAS = {"anthropic-beta": "compact-2026-09-04"}
ANSWERED = f"chat.send({QUESTION!r})\nchat"
BOUND = f'chat.model = "claude-opus-5-5"\n{ANSWERED}'
HELLO = 'chat.messages = [{"role": "user", "content": "Hi"}]\nchat'
PLACES = "Oslo, Rome, Paris, Lima, Cairo, Delhi, Tokyo, Accra, Quito, Bern, Riga, Doha, Nice".replace(
    ", ", ", and for "
)
PAUSING = f"""\
chat.tools = [{{"type": "web_search_20250305", "name": "web_search"}}]
chat.stepping = True
chat.send("Search the web for {PLACES}")
chat"""
PAUSED_AT = "messages.1.content.1"
SUMMED_UP = f"""\
chat.model, chat.betas = "claude-opus-5", ["compact-2026-09-04"]
chat.send({QUESTION!r})
chat.edit("compaction", {{"type": "summarize"}})
chat.resume(check=False)
chat.delete("compaction")
chat.messages = [chat.messages[-1], {{"role": "user", "content": "And 3.2 or 3.12?"}}]
chat"""

CASES = [
    Case(
        "R34",
        ANSWERED,
        another_thought,
        "blocks in the latest assistant message cannot be modified",
        undone,
        lambda body: body["messages"][1]["content"][0]["thinking"] != "Something else.",
    ),
    Case(
        "R36",
        BOUND,
        another_question,
        "The block is bound to a different conversation",
        lambda hand: hand.delete(THOUGHT),
        lambda body: "9.1 or" in body["messages"][0]["content"] and len(body["messages"][1]["content"]) == 1,
    ),
    Case(
        "R47",
        ANSWERED,
        a_marker,
        "thinking.cache_control: Extra inputs are not permitted",
        lambda hand: hand.fix("remove cache_control"),
        lambda body: "cache_control" not in json.dumps(body),
    ),
    Case(
        "R65",
        HELLO,
        a_file_that_is_not_there,
        "file_1",
        said_again,
        lambda body: body["messages"] == [{"role": "user", "content": "Hello"}],
    ),
    Case(
        "R94",
        PAUSING,
        another_search,
        "must be continued with its content unchanged",
        undone,
        lambda body: "something else" not in json.dumps(body),
    ),
    Case(
        "R96",
        SUMMED_UP,
        another_summary,
        "compaction",
        undone,
        lambda body: body["messages"][0]["content"][0]["type"] == "compaction",
    ),
]


@pytest.mark.parametrize("hands", [pytest.param(Mouse, id="mouse"), pytest.param(Keyboard, id="keyboard")])
def test_what_the_server_refuses_is_mended_and_sent(open_notebook: Open, hands: type[Hands]) -> None:
    fresh = "chat = nbkit.Conversation(client=Recorder(), name='chat')\n"
    notebook = open_notebook([setup(), *(fresh + case.made for case in CASES)])
    notebook.run(0)
    for cell, case in enumerate(CASES, 1):
        if (cell % 2 == 0) != (hands is Mouse) and not os.environ.get("NBKIT_EVERY_WAY"):
            continue  # each by one of the two
        notebook.run(cell)
        refused_and_taken(notebook, hands(Editor(notebook, cell)), case)


def refused_and_taken(notebook: Notebook, hand: Hands, case: Case) -> None:
    editor = hand.editor
    expect(editor.view).to_have_class(re.compile(r"\bnbk-is-(idle|ready)\b"), timeout=PATIENCE)
    notebook.page.evaluate("() => panel().content.activate()")
    case.broken(hand)
    before = len(received(notebook))
    go_on = re.compile("^(Continue|Send anyway)$")
    hand.press(hand.button(go_on))
    error = editor.root.get_by_role("group", name="error")
    expect(error).to_contain_text(case.says, timeout=PATIENCE)
    expect(error).to_contain_text(re.compile("40[04] "))
    case.mended(hand)
    expect(editor.root.locator(".nbk-level-error")).to_have_count(0)
    count = editor.root.locator(".nbk-list .nbk-message").count()
    hand.press(hand.button("Continue"))
    expect(editor.root.locator(".nbk-list .nbk-message")).not_to_have_count(count, timeout=PATIENCE)
    expect(editor.view).to_have_class(re.compile(r"\bnbk-is-(idle|ready|paused)\b"), timeout=PATIENCE)
    expect(error).to_have_count(0)
    body = received(notebook)[-1]
    assert len(received(notebook)) >= before + 2
    assert [each for each in check(body, BETAS) if each.level == "error"] == []
    assert case.sent(body)
