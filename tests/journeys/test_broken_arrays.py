"""Arrays broken in the ways of the contract's section 8, mended by the mouse alone and by the keyboard.

One page of JupyterLab serves all of them. Each is written into the page as a person would: the parameters in
their form, the messages by pasting them. Then the API's words and plain ones stand at the block, or at the
parameters; it is mended, and sent.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from examples import Json, Refused
from journeys.broken_cases import CASES, ELSEWHERE, Broken
from journeys.editor import PATIENCE, Editor
from journeys.hands import Hands, Keyboard, Mouse
from journeys.lab import App, Server
from journeys.page import Notebook, notebook_file
from journeys.scenes import received, setup
from nbkit.rules.table import ROWS
from nbkit.rules.validator import check

FRESH = """\
chat = nbkit.Conversation(client=Recorder())
chat.messages = [{"role": "user", "content": "Hi"}]
chat"""
HANDS: tuple[type[Hands], ...] = (Mouse, Keyboard)
# Fix is pressed by the one and the other in turn; with NBKIT_EVERY_WAY=1, each case by both.
TURNS = [
    pytest.param(case, each, id=f"{case}-{each.__name__}")
    for at, case in enumerate(CASES)
    for way, each in enumerate(HANDS)
    if case.by_hand or at % 2 == way or os.environ.get("NBKIT_EVERY_WAY")
]


def test_every_rule_is_broken_here_or_it_is_said_why_not() -> None:
    numbered = {row.rule for row in ROWS if re.match(r"R\d", row.rule)}
    here = {case.example.rule for case in CASES}
    assert here | {*ELSEWHERE} == numbered
    assert not here & {*ELSEWHERE}


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
    editor, case = hand.editor, broken.example
    write_request(hand, case)
    if rests(editor):
        hand.press(hand.button("Send as it is"))  # how an array may end is told when it is to go out
    expect_told(editor, case)

    mended, headers = case.request, case.headers
    for _ in range(6):
        found = [each for each in check(mended, headers) if each.level == "error" and each.fix]
        if not found:
            break
        fix, beta = found[0].fix, found[0].beta
        if beta:  # a conversation holds the headers, too, so it sends what makes the field legal
            headers = {**(headers or {}), "anthropic-beta": beta}
            hand.fix(f"send the beta {beta}")
        elif fix:
            mended = fix.apply(mended)
            hand.fix(fix.label)
    if broken.by_hand:
        broken.by_hand(hand)
    expect(editor.root.locator(".nbk-level-error")).to_have_count(0, timeout=PATIENCE)

    body = sent(hand)
    assert [each for each in check(body, None if broken.by_hand else headers) if each.level == "error"] == []
    expect(editor.root.get_by_role("group", name="error")).to_have_count(0)
    if not broken.by_hand:
        assert body["messages"] == mended["messages"]


def rests(editor: Editor) -> bool:
    """Whether the array is empty or ends with the assistant's words."""
    return "nbk-is-idle" in (editor.view.get_attribute("class") or "")


def expect_told(editor: Editor, case: Refused) -> None:
    """The API's words, and plain ones, where the request breaks the rule."""
    place = editor.root
    parts = case.path.split(".")
    match parts:
        case ["messages", _, "content", *_]:
            place = editor.block(".".join(parts[:4]))
        case ["messages", *_] | [""]:
            pass
        case _:
            place = editor.root.get_by_role("group", name="request")
    problem = place.locator(".nbk-problem").filter(has_text=case.says.strip()).first
    expect(problem).to_be_visible()
    expect(problem.locator(".nbk-why")).to_contain_text(re.compile(r"\w{3}"))


def sent(hand: Hands) -> Json:
    """Send the array, wait for the answer, and give the body that the simulator received."""
    editor, notebook = hand.editor, hand.editor.notebook
    before = len(received(notebook))
    expect(editor.root.locator(".nbk-usage")).to_have_count(0)
    hand.press(hand.button("Send as it is" if rests(editor) else "Continue"))
    expect(editor.root.locator(".nbk-usage")).to_be_visible(timeout=PATIENCE)
    expect(editor.view).to_have_class(re.compile(r"\bnbk-is-(idle|paused)\b"), timeout=PATIENCE)
    bodies = received(notebook)
    assert len(bodies) == before + 1
    return bodies[-1]


def write_request(hand: Hands, case: Refused) -> None:
    """Put a whole request into the page: what is beside the messages in its form, the messages by pasting."""
    request, headers = case.request, case.headers or {}
    params = {key: value for key, value in request.items() if key != "messages"}
    version = headers.get("anthropic-version") or "2026-10-21"
    betas = [each for each in (headers.get("anthropic-beta") or "").split(",") if each]
    hand.set("params", {"version": version, "betas": betas, **params})
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
    expect(hand.editor.root.locator(".nbk-list .nbk-message").first).to_be_visible()
