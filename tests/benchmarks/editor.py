"""The editor in a real JupyterLab in headless Chromium: what it costs to stream into it and to show much.

Each figure stands beside a floor or a peer of the same run. Other work on the machine makes figures larger,
never smaller: a line tells the least of several runs, and their median.
"""

from __future__ import annotations

import json
import statistics

from fast_answer import answer
from in_lab import Lab, figures, lab, row

RUNS = 5
LONG = 50_000  # characters, in deltas of 4
PEER = 10_000  # what the peer is given of it: it costs the square

SETUP = """\
import json, time
import ipywidgets, nbkit
from fast_answer import Answers, answer, blocks
from IPython.display import HTML, Markdown, display
%load_ext nbkit
answers = Answers()
chat = nbkit.Conversation(client=answers.client())
begun, spent = [(0.0, 0.0)], []
shell = get_ipython()
shell.events.register("pre_run_cell", lambda info: begun.append((time.perf_counter(), time.process_time())))
shell.events.register("post_run_cell", lambda result: spent.append(time.process_time() - begun[-1][1]))


def edits(big, count):
    "Microseconds of CPU for a change in the last messages, checked."
    start = time.process_time()
    for number in range(count):
        big.edit(f"messages.{len(big.history) - 2}.content.0.text", f"other words {number}")
        big.problems()
    return (time.process_time() - start) / count * 1e6
"""
SAY = "%%claude\nTell me."
FLOOR = """\
with answers.client().stream({"model": "claude-sonnet-5", "max_tokens": 9, "messages": []}) as reply:
    for _ in reply:
        pass
"""
EACH_DELTA = """\
text, shown = answer(LENGTH), display(Markdown(""), display_id=True)
for at in range(0, len(text), 4):
    shown.update(Markdown(text[:at + 4]))
"""
QUICK = "() => [...document.querySelectorAll('.nbk-md')].at(-1)?.textContent.match(/quick/g)?.length ?? 0"
LIVE = "() => until(() => document.querySelector('.nbk-live')?.textContent.trim())"
PLAIN = "() => until(() => document.querySelector('.floor'))"
EDITED = """(words) => { window.edited = new Promise((resolve) =>
document.addEventListener('keydown', async () => {
  const began = now();
  const has = (each) => each.textContent.includes(words) && !each.querySelector('textarea');
  resolve(await until(() => [...document.querySelectorAll('[data-id]')].some(has)) - began);
}, { capture: true, once: true })); }"""


RECORDED = """() => new Promise((resolve) => {
  const outputs = panel().content.model.cells.get(3).outputs;
  const look = () => outputs.toJSON().some((each) => each.data?.['application/vnd.nbkit.turn+json'])
    ? requestAnimationFrame(() => setTimeout(resolve, 100)) : setTimeout(look, 50);
  look();
})"""
MAKE = """\
{name} = nbkit.Conversation(client=answers.client(), name="{name}")
{name}.messages = blocks({count})
"""
AS_MARKDOWN = """\
Markdown("\\n\\n".join(each["text"] for one in blocks({count}) for each in one["content"]))
"""


def main() -> None:
    with lab() as (server, browser):
        first = Lab(server, browser, SETUP, 8)
        streams(first)
        begins(first)
        waits(first)
        weighs(first)
        first.notebook.close()
        for count, limit in ((500, 300), (5000, 1000)):
            large = Lab(server, browser, SETUP, 8)
            shows(large, count, limit)
            large.notebook.close()


def streams(it: Lab) -> None:
    """A long answer whose deltas are all there at once.

    Counted is what the kernel's process computes from the cell's start to its end: reading the bytes, the
    updates of the page, record and autosave. Not counted is what a server does elsewhere, writing the events.
    """
    it.run(1, f"answers.length, answers.wait = {LONG}, 0")
    sizes, rates, costs, floors, tasks, work = [], [], [], [], [], []
    for _ in range(RUNS):
        it.run(1, "answers.prepare()")
        it.run(2, FLOOR)
        floors.append(it.value(1, "spent[-1] * 1e3"))
        it.run(1, "answers.prepare()")
        words = answer(LONG, it.value(1, "answers.count") + 1).count("quick")
        with it.busy() as computed:
            it.traffic.frames.clear()
            it.tasks()
            it.run(3, SAY)
            it.page.wait_for_function(f"(words) => ({QUICK})() === words", arg=words)
            it.page.evaluate(RECORDED)
            tasks.append(max(it.tasks(), default=0.0))
        work.append(max(computed))
        costs.append(it.value(1, "spent[-1] * 1e3"))
        assert it.notebook.text(3).count("quick") == words, "the record is not complete"
        sizes.append(it.traffic.size / 1e6)
        rates.append(len(it.traffic.patches))
    it.traffic.frames.clear()
    it.run(4, EACH_DELTA.replace("LENGTH", str(PEER)))
    peer = it.value(1, "spent[-1] * 1e3")
    beside = f"Markdown at each delta, {PEER // 1000} KB only: {it.traffic.size / 1e6:.0f} MB"
    it.run(4, "None")
    row("50 KB at once: websocket", figures(sizes, "MB", 2), "≤ 1.6 MB", beside, min(sizes) > 1.6)
    beside = f"the client alone {min(floors):.0f} ms; Markdown, {PEER // 1000} KB only: {peer:.0f} ms"
    row("50 KB at once: CPU of the kernel", figures(costs, "ms"), "≤ 60 ms", beside, min(costs) > 60)
    row("50 KB at once: updates, in < 1 s", figures(rates, ""), "≤ 30", "", min(rates) > 30)
    row("50 KB at once: longest task", figures(tasks, "ms"), "≤ 50 ms", _work(work), min(tasks) > 50)


def begins(it: Lab) -> None:
    """An answer of 400 deltas, 5 ms apart: when the first one is painted."""
    it.run(1, "answers.length, answers.wait = 1600, 0.005")
    delays, floors, tasks, rates, work = [], [], [], [], []
    for _ in range(RUNS):
        it.notebook.write(5, "display(HTML(f'<b class=floor>{time.time()}</b>'))")
        it.page.evaluate("() => { window.painted = (" + PLAIN + ")(); }")
        it.notebook.run(5)
        painted = it.page.evaluate("() => painted")
        floors.append(painted - 1e3 * float(it.page.locator(".floor").inner_text()))
        it.run(5, "None")
        it.notebook.write(3, SAY)
        it.page.evaluate("() => { window.painted = (" + LIVE + ")(); }")
        with it.busy() as computed:
            it.traffic.frames.clear()
            it.tasks()
            it.notebook.run(3)
            painted = it.page.evaluate("() => painted")
            tasks.append(max(it.tasks(), default=0.0))
        work.append(max(computed))
        took = it.value(1, "time.time() - answers.body.first")
        rates.append(len(it.traffic.patches) / took)
        delays.append(painted - 1e3 * it.value(1, "answers.body.first"))
    beside = f"an HTML output {figures(floors, 'ms')}"
    row("first delta → painted", figures(delays, "ms"), "≤ 50 ms", beside, min(delays) > 50)
    row("while it streams: updates a second", figures(rates, ""), "≤ 30", "", min(rates) > 31)
    row("while it streams: longest task", figures(tasks, "ms"), "≤ 50 ms", _work(work), min(tasks) > 50)


def _work(found: list[float]) -> str:
    return f"0: none over 50; the most that one computes {figures(found, 'ms')}"


def waits(it: Lab) -> None:
    """How long a cell takes until its request goes out."""
    it.run(1, "answers.length, answers.wait = 100, 0")
    magic, floor, cpu = [], [], []
    for _ in range(4 * RUNS):
        it.run(5, "passed = time.perf_counter() - begun[-1][0]")
        floor.append(it.value(1, "passed * 1e3"))
        it.run(3, SAY)
        magic.append(it.value(1, "(answers.asked - begun[-2][0]) * 1e3"))
        cpu.append(it.value(1, "(answers.cpu - begun[-3][1]) * 1e3"))
    over = [one - statistics.median(floor) for one in magic]
    beside = f"of it CPU {figures(cpu, 'ms', 2)}; an empty cell {figures(floor, 'ms', 2)}"
    row("%%claude, until the request is sent", figures(over, "ms", 2), "≤ 2.5 ms", beside, min(over) > 2.5)


def weighs(it: Lab) -> None:
    """What turns take up in the saved notebook, beside their JSON."""
    it.run(1, "answers.length, answers.wait = 600, 0")
    for cell in (3, 4, 5, 6):
        it.run(cell, SAY)
    outputs = [cell["outputs"] for cell in it.notebook.save()["cells"][3:7]]
    saved = len(json.dumps(outputs, indent=1, ensure_ascii=False))
    turns = [output["data"]["application/vnd.nbkit.turn+json"] for each in outputs for output in each]
    ratio = saved / len(json.dumps(turns, indent=1, ensure_ascii=False))
    messages = saved / len(json.dumps([turn["messages"] for turn in turns], indent=1, ensure_ascii=False))
    beside = f"{messages:.1f}× of their messages alone"
    row("saved outputs / JSON of the turns", f"{ratio:.1f}×", "≤ 3×", beside, ratio > 3)


def shows(it: Lab, count: int, limit: int) -> None:
    """A long array: until it is there, how it scrolls, how an edit shows."""
    it.run(1, "answers.length, answers.wait = 100, 0")
    it.run(2, SAY)  # the front end is there from now on
    times, sizes, floors, tasks = [], [], [], []
    for number in range(RUNS):
        name = f"big{number}"
        it.run(1, MAKE.format(name=name, count=count))
        floors.append(it.shown(4, AS_MARKDOWN.format(count=count), ".jp-RenderedMarkdown p"))
        it.run(4, "None")
        it.traffic.frames.clear()
        times.append(it.shown(3, name, ".nbk-frame .nbk-block"))
        sizes.append(it.traffic.size / 1e6)
        it.tasks()
        it.page.evaluate(RECORDED)
        tasks.append(max(it.tasks(), default=0.0))
    assert not any(b"comm_open" in data for data in it.traffic.frames), "the front end was sent again"
    beside = f"the same as Markdown {figures(floors, 'ms')}"
    row(f"{count} blocks: shown", figures(times, "ms"), f"< {limit} ms", beside, min(times) > limit)
    beside = f"then the record: longest task {figures(tasks, 'ms')}"
    row(f"{count} blocks: websocket until then", figures(sizes, "MB", 2), "", beside)
    scrolls(it, count)
    presses(it, count, name)
    works(it, count, name)


def scrolls(it: Lab, count: int) -> None:
    it.page.evaluate("() => { [...document.querySelectorAll('.nbk-frame')].at(-1).scrollTop = 0; }")
    idle, moving = it.frames(0), it.frames(120)
    late = sum(each > 34 for each in moving)
    beside = f"without scrolling {statistics.median(idle):.1f} ms, {sum(each > 34 for each in idle)} late"
    found = f"{statistics.median(moving):.1f} ms, {late} of 119 late"
    row(f"{count} blocks: frames, scrolling", found, "≤ 16.7 ms", beside, statistics.median(moving) > 17.5)


def presses(it: Lab, count: int, name: str) -> None:
    """From Ctrl-Enter in the field to the words in the block."""
    times = []
    for number in range(2 * RUNS):
        block = it.page.locator(".nbk-frame [data-id]").nth(4)
        block.focus()
        block.press("Enter")
        field = it.page.locator(".nbk-frame textarea")
        field.fill(f"changed {number} here")
        it.page.evaluate(EDITED, f"changed {number} here")
        field.press("Control+Enter")
        times.append(it.page.evaluate("() => edited"))
    known = it.value(1, f"sum('changed' in json.dumps(each) for each in {name}.messages)")
    assert known > 0, "the kernel does not have the edit"
    row(f"{count} blocks: an edit, key → painted", figures(times, "ms"), "< 50 ms", "", min(times) > 50)


def works(it: Lab, count: int, name: str) -> None:
    """What the page's updates cost the kernel: beside a conversation that is kept, and shown nowhere."""
    it.run(1, f"answers.length, answers.wait = 3200, 0.005\nalone = {name}.fork()")
    edited, streamed, floors, sizes, splices = [], [], [], [], []
    for _ in range(RUNS):
        it.traffic.frames.clear()
        shown = it.value(1, f"edits({name}, 50)")
        splices += it.traffic.patches
        floors.append(it.value(1, "edits(alone, 50)"))
        edited.append(shown - floors[-1])
        it.run(4, "alone.send('Tell me.')")
        cost = -it.value(1, "spent[-1]")
        it.traffic.frames.clear()
        it.run(4, f"{name}.send('Tell me.')")
        sizes += it.traffic.patches
        cost += it.value(1, "spent[-1]")
        streamed.append(cost / len(it.traffic.patches) * 1e6)
    bytes_ = statistics.median(sizes)
    beside = f"{bytes_:.0f} B on the websocket, of at most 800"
    missed = min(streamed) > 120 or bytes_ > 800
    row(f"{count} blocks: kernel, a streamed update", figures(streamed, "µs"), "≤ 120 µs", beside, missed)
    beside = f"{statistics.median(splices):.0f} B; the edit, check and autosave {figures(floors, 'µs')}"
    row(
        f"{count} blocks: kernel, an edit shown", figures(edited, "µs"), "≤ 120 µs", beside, min(edited) > 120
    )


if __name__ == "__main__":
    main()
