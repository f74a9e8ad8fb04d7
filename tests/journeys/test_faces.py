"""Every kind of block in a real page: live, without a kernel, and all of it written by an attacker."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from every_kind import MESSAGES, READ, SCHEMA, text
from hostile import PLACES, VECTORS, array
from journeys.conftest import Open
from journeys.editor import Editor
from journeys.page import Notebook, forget_the_signature

Json = dict[str, Any]
# An array that somebody left in a file, shown as a conversation.
SHOW = """\
import json, nbkit
%load_ext nbkit
schema = json.load(open("schema.json"))
forecast = nbkit.Tool.from_definition({"name": "get_forecast", "input_schema": schema})
arrays = json.load(open("arrays.json"))


def show(number):
    chat = nbkit.Conversation(name=f"chat{number}", tools=[forecast], client="simulator")
    chat.messages = arrays[number]
    return chat


chats = [show(number) for number in range(len(arrays))]"""
GUARD = """() => {
    const bad = [];
    const acts = 'script iframe object embed math style link meta form base video audio source mjx-container';
    const picture = /^data:image\\/(png|jpeg|gif|webp);base64,/;
    for (const element of document.querySelectorAll('.nbkit *')) {
        const tag = element.tagName.toLowerCase();
        if (acts.split(' ').includes(tag)) bad.push(tag);
        if (tag === 'img' && !picture.test(element.src)) bad.push('img ' + element.src);
        const href = element.getAttribute('href');
        if (href !== null && !/^(https?:|mailto:|#)/i.test(href)) bad.push(tag + ' ' + href);
        for (const { name, value } of element.attributes) {
            if (/^on|^(srcset|srcdoc|formaction|action|ping|xlink:href|poster)$/i.test(name)) bad.push(name);
            if (name === 'style' && /url|fixed/.test(value)) bad.push(value);
        }
    }
    return bad;
}"""


def opened(open_notebook: Open, arrays: list[list[Json]]) -> Notebook:
    cells = [f"chats[{number}]" for number in range(len(arrays))]
    notebook = open_notebook([SHOW, *cells, "print(json.dumps(chats[0].messages))"])
    folder = notebook.file.parent
    (folder / "arrays.json").write_text(json.dumps(arrays), encoding="utf-8")
    (folder / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    return notebook


def squashed(text: str) -> str:
    return re.sub(r"[\s“”]|/", "", text)


@pytest.fixture
def every_kind(open_notebook: Open) -> Notebook:
    notebook = opened(open_notebook, [MESSAGES])
    notebook.run(0, 1)
    return notebook


def test_each_kind_can_be_read_live_and_without_a_kernel(every_kind: Notebook, open_notebook: Open) -> None:
    editor = Editor(every_kind, 1)
    editor.wait_for("about 414 tokens")
    live = squashed(editor.root.text_content() or "")
    assert [words for words in READ if squashed(words) not in live] == []
    saved = forget_the_signature(every_kind.save())
    every_kind.close()

    record = open_notebook(content=saved, start=False)
    record.shut_down()
    Editor(record, 1).expect_static("terms.pdf")
    static = squashed(record.output(1).text_content() or "")
    assert [words for words in READ if squashed(words) not in static] == []
    expect(record.output(1).locator("img")).to_have_count(3)


def test_a_footnote_leads_to_what_it_is_from(every_kind: Notebook) -> None:
    editor = Editor(every_kind, 1)
    editor.root.get_by_role("button", name="footnote 1", exact=True).first.click()
    note = editor.root.locator(".nbk-footnote:focus")
    expect(note).to_contain_text("The sky is blue.")
    note.get_by_role("button", name="to the source").press("Enter")
    expect(editor.root.locator(".nbk-block:focus")).to_contain_text("notes.txt")


def test_a_footnote_leads_to_its_source_through_a_long_array(open_notebook: Open) -> None:
    between = [{"role": "user", "content": [text(f"line {at}") for at in range(150)]}]
    notebook = opened(open_notebook, [[MESSAGES[0], *between, MESSAGES[1]]])
    notebook.run(0, 1)
    editor = Editor(notebook, 1)
    expect(editor.root.locator(".nbk-frame")).to_have_count(1)
    editor.root.locator(".nbk-footnote").first.get_by_role("button", name="to the source").press("Enter")
    expect(editor.root.locator(".nbk-block:focus")).to_contain_text("notes.txt")
    expect(editor.root.locator(".nbk-block:focus")).to_be_in_viewport()


def test_the_input_of_a_call_is_edited_as_a_form(every_kind: Notebook) -> None:
    editor = Editor(every_kind, 1)
    editor.root.get_by_role("group", name="tool_use block, messages.1.content.5").press("Enter")
    form = editor.root.locator(".nbk-edit-block")
    form.get_by_label("city", exact=True).fill("Lyon")
    form.get_by_label("units", exact=True).select_option("imperial")
    form.get_by_label("detailed", exact=True).uncheck()
    form.get_by_label("tags", exact=True).fill("[1,")
    form.get_by_role("button", name="Save").click()
    expect(form.locator("> .nbk-written > .nbk-refused")).to_contain_text("tags: not JSON yet")
    form.get_by_label("tags", exact=True).fill('["rain"]')
    form.get_by_label("tags", exact=True).press("Control+Enter")
    expect(form).to_have_count(0)
    every_kind.run(2)
    call = json.loads(every_kind.text(2))[1]["content"][5]
    assert call["input"] == {
        "city": "Lyon",
        "days": 3,
        "units": "imperial",
        "detailed": False,
        "place": {"lat": 48.85, "lon": 2.35},
        "tags": ["rain"],
    }


def test_nothing_hostile_acts_or_loads_live_saved_or_exported(open_notebook: Open, tmp_path: Path) -> None:
    arrays = [[{"role": "assistant", "content": [PLACES["text"](vector) for vector in VECTORS[at : at + 60]]}]
              for at in (0, 60)]  # fmt: skip
    notebook = opened(open_notebook, [*arrays, array(0), array(9)])
    watch = Watch(notebook.page)
    notebook.run(0, 1, 2, 3, 4)
    for cell in (1, 2, 3, 4):
        notebook.show(cell, "start")
        expect(Editor(notebook, cell).root).to_have_count(1)
        Editor(notebook, cell).root.locator("details").evaluate_all(
            "all => all.forEach(each => each.open = true)"
        )
    paste(notebook, 1, json.dumps([PLACES[place](VECTORS[5]) for place in PLACES]))
    expect(Editor(notebook, 1).root.locator(".nbk-frame")).to_have_count(1)
    watch.expect_nothing()
    saved = forget_the_signature(notebook.save())
    notebook.close()

    record = open_notebook(content=saved, start=False)
    watch = Watch(record.page)
    record.shut_down()
    for cell in (1, 2, 3, 4):
        record.show(cell, "start")
        Editor(record, cell).expect_static("javascript:alert(1)")
    watch.expect_nothing()

    exported, _ = HTMLExporter().from_filename(str(record.file))
    (tmp_path / "exported.html").write_text(exported, encoding="utf-8")
    page = record.page.context.new_page()
    watch = Watch(page)
    page.goto((tmp_path / "exported.html").as_uri(), wait_until="domcontentloaded")
    expect(page.locator(".nbkit")).to_have_count(4)
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    watch.expect_nothing(only_of="evil")


def paste(notebook: Notebook, cell: int, text: str) -> None:
    """Paste a text on the first block of a cell."""
    block = Editor(notebook, cell).root.locator(".nbk-block[data-id]").first
    block.focus()
    block.evaluate(
        """(element, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData('text/plain', text);
            const said = { clipboardData, bubbles: true, cancelable: true };
            element.dispatchEvent(new ClipboardEvent('paste', said));
        }""",
        text,
    )


class Watch:
    """What a page does that it should not: dialogs, requests elsewhere, elements that act."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialogs: list[str] = []
        self.requests: list[str] = []
        page.on("dialog", lambda dialog: self.dialogs.append(dialog.message))
        page.on("request", lambda request: self.requests.append(request.url))

    def expect_nothing(self, only_of: str = "") -> None:
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        assert self.dialogs == []
        assert self.page.evaluate(GUARD) == []
        own = r"(?:http|ws)://127\.0\.0\.1|data:|blob:|file:"
        elsewhere = [url for url in self.requests if not re.match(own, url)]
        assert [url for url in elsewhere if only_of in url] == []
