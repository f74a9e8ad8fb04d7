"""Ends the process it is in with SIGKILL, at a point that was chosen before: nothing is cleaned up.

A kernel imports this and lights one fuse: `line`, the nth line of nbkit's that runs; `write`, the nth time
that something is synced to the disk, and only a part of it is there; `tool`, the nth time a tool comes by.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from types import FrameType
from typing import Any

ROOMS = (f"{os.sep}nbkit{os.sep}loop{os.sep}", f"{os.sep}nbkit{os.sep}notebook{os.sep}")

sync = os.fsync
counts = {"line": 0, "write": 0, "tool": 0}
_lit: list[tuple[str, int, float]] = []
_sizes: dict[int, int] = {}


def light(kind: str, at: int, part: float = 1.0) -> None:
    """Count from now on, and end at the `at`th; of what is written then, a `part` is there."""
    counts.update(dict.fromkeys(counts, 0))
    _lit[:] = [(kind, at, part)]
    if kind == "line":
        threading.settrace(_entered)
        sys.settrace(_entered)
    if kind == "write":
        os.fsync = _synced  # type: ignore[assignment]


def come_by(kind: str = "tool") -> None:
    counts[kind] += 1
    if any(each[:2] == (kind, counts[kind]) for each in _lit):
        os.kill(os.getpid(), signal.SIGKILL)


def _synced(file: Any) -> None:
    known = os.fstat(file)
    if not stat.S_ISREG(known.st_mode):
        return
    kind, at, part = _lit[0]
    if counts[kind] + 1 == at:
        before = _sizes.get(known.st_ino, 0)
        os.ftruncate(file, before + int(part * (known.st_size - before)))
    sync(file)
    come_by("write")
    _sizes[known.st_ino] = known.st_size


def _entered(frame: FrameType, event: str, arg: Any) -> Any:
    return _line if any(room in frame.f_code.co_filename for room in ROOMS) else None


def _line(frame: FrameType, event: str, arg: Any) -> Any:
    if event == "line":
        come_by("line")
    return _line
