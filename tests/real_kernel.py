"""A kernel in a process of its own, driven as a page drives it: cells, clicks, what is shown."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
PRIVATE = ("ANTHROPIC_", "NBKIT_", "JPY_")
PATIENCE = 60.0


class Killed(Exception):
    """The kernel is dead."""


class CellFailed(Exception):
    """A cell raised."""


class Kernel:
    """One kernel, and what its page would know. `older` is a folder with another ipykernel."""

    def __init__(self, folder: Path, older: Path | None = None) -> None:
        paths = [str(path) for path in (older, ROOT, ROOT / "tests") if path]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PRIVATE)}
        self._manager = KernelManager()
        self._manager.start_kernel(
            cwd=str(folder),
            stderr=subprocess.DEVNULL,
            env={
                **kept,
                "PYTHONPATH": os.pathsep.join(paths),
                "JPY_SESSION_NAME": str(folder / "work.ipynb"),
                "IPYTHONDIR": str(folder / "ipython"),
            },
        )
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE)
        self._clock: threading.Timer | None = None
        self._hub = ""
        self._pressed = 0
        self._due: tuple[Callable[[], bool], Callable[[], None]] | None = None
        self._replies: dict[str, Json] = {}
        self._idle: set[str] = set()
        self._texts: dict[str, list[str]] = {}
        self._raised: dict[str, str] = {}
        self._cells: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        self._outputs: dict[str, tuple[str, Json]] = {}
        self.fuse = ""
        self.notice = ""
        self.snapshots: dict[str, Json] = {}
        self.view: str | None = None

    def kill_after(self, seconds: float) -> None:
        self.fuse = f"clock {seconds:.3f}"
        pid: int = self._manager.provisioner.pid  # type: ignore[union-attr]
        self._clock = threading.Timer(seconds, os.kill, (pid, signal.SIGKILL))
        self._clock.start()

    def close(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def run(self, source: str, cell: str) -> str:
        """Run a cell to its end; returns what it printed. Raises `CellFailed`, or `Killed`."""
        id = self._execute(source, cell)
        self.until(lambda: id in self._idle, f"the end of {source!r}")
        if id in self._raised:
            raise CellFailed(self._raised[id])
        return "".join(self._texts.get(id, []))

    def _execute(self, source: str, cell: str) -> str:
        self._sources[cell] = source
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": True,
            "stop_on_error": True,
        }
        id = self._send("execute_request", content, {"cellId": cell})
        self._cells[id] = cell
        return id

    def click(self, message: Json) -> str | None:
        """Press a button of the view, and wait for what comes of it; returns why it was refused."""
        request = self.press(message)
        self.until(lambda: request in self._replies, f"an answer to {message}")
        why: str | None = self._replies[request]["why"]
        return why

    def press(self, message: Json) -> str:
        """Press a button of the view; returns the mark of its answer."""
        self._pressed += 1
        request = f"page-{self._pressed}"
        content = {**message, "view": self.view, "request": request}
        self._send("comm_msg", {"comm_id": self._hub, "data": {"method": "custom", "content": content}})
        return request

    def interrupt(self) -> None:
        """What a page's ■ does."""
        self._manager.interrupt_kernel()

    def when(self, due: Callable[[], bool], do: Callable[[], None]) -> None:
        """Do something once, as soon as something is so, while a cell or a click is waited for."""
        self._due = due, do

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Take in what the kernel says until something is so."""
        end = time.monotonic() + PATIENCE
        while not done():
            if self._due is not None and self._due[0]():
                (_, do), self._due = self._due, None
                do()
            if not self._take(0.1):
                if not self._manager.is_alive():
                    if self._take(0.2):
                        continue
                    raise Killed
                assert time.monotonic() < end, f"the kernel does not come to {what}"

    def drain(self) -> None:
        """Take in what the kernel had said before its end."""
        while self._take(0.2):
            pass

    @property
    def shown(self) -> Json:
        """What the page shows of the conversation now."""
        return self.snapshots.get(self.view or "", {"state": "none", "messages": [], "cards": []})

    def shown_messages(self) -> list[Json]:
        """The blocks of whole messages on the page."""
        whole = [each for each in self.shown["messages"] if each["id"] not in ("partial", "unsent")]
        return [block["wire"] for message in whole for block in message["blocks"]]

    def shown_cards(self) -> list[Json]:
        return list(self.shown["cards"])

    def holds_a_turn(self) -> bool:
        return any("application/vnd.nbkit.turn+json" in data for _, data in self._outputs.values())

    def save_notebook(self, path: Path) -> None:
        """Write the notebook as its page would."""
        cells = [
            {
                "cell_type": "code",
                "id": cell,
                "metadata": {},
                "execution_count": 1,
                "source": source,
                "outputs": [
                    {"output_type": "display_data", "metadata": {}, "data": data}
                    for owner, data in self._outputs.values()
                    if owner == cell
                ],
            }
            for cell, source in self._sources.items()
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        path.write_text(json.dumps(notebook), encoding="utf-8")

    def _send(self, kind: str, content: Json, metadata: Json | None = None) -> str:
        message = self._client.session.msg(kind, content, metadata=metadata)
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def _take(self, seconds: float) -> bool:
        try:
            message = self._client.get_iopub_msg(timeout=seconds)
        except queue.Empty:
            return False
        content, parent = message["content"], message["parent_header"].get("msg_id", "")
        match message["msg_type"]:
            case "status" if content["execution_state"] == "idle":
                self._idle.add(parent)
            case "stream":
                self._texts.setdefault(parent, []).append(content["text"])
            case "error":
                self._raised[parent] = f"{content['ename']}: {content['evalue']}"
            case "comm_open" if "session" in content["data"].get("state", {}):
                self._hub = content["comm_id"]
            case "comm_msg" if content["comm_id"] == self._hub:
                self._hear(content["data"].get("content", {}))
            case "display_data" | "update_display_data":
                id = content.get("transient", {}).get("display_id", parent)
                owner = self._outputs[id][0] if id in self._outputs else self._cells.get(parent, "")
                self._outputs[id] = owner, content["data"]
        return True

    def _hear(self, message: Json) -> None:
        match message.get("kind"):
            case "reply":
                self._replies[message["request"]] = message
            case "snapshot":
                view, snapshot = message["view"], message["snapshot"]
                self.snapshots[view] = snapshot
                self.notice = snapshot["notice"] or self.notice
                if view.startswith(("chat-ask", "chat-restored")):
                    self.view = view
