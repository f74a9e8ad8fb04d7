"""The views as everyone needs them: axe-core, the focus that shows, zoom, narrow cells, presentations."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from journeys.judge import violations, wear
from journeys.page import Notebook
from journeys.scenes import TWO_CITIES, ask, setup

GROW = [".nbk-plain-text", ".nbk-words", ".nbk-foot .nbk-button", ".nbk-name"]
BROKEN = """\
broken = nbkit.Conversation(client=Recorder(), tools=[get_weather], system="Be brief.")
broken.messages = [
    {"role": "user", "content": "q"},
    {"role": "assistant", "content": [
        {"type": "text", "text": "hm"},
        {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}},
    ]},
    {"role": "user", "content": [{"type": "text", "text": ""}, {"type": "foo"}]},
]
broken"""
LONG = """\
long = nbkit.Conversation(client=Recorder())
long.messages = [
    {"role": ("user", "assistant")[i % 2], "content": f"block {i} of **many**"}
    for i in range(201)]
long"""
PERSON = """\
person = nbkit.Conversation(client=nbkit.Simulator(brain="person"), tools=[get_weather])
%%claude --chat person
Hi"""
TALL = """\
tall = nbkit.Conversation(client=Recorder())
tall.messages = [
    {"role": ("user", "assistant")[i % 2], "content": "\\n\\n".join(["A line."] * 60)} for i in range(4)]
tall"""
KEPT = """async () => JSON.stringify(await jupyterapp.serviceManager.settings.fetch(
    '@jupyterlab/apputils-extension:themes')).includes('High Contrast')"""
# Boxes that stick out of the view to the right, and controls that lie on one another.
SPILLED = """(view) => {
    const edge = view.getBoundingClientRect().right + 1;
    const out = [...view.querySelectorAll('*')].filter(each => {
        const box = each.getBoundingClientRect();
        return box.width > 1 && box.right > edge && !each.closest('.nbk-unseen, svg'); });
    const seen = (each) => {  // a long array scrolls in a frame, which cuts off what is beyond its edges
        const {left, right, top, bottom} = each.getBoundingClientRect();
        const frame = each.closest('.nbk-frame')?.getBoundingClientRect();
        if (!frame) return {left, right, top, bottom};
        return {left, right, top: Math.max(top, frame.top), bottom: Math.min(bottom, frame.bottom)}; };
    const controls = [...view.querySelectorAll('button, input, select, textarea')]
        .map(each => [each, seen(each)])
        .filter(([, box]) => box.right - box.left > 1 && box.bottom - box.top > 1);
    const over = [];
    controls.forEach(([one, a], i) => controls.slice(i + 1).forEach(([other, b]) => {
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (x > 2 && y > 2) {
            over.push(`${one.outerHTML.slice(0, 90)} on ${other.outerHTML.slice(0, 90)}`); } }));
    return [out.map(each => each.outerHTML.slice(0, 120)).slice(0, 5), over.slice(0, 5)]; }"""


def everything(open_notebook: Open) -> tuple[Notebook, dict[str, Editor]]:
    """A pause, a broken array and a long one, with every form and panel open that there is."""
    notebook = open_notebook([setup(), ask(TWO_CITIES), BROKEN, LONG])
    notebook.page.set_viewport_size({"width": 1280, "height": 2800})
    notebook.run(0, 1, 2, 3)
    pause, broken, long = (Editor(notebook, cell) for cell in (1, 2, 3))
    pause.wait("paused")
    pause.press("Breakpoints ▾")
    pause.root.get_by_role("button", name=re.compile("^limits of")).click()
    pause.card(0).press("Fake")
    pause.card(1).press("What if…")
    broken.block("messages.1.content.0").hover()
    broken.press("edit messages.1.content.0")
    broken.press("edit params")
    broken.press("assistant: more for messages.1")
    show_keys(broken, "messages.1.content.1")
    return notebook, {"pause": pause, "broken": broken, "long": long}


def show_keys(editor: Editor, path: str) -> None:
    """The list of keys, two steps from a block: ⋯, Keys."""
    editor.block(path).hover()
    editor.press(f"more for {path}")
    editor.press("Keys")
    expect(editor.root.get_by_role("group", name="keys on a block")).to_be_visible()


def test_axe_finds_nothing_in_any_theme(open_notebook: Open) -> None:
    notebook, editors = everything(open_notebook)
    assert violations(notebook, {name: editor.root for name, editor in editors.items()}) == {}


def test_axe_finds_nothing_in_what_answers_a_person(open_notebook: Open) -> None:
    """The card of whoever is the model, a copy that was shared far from the foot, an end that is refused."""
    make, say = PERSON.split("\n", 1)
    notebook = open_notebook([f"{setup()}\n{make}", say, TALL, TALL.replace("tall", "sent")])
    notebook.run(0, 1, 2, 3)
    model, shared, sent = (Editor(notebook, cell) for cell in (1, 2, 3))
    card = model.root.get_by_role("group", name="you are the model")
    for label in ("+ tool call", "+ thinking"):
        card.get_by_role("button", name=label, exact=True).click()
    card.get_by_role("textbox", name="input of get_weather").fill("{")
    card.get_by_role("button", name="Send", exact=True).click()
    expect(card.get_by_role("alert").first).to_be_visible()
    sent.press("Send as it is")
    expect(sent.root.locator(".nbk-list .nbk-level-error")).to_be_visible()
    expect(sent.root.get_by_role("button", name="Send anyway")).to_be_visible()
    shared.root.get_by_role("button", name="Share clean").click()
    expect(shared.root.locator(".nbk-status:popover-open")).to_contain_text(
        "is a copy without private results"
    )
    assert violations(notebook, {"model": model.root, "sent": sent.root, "shared": shared.root}) == {}


def test_a_theme_is_chosen_for_one_journey_only(open_notebook: Open) -> None:
    before = open_notebook([])
    theme = "document.body.dataset.jpThemeName"
    usual = before.page.evaluate(theme)
    wear(before, "JupyterLab Dark High Contrast")
    kept = before.server.settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    before.page.wait_for_function(KEPT)
    assert "High Contrast" in kept.read_text(encoding="utf-8")
    after = open_notebook([])
    after.page.wait_for_function(f"() => {theme}")
    assert after.page.evaluate(theme) == usual


def test_every_control_shows_that_it_has_the_focus(open_notebook: Open) -> None:
    notebook, editors = everything(open_notebook)
    for name, editor in editors.items():
        first = editor.root.locator("button, [tabindex='0']").first
        first.focus()
        unseen = []
        for _ in range(120):
            notebook.page.keyboard.press("Tab")
            where = editor.root.evaluate(
                """(view) => { const each = document.activeElement;
                if (!view.contains(each)) return null;
                const style = getComputedStyle(each);
                const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
                return [seen, each.outerHTML.slice(0, 120)]; }"""
            )
            if where is None:
                break
            if not where[0]:
                unseen.append(where[1])
        assert unseen == [], name


# What is found once all is laid out: a long array measures its rows anew, and moves them in later frames.
SETTLED = """async (view, spilled) => {
    for (let frame = 0; frame < 60; frame++) {
        const found = eval(spilled)(view);
        if (!found.flat().length) return found;
        await new Promise(requestAnimationFrame); }
    return eval(spilled)(view); }"""


@pytest.mark.parametrize("width", [360, 640])
def test_narrow_and_zoomed_cells_neither_spill_nor_overlap(open_notebook: Open, width: int) -> None:
    """640 pixels is what is left of 1280 at a zoom of 200 %."""
    _, editors = everything(open_notebook)
    for name, editor in editors.items():
        editor.root.evaluate("(each, width) => { each.style.width = `${width}px`; }", width)
        spilled = editor.root.evaluate(SETTLED, SPILLED)
        assert spilled == [[], []], name


def test_texts_and_buttons_grow_in_presentation_mode(open_notebook: Open) -> None:
    _, editors = everything(open_notebook)
    editor = editors["broken"]
    sizes = {
        what: editor.root.locator(what).first.evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
        for what in GROW
    }
    editor.notebook.command("application:toggle-presentation-mode")
    for what, before in sizes.items():
        part = editor.root.locator(what).first.element_handle()
        editor.notebook.page.wait_for_function(
            "([part, before]) => parseFloat(getComputedStyle(part).fontSize) > before", arg=[part, before]
        )
