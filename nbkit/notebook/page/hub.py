"""The hub: one anywidget per kernel that carries snapshots and patches to the page and its requests back.

It is created and never displayed (the output of a cell is html; the page's side finds that and enlivens it).
Every request is handed to the kernel's main loop: with ipykernel 7 it may arrive in the thread of a subshell.
Each is answered, and an exception ends here: its sentence goes into the answer.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from nbkit.errors import NbkitError, UsageError
from nbkit.notebook.page.guard import Question
from nbkit.notebook.page.in_parts import Parts
from nbkit.notebook.page.sendable import marked, unmarked
from nbkit.wire.blocks import Json

STATIC = Path(__file__).parent.parent / "static"
MISSING = (
    "nbkit's front end is not built, so cells show their record without buttons: build it with `make lab`"
)

# How long a refusal is waited for before the page is told that its request is under way.
GRACE = 0.1

# What was asked is under way, or answered with these words, or done.
Handle = Callable[[Json], asyncio.Task[Any] | Json | None]

log = logging.getLogger(__name__)


def source(folder: Path = STATIC) -> Path | None:
    """Return the built front end, or None after one warning."""
    path = folder / "hub.js"
    if path.is_file():
        return path
    print(MISSING, file=sys.stderr)
    return None


class Door:
    """Where page messages come in: to the main loop, through `handle`, and always an answer back."""

    def __init__(self, loop: asyncio.AbstractEventLoop, handle: Handle, send: Callable[[Json], None]) -> None:
        self._loop = loop
        self._handle = handle
        self._send = send
        self._answering: set[asyncio.Task[None]] = set()
        self._parts = Parts()
        self.beside = False  # the main loop is held up by a cell that waits
        self.heard = False

    def knock(self, content: object) -> None:
        """Take a message from any thread."""
        if not isinstance(content, dict):
            return
        self.heard = True
        if content.get("kind") == "part":
            try:
                if (whole := self._parts.add(content)) is None:
                    return
            except UsageError as error:
                self._reply(content, str(error))
                return
            content = whole
        in_subshell = threading.current_thread() is not threading.main_thread()
        loop = asyncio.get_running_loop() if self.beside and in_subshell else self._loop
        loop.call_soon_threadsafe(self._open, content)

    def _open(self, content: Json) -> None:
        # Tasks are held weakly by their loop; this one lives until it has answered.
        task = asyncio.get_running_loop().create_task(self._answer(content))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, content: Json) -> None:
        """Do what is asked. What takes long is answered once it is under way: its end shows in the view."""
        why: str | None = None
        value: Json = {}
        try:
            done = self._handle(unmarked(content))
            if isinstance(done, dict):
                value = {"value": done}
            elif done is not None:
                await asyncio.wait({done}, timeout=GRACE)
                if done.done() and not done.cancelled():
                    done.result()
        except Question as question:
            why, value = str(question), {"value": {"choices": question.choices}}
        except NbkitError as error:
            why = str(error)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # an exit or an interrupt would end the kernel's loop
            log.exception("a page message could not be answered")
            why = f"nbkit could not do this ({type(error).__name__}: {error})"
        self._reply(content, why, **value)

    def _reply(self, content: Json, why: str | None, **value: Any) -> None:
        self._send(
            {"kind": "reply", "request": content.get("request"), "ok": why is None, "why": why, **value}
        )


class Hub:
    """The live page: what is sent here reaches every page that shows this kernel's outputs."""

    def __init__(
        self,
        path: Path,
        loop: asyncio.AbstractEventLoop,
        handle: Handle,
        session: str = "",
    ) -> None:
        self.session = session or uuid4().hex
        self.door = Door(loop, handle, self.send)
        self._widget = _widget(path)(session=self.session)
        self._widget.on_msg(self._receive)

    @property
    def model(self) -> str:
        """The id by which a page finds the widget."""
        return str(self._widget.model_id)

    def send(self, message: Json) -> None:
        # An output goes into a file, where other rules hold than at the page.
        self._widget.send(message if message.get("kind") == "output" else marked(message))

    @contextmanager
    def heard_beside(self, on: bool) -> Iterator[None]:
        """While the main thread waits, let messages be answered in the thread of the page's subshell."""
        comm = self._widget.comm
        if not on:
            yield
            return
        self.door.beside = True
        if hasattr(comm, "_reply_subshell_for"):
            # ipykernel 7.4 hands a message to the shell that spoke last on its comm: the one that waits.
            comm._reply_subshell_for = lambda data, default: default
        try:
            yield
        finally:
            self.door.beside = False
            if hasattr(comm, "_reply_subshell_for"):
                del comm._reply_subshell_for

    def close(self) -> None:
        """Tell the page that nobody answers any more; it shows the saved record again."""
        self._widget.close()

    def _receive(self, widget: object, content: object, buffers: object) -> None:
        self.door.knock(content)

    def __repr__(self) -> str:
        return "Hub()"


def _widget(path: Path) -> Any:
    """Make the widget's class; here, for anywidget is slow to import and headless runs need none."""
    import anywidget
    import traitlets

    class HubWidget(anywidget.AnyWidget):  # type: ignore[misc]
        _esm = path
        session = traitlets.Unicode("").tag(sync=True)

        def __repr__(self) -> str:
            return "HubWidget()"

    return HubWidget
