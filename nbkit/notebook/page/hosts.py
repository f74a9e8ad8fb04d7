"""Pages that are not JupyterLab, and what they need to come alive.

VS Code makes no model of a widget before one is shown, which wakes the whole notebook; in Colab each output
is a page of its own that has the models it shows. The hub is never displayed, so there it would hear
nothing: it is shown beside each output, and draws nothing.

What is saved of that names a model that is gone when the notebook is opened elsewhere. An untrusted
JupyterLab and exports read the html beside it; a trusted one says "model not found". So VS Code keeps the
last one only, which wakes the whole notebook when it is opened again.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

WIDGET = "application/vnd.jupyter.widget-view+json"
NOTHING: Json = {"text/html": "<span></span>", "text/plain": ""}


def wakes_late(cell: str | None) -> bool:
    """Whether the page of the cell of this id must be shown a widget before it makes any."""
    return (cell or "").startswith("vscode-") or in_frames()


def in_frames() -> bool:
    """Whether each output is a page of its own: Colab."""
    return "google.colab" in sys.modules


def waking(model: str) -> Json:
    """Return the output that shows the widget of that id; what knows no widget has nothing to read."""
    view = {"version_major": 2, "version_minor": 0, "model_id": model}
    return {WIDGET: view, **NOTHING}


class Waker:
    """Shows the pages of a shell the hub's widget."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._last: str | None = None

    def wake(self, model: str, view: str, cell: str | None) -> None:
        """Wake the page of a cell beside the output of `view`, if it needs that."""
        if not wakes_late(cell):
            return
        id = f"nbkit-wakes-{view}"
        publish = self._shell.display_pub.publish
        publish(waking(model), {}, transient={"display_id": id})
        if not in_frames() and self._last not in (None, id):
            publish(NOTHING, {}, transient={"display_id": self._last}, update=True)
        self._last = id


def comes_later() -> bool:
    """Whether a page opens when all cells have run, with nobody there before: Voilà."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
