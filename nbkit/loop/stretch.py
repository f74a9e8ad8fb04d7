"""Each step of a stretch: the doors between machine, tools, policies and watchers.

A stretch is what goes on between a person's move and the next stop. Nothing here waits; the drivers do.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from nbkit.errors import InvalidRequest, NbkitError, StreamError, ToolError, TurnError, UsageError
from nbkit.loop.actions import Done
from nbkit.loop.array.history import Messages
from nbkit.loop.budget import Budget
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, normal
from nbkit.loop.calls.pending import Pending
from nbkit.loop.calls.policy import policy_of
from nbkit.loop.line import Who
from nbkit.loop.runner import AsyncReplyStream, ReplyStream, Streamer
from nbkit.loop.settings import Outgoing
from nbkit.loop.tools.interrupts import is_interrupt
from nbkit.loop.tools.results import raised, to_content
from nbkit.loop.tools.side_by_side import Work
from nbkit.loop.tools.tool import Tool, loop_is_running
from nbkit.loop.tools.weight import too_much
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json, ToolUse
from nbkit.wire.events import Event
from nbkit.wire.messages import Message

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation


class Stretch:
    """The `Host` of one stretch of a conversation. `blocking`: it is driven by code that can't await."""

    def __init__(
        self,
        chat: Conversation,
        *,
        checked: bool = True,
        blocking: bool = True,
        budget: Budget | None = None,
        to_end: bool = False,
        breaks: bool = True,
    ) -> None:
        self.chat = chat
        self.turn = chat.turn
        self._budget = budget or Budget()
        self._to_end = to_end  # what nobody decides is approved
        self._breaks = breaks
        self._checked = checked
        self._blocking = blocking
        self._running: list[Pending] = []
        self._cut = False
        self._partial: Message | None = None
        self._broken: list[str] = []
        self.limit: str | None = None

    def streamer(self) -> Streamer:
        if self.chat.client is None:
            raise UsageError("this conversation has nobody to talk to: set chat.client = nbkit.connect()")
        return self.chat.client

    def held(self) -> Done | None:
        """Say why the next request doesn't go out: a limit, or a breakpoint that isn't passed yet.

        Nothing is held that the API would refuse: that is told at once (`InvalidRequest`).
        """
        if why := self._budget.why:
            return Done(limit=True, why=why)
        length, held_at, self.chat.held_at = len(self.turn.line.history), self.chat.held_at, None
        if not self._breaks or held_at == length:
            return None
        failed = [each.call.name for each in self.turn.line.pending if (each.result or {}).get("is_error")]
        breakpoints = self.chat.breakpoints
        at = next((name for each in breakpoints for name in failed if each.at_error([name])), None)
        if at is None and all(each.on != "request" for each in breakpoints):
            return None
        self._check(self.chat.outgoing())
        self.chat.held_at = length
        return Done(why=f"because {at} has failed" if at else "before a request")

    def depart(self) -> Outgoing:
        """Put the results into the array and let the request out, if the API would take it."""
        before = self.turn.line
        self.turn.answer()
        request = self.chat.outgoing()
        try:
            self._check(request)
        except InvalidRequest:
            self.turn.line = before
            raise
        self.turn.sent()
        self.chat.last_sent = request
        self.chat.tell()
        for observer in self.chat.observers:
            observer.on_request(request.body)
        return request

    def _check(self, request: Outgoing) -> None:
        problems = self.chat.judged(request) if self._checked else ()
        if errors := [problem for problem in problems if problem.level == "error"]:
            raise InvalidRequest(errors)

    def opened(self, reply: ReplyStream | AsyncReplyStream) -> None:
        self.chat.reply = reply

    def seen(self, event: Event, change: Change) -> None:
        for observer in self.chat.observers:
            observer.on_change(event, change)

    def chunk(self, data: bytes) -> None:
        for observer in self.chat.observers:
            observer.on_chunk(data)

    def arrived(self, message: Message) -> None:
        self.chat.reply = None
        self.chat.last = message
        self._budget.used(message)
        self.turn.received(message, "simulator" if self.chat.target.simulated else "model")
        self.chat.updated()

    def broke_off(self) -> None:
        """Keep what had arrived for the error; the array keeps nothing of it."""
        self._cut, self._partial = True, self.chat.partial
        self.chat.reply = None
        self.turn.cut()

    def ask(self, pending: Pending) -> None:
        """Ask the policies about a call. One that fails or can't be followed leaves the call to a person."""
        if self._breaks_at(pending):
            return
        seen = Messages(self.turn.line.history, pending.result)
        for who, policy in self.chat.policies(pending.call.name, to_end=self._to_end):
            try:
                answer = policy_of(policy)(ToolUse(pending.call.to_wire()), seen)
                if answer is None or (pending.looking and _runs_again(answer, pending)):
                    continue
                decision = normal(_at_once(answer))
                self.turn.decide(pending.call.id, decision, who, self.why_not(pending, decision))
            except BaseException as error:  # a policy is anybody's code, and fails closed
                if is_interrupt(error):
                    raise
                words = str(error) if isinstance(error, NbkitError) else raised(error)
                self.chat.error = TurnError(
                    f"no decision on {pending.call.id} by {_NAMES[who]} ({words}): decide it yourself"
                )
                break
            self.chat.updated()
            return
        self.turn.passed(pending.call.id)

    def _breaks_at(self, pending: Pending) -> bool:
        """Leave a call with a breakpoint to a person, unless somebody has gone on from there already."""
        place = f"call {pending.call.id}"
        breakpoints = self.chat.breakpoints if self._breaks else ()
        stop = next((each for each in breakpoints if each.at_call(pending.call)), None)
        if stop is None or place in self.chat.passed:
            return False
        self.chat.passed.add(place)
        self.chat.stopped_at = f"at a call of {pending.call.name}{stop.where}"
        self.turn.passed(pending.call.id)
        return True

    def why_not(self, pending: Pending, decision: Decision) -> str | None:
        """Say why the tool can't be run as decided, or None."""
        if not isinstance(decision, (Approve, EditInput)):
            return None
        edited = decision.input if isinstance(decision, EditInput) else None
        why = self.chat.why_not(pending, edited)
        tool = self.chat.tool_for(pending.call)
        if why is None and tool and self._blocking and tool.is_async and loop_is_running():
            return f"{tool.name} is async and a loop is running here: await chat.adecide(...) or aresume()"
        return why

    def ready_to_run(self, pending: Pending) -> tuple[Tool, dict[str, Any], float | None]:
        """Mark the call as started, so that whatever happens now, it is known that it may have run.

        Returns the tool, its arguments, and the seconds that it is waited for.
        """
        tool = self.chat.tool_for(pending.call)
        try:
            if tool is None:
                raise ToolError(
                    f"no tool called {pending.call.name} is defined here: fake or refuse the call"
                )
            arguments = tool.validate(pending.input)
        except ToolError:
            self.turn.interrupted(pending.call.id, started=False)
            raise
        self._running.append(self.turn.started(pending.call.id))
        self.chat.updated()
        return tool, arguments, self.chat.tool_timeout if tool.timeout is None else tool.timeout

    def works(self, works: Sequence[Work]) -> None:
        """Let the calls that run be given up one by one."""
        self.chat.running.update({work.id: work for work in works})

    def printed(self, pending: Pending, text: str) -> None:
        """Keep what the tool printed with its call, for who looks at it."""
        self.turn.printed(pending.call.id, text)

    def ran(self, pending: Pending, value: Any) -> None:
        try:
            content = to_content(value)
            self.turn.ran(pending.call.id, content, False, self._too_much(pending, content))
        except Exception as error:  # noqa: BLE001  # what a tool gives is anybody's object
            self.failed(pending, error)
        else:
            self._finished(pending)

    def failed(self, pending: Pending, error: BaseException) -> None:
        """The model is told what a tool raised in one line; our own frames are not its business."""
        words = raised(error)
        self.turn.ran(pending.call.id, words, True, self._too_much(pending, words))
        self._finished(pending)

    def _too_much(self, pending: Pending, content: str | list[Json]) -> str | None:
        """Why a result isn't used unseen: nobody has said that this one may be large."""
        if isinstance(pending.decision, Approve) and pending.decision.large:
            return None
        return too_much(content, str(self.chat.model), self.chat.max_result)

    def interrupted(self, pending: Pending) -> None:
        self._running = [each for each in self._running if each.call.id != pending.call.id]
        self._broken.append(f"{pending.call.name} ({pending.call.id})")
        self.chat.running.pop(pending.call.id, None)
        self.turn.interrupted(pending.call.id)
        self.chat.updated()  # others may run on, and this one can be decided again

    def close(self, error: BaseException) -> Exception:
        """Leave nothing hanging after an error, and return what `chat.error` shall say of it."""
        for pending in list(self._running):
            self.interrupted(pending)
        for pending in self.turn.line.pending:
            if pending.to_run:  # let run and not begun: nobody shall find that later and run it unasked
                self.turn.interrupted(pending.call.id, started=False)
        if isinstance(error, Exception):
            return error
        if self._broken:
            names = " and ".join(self._broken)
            # The page shows this above its buttons.
            return TurnError(
                f"{names} was interrupted and may have run: decide again, with Run, Fake or Refuse, "
                "or end the turn with Stop"
            )
        if self._cut:
            words = "stopped while the reply was streaming: nothing of it was kept, send again when you like"
            return StreamError(words, partial=self._partial)
        return TurnError("stopped: the array is as it was, go on when you like")

    def _finished(self, pending: Pending) -> None:
        self.chat.running.pop(pending.call.id, None)
        self._running = [each for each in self._running if each.call.id != pending.call.id]
        self.chat.updated()


_NAMES: dict[Who, str] = {"policy": "the policy", "unattended": "the unattended policy", "person": "a person"}


def _at_once(answer: object) -> object:
    """Return the answer of a policy. One that would have to be awaited is none, and is not begun."""
    if isinstance(answer, Coroutine):
        answer.close()
        raise TurnError("it is async, and a policy has to answer at once")
    return answer


def _runs_again(answer: object, pending: Pending) -> bool:
    """A result that waits to be seen is let go or replaced by a policy; its tool isn't run a second time.

    One that is too much is let go by a policy that says so, not by one that approves of everything.
    """
    if isinstance(answer, Approve):
        return answer.look or (pending.too_much is not None and not answer.large)
    return isinstance(answer, EditInput)
