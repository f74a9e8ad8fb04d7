"""One kernel's notebook: its page, the stages of its conversations, what cells and page ask of them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from nbkit.errors import TurnError, UsageError
from nbkit.loop.conversation import Conversation
from nbkit.loop.runner import Streamer
from nbkit.notebook import bindings, cells, gate, terminal
from nbkit.notebook.cells import Cell
from nbkit.notebook.fill import Filled
from nbkit.notebook.keeping import Keeper
from nbkit.notebook.page import hosts, moves
from nbkit.notebook.page.clicks import PageEar
from nbkit.notebook.page.hub import Hub, source
from nbkit.notebook.page.receiver import Receiver
from nbkit.notebook.page.sendable import sendable
from nbkit.notebook.record.printable import say
from nbkit.notebook.record.wording import doing
from nbkit.notebook.terminal import Terminal
from nbkit.notebook.toolbox import resolver
from nbkit.notebook.views.desk_view import DeskView
from nbkit.notebook.views.light import LightWidgets
from nbkit.notebook.views.outcomes_view import OutcomesViews
from nbkit.notebook.views.owed import LONG, Owed
from nbkit.notebook.views.stage import Stage
from nbkit.notebook.views.understudy import Desk, Listening, desk_of
from nbkit.notebook.views.view import View
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Message

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbkit.notebook.views.what_ifs import Table

PACE = 60.0  # tokens a second, where a person watches the simulator


class Session:
    """What lives as long as the kernel does. It is the `Screen` of all views."""

    def __init__(
        self,
        shell: InteractiveShell,
        loop: asyncio.AbstractEventLoop | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shell = shell
        self.gate = gate.Gate()
        self.hub: Hub | None = None
        self.turnstile = threading.RLock()  # one message is taken in, or one who waits looks around
        self.keeper: Keeper | None = None
        self.stages: dict[int, Stage] = {}
        self.desks: dict[str, DeskView] = {}
        self.tables = OutcomesViews(self)
        self.light = LightWidgets(self)
        self._loop = loop
        self._clock = clock
        self._looked = self._has_cells = False
        self.receiver = Receiver(self)
        self._waker = hosts.Waker(shell)
        self._counts: Counter[str] = Counter()
        self._owed = Owed(loop) if loop is not None else None
        self._listening = Listening(loop, self._refresh_desks)

    def close(self) -> None:
        self._listening.close()
        if self._owed is not None:
            self._owed.pay()
        for stage in self.stages.values():
            stage.close()
        self.light.close()
        if self.hub is not None:
            self.hub.close()

    def stage(self, conversation: Conversation) -> Stage:
        """Return the stage of a conversation; from now on its tools are those of the notebook."""
        stage = self.stages.get(id(conversation))
        if stage is None:
            bindings.call_by_variable(conversation, self.shell.user_ns)
            notice = self.keeper.keep(conversation) if self.keeper else None
            stage = self.stages[id(conversation)] = Stage(conversation, self, self._clock)
            stage.notice = notice
            stage.bind = partial(bindings.bind, variables=self.shell.user_ns)
            conversation.resolver = resolver(conversation, self.shell.user_ns)
            if not self.has_kernel:
                conversation.add_observer(Terminal(conversation, self._run))
            stage.namespace = self.shell.user_ns
            stage.departed.append(lambda: self._departed(stage))
        return stage

    def say(
        self,
        conversation: Conversation,
        content: str | list[Json],
        *,
        filled: tuple[Filled, ...] = (),
        check: bool = True,
        options: Json | None = None,
        keep: Callable[[Message], None] | None = None,
    ) -> View:
        """Say something in the running cell: its own turn is replaced, or a new one begins."""
        cell = cells.current(self.shell)
        stage = self.stage(conversation)
        self._mind(conversation, cell)
        ask = cell.page and self.gate.must_ask(conversation.client, attended=cell.attended)
        view = self._view(stage, cell)
        if why := _why_not_now(stage, view):
            view.reappear(cell.run)
            raise TurnError(why)
        start = stage.start_of(view)
        view.begin(filled, stage.notice)
        stage.notice = None
        view.run, view.unsent = cell.run, content
        later = self.waits_for_person(conversation)
        with stage.stretch(view, keep), conversation.told_once():
            if start is not None:  # the array is cut back to where the cell first ran
                conversation.rewind(start)
            if ask:
                view.state, view.notice = (
                    "confirm",
                    gate.question(conversation.target.address, conversation.model),
                )
            if ask or later:
                with conversation.changing():
                    conversation.turn.say({"role": "user", "content": content}, options or {})
            else:
                conversation.send(content, check=check, options=options)
        if later:
            self.go_on(stage, partial(moves.go_on, stage, check))
        return view

    def waits_for_person(self, conversation: Conversation) -> bool:
        """Whether a person at the page plays the model: then the cell ends, for while it runs the kernel
        couldn't hear the answer.
        """
        cell = cells.current(self.shell)
        desk = desk_of(conversation)
        if desk is None or not cell.attended or self._loop is None or not self.has_page():
            return False
        self._listening.to(desk)
        return True

    def go_on(self, stage: Stage, work: Callable[[], moves.Work] | None = None) -> None:
        """Go on between the cells, as after the press of a button."""
        assert self._loop is not None
        work = work or partial(moves.go_on, stage)
        self._loop.call_soon_threadsafe(lambda: stage.tasks.start(work()))

    @property
    def has_kernel(self) -> bool:
        """Whether outputs go to a page; a terminal shows text, as it comes."""
        return getattr(self.shell, "kernel", None) is not None

    @property
    def attended(self) -> bool:
        """Whether a person can answer in the running cell."""
        return cells.current(self.shell).attended

    def mind(self, conversation: Conversation) -> None:
        """Take in who is there before a conversation is worked on in the running cell."""
        self.stage(conversation)
        self._mind(conversation, cells.current(self.shell))

    def _run(self) -> str:
        return cells.current(self.shell).run

    def _refresh_desks(self) -> None:
        for shown in self.desks.values():
            shown.refresh()
        for stage in self.stages.values():
            if desk_of(stage.conversation) is not None:
                stage.refresh()

    def whole(self, conversation: Conversation) -> None:
        """Show a whole conversation in the running cell."""
        cell = cells.current(self.shell)
        self._mind(conversation, cell)
        stage = self.stage(conversation)
        if not cell.page:
            say(terminal.whole(conversation))
            return
        view = self._view(stage, cell, "all")
        view.begin()
        view.run = cell.run
        stage.refresh()
        view.open()

    def desk(self, desk: Desk) -> None:
        """Show the requests that wait for a person in the running cell."""
        cell = cells.current(self.shell)
        if not (cell.attended and cell.page):
            print(desk)
            return
        self._find_page()
        self._counts["person"] += cell.id is None
        id = cells.view_id("person", cell.id or str(self._counts["person"]))
        self.desks[id] = DeskView(desk, self.new_view(id))
        self._listening.to(desk)
        self.desks[id].show()

    def has_page(self) -> bool:
        """Whether buttons can be pressed: the page is there, and our front end is built."""
        self._find_page()
        return self.hub is not None

    def new_view(self, id: str) -> View:
        """Return a view that belongs to no conversation's stage."""
        return View(id, self, self._clock)

    def table(self, message: Json) -> Table | None:
        """Return the table of a what-if that a message of the page speaks of."""
        view = str(message.get("view"))
        return self.tables.table(view) or self.found(message)[1].table

    def here(self, stage: Stage) -> View | None:
        """Return the running cell's view of what its code does, where earlier outputs are closed."""
        cell = cells.current(self.shell)
        if self._can_change(stage, cell):
            return None
        found = next((view for view in stage.views.values() if view.run == cell.run), None)
        if found is None:
            found = self._view(stage, cell)
            found.begin()
            found.run, found.continues = cell.run, True
        return found

    def closed(self, stage: Stage, view: View) -> bool:
        """Say whether the view belongs to a cell that is over, and no page is there to change its output.

        Jupyter could update it by its display id, but a notebook that is run and compared cell by cell would
        then never be equal to its own record.
        """
        cell = cells.current(self.shell)
        return not self._can_change(stage, cell) and view.run != cell.run

    def _can_change(self, stage: Stage, cell: Cell) -> bool:
        """Whether outputs that stand there can be changed: a person is there, at a page that can.

        A page that tells the ids of its cells can, and so can one that has answered. A plain front end
        (jupyter console, qtconsole) draws what comes and never again.
        """
        self._has_cells = self._has_cells or cell.id is not None or cell.clicked
        there = cell.attended or stage.conversation.attended
        return there and (self._has_cells or self.receiver.has_page)

    def written(self, stage: Stage) -> None:
        cell = cells.current(self.shell)
        long = len(stage.conversation.history) > LONG
        if self._owed is not None and long and self._may_owe(stage, cell):
            self._owed.add(stage, cell.run)
        else:
            stage.save()

    def _may_owe(self, stage: Stage, cell: Cell) -> bool:
        """Whether an output may be written later: not where nobody looks, who gets each one with its cell."""
        if threading.current_thread() is not threading.main_thread():
            return False
        return cell.clicked or (cell.attended and self.hub is not None and stage.shows_all)

    def cell_ended(self, *_: object) -> None:
        """Write what the cell's code did to conversations that other cells show; keep those it made."""
        if self._owed is not None:
            self._owed.pay(cells.current(self.shell).run)
        for value in list(self.shell.user_ns.values()) if self.keeper else ():
            if isinstance(value, Conversation) and self.keeper:
                self.keeper.keep(value)
        for stage in self.stages.values():
            stage.cell_ended()

    def may_send(self, client: Streamer, body: Mapping[str, Any], requests: int = 1) -> None:
        """Ask before code makes the first real call of this kernel; `UsageError` for a no.

        The page's own buttons and `%%claude` have asked in their cell. A press of a button is a yes.
        """
        cell = cells.current(self.shell)
        if cell.clicked or not self.gate.must_ask(client, attended=cell.attended):
            return
        try:
            said = input(f"{gate.question(client.target.address, body.get('model'), requests)} [y/N] ")
        except EOFError:
            said = ""
        if said.strip().lower() not in ("y", "yes"):
            raise UsageError("not sent: nothing left this machine; run it again to be asked again")
        self.gate.open()

    def show(self, view: str, bundle: Json) -> None:
        self._publish(view, bundle, update=False)
        if self.hub is not None:
            self._waker.wake(self.hub.model, view, cells.current(self.shell).id)

    def update(self, view: str, bundle: Json) -> None:
        self._publish(view, bundle, update=True)

    def send(self, message: Json) -> None:
        if self.hub is not None:
            self.hub.send(sendable(message))

    def present(self, conversation: Conversation) -> None:
        """Let there be something to click at: a conversation that no cell shows is shown in this one."""
        if self.stage(conversation).views:
            self._mind(conversation, cells.current(self.shell))
        else:
            self.whole(conversation)

    def ear(self, conversation: Conversation) -> PageEar | None:
        """Return where clicks come in while code waits; None where there is no page at all."""
        return PageEar(self, conversation) if cells.current(self.shell).page else None

    def receive(self, message: Json) -> asyncio.Task[Any] | None:
        """Do what the page asks; what takes time is a task, returned to be looked after."""
        return self.receiver.receive(message)

    def _departed(self, stage: Stage) -> None:
        """A request goes out: if it waited for a yes, that was it; the page needs a place for the reply."""
        for view in stage.views.values():
            if view.state == "confirm":
                self.gate.open()
                view.state = view.notice = None
        stage.refresh()
        if stage.speaker is not None and self._can_change(stage, cells.current(self.shell)):
            stage.speaker.open()

    def _view(self, stage: Stage, cell: Cell, *more: str) -> View:
        """Return the view of a cell; a cell that showed another conversation shows this one from now on."""
        name = stage.conversation.name
        part = cell.id
        if part is None:
            self._counts[name] += 1
            part = str(self._counts[name])
        id = cells.view_id(name, "-".join([part, *more]))
        for other in self.stages.values():
            if other is not stage:
                other.drop(id)
        return stage.view(id, whole=bool(more))

    def _mind(self, conversation: Conversation, cell: Cell) -> None:
        """Take in who is there: whether a person can answer, and whether one watches the simulator."""
        conversation.attended = cell.attended
        simulator = getattr(conversation.client, "simulator", None)
        if simulator is not None:
            simulator.pace = PACE if cell.attended else None
        if cell.attended:
            self._find_page()

    def _find_page(self) -> None:
        """Make the hub once, when somebody is there."""
        if not self._looked and self._loop is not None:
            self._looked = True
            path = source()
            if path:
                self.hub = Hub(path, self._loop, self.receiver.heard)

    def found(self, message: Json) -> tuple[Stage, View]:
        """Return the view that a message of the page speaks of."""
        for stage in self.stages.values():
            view = stage.views.get(str(message.get("view")))
            if view is not None:
                return stage, view
        raise UsageError("this output belongs to an earlier kernel: run its cell again")

    def _publish(self, view: str, bundle: Json, *, update: bool) -> None:
        """Put an output into its cell. Without a kernel there is none: the text is shown already."""
        if not self.has_kernel:
            return
        bundle = sendable(bundle)
        self.shell.display_pub.publish(bundle, {}, transient={"display_id": f"nbkit-{view}"}, update=update)


def _why_not_now(stage: Stage, view: View) -> str | None:
    """Say why nothing can be said in a view now, and what is to be done first; None where it can."""
    conversation = stage.conversation
    name = conversation.name
    if conversation.state.name == "PAUSED" and stage.last() is not view:
        return (
            f"{name} {doing(conversation)}: decide on its card or with {name}.decide(), "
            "or end it with %claude stop; then run this cell again"
        )
    if any(other.state == "confirm" for other in stage.views.values() if other is not view):
        return (
            f"{name} waits for a yes to its first real call: press Send where it asks, "
            f"or go on with {name}.resume()"
        )
    return f"{name} {doing(conversation)}: wait for its end, or press its Stop" if stage.busy else None
