"""Which view shows which messages of an array: a message belongs to the cell that made it, its *owner*.

A view shows the stretch from its first message to where the next view begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.loop.array.history import History
from nbkit.loop.array.pieces import Pieces

if TYPE_CHECKING:
    from nbkit.notebook.views.view import View

Segment = tuple["View", int, int]


class Owners:
    """The owners of an array's messages, kept up at the cost of what changed in it.

    What was there before any view (a conversation that was loaded, or made by code) is nobody's.
    """

    def __init__(self) -> None:
        self._owners: dict[str, View | None] = {}
        self._history: History = Pieces()
        self._segments: list[Segment] | None = []

    def forget(self, view: View) -> None:
        """What the view owned is nobody's from now on."""
        self._owners = {node: None if owner is view else owner for node, owner in self._owners.items()}
        self._segments = None

    def follow(self, history: History, speaker: View | None) -> None:
        """Give each new message to who speaks, or else to the owner of the message before it."""
        old, self._history = self._history, history
        start, gone, stop = old.differs(history)
        before = self._owners.get(history[start - 1].id) if start else None
        for node in history[start:stop]:
            if node.id not in self._owners:
                self._owners[node.id] = speaker or before
            before = self._owners[node.id]
        if [node.id for node in old[start:gone]] != [node.id for node in history[start:stop]]:
            self._segments = None

    @property
    def segments(self) -> list[Segment]:
        """The views that have messages in the array, each with the range it shows, in order."""
        if self._segments is None:
            self._segments = self._cut()
        return self._segments

    def _cut(self) -> list[Segment]:
        starts: dict[str, tuple[View, int]] = {}
        for at, node in enumerate(self._history):
            owner = self._owners.get(node.id)
            if owner is not None:
                starts.setdefault(owner.id, (owner, at))
        begun = list(starts.values())
        ends = [*(start for _, start in begun[1:]), len(self._history)]
        return [(view, start, end) for (view, start), end in zip(begun, ends, strict=False)]
