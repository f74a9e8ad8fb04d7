"""What a tool prints, heard beside where it goes anyway: for its card, never for the model.

Each run has a context of its own, so that of tools that run side by side everyone's words are told apart.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

LONGEST = 20_000  # characters that are kept, the last ones

_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)


class _Listening:
    """A stream that passes on all it gets, and notes what was written in a context that is listened to."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        heard = _heard.get()
        if heard is not None and isinstance(text, str):
            heard.append(text)
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_lock = threading.Lock()
_count = 0
_before: tuple[TextIO, TextIO] | None = None


@contextmanager
def listening() -> Iterator[None]:
    """Listen to `stdout` and `stderr` meanwhile; what others put in their place stays there."""
    global _count, _before  # noqa: PLW0603  # the streams are the process's own
    with _lock:
        _count += 1
        if _count == 1:
            _before = sys.stdout, sys.stderr
            sys.stdout, sys.stderr = _Listening(sys.stdout), _Listening(sys.stderr)
    try:
        yield
    finally:
        with _lock:
            _count -= 1
            if _count == 0 and _before is not None:
                out, err = _before
                sys.stdout = out if isinstance(sys.stdout, _Listening) else sys.stdout
                sys.stderr = err if isinstance(sys.stderr, _Listening) else sys.stderr


@contextmanager
def hearing(heard: list[str]) -> Iterator[None]:
    """Note what is written in this context."""
    token = _heard.set(heard)
    try:
        yield
    finally:
        _heard.reset(token)


def told(heard: list[str]) -> str:
    """Return what was heard, its beginning left out where it is long."""
    text = "".join(heard)
    return text if len(text) <= LONGEST else f"…{text[-LONGEST:]}"
