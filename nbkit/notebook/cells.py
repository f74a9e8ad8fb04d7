"""Which cell is running, whether somebody can answer, and where its notebook lies.

A cell's id (Lab sends it with every run) is the anchor of its turn. Without one a cell is new each time.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell that is running. `attended`: a person can answer; `page`: there is a kernel at all.

    `run` tells one run from the next. `clicked`: it is no cell at all, but a message of the page.
    """

    id: str | None = None
    attended: bool = False
    page: bool = False
    run: str = ""
    clicked: bool = False


def current(shell: InteractiveShell) -> Cell:
    """Return the running cell, as far as the kernel was told of it."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return Cell(attended=_at_terminal(), run=str(shell.execution_count))
    parent = _parent(kernel)
    content, metadata, header = (parent.get(part) for part in ("content", "metadata", "header"))
    id = metadata.get("cellId") if isinstance(metadata, Mapping) else None
    attended = bool(content.get("allow_stdin")) if isinstance(content, Mapping) else False
    header = header if isinstance(header, Mapping) else {}
    return Cell(
        id if isinstance(id, str) and id else None,
        attended,
        page=True,
        run=str(header.get("msg_id", "")),
        clicked=header.get("msg_type") == "comm_msg",
    )


def _at_terminal() -> bool:
    """Whether a person reads and types, and no file or pipe."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


def _parent(kernel: Any) -> Mapping[str, Any]:
    parent = kernel.get_parent("shell")
    return parent if isinstance(parent, Mapping) else {}


def view_id(conversation: str, part: str) -> str:
    """Return the id of a view: the same for the same conversation and cell, fit to be a class name.

    What had to be changed to fit is told apart by a few digits of its hash.
    """
    plain = f"{conversation}-{part}"
    fit = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if fit == plain:
        return fit
    return f"{fit}-{hashlib.sha256(plain.encode()).hexdigest()[:6]}"


def notebook_path(environment: Mapping[str, str] | None = None) -> Path | None:
    """Return the path of the running notebook, where Jupyter told the kernel."""
    named = (os.environ if environment is None else environment).get("JPY_SESSION_NAME", "")
    path = Path(named) if named else None
    return path if path is not None and path.is_absolute() and path.parent.is_dir() else None
