"""What comes in from the page: that it is there, which outputs it shows, and what it asks for.

What concerns one conversation is a move of `page`; here it is found out which one is meant.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError
from nbkit.notebook import gate
from nbkit.notebook.page import moves
from nbkit.notebook.page.edits import judged
from nbkit.notebook.views import what_ifs, wire_view
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.notebook.session import Session
    from nbkit.notebook.views.stage import Stage
    from nbkit.notebook.views.view import View
    from nbkit.notebook.views.what_ifs import Table


class Receiver:
    """The page's messages to one session, each taken in by itself."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._page: str | None = None
        self._heard = False

    @property
    def has_page(self) -> bool:
        """Whether a page has ever said anything."""
        return self._heard

    def heard(self, message: Json) -> asyncio.Task[Any] | Json | None:
        """Answer what the page asks to know, or do what it asks for (see `receive`)."""
        if message.get("kind") in wire_view.KINDS:
            with self._session.turnstile:
                return wire_view.answer(self._session.found(message)[0], message)
        if message.get("kind") == "check":
            with self._session.turnstile:
                return judged(self._session.found(message)[0], message)
        return self.receive(message)

    def receive(self, message: Json) -> asyncio.Task[Any] | None:
        """Do what the page asks; what takes time is a task, returned to be looked after."""
        self._heard = True
        with self._session.turnstile:
            return self._received(message)

    def _received(self, message: Json) -> asyncio.Task[Any] | None:
        match message.get("kind"):
            case "ready":
                self._ready(str(message.get("request")))
                return None
            case "open":
                views = message.get("views")
                for id in views if isinstance(views, list) else ():
                    self._open(str(id))
                return None
            case "confirm" | "decline" as answer:
                return self._confirmed(*self._session.found(message), yes=answer == "confirm")
            case kind if kind in what_ifs.KINDS:
                return what_ifs.receive(self._session, message)
        if shown := self._session.desks.get(str(message.get("view"))):
            shown.receive(message)
            return None
        stage, view = self._session.found(message)
        if view.state == "confirm" and message.get("kind") in ("resume", "step"):
            return self._confirmed(stage, view, yes=True)
        stage.conversation.attended, view.told = True, None
        work = moves.move(stage, message)
        return stage.tasks.start(work) if work is not None else None

    def _ready(self, request: str) -> None:
        """A page is there. Its requests begin with its own mark: a new mark is a reload, or another page."""
        mark = request.rpartition("-")[0]
        if self._page not in (None, mark):
            self._session.tables.reloaded()
            for stage in self._session.stages.values():
                stage.reloaded()
                # While a cell runs the kernel doesn't hear that the page has gone, and writes into the void.
                stage.rewrite()
        self._page = mark

    def _confirmed(self, stage: Stage, view: View, *, yes: bool) -> asyncio.Task[Any] | None:
        if view.state != "confirm":
            raise UsageError("nothing waits for a yes here any more")
        if yes:
            return stage.tasks.start(moves.go_on(stage))
        view.state = view.notice = None
        view.parting = gate.DECLINED
        start = stage.start_of(view)
        if start is not None:
            stage.conversation.rewind(start)
        return None

    def _open(self, id: str) -> None:
        if id in self._session.desks:
            self._session.desks[id].view.resend()
        self._session.tables.resend(id)
        self._open_inside(self._session.tables.table(id))
        for stage in list(self._session.stages.values()):
            view = stage.views.get(id)
            if view is None:
                continue
            stage.refresh()  # what streams now belongs into it, or the patches to come speak of nothing
            view.resend()
            self._open_inside(view.table)

    def _open_inside(self, table: Table | None) -> None:
        for row in table.rows if table is not None else ():
            if row.inside is not None:
                self._open(row.inside.id)
