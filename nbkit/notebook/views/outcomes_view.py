"""`nbkit.what_if(…)` as the output of a cell: the table, with buttons where a page is there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nbkit.notebook import cells
from nbkit.notebook.views.drawing import Drawing
from nbkit.notebook.views.snapshot import badge
from nbkit.notebook.views.view import View
from nbkit.notebook.views.what_ifs import Table
from nbkit.study.outcomes import Outcomes
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.notebook.session import Session


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


class OutcomesViews:
    """The tables that cells of this kernel show."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._views: dict[str, OutcomesView] = {}
        self._counts: Counter[str] = Counter()

    def show(self, outcomes: Outcomes) -> None:
        """Show rows in the running cell, with buttons; where nobody is, IPython shows html and text."""
        cell = cells.current(self._session.shell)
        if not (cell.attended and self._session.has_page()):
            raise NotImplementedError("IPython goes on to the other formats")
        self._counts["what-if"] += cell.id is None
        id = cells.view_id("what-if", cell.id or str(self._counts["what-if"]))
        self._views[id] = OutcomesView(outcomes, self._session.new_view(id))
        self._views[id].show()

    def table(self, view: str) -> Table | None:
        return self._views[view].table if view in self._views else None

    def resend(self, view: str) -> None:
        """Give the page all of a view that it asks for."""
        if view in self._views:
            self._views[view].view.resend()

    def reloaded(self) -> None:
        """The page is another one, or was reloaded: give it what it may have missed."""
        for each in self._views.values():
            each.view.reloaded()
            each.view.rewrite()
