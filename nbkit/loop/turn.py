"""The machine of the tool loop: what state an array is in, which moves it allows, and what comes next.

It does no I/O and holds no colour: the drivers in `runner` ask `next()`, do the one thing it names, and
report back.

The state is read off the data wherever the data says it, so it survives saving, loading and editing:

* The last message is an assistant's and holds `tool_use` blocks: the array waits for results. While any
  call lacks its result, or a result waits to be looked at, the turn is PAUSED. When all are in, it is
  READY.
* The last message is a user's (or a system message, or an assistant's that ends in an unfinished server
  tool, or came with `pause_turn`): a request can go out. READY.
* Otherwise the array is empty or ends with an assistant's reply: IDLE.

Two states are not in the data, because something is going on: STREAMING (a request is out) and RUNNING (at
least one tool runs). Nothing is written while a reply streams: the message arrives whole, or not at all.

What follows a reply depends on what is in it, not on its stop_reason alone:

* open calls (`tool_use`, and also `max_tokens` or a word nobody knows): policies are asked for each in
  turn; calls they approve are run; when every call has its result the results go out in one user message,
  in the order of the calls; a call without an answer makes the pause. A call that was cut or garbled can't
  be run, by nobody.
* `pause_turn` without open calls: the array is sent again as it is.
* `refusal`, and replies with nothing in them: nothing is added, and the turn is over.
* everything else, unknown words included: the turn is over.

A policy is asked once for each call, and once more when it asked for a look itself; a call that was started
and never answered is only a person's to decide. A decided call may be decided again until its result has
gone out. A stretch is what goes on between a person's move and the next stop; the requests in it are
bounded by a limit, and a stretch that reaches it stops READY, with the results kept.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import Any, Literal

from nbkit.errors import ToolError, TurnError, UsageError
from nbkit.loop.actions import Action, Ask, Done, Pause, Run, Send
from nbkit.loop.array.history import Ids, Provenance, from_wire
from nbkit.loop.calls import pending as calls
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Stop, to_json
from nbkit.loop.calls.pending import Pending
from nbkit.loop.line import Line, Record, Who
from nbkit.loop.settings import is_forced
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Message


class State(Enum):
    IDLE = "idle"
    READY = "ready"
    STREAMING = "streaming"
    RUNNING = "running"
    PAUSED = "paused"


I, R, S, T, P = State.IDLE, State.READY, State.STREAMING, State.RUNNING, State.PAUSED  # noqa: E741  # the table's columns

# From which states a move may be made; where it leads is read off the data afterwards.
MOVES: dict[str, frozenset[State]] = {
    "send a message": frozenset({I, R}),
    "go on": frozenset({R, P}),
    "send a request": frozenset({I, R, P}),
    "take a reply": frozenset({S}),
    "decide a call": frozenset({R, P, T}),
    "note a remark": frozenset({R, P, T}),
    "run a tool": frozenset({R, P, T}),
    "take a result": frozenset({T}),
    "stop the turn": frozenset({R, P}),
    "change the array": frozenset({I, R, P}),
}


class Turn:
    """The machine: a move replaces `line`, the array and its calls, or raises and changes nothing."""

    def __init__(self, line: Line | None = None, ids: Ids | None = None) -> None:
        self.line = line or Line()
        self._rested = self.line, resting(self.line)  # a line never changes, and its state is often asked for
        self.ids = ids or Ids()
        self.requests = 0  # of this stretch that have gone out
        self.replies = 0  # of this stretch that have come in whole
        self._limit = 0
        self.forced: Json | None = None  # the tool choice of this turn's first request
        self._over = True
        self._streaming = False
        self._running: frozenset[str] = frozenset()
        self._asked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, messages: list[Any]) -> Turn:
        """Return the turn that an array of plain dicts is at."""
        ids = Ids()
        history = from_wire(messages, Provenance("person"), ids)
        return cls(Line(history, calls.pending_of(history)), ids)

    @property
    def state(self) -> State:
        if self._streaming:
            return State.STREAMING
        if self._running:
            return State.RUNNING
        if self._rested[0] is not self.line:
            self._rested = self.line, resting(self.line)
        return self._rested[1]

    def allow(self, move: str) -> None:
        """Raise `TurnError`, naming state and move, unless the move may be made now."""
        if self.state not in MOVES[move]:
            raise TurnError(f"can't {move}: {self.why()}")

    def why(self) -> str:
        """Say what state the turn is in and what can be done, in words."""
        match self.state:
            case State.PAUSED:
                names = " and ".join(each.call.id for each in self.line.pending if not each.settled)
                return f"turn is paused on {names}; decide() each of them, or stop() the turn"
            case State.RUNNING:
                names = " and ".join(sorted(self._running))
                return f"turn is running {names}; wait for it, abandon() it, or interrupt it"
            case State.STREAMING:
                return "turn is streaming a reply; wait for it, or interrupt it"
            case State.READY:
                return "turn is ready; resume() sends the array as it is"
            case State.IDLE if self.line.history:
                return "turn is idle, the array ends with a reply; send() a message"
            case _:
                return "turn is idle, the array is empty; send() a message"

    def begin(self, limit: Any) -> None:
        """Begin a stretch: policies may be asked anew, requests are counted from nought."""
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            raise UsageError(f"max_steps is a number of requests, 1 or more, not {limit!r}")
        self.requests = self.replies = 0
        self._limit, self._over, self._asked = limit, False, frozenset()

    def next(self, *, singly: bool = False) -> Action:
        """Say what has to happen now. `singly`: no call is asked about while another one waits to be run."""
        if self._over or self._streaming:
            return Done()
        approved = tuple(
            each for each in self.line.pending if each.to_run and each.call.id not in self._running
        )
        if not (singly and approved):
            for each in self.line.pending:
                if self._to_ask(each):
                    return Ask(each)
        if approved:
            return Run(approved)
        match self.state:
            case State.PAUSED | State.RUNNING:
                return Pause()
            case State.READY:
                return Send() if self.requests < self._limit else Done(limit=True)
            case _:
                return Done()

    def passed(self, id: str) -> None:
        """Note that no policy answered: the call is a person's."""
        self._asked |= {id}

    def say(self, wire: Json, options: Json) -> None:
        """Add the message that begins a turn; results that are in go first, in the same message."""
        self.allow("send a message")
        line, self.forced = replace(self.line, options=options), None
        if line.pending:
            content = wire["content"]
            remark = [{"type": "text", "text": content}] if isinstance(content, str) else content
            self.line = line.answered(self.ids, remark)
        else:
            self.line = line.asked(wire, self.ids)

    def answer(self) -> None:
        """Put the results that are in into the array."""
        if self.line.results:
            self.line = self.line.answered(self.ids)

    def sent(self) -> None:
        """A request goes out."""
        self.allow("send a request")
        self.requests += 1
        self._streaming = True

    def received(self, message: Message, by: Literal["model", "simulator"]) -> None:
        """The whole reply is here."""
        self.allow("take a reply")
        self._streaming = False
        self.replies += 1
        line = self.line.replied(message, by, self.ids)
        added = line is not self.line
        self._over = not (line.pending or (added and message.stop_reason == "pause_turn"))
        choice = line.options.get("tool_choice")
        self.forced = choice if is_forced(choice) else self.forced
        self.line = replace(line, options=_left(line.options, over=self._over))

    def cut(self) -> None:
        """The reply broke off: nothing of it is kept."""
        self._streaming = False

    def decide(self, id: str, decision: Decision, who: Who, why_not: str | None = None) -> Pending:
        """Record a decision. A call whose tool has to run is then `to_run`; any other has its result at once.

        `why_not` says why the tool can't run with the input the decision gives it: then `ToolError`.
        """
        self.allow("decide a call")
        pending = self._open(id)
        released = isinstance(decision, Approve) and pending.looking
        if isinstance(decision, (Approve, EditInput)) and why_not and not released:
            raise ToolError(f"{id} can't be run: {why_not}; edit its input, or fake or refuse it")
        if isinstance(decision, EditResult) and pending.result is None:
            raise TurnError(f"{id} has no result to edit yet: run it, or fake one")
        if released and pending.too_much and isinstance(decision, Approve):
            decision = replace(decision, large=True)  # so that a replay of the log lets it through, too
        if isinstance(decision, Stop):
            self.stop(who)
            return calls.stopped(pending)
        record = Record(id, pending.call.name, to_json(decision), who)
        after = calls.decided(pending, decision)
        line = self.line.with_call(after)
        if isinstance(decision, EditInput) and decision.rewrite:
            line, after = line.rewritten(after, decision.input)
        self.line = replace(line, log=line.log.added(record))
        # A policy that asks for a look is asked again when there is something to look at.
        if not (after.to_run and who != "person"):
            self._asked |= {id}
        return after

    def remark(self, text: str) -> None:
        """Note what is to be said after the results."""
        if not self.line.pending:
            raise TurnError("no call waits for a result that a remark could go with: send() it as a message")
        self.allow("note a remark")
        if text != self.line.remark:
            self.line = replace(self.line, remark=text)

    def reopen(self, id: str) -> Pending:
        """Take a decision and what came of it back: the call is a person's to decide."""
        self.allow("decide a call")
        pending = self._open(id)
        if pending.decision is None:
            raise TurnError(f"{id} is open: nothing was decided that could be taken back")
        after = calls.interrupted(pending, started=pending.started)
        self.line = self.line.with_call(after)
        self._asked |= {id}
        return after

    def started(self, id: str) -> Pending:
        """The tool is about to run: from now on it may have run."""
        self.allow("run a tool")
        pending = replace(self._open(id), started=True)
        self.line = self.line.with_call(pending)
        self._running |= {id}
        return pending

    def printed(self, id: str, text: str) -> None:
        """The tool has printed this; the model isn't told."""
        self.line = self.line.with_call(replace(self._known(id), printed=text))

    def ran(self, id: str, content: Any, is_error: bool, too_much: str | None = None) -> Pending:
        """The tool has given a result, or failed. What can't become a result raises, and changes nothing.

        `too_much` says why it isn't used before a person has seen it.
        """
        self.allow("take a result")
        pending = calls.ran(self._known(id), content, is_error, too_much)
        self._running -= {id}
        self.line = self.line.with_call(pending)
        return pending

    def interrupted(self, id: str, *, started: bool = True) -> None:
        """The run broke off: the call is open again, for a person to decide."""
        self._running -= {id}
        self._asked |= {id}
        self.line = self.line.with_call(calls.interrupted(self._known(id), started=started))

    def stop(self, who: Who = "person") -> None:
        """Answer every open call with an error, and end the turn without sending. It is decided of each."""
        self.allow("stop the turn")
        self._over = True
        self.line = replace(self.line, options={})
        if self.line.pending:
            open_calls = [each.call for each in self.line.pending if each.result is None]
            log = self.line.log
            for call in open_calls:
                log = log.added(Record(call.id, call.name, to_json(Stop()), who))
            settled = tuple(calls.stopped(each) for each in self.line.pending)
            self.line = replace(self.line, pending=settled, log=log).answered(self.ids)

    def change(self, line: Line) -> None:
        """Take another line: an edit, an undo, a branch."""
        self.allow("change the array")
        self._over = True
        self.line = line

    def end(self) -> None:
        """The stretch broke off; what it had written by then stays."""
        self._streaming, self._over = False, True

    def restore(self, line: Line) -> None:
        """The stretch broke off, and what it had written is taken back."""
        self.end()
        self.line = line

    def _known(self, id: str) -> Pending:
        pending = self.line.call(id)
        if pending is None:
            names = " and ".join(each.call.id for each in self.line.pending)
            raise TurnError(
                f"there is no open call {id}: " + (f"open is {names}" if names else "none is open")
            )
        return pending

    def _open(self, id: str) -> Pending:
        pending = self._known(id)
        if id in self._running:
            raise TurnError(f"{id} is running: wait for its result, or interrupt it")
        return pending

    def _to_ask(self, pending: Pending) -> bool:
        if pending.call.id in self._asked or pending.may_have_run:
            return False
        if pending.looking:
            return self._who(pending.call.id) != "person"
        return pending.result is None and pending.decision is None

    def _who(self, id: str) -> Who | None:
        return next((record.who for record in reversed(self.line.log) if record.id == id), None)


def resting(line: Line) -> State:
    """Return the state of a line when nothing is going on."""
    if any(not each.settled for each in line.pending):
        return State.PAUSED
    if line.pending:
        return State.READY
    if not line.history:
        return State.IDLE
    return State.READY if line.goes_on else State.IDLE


def _left(options: Json, *, over: bool) -> Json:
    """Options hold for their turn; a forced tool for its first request, or it would never end."""
    if over or not options:
        return {}
    if not is_forced(options.get("tool_choice")):
        return options
    return {key: value for key, value in options.items() if key != "tool_choice"}
