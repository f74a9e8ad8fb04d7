"""Pages that are not JupyterLab, and what they need to come alive.

VS Code makes no model of a widget before one is shown, which wakes the whole notebook; in Colab each output
is a page of its own that has the models it shows. The hub is never displayed, so there it would hear
nothing: it is shown beside each output, and draws nothing.
"""

from __future__ import annotations

import os
import sys

from nbkit.wire.blocks import Json

WIDGET = "application/vnd.jupyter.widget-view+json"


def wakes_late(cell: str | None) -> bool:
    """Whether the page of the cell of this id must be shown a widget before it makes any."""
    return (cell or "").startswith("vscode-") or "google.colab" in sys.modules


def waking(model: str) -> Json:
    """Return the output that shows the widget of that id; what knows no widget has nothing to read."""
    view = {"version_major": 2, "version_minor": 0, "model_id": model}
    return {WIDGET: view, "text/html": "<span></span>", "text/plain": ""}


def comes_later() -> bool:
    """Whether a page opens when all cells have run, with nobody there before: Voilà."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
