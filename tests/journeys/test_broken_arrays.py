"""Arrays broken in the ways of the contract's section 8, mended by the mouse alone and by the keyboard.

One page of JupyterLab serves all of them. Each is written into the page as a person would: the parameters in
their form, the messages by pasting them. Then the API's words stand at the block; it is mended, and sent.
Not here is what a conversation at rest is not told of: that it is empty (R2), or ends with the assistant
(R15 to R17).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

import examples_calls
import examples_media
import examples_messages
import examples_parameters
import examples_system
import examples_thinking
from examples import Json, Refused
from journeys.editor import PATIENCE, Editor
from journeys.hands import Hands, Keyboard, Mouse
from journeys.lab import App, Server
from journeys.page import Notebook, notebook_file
from journeys.scenes import received, setup
from nbkit.rules.validator import check

FRESH = """\
chat = nbkit.Conversation(client=Recorder())
chat.messages = [{"role": "user", "content": "Hi"}]
chat"""
MODULES = (
    examples_messages,
    examples_calls,
    examples_thinking,
    examples_media,
    examples_parameters,
    examples_system,
)


@dataclass(frozen=True)
class Broken:
    """A refused request, and how it is mended where no Fix does all of it."""

    example: Refused
    by_hand: Callable[[Hands], None] | None = None

    def __str__(self) -> str:
        return str(self.example)


def example(rule: str, title: str) -> Refused:
    refused: list[Refused] = [each for module in MODULES for each in module.REFUSED]
    return next(each for each in refused if (each.rule, each.title) == (rule, title))


FIXED = [
    ("R1", "system first"),
    ("R5", "an empty assistant in the middle"),
    ("R6", "an empty text"),
    ("R7", "white space alone"),
    ("R10", "a key too many in a call"),
    ("R10", "a key too many in a message"),
    ("R10", "a key too many in the body"),
    ("R11", "a picture from the assistant"),
    ("R11", "a call from the user"),
    ("R11", "a thought from the user"),
    ("R12", "a document from the assistant"),
    ("R13", "a user's citations"),
    ("R14", "temperature of 1"),
    ("R19", "two calls answered by text, deep in the history"),
    ("R20", "a result of no call"),
    ("R21", "a text before the result"),
    ("R24", "one id for two calls"),
    ("R25", "two results of one call"),
    ("R26", "a dot in an id"),
    ("R28", "JSON as a string"),
    ("R33", "a call without its thought"),
    ("R35", "an empty signature"),
    ("R39", "a budget of all there is"),
    ("R40", "a budget on Opus 4.7"),
    ("R41", "adaptive on Haiku 4.5"),
    ("R42", "thinking off on Opus 5.5"),
    ("R43", "nothing to display"),
    ("R44", "any tool, with a budget"),
    ("R45", "any tool on Opus 5.5"),
    ("R49", "five markers"),
    ("R50", "an hour after five minutes"),
    ("R55", "no base64"),
    ("R56", "a PNG that says GIF"),
    ("R64", "no paper at all"),
    ("R67", "citations in a fixed format"),
    ("R68", "a token too many"),
    ("R73", "a newline to stop at"),
    ("R74", "an address"),
    ("R76", "a retired model"),
    ("R80", "an effort of later models"),
    ("R82", "one name twice"),
    ("R83", "all put off"),
    ("R84", "an example that doesn't fit"),
    ("R85", "a place on Sonnet 4.5"),
    ("R86", "a system message on Sonnet 4.6"),
    ("R87", "a system message after an assistant's"),
    ("R88", "a system message before a user's"),
    ("R89", "a system message between call and result"),
    ("R90", "a picture from the system"),
    ("R92", "an empty list from the system"),
]


def without(*paths: str) -> Callable[[Hands], None]:
    def delete(hand: Hands) -> None:
        for path in paths:
            block = hand.editor.block(path).element_handle()
            hand.delete(path)
            hand.page.wait_for_function("(block) => !block.isConnected", arg=block)

    return delete


def written(path: str, value: Any) -> Callable[[Hands], None]:
    return lambda hand: hand.edit(path, value)


def around(path: str, value: Any) -> Callable[[Hands], None]:
    return lambda hand: hand.set(path, value)


USE = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
BUDGET = {"model": "claude-sonnet-4-5", "max_tokens": 8192, "version": "2026-10-21", "betas": []}
BY_HAND: list[tuple[str, str, Callable[[Hands], None]]] = [
    ("R8", "a role of old", lambda hand: hand.say_as("messages.1", "user")),
    ("R9", "a function as another API writes it", lambda hand: hand.press(hand.button("delete tools.0"))),
    ("R27", "no name", written("messages.1.content.0", USE)),
    ("R28", "what a server looked for, as a string", without("messages.1.content.1", "messages.1.content.0")),
    ("R38", "a budget of 1023", around("params", BUDGET)),
    ("R52", "ten minutes", written("messages.0.content.0", {"type": "text", "text": "words"})),
    ("R57", "a bitmap", written("messages.0.content.0", {"type": "text", "text": "no picture"})),
    ("R66", "citations on one of two", without("messages.0.content.1")),
    ("R93", "a finding without its seal", without("messages.1.content.1", "messages.1.content.0")),
]
CASES = [Broken(example(*each)) for each in FIXED]
HANDS: tuple[type[Hands], ...] = (Mouse, Keyboard)
# Fix is pressed by the one and the other in turn; with NBKIT_EVERY_WAY=1, each case by both.
TURNS = [
    pytest.param(case, each, id=f"{case}-{each.__name__}")
    for at, case in enumerate(CASES)
    for way, each in enumerate(HANDS)
    if at % 2 == way or os.environ.get("NBKIT_EVERY_WAY")
] + [
    pytest.param(Broken(example(rule, title), by_hand), each, id=f"{rule} {title}-{each.__name__}")
    for rule, title, by_hand in BY_HAND
    for each in HANDS
]


@pytest.fixture(scope="module")
def notebook(
    browser: Browser, servers: Callable[[App], Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Notebook]:
    """One page for all cases; every case starts from a conversation of its own in cell 1."""
    server = servers("lab")
    folder = server.root / "broken_arrays"
    folder.mkdir()
    file = folder / "notebook.ipynb"
    file.write_text(json.dumps(notebook_file([setup(), FRESH])), encoding="utf-8")
    notebook = Notebook(server, browser, f"{folder.name}/{file.name}")
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook.run(0)
    yield notebook
    notebook.close()


@pytest.mark.parametrize(("broken", "hands"), TURNS)
def test_a_broken_array_is_seen_mended_and_sent(
    notebook: Notebook, broken: Broken, hands: type[Hands], tmp_path: Path
) -> None:
    notebook.run(1)
    editor = Editor(notebook, 1)
    editor.wait("ready")
    notebook.page.evaluate("() => panel().content.activate()")
    hand = hands(editor)
    try:
        seen_and_mended(hand, broken)
    except BaseException:
        notebook.page.screenshot(path=str(tmp_path / "page.png"))
        raise


def seen_and_mended(hand: Hands, broken: Broken) -> None:
    editor, notebook = hand.editor, hand.editor.notebook
    request, case = broken.example.request, broken.example
    write_request(hand, request)
    problem = editor.root.locator(".nbk-problem").filter(has_text=case.says.strip())
    expect(problem.first).to_be_visible()
    if case.path.startswith("messages.") and ".content." in case.path:
        block = editor.block(".".join(case.path.split(".")[:4]))
        expect(block.locator(".nbk-problem").first).to_be_visible()

    mended = request
    for _ in range(6):
        found = [each for each in check(mended) if each.level == "error"]
        fixes = [each.fix for each in found if each.fix]
        if not fixes:
            break
        mended = fixes[0].apply(mended)
        hand.fix(fixes[0].label)
    if broken.by_hand:
        broken.by_hand(hand)
    expect(editor.root.locator(".nbk-level-error")).to_have_count(0, timeout=PATIENCE)

    before = len(received(notebook))
    hand.press(hand.button("Continue"))
    hand.page.wait_for_function(
        "(view) => /nbk-is-(idle|paused)/.test(view.className)", arg=editor.view.element_handle()
    )
    bodies = received(notebook)
    assert len(bodies) == before + 1
    assert [each for each in check(bodies[-1]) if each.level == "error"] == []
    expect(editor.root.get_by_role("group", name="error")).to_have_count(0)
    if not broken.by_hand:
        assert bodies[-1]["messages"] == mended["messages"]


def write_request(hand: Hands, request: Json) -> None:
    """Put a whole request into the page: what is beside the messages in its form, the messages by pasting."""
    params = {key: value for key, value in request.items() if key != "messages"}
    hand.set("params", {"version": "2026-10-21", "betas": [], **params})
    hand.enter(hand.editor.block("messages.0.content"))
    hand.page.keyboard.press("Delete")
    expect(hand.editor.root.locator(".nbk-list .nbk-message")).to_have_count(0)
    if not request["messages"]:
        return
    hand.page.evaluate("(text) => navigator.clipboard.writeText(text)", json.dumps(request["messages"]))
    if isinstance(hand, Keyboard):
        hand.go(hand.button("+ message"))
    else:
        hand.button("+ message").focus()
    hand.page.keyboard.press("ControlOrMeta+v")
    expect(hand.editor.root.locator(".nbk-list .nbk-message")).to_have_count(len(request["messages"]))
