"""■ in a real kernel, for what a card's button started between cells, where kernels ignore signals."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from real_kernel import CellFailed, Kernel

OLDER = Path(sys.prefix) / "ipykernel6"

SETUP = """\
%load_ext nbkit
import json, nbkit, threading
from pathlib import Path
gate = threading.Event()

@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    Path("began.txt").write_text(city)
    gate.wait(60)
    return "sunny"
"""
STATE = """\
print(json.dumps([chat.state.value, [each.may_have_run for each in chat.pending.values()]]))
"""


@pytest.fixture(params=[None, OLDER], ids=["ipykernel 7", "ipykernel 6"])
def kernel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kernel]:
    older: Path | None = request.param
    if older is not None and not older.exists():
        pytest.skip(f"no ipykernel 6 in {older}: `make test` puts it there")
    kernel = Kernel(tmp_path, older)
    kernel.run(SETUP, "setup")
    kernel.run("%%claude --tools get_weather\nWhat is the weather in Paris?", "ask")
    try:
        yield kernel
    finally:
        kernel.close()


def run_by_button(kernel: Kernel, folder: Path) -> None:
    """Press the card's Run, and wait for the tool to be at it."""
    call = kernel.run("print(*chat.pending)", "call").strip()
    kernel.press({"kind": "decide", "id": call, "decision": {"type": "approve"}})
    kernel.until((folder / "began.txt").exists, "the tool")
    (folder / "began.txt").unlink()
    kernel.run("pass", "between")


def state(kernel: Kernel) -> Any:
    return json.loads(kernel.run(STATE, "state"))


def test_the_tool_that_a_button_started_is_stopped_and_may_have_run(kernel: Kernel, tmp_path: Path) -> None:
    for _ in range(2):
        run_by_button(kernel, tmp_path)
        assert state(kernel)[0] == "running"
        kernel.interrupt()
        kernel.until(lambda: state(kernel)[0] != "running", "a stop")
        assert state(kernel) == ["paused", [True]]


def test_a_cell_has_the_interrupt_for_itself_and_the_tool_goes_on(kernel: Kernel, tmp_path: Path) -> None:
    run_by_button(kernel, tmp_path)
    loop = "import time\nPath('loop.txt').touch()\nwhile True: time.sleep(0.01)"
    kernel.when((tmp_path / "loop.txt").exists, kernel.interrupt)
    with pytest.raises(CellFailed, match="KeyboardInterrupt"):
        kernel.run(loop, "loop")
    assert state(kernel)[0] == "running"
    kernel.run("gate.set()", "gate")
    kernel.until(lambda: state(kernel)[0] == "idle", "the end of the turn")
    # With nothing of ours at work, ■ between cells is ignored, and in a cell it is the cell's.
    kernel.interrupt()
    assert state(kernel) == ["idle", []]
    (tmp_path / "loop.txt").unlink()
    kernel.when((tmp_path / "loop.txt").exists, kernel.interrupt)
    with pytest.raises(CellFailed, match="KeyboardInterrupt"):
        kernel.run(loop, "loop")
