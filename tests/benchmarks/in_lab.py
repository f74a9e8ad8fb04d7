"""A notebook of a benchmark in a real JupyterLab: its cells, its websocket, its main thread."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, WebSocket

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from journeys.conftest import BROWSERS, FLAGS, playwright_here  # noqa: E402
from journeys.lab import Server  # noqa: E402
from journeys.page import Notebook, notebook_file  # noqa: E402

# `window.tasks`: main-thread tasks over 50 ms. `until` resolves when something is painted, with the time.
WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((each) => each.duration)))
    .observe({ type: 'longtask' });
  window.now = () => performance.timeOrigin + performance.now();
  window.until = (there) => new Promise((resolve) => {
    const look = () => {
      if (!there()) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(now())));
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    look();
  });
}"""
# Run a cell, and wait until a selector is in its output; the milliseconds in between.
SHOWN = """async ([index, selector]) => {
  const content = panel().content;
  content.widgets[index].model.sharedModel.setOutputs([]);
  content.activeCellIndex = index;
  const began = now();
  jupyterapp.commands.execute('notebook:run-cell');
  const area = content.widgets[index].outputArea.node;
  return await until(() => area.querySelector(selector)) - began;
}"""
FRAMES = """async ([step, selector]) => {
  const frame = [...document.querySelectorAll(selector)].at(-1);
  frame.scrollIntoView({ block: 'center', behavior: 'instant' });
  frame.scrollTop = 0;
  for (let i = 0; i < 10; i++) await new Promise(requestAnimationFrame);
  const times = [];
  for (let i = 0; i < 120; i++) {
    times.push(await new Promise(requestAnimationFrame));
    frame.scrollTop += step;
  }
  if (step && frame.scrollTop < 100 * step) throw new Error('it did not scroll');
  return times.slice(1).map((time, i) => time - times[i]);
}"""
# Steps after which a part of the frame was painted without a row in it.
GAPS = """async ([step, selector]) => {
  const frame = [...document.querySelectorAll(selector)].at(-1);
  frame.scrollTop = 0;
  let gaps = 0;
  for (let i = 0; i < 120; i++) {
    await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve)); // painted
    const { top, bottom } = frame.getBoundingClientRect();
    const rows = [...frame.querySelectorAll('li')].map((each) => each.getBoundingClientRect());
    if (!rows.some((each) => each.top <= top + 1) || !rows.some((each) => each.bottom >= bottom - 1)) gaps++;
    frame.scrollTop += step;
  }
  return gaps;
}"""


MAIN_THREAD = "CrRendererMain"


class Traffic:
    """What the kernel sent to the page since the last `clear`."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def watch(self, page: Page) -> None:
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on(
            "framereceived", lambda data: self.frames.append(data.encode() if isinstance(data, str) else data)
        )

    @property
    def size(self) -> int:
        return sum(map(len, self.frames))

    @property
    def patches(self) -> list[int]:
        """The sizes of the page's updates."""
        return [len(data) for data in self.frames if b'"patch"' in data and b"comm_msg" in data]


class Lab:
    """One notebook; its first cell is run, the others are empty until something is written into them."""

    def __init__(self, server: Server, browser: Browser, setup: str, cells: int) -> None:
        self.traffic = Traffic()
        folder = server.root / f"bench-{len(list(server.root.iterdir()))}"
        folder.mkdir()
        (folder / "b.ipynb").write_text(json.dumps(notebook_file([setup, *[""] * cells])), encoding="utf-8")
        self.notebook = Notebook(server, browser, f"{folder.name}/b.ipynb", watch=self.traffic.watch)
        self.page = self.notebook.page
        self.page.evaluate(WATCH)
        self._browser = browser
        self.notebook.run(0)

    def run(self, index: int, source: str) -> None:
        self.notebook.write(index, source)
        self.notebook.run(index)

    def value(self, index: int, expression: str) -> Any:
        """Evaluate an expression in the kernel."""
        self.run(index, f"print(json.dumps({expression}))")
        return json.loads(self.notebook.text(index))

    def shown(self, index: int, source: str, selector: str) -> float:
        """Run a cell; the milliseconds until something is painted in its output."""
        self.notebook.write(index, source)
        took: float = self.page.evaluate(SHOWN, [index, selector])
        self.notebook.wait_done(index)
        return took

    def tasks(self) -> list[float]:
        """The main thread's tasks over 50 ms since last asked."""
        found: list[float] = self.page.evaluate("() => tasks.splice(0)")
        return found

    @contextmanager
    def busy(self) -> Iterator[list[float]]:
        """What the main thread's tasks compute meanwhile, in milliseconds; known at the end.

        A task that waits for a busy machine takes longer, and computes as much.
        """
        spent: list[float] = []
        self._browser.start_tracing(page=self.page, categories=["toplevel", "__metadata"])
        try:
            yield spent
        finally:
            events = json.loads(self._browser.stop_tracing())["traceEvents"]
            mains = [_thread(each) for each in events if each.get("args", {}).get("name") == MAIN_THREAD]
            spent += [
                each["tdur"] / 1e3
                for each in events
                if each["name"].endswith("RunTask") and _thread(each) in mains and "tdur" in each
            ]

    def frames(self, step: int, selector: str) -> list[float]:
        """The milliseconds between frames while the last such list scrolls by so many pixels in each."""
        found: list[float] = self.page.evaluate(FRAMES, [step, selector])
        return found

    def gaps(self, step: int, selector: str) -> int:
        """In how many of 120 frames a part of the list that scrolls was empty."""
        found: int = self.page.evaluate(GAPS, [step, selector])
        return found


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


@contextmanager
def lab() -> Iterator[tuple[Server, Browser]]:
    """A JupyterLab whose kernels can import what is in this folder, and a browser."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        print("no Chromium on the PATH: install it (Debian: apt-get install chromium) to measure the editor")
        raise SystemExit(0)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH", "")]))
    with tempfile.TemporaryDirectory() as folder, playwright_here() as playwright:
        server = Server("lab", Path(folder))
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield server, browser
        finally:
            browser.close()
            server.close()


def figures(found: Sequence[float], unit: str, digits: int = 0) -> str:
    return f"{min(found):.{digits}f} {unit} (median {statistics.median(found):.{digits}f})"


def row(what: str, found: str, bound: str, beside: str, missed: bool = False) -> None:
    print(f"{what:38} {found:28} {bound:12} {beside}{'  MISSED' if missed else ''}", flush=True)
