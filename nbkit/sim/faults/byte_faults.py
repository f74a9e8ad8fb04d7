"""Faults in the bytes of an answer, whatever they say: cut, late, slow, split at bad places.

A wait of no seconds between two pieces keeps them apart: a server must not join them to one write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nbkit.sim.plan import Dropped

Steps = Iterator[bytes | float]

NOT_ASCII = re.compile("[^\x00-\x7f]")
CONTINUED = re.compile(rb"(?<=[\xc2-\xf4])(?=[\x80-\xbf])")  # behind the first byte of a long character
ESCAPED = re.compile(rb"(?<=\\u[0-9a-f])(?=[0-9a-f]{3})")


def cut(steps: Steps, at: int) -> Steps:
    """Send so many bytes of the body, and hang up."""
    if at == 0:
        raise Dropped
    for step in steps:
        if isinstance(step, float):
            yield step
            continue
        if len(step) >= at:
            yield step[:at]
            raise Dropped
        at -= len(step)
        yield step


def stall(steps: Steps, at: int, seconds: float) -> Steps:
    """Send so many bytes of the body, wait, go on."""
    for step in steps:
        if isinstance(step, float) or at < 0 or len(step) < at:
            at -= 0 if isinstance(step, float) else len(step)
            yield step
            continue
        yield from filter(None, (step[:at], seconds, step[at:]))
        at = -1


def delay(steps: Steps, seconds: float) -> Steps:
    yield seconds
    yield from steps


def drip(steps: Steps, size: int, every: float) -> Steps:
    """Send `size` bytes a time, with a wait before all but the first."""
    begun = False
    for step in steps:
        if isinstance(step, float):
            yield step
            continue
        for at in range(0, len(step), max(1, size)):
            if begun:
                yield every
            begun = True
            yield step[at : at + max(1, size)]


def split_utf8(steps: Steps) -> Steps:
    return _in_pieces(steps, CONTINUED.split)


def split_escape(steps: Steps) -> Steps:
    def pieces(data: bytes) -> list[bytes]:
        escaped = NOT_ASCII.sub(_escape, data.decode("utf-8", "replace"))
        return ESCAPED.split(escaped.encode())

    return _in_pieces(steps, pieces)


def crlf(steps: Steps) -> Steps:
    return _in_pieces(steps, lambda data: [data.replace(b"\n", b"\r\n")])


def _in_pieces(steps: Steps, pieces: Callable[[bytes], list[bytes]]) -> Steps:
    for step in steps:
        if isinstance(step, float):
            yield step
            continue
        first, *rest = pieces(step)
        yield first
        for piece in rest:
            yield 0.0
            yield piece


def _escape(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
