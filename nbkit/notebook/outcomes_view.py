"""`nbkit.what_if(…)` as the output of a cell: the table, with buttons where a page is there."""

from __future__ import annotations

from nbkit.notebook.drawing import Drawing
from nbkit.notebook.snapshot import badge
from nbkit.notebook.view import View
from nbkit.notebook.what_ifs import Table
from nbkit.study.outcomes import Outcomes
from nbkit.wire.blocks import Json


class OutcomesView:
    """The view of one cell on rows that are done. What is saved in the notebook is the table."""

    def __init__(self, outcomes: Outcomes, view: View) -> None:
        self.view = view
        self.table = Table(outcomes.chat, self.refresh)
        self.table.fill(outcomes)

    def show(self) -> None:
        self.view.begin()
        self.view.draw(self._drawing())
        self.view.open()

    def refresh(self) -> None:
        self.view.draw(self._drawing())
        self.view.save()

    def _drawing(self) -> Drawing:
        chat = self.table.chat or self.table.rows[0].chat
        head: Json = {
            "view": self.view.id,
            "conversation": chat.name,
            "start": 0,
            "badge": badge(chat, chat.model),
            "what_if": self.table.snapshot(),
            "last": False,
            "state": "table",
            "stoppable": True,
            "stepping": False,
            "filled": [],
            "error": None,
            "notice": None,
            "stop_reason": None,
            "usage": None,
        }
        return Drawing(head)
