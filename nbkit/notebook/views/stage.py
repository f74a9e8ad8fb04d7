"""All views of one conversation, and who shows which messages: the conversation's observer.

A view of which nothing is left in the current array keeps what it showed and is marked stale.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from nbkit.errors import APIError
from nbkit.loop.saved import store
from nbkit.notebook.page.tasks import Tasks
from nbkit.notebook.views.foot import controls
from nbkit.notebook.views.owners import Owners, Segment
from nbkit.notebook.views.snapshot import Frame, draw
from nbkit.notebook.views.view import Screen, View
from nbkit.notebook.views.what_if_offers import offers
from nbkit.rules.validator import check
from nbkit.study.recording import Recorder
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event
from nbkit.wire.messages import Message

if TYPE_CHECKING:
    from nbkit.loop.array.history import History
    from nbkit.loop.conversation import Conversation
    from nbkit.rules.problem import Problem

BUSY = ("STREAMING", "RUNNING")
NOT_UPDATED = "the view of a conversation could not be updated"

log = logging.getLogger(__name__)


class Stage:
    """The views of one conversation. `speaker` is the view of the present or last stretch."""

    def __init__(self, conversation: Conversation, screen: Screen, clock: Callable[[], float]) -> None:
        self.conversation = conversation
        self.views: dict[str, View] = {}
        self.speaker: View | None = None
        self.tasks = Tasks()
        self.departed: list[Callable[[], None]] = []
        self.keep: Callable[[Message], None] | None = None
        self.bind: Callable[[Conversation], str] = lambda other: other.name  # puts one into a variable
        self.namespace: Mapping[str, Any] = {}  # the user's variables
        self.picked: dict[str, Json] = {}  # by call: the variables that its card offers, and the one it took
        self.limits: dict[str, str] = {}  # of *Run to end*, as they were written at the page
        self.given_up: set[object] = set()  # thinking that was broken on purpose, by its signature
        self.notice: str | None = None  # what earlier kernels left, until a cell has said it
        self._screen = screen
        self._clock = clock
        self._owners = Owners()
        self._problems: Sequence[Problem] = ()
        self._as_request: object = None  # the array that a person wanted to send as it stands
        self._held = 0
        self._told: tuple[object, object] | None = None
        self._before: Message | None = None
        self._sent: Json | None = None
        self._by = "model"  # who makes what streams
        self._before_now: tuple[History, object, object] | None = None  # what was drawn
        self._refused: tuple[Exception, str | None] | None = None  # by the last one, which stays the same
        self._around: tuple[tuple[object, object], Json] | None = None
        self.recorder = Recorder(conversation, clock)
        conversation.add_observer(self.recorder)
        conversation.add_observer(self)

    @property
    def busy(self) -> bool:
        return self.conversation.state.name in BUSY

    @property
    def shows_all(self) -> bool:
        """Whether an output shows the whole array."""
        return any(view.whole and not view.framed for view in self.views.values())

    def close(self) -> None:
        self.tasks.cancel()
        for view in self.views.values():
            view.end_table()
        self.conversation.remove_observer(self.recorder)
        self.conversation.remove_observer(self)

    def view(self, id: str, *, whole: bool = False) -> View:
        """Return the view of that id, made if there is none."""
        if id not in self.views:
            self.views[id] = View(id, self._screen, self._clock, whole=whole)
        return self.views[id]

    def drop(self, id: str) -> None:
        """Forget a view: its cell shows another conversation now."""
        gone = self.views.pop(id, None)
        if gone is not None:
            gone.end_table()
            self._owners.forget(gone)
            self.speaker = None if self.speaker is gone else self.speaker

    def reloaded(self) -> None:
        """The page came back: it has the outputs as they were saved, and can't change them."""
        for view in self.views.values():
            view.reloaded()

    def rewrite(self) -> None:
        """Give the page every output once more, for its notebook."""
        for view in self.views.values():
            view.rewrite()

    def start_of(self, view: View) -> int | None:
        """Return the index of the view's first message, or None when none is in the array."""
        self._own()
        return next((start for each, start, _ in self._owners.segments if each is view), None)

    def last(self) -> View | None:
        """Return the view that holds the end of the array."""
        self._own()
        segments = self._owners.segments
        return segments[-1][0] if segments else None

    @contextmanager
    def stretch(self, speaker: View, keep: Callable[[Message], None] | None = None) -> Iterator[None]:
        """What is said now is the speaker's; outputs are saved at the end, not in between.

        `keep` gets the reply that ends the turn, perhaps much later.
        """
        self._own()
        self.speaker = speaker
        self.keep, self._before = keep, self.conversation.last
        self._told = None
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self.on_update()

    def problems(self) -> Sequence[Problem]:
        """Return what is wrong; with the end of the array, once somebody wanted to send it as it stands."""
        chat = self.conversation
        if chat.turn.line is self._as_request:
            return chat.judged(chat.outgoing())
        return chat.problems()

    def judge_as_request(self) -> Sequence[Problem]:
        """Judge the array as the next request, though it ends with a reply, and show it until it changes."""
        self._as_request = self.conversation.turn.line
        self.refresh()
        return self._problems

    def refresh(self) -> None:
        """Draw what changed, and save it when no reply is under way: a tool that has begun may have run."""
        self._own()
        if not self.busy:
            self._problems = self.problems()
        frames, still = list(self._frames()), self._still()
        for view, frame in frames:
            stands = frame == view.frame and frame.end <= still and not (frame.last or frame.speaks)
            stands = stands and frame.requests is None
            if not stands:
                view.frame = frame
                view.draw(draw(self.conversation, frame, self._problems))
        self._freeze([view for view, _ in frames])
        if not self._held and self.conversation.state.name != "STREAMING":
            self._screen.written(self)

    def _still(self) -> int:
        """Return how many of the first messages can be nothing new: they and all around them are as before.

        A conversation of many cells would be drawn as often as it has cells, at each step.
        """
        chat, before = self.conversation, self._before_now
        around = (chat.name, chat.stepping, chat.max_steps, chat.can_undo, chat.can_redo, chat.target)
        now = (*around, [*self._problems], chat.turn.line.options)
        self._before_now = chat.history, chat.settings, now
        if before is None or chat.cache_marks():  # what a breakpoint costs depends on more
            return 0
        history, settings, then = before
        return history.shared(chat.history) if settings is chat.settings and then == now else 0

    def save(self) -> None:
        """Write the outputs of all views that changed and still can be written."""
        views = self.views.values()
        written = {view.id for view in views if view.continues or self._closed(view)}
        carried: int | None = self._recorded() if written else 0
        written |= {view.id for view in views if view.framed}  # those have no output
        for view, frame in self._frames():
            if view.id in written or (frame.start == frame.end and not view.whole):
                continue
            # A record carries what no other does: messages that no cell shows, and turns whose own output
            # the page can't change any more.
            start = frame.start if carried is None or view.whole else min(carried, frame.start)
            self._record(view, start, frame.end)
            written.add(view.id)
            carried = start if view.unsaved else None
        for view in self.views.values():
            if view.id not in written:
                view.save()
        if self.speaker is None or not self.speaker.continues:
            self._told = self._state

    def cell_ended(self) -> None:
        """Write what the cell's code did, if anything, where the outputs of earlier cells are closed."""
        view, told = self.speaker, self._told
        if view is None or not view.continues or self._closed(view) or self.busy:
            return
        frame = next(frame for each, frame in self._frames() if each is view)
        cut = bool(view.drawing and view.drawing.messages)
        if cut or told is None or any(a is not b for a, b in zip(told, self._state, strict=True)):
            self._record(view, min(self._recorded(), frame.start), frame.end)
            self._told = self._state

    def _record(self, view: View, start: int, end: int) -> None:
        keys = [node.key for node in self.conversation.history[start:end]]
        view.save((store.MIME, store.document(self.conversation, start, end)))
        view.recorded = start, keys

    def _recorded(self) -> int:
        """Return how many of the first messages the closed outputs hold as they are now."""
        keys = [node.key for node in self.conversation.history]
        known = 0
        for start, held in [view.recorded for view in self.views.values() if view.recorded]:
            if start <= known:
                same = zip(held, keys[start:], strict=False)
                known = max(known, start + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], same)))
        return known

    def _closed(self, view: View) -> bool:
        return self._screen.closed(self, view)

    @property
    def _state(self) -> tuple[object, object]:
        """What a record is made of, as values that are replaced when they change."""
        return self.conversation.turn.line, self.conversation.settings

    def on_request(self, body: Json) -> None:
        """A request goes out: the page must have a place to show the reply in."""
        self._sent = body
        self._by = "simulator" if self.conversation.target.simulated else "model"
        with reported():
            if not self._held:
                self.speaker = self._screen.here(self) or self.last() or self.speaker
            for hook in self.departed:
                hook()

    def on_change(self, event: Event, change: Change) -> None:
        try:  # not `reported()`: thousands of these come in a second
            for view in self.views.values():
                if view.whole or view is self.speaker:
                    view.stream(change, self._by)
        except Exception:
            log.exception(NOT_UPDATED)

    def on_chunk(self, data: bytes) -> None:
        """The recorder keeps them."""

    def on_update(self) -> None:
        with reported():
            if not self._held:
                self.speaker = self._screen.here(self) or self.speaker
            if self.conversation.state.name != "STREAMING":
                self._sent = None
            elif self._sent is None:
                return  # a request goes out: `on_request` follows at once, and draws
            self.refresh()
            self._keep_reply()

    def _keep_reply(self) -> None:
        """Hand the reply to who asked for it when the loop has ended, by whatever hand."""
        chat = self.conversation
        reply = chat.last
        if self.keep is None or reply is None or reply is self._before:
            return
        if not (self.busy or chat.pending or chat.error or reply.stop_reason == "pause_turn"):
            keep, self.keep = self.keep, None
            keep(reply)

    def _own(self) -> None:
        speaks = self._held or (self.speaker is not None and self.speaker.continues)
        self._owners.follow(self.conversation.history, self.speaker if speaks else None)

    def _frames(self) -> Iterator[tuple[View, Frame]]:
        segments = self._owners.segments
        length = len(self.conversation.history)
        apart = self.speaker if self.speaker and self._speaks_of_nothing(segments) else None
        goes_on = apart is not None and apart.continues
        for view, start, end in segments:
            yield view, self._frame(view, start, end, last=view is segments[-1][0] and not goes_on)
        if apart is not None:
            yield apart, self._frame(apart, length, length, last=goes_on or not segments)
        for view in self.views.values():
            if view.whole:
                yield view, self._frame(view, 0, length, last=True)

    def _frame(self, view: View, start: int, end: int, *, last: bool) -> Frame:
        speaks = view.whole or view is self.speaker or (last and self.speaker is None)
        return Frame(
            view.id,
            start,
            end,
            last=last,
            speaks=speaks,
            whole=view.whole,
            request=self._request() if view.whole else None,
            stoppable=bool(self.tasks) or not self.busy or not (last or speaks),
            filled=view.filled,
            notice=view.notice,
            told=view.told,
            compared=view.compared,
            requests=tuple(self.recorder.exchanges) if view.unfolded else None,
            state=view.state,
            unsent=view.unsent,
            sent=self._sent if self.busy and speaks else None,
            what_if=self._what_if(view, last=last),
            picked=self.picked,
            limits=self.limits,
            refused=self._refused_at() if speaks else None,
        )

    def _refused_at(self) -> str | None:
        """Return the path that the API's refusal is about, by the rule that has the same words."""
        error = self.conversation.error
        if not isinstance(error, APIError) or error.status != 400:
            return None
        if self._refused is None or self._refused[0] is not error:
            found = check(self.conversation.request()) if self.conversation.history else []
            path = next((each.path for each in found if each.message == error.message), None)
            self._refused = error, path
        return self._refused[1]

    def _what_if(self, view: View, *, last: bool = False) -> Json | None:
        """What was asked with *What if* in a view; rows can be added where the array ends."""
        if view.table is None:
            return None
        return view.table.snapshot(offers(self.conversation) if last else None)

    def _request(self) -> Json:
        """What the next request holds beside its messages; made anew when that has changed only."""
        now = self.conversation.settings, self.conversation.turn.line.options
        if self._around is None or any(a is not b for a, b in zip(self._around[0], now, strict=True)):
            request = self.conversation.outgoing()
            headers = {"version": request.version, "betas": list(request.betas)}
            self._around = now, {"fields": request.fields, "headers": headers}
        return self._around[1]

    def _speaks_of_nothing(self, segments: list[Segment]) -> bool:
        """A cell whose first request failed has no message in the array, but something to say."""
        if self.speaker is None or any(view is self.speaker for view, _, _ in segments):
            return False
        if self.speaker.continues:
            return True
        return self.busy or bool(self._held) or self.conversation.error is not None

    def _freeze(self, drawn: list[View]) -> None:
        """A view whose messages left the array keeps what it showed, and says that it is not current."""
        for view in self.views.values():
            if view in drawn or view.drawing is None or not view.drawing.history:
                continue
            gone = replace(view.drawing, cards=[], problems=[])
            around: Json = {"notice": view.parting, "stopped": None, "controls": controls(self.conversation)}
            if what_if := self._what_if(view):
                around["what_if"] = what_if
            view.frame = None
            view.draw(gone.changed(state="stale", error=None, last=False, **around))


@contextmanager
def reported() -> Iterator[None]:
    """A picture that fails must not break the conversation it shows."""
    try:
        yield
    except Exception:
        log.exception(NOT_UPDATED)
