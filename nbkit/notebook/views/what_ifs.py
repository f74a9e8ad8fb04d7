"""What if, from the page: a table of forks that go on side by side, each to be opened or taken.

The kernel is free meanwhile: the forks are one task on its loop. The rows that a person is still writing are
the page's; here they arrive as a whole, and are checked before anything is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbkit.errors import TurnError, UsageError
from nbkit.notebook import gate
from nbkit.notebook.cells import view_id
from nbkit.notebook.page.tasks import Tasks
from nbkit.notebook.views.what_if_offers import change
from nbkit.study.cases import Case, prepared
from nbkit.study.executor import Concurrent
from nbkit.study.outcomes import Outcome, Outcomes, as_row
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.session import Session
    from nbkit.notebook.views.stage import Stage
    from nbkit.notebook.views.view import View

REDRAWN = 0.1  # seconds between two pictures of a table that fills
KINDS = ("what_if", "try", "try_stop", "row_open", "row_take")


@dataclass(slots=True, eq=False)
class Row:
    """One fork; `shown` is what came of it, `variable` holds it once it is opened, `inside` is its view."""

    name: str
    chat: Conversation
    start: int
    shown: Json | None = None
    variable: str | None = None
    inside: View | None = None

    def outcome(self, error: Exception | None) -> Outcome:
        return Outcome(self.name, self.chat, error, self.start)


class Table:
    """The rows of one what-if of a conversation. `changed` is called when there is something new to see."""

    def __init__(self, chat: Conversation | None, changed: Callable[[], None]) -> None:
        self.chat = chat
        self.rows: list[Row] = []
        self.asks: str | None = None
        self.changed = changed
        self._running = Tasks()
        self._due: asyncio.TimerHandle | None = None
        self._first: Outcome | None = None

    @property
    def running(self) -> bool:
        return bool(self._running)

    def start(self, cases: list[Case]) -> asyncio.Task[Any]:
        """Go on with these; the rows that were there go."""
        self.rows = [Row(each.name, each.chat, each.start) for each in cases]
        self._first = None
        task = self._running.start(self._go_on(cases))
        task.add_done_callback(lambda _: self._over())
        self.changed()
        return task

    def fill(self, outcomes: Outcomes) -> None:
        """Take rows that are done."""
        for outcome, shown in zip(outcomes, outcomes.rows, strict=True):
            self.rows.append(Row(outcome.name, outcome.chat, outcome.start, shown))

    def stop(self) -> bool:
        """Break off what runs; say whether there was anything."""
        return self._running.cancel()

    def snapshot(self, offered: Json | None = None) -> Json:
        """Return all there is to show, in the shapes of the page; with what a new row can change."""
        return {
            "offers": offered,
            "running": self.running,
            "asks": self.asks,
            "rows": [_row_view(each) for each in self.rows],
        }

    def row(self, number: object) -> Row:
        if not isinstance(number, int) or number not in range(len(self.rows)):
            raise UsageError("this row is gone: the table is another one now")
        if self.rows[number].shown is None:
            raise TurnError("this row is still under way: wait for it, or stop the table")
        return self.rows[number]

    async def _go_on(self, cases: list[Case]) -> None:
        rows = {id(each.chat): each for each in self.rows}
        await Concurrent(ended=lambda chat: self._ended(rows[id(chat)]))([case.chat for case in cases])

    def _over(self) -> None:
        """All have ended, or were broken off."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        for each in self.rows:
            if each.shown is None:
                each.shown = {**as_row(each.outcome(None), None), "state": "stopped", "notes": ["stopped"]}
        self.changed()

    def _ended(self, ended: Row) -> None:
        outcome = ended.outcome(ended.chat.error)
        ended.shown = as_row(outcome, self._first)
        if ended is self.rows[0]:
            self._first = outcome
            for each in self.rows[1:]:  # those that were sooner are held against it now
                if each.shown is not None:
                    each.shown = as_row(each.outcome(each.chat.error), outcome)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(REDRAWN, self._draw)

    def _draw(self) -> None:
        self._due = None
        self.changed()


def _row_view(each: Row) -> Json:
    waits: Json = {
        "name": each.name,
        "state": "running",
        "answer": [],
        "same": False,
        "notes": ["under way"],
        "error": None,
        "stop_reason": None,
        "tokens_in": 0,
        "tokens_out": 0,
        "cost": None,
    }
    inside = each.inside.id if each.inside is not None else None
    return {**(each.shown or waits), "variable": each.variable, "inside": inside}


def receive(session: Session, message: Json) -> asyncio.Task[Any] | None:
    """Do what the page asks of a table, or to have one."""
    match message["kind"]:
        case "what_if":
            _open_or_close(*_place(session, message), on=message.get("on") is True)
        case "try":
            return _try(session, *_place(session, message), message)
        case "try_stop":
            _table(session, message).stop()
        case "row_open":
            table = _table(session, message)
            _show(session, table, table.row(message.get("row")), on=message.get("on") is True)
        case _:
            table = _table(session, message)
            _take(session, table, table.row(message.get("row")))
    return None


def _open_or_close(stage: Stage, view: View, *, on: bool) -> None:
    if on and not (view.whole or stage.last() is view):
        raise UsageError("the conversation goes on below: ask what if at its end")
    if view.table is not None and view.table.running:
        raise TurnError("what if: rows are still under way; stop them first")
    if on and view.table is not None:
        view.table.asks = None
    elif on:
        view.table = Table(stage.conversation, stage.refresh)
    else:
        view.end_table()
    stage.refresh()


def _try(session: Session, stage: Stage, view: View, message: Json) -> asyncio.Task[Any] | None:
    chat, table = stage.conversation, view.table
    if table is None:
        raise UsageError("nothing is asked here any more: press What if… again")
    if table.running:
        raise TurnError("what if: rows are still under way; stop them first")
    asked = message.get("cases")
    if not isinstance(asked, list) or not asked:
        raise UsageError("what if: there is no row to try")
    cases = prepared(chat, [change(chat, each) for each in asked], {}, None)
    sent = sum(each.sends for each in cases)
    if message.get("confirmed") is True:
        session.gate.open()
    elif sent and session.gate.must_ask(chat.client, attended=True):
        table.asks = gate.question(chat.target.address, _models(cases), sent)
        stage.refresh()
        return None
    table.asks = None
    _close_all(session, table)
    return table.start(cases)


def _models(cases: list[Case]) -> str:
    return " and ".join(dict.fromkeys(each.chat.model for each in cases))


def _show(session: Session, table: Table, row: Row, *, on: bool) -> None:
    """Put a row's conversation into a variable and below the table, or away from there."""
    if not on:
        _hide(session, row)
    elif row.inside is None:
        row.variable = row.variable or _variable(session, table, row)
        stage = session.stage(row.chat)
        row.chat.attended = True
        row.inside = stage.view(view_id(row.variable, "inside"), whole=True)
        row.inside.framed = True
        stage.refresh()
    table.changed()


def _hide(session: Session, row: Row) -> None:
    if row.inside is not None:
        session.stage(row.chat).drop(row.inside.id)
        row.inside = None


def _close_all(session: Session, table: Table) -> None:
    for each in table.rows:
        _hide(session, each)


def _variable(session: Session, table: Table, row: Row) -> str:
    """Bind a row's conversation to a name that is free."""
    variables = session.shell.user_ns
    base = table.chat.name if table.chat is not None and table.chat.name.isidentifier() else "chat"
    number = table.rows.index(row) + 1
    while (name := f"{base}_{number}") in variables:
        number += 1
    row.chat.name = name
    variables[name] = row.chat
    return name


def _take(session: Session, table: Table, row: Row) -> None:
    if table.chat is None:
        raise UsageError("nothing is known of the conversation these rows come from")
    table.chat.take(row.chat)
    table.changed()


def _place(session: Session, message: Json) -> tuple[Stage, View]:
    stage, view = session.found(message)
    stage.conversation.attended = True
    return stage, view


def _table(session: Session, message: Json) -> Table:
    table = session.table(message)
    if table is None:
        raise UsageError("this table is gone: ask what if again")
    return table
