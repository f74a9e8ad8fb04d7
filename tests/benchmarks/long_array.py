"""An array of 500 and of 5,000 blocks in a real JupyterLab in headless Chromium: shown, scrolled, edited.

Each figure stands beside a floor or a peer of the same run. Other work on the machine makes figures larger,
never smaller: a line tells the least of several runs, and their median.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from editor import RECORDED, SAY, SETUP
from in_lab import Lab, figures, lab, row

RUNS = 5
LONG, SHORT = 3200, 400  # characters of an answer, in deltas of 4
FRAME = 1000 / 60

MORE = """\
bare = ipywidgets.Label()


def edits(big, count):
    "Microseconds of CPU for a change in the last messages, checked."
    start = time.process_time()
    for number in range(count):
        big.edit(f"messages.{len(big.history) - 2}.content.0.text", f"other words {number}")
        big.problems()
    return (time.process_time() - start) / count * 1e6


def messages(count, size, wait):
    "Microseconds of CPU for a message to the page, with nothing of ours, of a size and at a pace."
    start = time.process_time()
    for _ in range(count):
        time.sleep(wait)
    slept = time.process_time()
    for _ in range(count):
        time.sleep(wait)
        bare.send({"words": "x" * size})
    return (time.process_time() - slept - (slept - start)) / count * 1e6
"""
MAKE = """\
{name} = nbkit.Conversation(client=answers.client(), name="{name}")
{name}.messages = blocks({count})
"""
AS_MARKDOWN = """\
Markdown("\\n\\n".join(each["text"] for one in blocks({count}) for each in one["content"]))
"""
AS_LIST = """\
rows = "".join(f"<li><pre>{{each['text']}}</pre></li>" for one in blocks({count}) for each in one["content"])
HTML(f'<ol class="plain" style="height: 70vh; overflow: auto">{{rows}}</ol>')
"""
BUTTON = """\
button, label, count = ipywidgets.Button(description="press"), ipywidgets.Label(""), iter(range(99))
button.on_click(lambda _: setattr(label, "value", f"pressed {next(count)} times"))
ipywidgets.VBox([button, label])
"""
OURS, PLAIN = ".nbk-frame", "ol.plain"
EDITED = """(words) => { window.edited = new Promise((resolve) =>
document.addEventListener('keydown', async () => {
  const began = now();
  const has = (each) => each.textContent.includes(words) && !each.querySelector('textarea');
  resolve(await until(() => [...document.querySelectorAll('[data-id]')].some(has)) - began);
}, { capture: true, once: true })); }"""
PRESSED = """async (words) => {
  const began = now();
  document.querySelector('button.jupyter-button').click();
  const labels = () => [...document.querySelectorAll('.widget-label')];
  return await until(() => labels().some((each) => each.textContent.includes(words))) - began;
}"""
WRITTEN = """(words) => new Promise((resolve) => {
  const outputs = panel().content.model.cells.get(3).outputs;
  const look = () => [outputs.get(0).data['text/html']].flat().join('').includes(words)
    ? requestAnimationFrame(() => setTimeout(resolve, 2500)) : setTimeout(look, 50);
  look();
})"""


def main() -> None:
    with lab() as (server, browser):
        for count, limit in ((500, 300), (5000, 1000)):
            large = Lab(server, browser, SETUP + MORE, 8)
            name = shows(large, count, limit)
            scrolls(large, count)
            presses(large, count, name)
            streams(large, count, name)
            edits(large, count, name)
            large.notebook.close()


def shows(it: Lab, count: int, limit: int) -> str:
    """Until a long array is there; the name of the last one."""
    it.run(1, "answers.length, answers.wait = 100, 0")
    it.run(2, SAY)  # the front end is there from now on
    times, sizes, floors, tasks = [], [], [], []
    for number in range(RUNS):
        name = f"big{number}"
        it.run(1, MAKE.format(name=name, count=count))
        if number < 2:  # it takes long
            floors.append(it.shown(4, AS_MARKDOWN.format(count=count), ".jp-RenderedMarkdown p"))
            it.run(4, "None")
        it.traffic.frames.clear()
        times.append(it.shown(3, name, f"{OURS} .nbk-block"))
        sizes.append(it.traffic.size / 1e6)
        it.tasks()
        it.page.evaluate(RECORDED)
        tasks.append(max(it.tasks(), default=0.0))
    assert not any(b"comm_open" in data for data in it.traffic.frames), "the front end was sent again"
    beside = f"the same as Markdown {figures(floors, 'ms')}"
    row(f"{count} blocks: shown", figures(times, "ms"), f"< {limit} ms", beside, min(times) > limit)
    beside = f"then the first record: longest task {figures(tasks, 'ms')}"
    row(f"{count} blocks: websocket until then", figures(sizes, "MB", 2), "", beside)
    return name


def scrolls(it: Lab, count: int) -> None:
    """Frames that are dropped while a list scrolls by 120 px in each, beside a plain list as long."""
    it.run(4, AS_LIST.format(count=count))
    ours, plain, idle, gaps = [], [], [], []
    works: dict[str, list[float]] = {}
    for _ in range(RUNS):
        idle.append(dropped(it.frames(0, OURS)))
        plain.append(dropped(it.frames(120, PLAIN)))
        ours.append(dropped(it.frames(120, OURS)))
        gaps.append(it.gaps(120, OURS))
        for selector in (PLAIN, OURS):
            with it.busy() as spent:
                it.frames(120, selector)
            works.setdefault(selector, []).append(sum(spent) / 120)
    it.run(4, "None")
    beside = f"a plain list {figures(plain, '')}, nothing moves {figures(idle, '')}; with a gap {max(gaps)}"
    # 60 frames a second: of 119 at most one may be late that isn't late in the plain list.
    missed = min(ours) > min(plain) + 1 or max(gaps) > 0
    row(f"{count} blocks: frames dropped of 119", figures(ours, ""), "0", beside, missed)
    beside = f"a plain list {figures(works[PLAIN], 'ms', 1)}"
    found, over = figures(works[OURS], "ms", 1), min(works[OURS]) > FRAME
    row(f"{count} blocks: the page computes a frame", found, "≤ 16.7 ms", beside, over)


def dropped(times: Sequence[float]) -> int:
    return sum(max(0, round(each / FRAME) - 1) for each in times)


def presses(it: Lab, count: int, name: str) -> None:
    """From Ctrl-Enter in the field to the words in the block, beside a button of ipywidgets and its label."""
    it.run(4, BUTTON)
    times, peers, tasks, works = [], [], [], []
    for number in range(2 * RUNS):
        peers.append(it.page.evaluate(PRESSED, f"pressed {number} times"))
        block = it.page.locator(f"{OURS} [data-id]").nth(4)
        block.focus()
        block.press("Enter")
        field = it.page.locator(f"{OURS} textarea")
        field.fill(f"changed {number} here")
        it.page.evaluate(EDITED, f"changed {number} here")
        field.press("Control+Enter")
        times.append(it.page.evaluate("() => edited"))
        if number % 4 == 3:
            it.tasks()
            with it.busy() as computed:
                it.page.evaluate(WRITTEN, f"changed {number} here")
            tasks.append(max(it.tasks(), default=0.0))
            works.append(max(computed))
    known = it.value(1, f"sum('changed' in json.dumps(each) for each in {name}.messages)")
    assert known > 0, "the kernel does not have the edit"
    it.run(4, "None")
    beside = f"a button of ipywidgets {figures(peers, 'ms')}"
    row(f"{count} blocks: an edit, key → painted", figures(times, "ms"), "< 50 ms", beside, min(times) > 50)
    beside = f"computes {figures(works, 'ms')}; JupyterLab reads it for its table of contents, too"
    row(f"{count} blocks: longest task of its record", figures(tasks, "ms"), "", beside)


def streams(it: Lab, count: int, name: str) -> None:
    """What a streamed update costs the kernel, beside a conversation that is kept, and shown nowhere.

    A long answer less a short one is updates only; a short one costs the start and end of a stretch, too.
    """
    it.run(1, f"answers.wait = 0.005\nalone = {name}.fork()")
    each, ends, sizes, floors, whole = [], [], [], [], []
    for _ in range(RUNS):
        spent, updates = [], []
        for length in (SHORT, LONG):
            it.run(1, f"answers.length = {length}\nanswers.prepare()")
            it.run(4, "alone.send('Tell me.')")
            cost = -it.value(1, "spent[-1]")
            it.run(1, "answers.prepare()")
            it.traffic.frames.clear()
            it.run(4, f"{name}.send('Tell me.')")
            sizes += it.traffic.patches
            updates.append(len(it.traffic.patches))
            spent.append(cost + it.value(1, "spent[-1]"))
        marginal = (spent[1] - spent[0]) / (updates[1] - updates[0])
        each.append(marginal * 1e6)
        whole.append(spent[1] / updates[1] * 1e6)
        ends.append((spent[0] - marginal * updates[0]) * 1e3)
        floors.append(it.value(1, "messages(60, 40, 0.033)"))
    bytes_ = statistics.median(sizes)
    missed = min(each) > 120 or bytes_ > 800
    beside = f"a bare message at that pace {figures(floors, 'µs')}; {bytes_:.0f} B, of at most 800"
    row(f"{count} blocks: kernel, a streamed update", figures(each, "µs"), "≤ 120 µs", beside, missed)
    beside = f"start and end of a stretch {figures(ends, 'ms', 1)}, in this figure spread over its updates"
    row(f"{count} blocks: the same, all in all", figures(whole, "µs"), "≤ 120 µs", beside, min(whole) > 120)


def edits(it: Lab, count: int, name: str) -> None:
    """What an edit that code makes costs the kernel to be shown."""
    shown, floors, bare, sizes = [], [], [], []
    for _ in range(2 * RUNS):
        it.traffic.frames.clear()
        cost = it.value(1, f"edits({name}, 50)")
        sizes += it.traffic.patches
        floors.append(it.value(1, "edits(alone, 50)"))
        bare.append(it.value(1, "messages(50, 300, 0)"))
        shown.append(cost - floors[-1])
    bytes_ = statistics.median(sizes)
    kept = f"the edit, check and autosave {figures(floors, 'µs')}"
    beside = f"a bare message {figures(bare, 'µs')}; {bytes_:.0f} B, of at most 800; {kept}"
    missed = min(shown) > 120 or bytes_ > 800
    row(f"{count} blocks: kernel, an edit shown", figures(shown, "µs"), "≤ 120 µs", beside, missed)


if __name__ == "__main__":
    main()
