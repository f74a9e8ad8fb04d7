"""nbkit's editor in the output of a cell, found as a person finds it: by words and roles."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from journeys.page import Notebook

PATIENCE = 30_000


class Editor:
    """The live editor of one cell's output."""

    def __init__(self, notebook: Notebook, cell: int) -> None:
        self.notebook = notebook
        self.record = notebook.output(cell).locator(".nbkit").first
        self.root = notebook.output(cell).locator(".nbkit .nbk").first
        self.view = self.root.locator("> .nbk-view")

    def wait(self, state: str) -> None:
        """Wait until the conversation is `idle`, `paused`, `streaming`…"""
        expect(self.view).to_have_class(re.compile(rf"\bnbk-is-{state}\b"), timeout=PATIENCE)

    def wait_for(self, words: str | re.Pattern[str]) -> None:
        """Wait until these words are on the screen, inside the editor."""
        expect(self.root).to_contain_text(words, timeout=PATIENCE)

    @property
    def badge(self) -> Locator:
        return self.root.locator(".nbk-badge")

    @property
    def cards(self) -> Locator:
        return self.root.get_by_role("group", name=re.compile("^decide on "))

    def card(self, number: int = 0) -> Card:
        return Card(self.cards.nth(number))

    def block(self, path: str) -> Locator:
        """The block that stands there, `messages.1.content.0` or `messages.0.content` for a string."""
        name = re.compile(rf"block, {re.escape(path)}(,|$)")
        return self.root.get_by_role("group", name=name)

    def delete(self, path: str) -> None:
        """Point at a block and press its ×."""
        button = self.notebook.page.get_by_role("button", name=f"delete {path}", include_hidden=True)
        block = self.root.locator(".nbk-block").filter(has=button)
        block.hover()
        block.get_by_role("button", name=f"delete {path}").click()

    def press(self, label: str) -> None:
        """Press a button of the view itself (cards have their own)."""
        self.root.get_by_role("button", name=label, exact=True).first.click()

    def text(self) -> str:
        return self.root.inner_text()

    def expect_static(self, words: str) -> None:
        """No editor: the saved record stands there and can be read."""
        expect(self.root).to_have_count(0)
        expect(self.record).to_contain_text(words)


class Card:
    """One call that waits for a decision."""

    def __init__(self, root: Locator) -> None:
        self.root = root

    def press(self, label: str) -> None:
        self.root.get_by_role("button", name=label, exact=True).click()

    def write(self, words: str) -> None:
        """Replace the text in the card's field, by the keyboard."""
        field = self.root.get_by_role("textbox")
        field.click()
        field.press("ControlOrMeta+a")
        field.press_sequentially(words)

    def fake(self, words: str) -> None:
        self.press("Fake")
        self.write(words)
        self.press("Use as result")

    def edit_input(self, json_text: str) -> None:
        self.press("Edit input")
        self.press("JSON")
        self.write(json_text)
        self.press("Run with it")

    def wait_decided(self, words: str) -> None:
        expect(self.root.locator(".nbk-decided")).to_contain_text(words, timeout=PATIENCE)
