"""Changes to numbered patches for the page: merged, and at most one message per view in 33 ms.

jupyter_server drops messages above a thousand a second: merging is correctness, not only speed. No thread
and no timer: the clock is looked at when a delta comes; what is left goes out when a block or the reply ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json

INTERVAL = 0.033
FIELDS = {"text": "text", "thinking": "thinking", "input": "json"}


class PatchFeed:
    """The numbered messages of one view: a snapshot sets everything, patches say what came since."""

    def __init__(self, view: str, send: Callable[[Json], None], clock: Callable[[], float]) -> None:
        self.view = view
        self._send = send
        self._clock = clock
        self._seq = 0
        self._sent_at = float("-inf")
        self._ops: list[Json] = []
        self._block, self._field = "", ""  # the string that grows, behind the ops, and what came of it
        self._pieces: list[str] = []

    def snapshot(self, snapshot: Json) -> None:
        """Send the whole state; patches that waited are part of it."""
        self._ops.clear()
        self._pieces.clear()
        self._seq += 1
        self._sent_at = self._clock()
        self._send({"kind": "snapshot", "view": self.view, "seq": self._seq, "snapshot": snapshot})

    def change(self, ops: list[Json]) -> None:
        """Send what differs now, behind the patches that waited."""
        self._grown()
        self._ops += ops
        self.flush()

    def message(self, message: Json) -> None:
        """A message begins; it goes out with its first block."""
        self._grown()
        self._ops.append({"op": "message", "message": message})

    def block(self, message: str, block: Json) -> None:
        """A block begins, changes as a whole, or ends: what it is now.

        A text begins with its first words: a page that draws an empty one is late for them.
        """
        self._grown()
        self._ops.append({"op": "block", "message": message, "block": block})
        if not (block.get("streaming") and block["type"] == "text"):
            self.flush()
        if block.get("streaming"):
            self._sent_at = float("-inf")  # its first words are waited for: they go out as they come

    def grow(self, block: str, change: Change) -> None:
        """A string of a block grew; pieces that come close together become one."""
        if block != self._block or change.field != self._field:
            self._grown()
            self._block, self._field = block, change.field or ""
        self._pieces.append(change.value)
        if self._clock() - self._sent_at >= INTERVAL:
            self.flush()

    def flush(self) -> None:
        """Send what waits, if anything does."""
        self._grown()
        if not self._ops:
            return
        ops: list[dict[str, Any]] = self._ops
        self._ops = []
        self._seq += 1
        self._sent_at = self._clock()
        self._send({"kind": "patch", "view": self.view, "seq": self._seq, "ops": ops})

    def _grown(self) -> None:
        """Make one op of the pieces that have come."""
        if self._pieces:
            field, value = FIELDS.get(self._field, self._field), "".join(self._pieces)
            self._ops.append({"op": "grow", "block": self._block, "field": field, "value": value})
            self._pieces.clear()
