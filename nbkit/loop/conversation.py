"""A conversation: an array that can be edited, sent, decided on and gone on with, by hand or by policy.

What each step means is the turn's (`turn`); how requests go out is the streamer's, bound from outside.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from nbkit.errors import NbkitError, StreamError, ToolError, TurnError, UsageError, a_kind, counted
from nbkit.facts.facts import DEFAULT_MODEL, DEFAULT_VERSION
from nbkit.loop.actions import Action, Done
from nbkit.loop.decisions import Decision, normal
from nbkit.loop.draft import Draft
from nbkit.loop.history import listed, plain
from nbkit.loop.line import Who
from nbkit.loop.pending import Pending
from nbkit.loop.policy import Policy, ask, policy_of
from nbkit.loop.results import said
from nbkit.loop.runner import (
    AsyncReplyStream,
    ReplyStream,
    Streamer,
    aexchange,
    arun,
    arun_tools,
    exchange,
    run,
    run_tools,
)
from nbkit.loop.settings import Settings, turn_options
from nbkit.loop.side_by_side import Work
from nbkit.loop.stretch import Stretch
from nbkit.loop.tools import Tool, tool_of
from nbkit.loop.turn import State
from nbkit.wire.blocks import Json, ToolUse
from nbkit.wire.messages import Message, Target

MAX_STEPS = 25
NOBODY = Target("nobody", "", simulated=False)


class Conversation(Draft):
    """Model, system, tools, parameters and the message array; one turn at a time.

    `policy` decides calls before a person is asked, `unattended` where nobody can be (`attended` is False).
    `max_steps` bounds the requests of one stretch, `tool_timeout` is the seconds that a tool which has no
    `timeout` of its own is waited for. Other keywords are fields of the request body.
    """

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        *,
        system: Any = None,
        tools: Iterable[Any] = (),
        policy: Policy | Decision | None = ask,
        unattended: Policy | Decision | None = None,
        client: Streamer | None = None,
        version: str = DEFAULT_VERSION,
        betas: Sequence[str] = (),
        name: str = "chat",
        max_steps: int = MAX_STEPS,
        tool_timeout: float | None = None,
        **params: Any,
    ) -> None:
        if not isinstance(model, str):
            raise UsageError(f"model= takes the name of a model, as {DEFAULT_MODEL!r}, not {a_kind(model)}")
        given = tuple(map(tool_of, listed(tools, "tools")))
        fields = (plain(model, "model"), plain(system, "system"), given, plain(params, "params"))
        super().__init__(Settings(*fields, version, tuple(listed(betas, "betas"))), name)
        for each in (policy, unattended):
            policy_of(each)  # one that is none is refused now, not at the first call
        self.policy = policy
        self.unattended = unattended
        self.client = client
        self.max_steps = max_steps
        self.tool_timeout = tool_timeout
        self.running: dict[str, Work] = {}
        self.attended = False
        self.stepping = False
        self.resolver: Callable[[str], Tool | None] | None = None
        self.reply: ReplyStream | AsyncReplyStream | None = None
        self.last: Message | None = None

    @property
    def target(self) -> Target:
        """Who answers."""
        return self.client.target if self.client is not None else NOBODY

    @property
    def pending(self) -> dict[str, Pending]:
        """The open calls by id, in order; `why_not` is said for the tools as they are now."""
        return {
            each.call.id: replace(copy.deepcopy(each), why_not=self.why_not(each))
            for each in self.turn.line.pending
        }

    @property
    def partial(self) -> Message | None:
        """The reply so far, while one streams."""
        try:
            return self.reply.message if self.reply is not None else None
        except StreamError:
            return None

    def send(self, content: Any, *, check: bool = True, options: Json | None = None) -> Message:
        """Send a user message and go on to the next stop; return the last reply.

        `content` is a string, blocks, or any value that becomes blocks. `options` are body fields,
        `version` or `betas` for this turn; a forced `tool_choice` holds for its first request only. Raises
        `InvalidRequest` before anything is sent (`check=False` sends all the same), `TurnError` when it is
        not the time. When the first request fails, the array is as it was.
        """
        with self._said(content, options, check=check, blocking=True) as stretch:
            self._stopped(run(stretch, self._actions))
        return self._last_reply()

    async def asend(self, content: Any, *, check: bool = True, options: Json | None = None) -> Message:
        """`send` for code that awaits."""
        with self._said(content, options, check=check, blocking=False) as stretch:
            self._stopped(await arun(stretch, self._actions))
        return self._last_reply()

    def resume(self, check: bool = True) -> Message:
        """Go on: ask the policies about open calls, send the results, and so on to the next stop.

        With `check=False` the array is sent as it is, whatever its state, and is as it was if that fails.
        """
        with self._going_on(check=check, blocking=True) as stretch:
            if not check:
                exchange(stretch)
            self._stopped(run(stretch, self._actions))
        return self._last_reply()

    async def aresume(self, check: bool = True) -> Message:
        """`resume` for code that awaits."""
        with self._going_on(check=check, blocking=False) as stretch:
            if not check:
                await aexchange(stretch)
            self._stopped(await arun(stretch, self._actions))
        return self._last_reply()

    def step(self) -> None:
        """Do one thing only: one request, or one tool that a policy approves."""
        with self._going_on(check=True, blocking=True) as stretch:
            run(stretch, 1)

    async def astep(self) -> None:
        """`step` for code that awaits."""
        with self._going_on(check=True, blocking=False) as stretch:
            await arun(stretch, 1)

    def decide(self, id: str, decision: Decision | Json) -> Pending:
        """Decide one open call: its tool runs at once if approved; nothing is sent.

        Raises `ToolError` when the tool can't be run with that input, `TurnError` when there is no such
        open call; both change nothing. A call may be decided again until its result has gone out.
        """
        with self._deciding(blocking=True) as stretch:
            pending = self._decided(stretch, id, decision)
            if pending.to_run:
                run_tools(stretch, [pending])
        return self.pending.get(id) or copy.deepcopy(pending)

    async def adecide(self, id: str, decision: Decision | Json) -> Pending:
        """`decide` for code that awaits; several calls may run at the same time."""
        with self._deciding(blocking=False) as stretch:
            pending = self._decided(stretch, id, decision)
            if pending.to_run:
                await arun_tools(stretch, [pending])
        return self.pending.get(id) or copy.deepcopy(pending)

    def abandon(self, id: str) -> None:
        """Wait no longer for the tool of a call: the call is open again, and its tool may have run.

        Nobody can end a function from outside: a sync one runs on, and what it gives is not heard. Raises
        `TurnError` for a call that doesn't run, or that runs where it can't be given up (alone in a cell).
        """
        work = self.running.get(id)
        if work is None or work.give_up() is False:
            raise TurnError(f"{id} does not run, or runs where only an interrupt (■) ends it")

    def stop(self) -> None:
        """Answer the open calls with errors and end the turn, without sending."""
        self.turn.allow("stop the turn")
        with self.step_of_undo():
            self.turn.stop()

    def fork(self, name: str | None = None) -> Self:
        """Return a conversation of its own that shares what it was up to now, but not who watches."""
        other = super().fork(name)
        other.reply, other.running = None, {}
        return other

    def save(self, path: str | Path) -> None:
        """Write array, provenance, decisions, open calls and branches to a JSON file that `load` reads."""
        from nbkit.loop import store

        store.save(self, path)

    def tool_for(self, call: ToolUse) -> Tool | None:
        """Return the tool that runs a call: the one found by name now wins over the one that was given."""
        if call.toolset_name is not None:  # a member of a toolset may share its name with a tool of ours
            return None
        found = self.resolver(call.name) if self.resolver else None
        return found or next((tool for tool in self._settings.tools if tool.name == call.name), None)

    def why_not(self, pending: Pending, edited: Json | None = None) -> str | None:
        """Say why a call can't be run, with its own input or an edited one; None when it can."""
        if edited is None:
            for block in self.history[-1].blocks if self.history else ():
                if block.id == pending.block_id and block.by.fault:
                    return block.by.fault
        tool = self.tool_for(pending.call)
        if tool is None:
            return f"no tool called {pending.call.name} is defined here"
        if tool.function is None:
            return f"{tool.name} has a definition and no function"
        try:
            tool.validate(pending.call.input if edited is None else edited)
        except ToolError as error:
            return str(error)
        return None

    def policies(self) -> Iterator[tuple[Who, Policy]]:
        """Who is asked about a call, in order."""
        yield "policy", policy_of(self.policy)
        if not self.attended:
            yield "unattended", policy_of(self.unattended)

    @property
    def _actions(self) -> int | None:
        return 1 if self.stepping else None

    def _decided(self, stretch: Stretch, id: str, decision: Decision | Json) -> Pending:
        decision = normal(decision)
        open_call = self.turn.line.call(id)
        why_not = stretch.why_not(open_call, decision) if open_call else None
        pending = self.turn.decide(id, decision, "person", why_not)
        self.updated()
        return pending

    @contextmanager
    def _said(self, content: Any, options: Json | None, *, check: bool, blocking: bool) -> Iterator[Stretch]:
        self.turn.allow("send a message")
        message = {"role": "user", "content": plain(said(content), "content")}
        options = turn_options(options)
        with self._stretch(check=check, blocking=blocking, take_back=True) as stretch:
            self.turn.say(message, options)
            self.updated()
            yield stretch

    @contextmanager
    def _going_on(self, *, check: bool, blocking: bool) -> Iterator[Stretch]:
        self.turn.allow("go on" if check else "send a request")
        before = self.turn.line
        with self._stretch(check=check, blocking=blocking, take_back=not check) as stretch:
            yield stretch
        if self.turn.line is before and self.state is State.PAUSED:
            raise self.error or TurnError(f"can't go on: {self.turn.why()}")

    @contextmanager
    def _stretch(self, *, check: bool, blocking: bool, take_back: bool) -> Iterator[Stretch]:
        """One stretch; if it breaks off before its first reply, `take_back` undoes all of it."""
        before = self.turn.line
        self.turn.begin(self.max_steps)
        with self._watched(Stretch(self, checked=check, blocking=blocking)) as stretch:
            try:
                yield stretch
            except BaseException:
                if take_back and not self.turn.replies:
                    self.turn.restore(before)
                self.turn.end()
                raise

    @contextmanager
    def _deciding(self, *, blocking: bool) -> Iterator[Stretch]:
        self.turn.allow("decide a call")
        before = self.error
        try:
            with self._watched(Stretch(self, blocking=blocking)) as stretch:
                yield stretch
        except NbkitError:  # a decision that can't be is its maker's to hear of, not the stretch's end
            self.error = before
            raise

    @contextmanager
    def _watched(self, stretch: Stretch) -> Iterator[Stretch]:
        self.error = None
        with self.step_of_undo():
            try:
                yield stretch
            except BaseException as error:
                self.error = stretch.close(error)
                raise

    def _stopped(self, action: Action) -> None:
        if isinstance(action, Done) and action.limit:
            made = counted(self.turn.requests, "request")
            raise TurnError(
                f"the turn has made {made} and is not at its end: resume() goes on, max_steps allows more"
            )

    def _last_reply(self) -> Message:
        return self.last or self.turn.line.last_reply()  # after loading there is none of this kernel's

    def __repr__(self) -> str:
        messages = counted(len(self.history), "message")
        return f"<Conversation {self.name!r}: {self.model}, {messages}, {self.state.value}>"
