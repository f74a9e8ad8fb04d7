"""The editor in a real JupyterLab in headless Chromium: what it costs to stream into it.

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
RECORDED = """() => new Promise((resolve) => {
  const outputs = panel().content.model.cells.get(3).outputs;
  const look = () => outputs.toJSON().some((each) => each.data?.['application/vnd.nbkit.turn+json'])
    ? requestAnimationFrame(() => setTimeout(resolve, 100)) : setTimeout(look, 50);
  look();
})"""


def main() -> None:
    with lab() as (server, browser):
        first = Lab(server, browser, SETUP, 8)
        streams(first)
        begins(first)
        waits(first)
        weighs(first)
        first.notebook.close()


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


if __name__ == "__main__":
    main()
