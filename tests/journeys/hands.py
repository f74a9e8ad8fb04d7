"""Two ways to do the same things to an array in the page: with the mouse alone, and with the keyboard alone.

Text is typed in both; what differs is how one gets to a block, a field or a button.
"""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Locator, expect

from journeys.editor import PATIENCE, Editor

AHEAD = """each => { const active = document.activeElement;
if (active === each) return 0;
if (active === null || active === document.body) return null;
return active.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING ? 1 : -1; }"""
FAR = 400


class Hands:
    """What both can do; a path is that of the contract, as `messages.1.content.0`."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.page = editor.notebook.page

    def press(self, button: Locator) -> None:
        raise NotImplementedError

    def enter(self, block: Locator) -> None:
        """Be on a block, so that keys and clipboard mean it."""
        raise NotImplementedError

    def form(self, path: str) -> None:
        """Open the form of a block."""
        raise NotImplementedError

    def choose(self, field: Locator, value: str) -> None:
        """Choose in a list."""
        raise NotImplementedError

    def do(self, path: str, name: str, key: str) -> None:
        """Do something to a block: by its button in the row that ⋯ unfolds, or by its key."""
        raise NotImplementedError

    # made of these

    @property
    def field(self) -> Locator:
        return self.editor.root.locator(".nbk-written textarea").first

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.editor.root.get_by_role("button", name=name, exact=isinstance(name, str)).first

    def write(self, words: str) -> None:
        """Replace what stands in the open form, and save it."""
        expect(self.field).to_be_focused()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(words)
        self.save()
        expect(self.editor.root.locator(".nbk-written")).to_have_count(0, timeout=PATIENCE)

    def save(self) -> None:
        self.press(self.button(re.compile("^(Save|Add)$")))

    def edit(self, path: str, value: Any) -> None:
        """Another text for a block, or another block."""
        self.form(path)
        if not isinstance(value, str):
            self.as_json()
            value = json.dumps(value)
        self.write(value)

    def as_json(self) -> None:
        switch = self.button("JSON")
        if switch.count() and switch.get_attribute("aria-pressed") == "false":
            self.press(switch)
            expect(switch).to_have_attribute("aria-pressed", "true")
            self.press(self.field)

    def set(self, path: str, value: Any) -> None:
        """Another system prompt (`system`), tool (`tools.0`), or set of parameters (`params`)."""
        self.press(self.button(f"edit {path}"))
        if path.startswith("tools"):
            self.as_json()
        self.write(value if isinstance(value, str) else json.dumps(value))

    def say_as(self, path: str, role: str) -> None:
        """Another role for a message."""
        self.more_of(path)
        self.choose(self.editor.root.get_by_label(f"role of {path}", exact=True), role)

    def more_of(self, path: str) -> None:
        """Unfold what can be done to a whole message."""
        more = self.button(re.compile(rf": more for {re.escape(path)}$"))
        if more.get_attribute("aria-expanded") != "true":
            self.press(more)

    def delete(self, path: str) -> None:
        raise NotImplementedError

    def fix(self, words: str) -> None:
        """Press a problem's Fix."""
        self.press(self.button(f"Fix: {words}"))


class Mouse(Hands):
    def press(self, button: Locator) -> None:
        button.click()

    def enter(self, block: Locator) -> None:
        block.click(position={"x": 3, "y": 3})

    def form(self, path: str) -> None:
        self.editor.block(path).hover()
        self.button(f"edit {path}").click()

    def choose(self, field: Locator, value: str) -> None:
        field.select_option(value)  # the list is drawn by the system, where no script can click

    def delete(self, path: str) -> None:
        self.editor.delete(path)

    def do(self, path: str, name: str, key: str) -> None:
        self.editor.block(path).hover()
        more = self.button(f"more for {path}")
        if more.get_attribute("aria-expanded") != "true":
            more.click()
        row = self.editor.root.get_by_role("toolbar", name=f"actions on {path}")
        row.get_by_role("button", name=name, exact=True).click()


class Keyboard(Hands):
    def go(self, target: Locator) -> None:
        """Press Tab, or Shift and Tab, until the focus is there. It may never be nowhere."""
        for _ in range(FAR):
            ahead = target.evaluate(AHEAD)
            if ahead == 0:
                return
            assert ahead is not None, "the focus was lost: it is on no part of the page"
            self.page.keyboard.press("Tab" if ahead > 0 else "Shift+Tab")
        raise AssertionError(f"Tab never comes to {target}")

    def press(self, button: Locator) -> None:
        self.go(button)
        if button.evaluate("each => each.tagName") == "BUTTON":
            self.page.keyboard.press("Enter")

    def enter(self, block: Locator) -> None:
        """Tab comes to one block of a list, arrows to the others."""
        here = self.editor.root.locator(".nbk-list [data-id]:focus")
        if here.count() == 0:
            frame = self.editor.root.locator(".nbk-frame")
            if frame.count():
                self.go(frame)  # of a long list: then one that is in sight can be reached
            self.go(self.editor.root.locator('.nbk-list [data-id][tabindex="0"]').first)
        for _ in range(FAR):
            ahead = block.evaluate(AHEAD)
            if ahead == 0:
                return
            assert ahead is not None, "the focus was lost: it is on no part of the page"
            self.page.keyboard.press("ArrowDown" if ahead > 0 else "ArrowUp")
        raise AssertionError(f"arrows never come to {block}")

    def form(self, path: str) -> None:
        self.enter(self.editor.block(path))
        self.page.keyboard.press("Enter")

    def choose(self, field: Locator, value: str) -> None:
        self.go(field)
        self.page.keyboard.press("Home")
        for _ in range(20):
            if field.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no {value!r} to choose in {field}")

    def do(self, path: str, name: str, key: str) -> None:
        self.enter(self.editor.block(path))
        self.page.keyboard.press(key)

    def delete(self, path: str) -> None:
        self.do(path, "Delete", "Delete")

    def more_of(self, path: str) -> None:
        """Tab comes to what can be done to the message whose block one is on."""
        name = re.compile(rf"block, {re.escape(path)}\.")
        self.enter(self.editor.root.get_by_role("group", name=name).first)
        super().more_of(path)

    def save(self) -> None:
        self.page.keyboard.press("Control+Enter")
