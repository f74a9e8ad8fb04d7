"""A view: the output of one cell, live on the page and saved in the notebook.

The page gets a snapshot whenever one differs and patches while a reply streams; the saved output is written
at the end of a stretch only. What is in a view is up to the stage, how it looks to `render` and `plain`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Protocol

from nbkit.notebook.fill import Filled
from nbkit.notebook.page.patches import PatchFeed
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.views.drawing import Drawing
from nbkit.notebook.views.message_views import PARTIAL, new_block
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.notebook.views.snapshot import Frame
    from nbkit.notebook.views.stage import Stage
    from nbkit.notebook.views.what_ifs import Table


FIRST = 20  # messages that stand in an output until its record is written


class Screen(Protocol):
    """Where outputs go: the cell that runs, the output a view has already, and the live page."""

    def show(self, view: str, bundle: Json) -> None: ...
    def update(self, view: str, bundle: Json) -> None: ...
    def send(self, message: Json) -> None: ...

    def here(self, stage: Stage) -> View | None:
        """Return the view of the running cell where what code does shows there: nobody is at the page."""

    def written(self, stage: Stage) -> None:
        """Have the stage save its outputs: now, or when whoever works on a long array pauses."""

    def closed(self, stage: Stage, view: View) -> bool:
        """Say whether the view's output can't be changed any more: its cell is over, and there is no page."""


class View:
    """One output. `state` and `notice` are what only the notebook knows of it.

    `run` is the run of its cell. A view that `continues` tells what code in a later cell did; it is written
    when that cell ends. `recorded` is what its saved output holds: the first message's index, all their keys.
    A `framed` view has no output of its own: the page draws it inside another one. `table` is what was asked
    with *What if*.
    """

    def __init__(
        self,
        id: str,
        screen: Screen,
        clock: Callable[[], float],
        *,
        whole: bool = False,
    ) -> None:
        self.id = id
        self.whole = whole
        self.feed = PatchFeed(id, screen.send, clock)
        self.filled: tuple[Filled, ...] = ()
        self.notice: str | None = None
        self.told: str | None = None  # what came of the page's last wish, until the next
        self.compared: tuple[str, str] | None = None  # the names of two arrays that are shown side by side
        self.unfolded = whole  # whether it shows what there is around all of the conversation
        self.parting: str | None = None  # what there is to say when its messages leave the array
        self.state: str | None = None
        self.drawing: Drawing | None = None
        self.frame: Frame | None = None  # what was drawn
        self.run = ""
        self.unsent: str | list[Json] | None = None  # what was said, until a reply is there
        self.continues = False
        self.recorded: tuple[int, list[str]] | None = None
        self.framed = False
        self.table: Table | None = None
        self._screen = screen
        self._shown = False
        self._saved: Json | None = None
        self._in_file: Json | None = None
        self._saved_from: tuple[Drawing, Json | None] | None = None
        self._streamed = False  # whether the page has more of a reply than was drawn

    def begin(self, filled: tuple[Filled, ...] = (), notice: str | None = None) -> None:
        """Start over in a cell that runs again: its old output is gone."""
        self.filled, self.notice = filled, notice
        self.told = self.state = self.parting = self.unsent = None
        self.drawing = self.frame = self._saved = self._saved_from = self._in_file = None
        self._shown, self.continues, self.recorded = False, False, None
        self.end_table()

    def reappear(self, run: str) -> None:
        """Stand in the cell again: it ran again and was refused, and its output with the buttons is gone."""
        if self._shown and self._saved is not None:
            self._shown, self._in_file, self.run = False, None, run
            self._put(self._saved)

    def end_table(self) -> None:
        """Drop what was asked here with *What if*, and break off what is under way of it."""
        if self.table is not None:
            self.table.stop()
            self.table = None

    @property
    def drawn(self) -> Json | None:
        """What was drawn last, as one plain dict."""
        return self.drawing.snapshot() if self.drawing is not None else None

    def draw(self, drawing: Drawing) -> None:
        """Take what there is to show now; the page hears of what differs."""
        before, self.drawing = self.drawing, drawing
        if before is None:
            self.feed.snapshot(drawing.snapshot())
            return
        ops = drawing.since(before)
        if self._streamed and not any(op["op"] == "loose" for op in ops):
            ops.append({"op": "loose", "messages": drawing.loose})
        self._streamed = False
        if ops:
            self.feed.change(ops)
        else:
            self.drawing = before  # what was made of it stands

    @property
    def unsaved(self) -> bool:
        """The page was reloaded, and since then the turn has changed: its saved output stays behind."""
        return self._in_file is not None and self._in_file is not self._saved

    def reloaded(self) -> None:
        """JupyterLab updates outputs by their display id only until the page is reloaded."""
        if self._in_file is None:
            self._in_file = self._saved

    def rewrite(self) -> None:
        """Give the page the output once more: what was written while it was away has reached no notebook."""
        if self._saved is not None:
            self._screen.send({"kind": "output", "view": self.id, "bundle": self._saved})

    def resend(self) -> None:
        """Give the page the whole state again: it was reloaded, or lost a patch."""
        if self.drawn is not None:
            self._streamed = False
            self.feed.snapshot(self.drawn)

    def open(self) -> None:
        """Put the output into its cell before anything is there to save: the page mounts its editor in it."""
        if self._shown or self.framed or self.drawing is None:
            return
        drawn = self.drawing.beginning(FIRST).snapshot()  # all of a long array would keep the page busy
        self._put({"text/html": html(drawn), "text/plain": plain(drawn)})

    def save(self, document: tuple[str, Json] | None = None) -> None:
        """Write the output that is saved in the notebook, if it changed: html, text, the exact turn."""
        record = document[1] if document else None
        if (
            self.framed
            or self.drawing is None
            or (
                self._saved_from is not None
                and self._saved_from[0] is self.drawing
                and self._saved_from[1] == record
            )
        ):
            return
        self._saved_from = (self.drawing, record)
        drawn = self.drawing.snapshot()
        bundle: Json = {"text/html": html(drawn), "text/plain": plain(drawn)}
        if document:
            bundle[document[0]] = document[1]
        if bundle != self._saved and (self._shown or self._tells_something()):
            self._put(bundle)

    def _tells_something(self) -> bool:
        """A cell that failed before anything came has its error line; an empty box would add nothing."""
        return (
            self.whole
            or self.continues
            or bool(self.drawing and (self.drawing.messages or self.drawing.problems))
        )

    def _put(self, bundle: Json) -> None:
        self._saved = bundle
        if self._in_file is not None:
            # The page can write into its notebook: it does what Jupyter no longer does.
            self._screen.send({"kind": "output", "view": self.id, "bundle": bundle})
        if self._shown:
            self._screen.update(self.id, bundle)
        else:
            self._shown = True
            self._screen.show(self.id, bundle)

    def stream(self, change: Change, by: str) -> None:
        """Pass on what an event did to the reply that is arriving."""
        self._streamed = True
        id = _partial(change.index)
        if change.kind == "grow":  # nearly all of them
            self.feed.grow(id, change)
            return
        match change.kind:
            case "start":
                self.feed.message({"id": PARTIAL, "role": "assistant", "blocks": [], "partial": True})
            case "block":
                self.feed.block(PARTIAL, {**new_block(id, change.value, by=by), "streaming": True})
            case "stop":
                self.feed.block(PARTIAL, new_block(id, change.value, by=by))
            case "finish":
                self.feed.flush()


@cache
def _partial(index: int | None) -> str:
    """Return the id that a block of a reply has until it is a part of the array."""
    return f"{PARTIAL}-{index}"
