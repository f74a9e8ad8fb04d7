"""A conversation: an array that can be edited, sent, decided on and gone on with, by hand or by policy.

What each step means is the turn's (`turn`); how requests go out is the streamer's, bound from outside.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

from nbkit.errors import InvalidRequest, NbkitError, StreamError, TurnError, UsageError, a_kind, counted
from nbkit.facts.facts import DEFAULT_MODEL, DEFAULT_VERSION
from nbkit.loop import waiting
from nbkit.loop.actions import Action, Done
from nbkit.loop.array.history import Ids, listed, plain
from nbkit.loop.budget import Budget
from nbkit.loop.calls.deciding import Deciding
from nbkit.loop.calls.decisions import Decision, Stop, normal
from nbkit.loop.calls.pending import Pending
from nbkit.loop.calls.policy import Policy, ask
from nbkit.loop.misspelt import refuse_attribute, refuse_unknown_keywords
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
from nbkit.loop.saved.clean import clean_line, clean_settings
from nbkit.loop.settings import Settings, turn_options
from nbkit.loop.spent import Spent, spent
from nbkit.loop.stretch import Stretch
from nbkit.loop.tools.results import said
from nbkit.loop.tools.tool import tool_of
from nbkit.loop.tools.weight import MOST_TOKENS
from nbkit.loop.turn import State, Turn
from nbkit.loop.versions import Versions
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Message, Target

CHAT = "chat"  # the name of a conversation that was given none
MAX_STEPS = 25
# The keywords of a conversation that are no fields of the body.
OWN = (
    *("model", "messages", "system", "tools", "policy", "unattended", "client", "version", "betas", "name"),
    *("max_steps", "tool_timeout", "max_result"),
)
NOBODY = Target("nobody", "", simulated=False)

SERVER_FIRST = "the API is not done with what it began: Continue, or resume(), lets it finish first"


class Conversation(Deciding):
    """Model, system, tools, parameters and the message array; one turn at a time.

    `policy` decides calls before a person is asked, `unattended` where nobody can be (`attended` is False).
    `max_steps` bounds the requests of one stretch, `tool_timeout` is the seconds that a tool which has no
    `timeout` of its own is waited for. A result of more than `max_result` tokens (estimated; None: no limit),
    or one that the API would refuse, isn't sent unasked, whoever has approved: the call waits to be seen.
    `messages` is an array to begin with. Other keywords are fields of the request body.
    """

    _made = False
    listener: ClassVar[Callable[[Conversation], waiting.Ear | None] | None] = None  # for `wait`
    widgets: ClassVar[Callable[[Conversation], Any] | None] = None  # for `widget`

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        *,
        messages: Iterable[Any] = (),
        system: Any = None,
        tools: Iterable[Any] = (),
        policy: Policy | Decision | None = ask,
        unattended: Policy | Decision | None = None,
        client: Streamer | None = None,
        version: str = DEFAULT_VERSION,
        betas: Sequence[str] = (),
        name: str = CHAT,
        max_steps: int = MAX_STEPS,
        tool_timeout: float | None = None,
        max_result: int | None = MOST_TOKENS,
        **params: Any,
    ) -> None:
        if not isinstance(model, str):
            raise UsageError(f"model= takes the name of a model, as {DEFAULT_MODEL!r}, not {a_kind(model)}")
        refuse_unknown_keywords(params, OWN)
        given = tuple(map(tool_of, listed(tools, "tools")))
        fields = (plain(model, "model"), plain(system, "system"), given, plain(params, "params"))
        settings = Settings(*fields, version, tuple(listed(betas, "betas")))
        super().__init__(settings, name, policy, unattended, tool_timeout, max_result)
        self.turn = Turn.of(plain(listed(messages, "messages")))
        self.client = client
        self.max_steps = max_steps
        self.stepping = False
        self.reply: ReplyStream | AsyncReplyStream | None = None
        self.last: Message | None = None
        self._made = True

    def __setattr__(self, name: str, value: Any) -> None:
        """Set what there is. A name near to one, or a field of the body, would be set and do nothing."""
        if self._made and not hasattr(self, name) and not name.startswith("_"):
            known = {each for each in (*dir(type(self)), *self.__dict__) if not each.startswith("_")}
            refuse_attribute(name, known)
        super().__setattr__(name, value)

    @property
    def target(self) -> Target:
        """Who answers."""
        return self.client.target if self.client is not None else NOBODY

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
            self._stopped(stretch, run(stretch, self._actions))
        return self._last_reply()

    async def asend(self, content: Any, *, check: bool = True, options: Json | None = None) -> Message:
        """`send` for code that awaits."""
        with self._said(content, options, check=check, blocking=False) as stretch:
            self._stopped(stretch, await arun(stretch, self._actions))
        return self._last_reply()

    def resume(self, check: bool = True) -> Message:
        """Go on: ask the policies about open calls, send the results, and so on to the next stop.

        With `check=False` the array is sent as it is, whatever its state, and is as it was if that fails.
        """
        with self._going_on(check=check, blocking=True) as stretch:
            if not check:
                exchange(stretch)
            self._stopped(stretch, run(stretch, self._actions))
        return self._last_reply()

    async def aresume(self, check: bool = True) -> Message:
        """`resume` for code that awaits."""
        with self._going_on(check=check, blocking=False) as stretch:
            if not check:
                await aexchange(stretch)
            self._stopped(stretch, await arun(stretch, self._actions))
        return self._last_reply()

    def run_to_end(
        self, *, max_steps: int | None = None, max_tokens: int | None = None, max_cost: float | None = None
    ) -> Message:
        """Go on to the end of the turn: calls that no policy decides are approved.

        It stops at breakpoints, and with a `TurnError` where it has made `max_steps` requests, or used
        `max_tokens` tokens of input and output or `max_cost` dollars; the array is ready to go on then.
        """
        budget = self._budget(max_tokens, max_cost)
        with self._going_on(check=True, blocking=True, budget=budget, max_steps=max_steps) as stretch:
            self._stopped(stretch, run(stretch))
        return self._last_reply()

    async def arun_to_end(
        self, *, max_steps: int | None = None, max_tokens: int | None = None, max_cost: float | None = None
    ) -> Message:
        """`run_to_end` for code that awaits."""
        budget = self._budget(max_tokens, max_cost)
        with self._going_on(check=True, blocking=False, budget=budget, max_steps=max_steps) as stretch:
            self._stopped(stretch, await arun(stretch))
        return self._last_reply()

    def _budget(self, max_tokens: int | None, max_cost: float | None) -> Budget:
        budget = Budget(max_tokens, max_cost)
        budget.suits(self.model)
        return budget

    def step(self) -> None:
        """Do one thing only: one request, or one tool that a policy approves."""
        with self._going_on(check=True, blocking=True, breaks=False) as stretch:
            run(stretch, 1)

    async def astep(self) -> None:
        """`step` for code that awaits."""
        with self._going_on(check=True, blocking=False, breaks=False) as stretch:
            await arun(stretch, 1)

    def decide(self, id: str, decision: Decision | Json, *, run: bool = True) -> Pending:
        """Decide one open call: its tool runs at once if approved; nothing is sent.

        With `run=False` an approved tool runs when the turn goes on, beside the others. Raises `ToolError`
        when the tool can't be run with that input, `TurnError` when there is no such open call; both change
        nothing. A call may be decided again until its result has gone out.
        """
        with self._deciding(blocking=run) as stretch:
            pending = self._decided(stretch, id, decision)
            if run and pending.to_run:
                run_tools(stretch, [pending])
        return self.pending.get(id) or copy.deepcopy(pending)

    async def adecide(self, id: str, decision: Decision | Json) -> Pending:
        """`decide` for code that awaits; several calls may run at the same time."""
        with self._deciding(blocking=False) as stretch:
            pending = self._decided(stretch, id, decision)
            if pending.to_run:
                await arun_tools(stretch, [pending])
        return self.pending.get(id) or copy.deepcopy(pending)

    def decide_all(self, decision: Decision | Json) -> dict[str, Pending]:
        """Decide every call that is still open in the same way; tools that run, run side by side.

        Raises for a call that can't be decided so, and then decides none.
        """
        with self._deciding(blocking=True) as stretch:
            run_tools(stretch, self._all_decided(stretch, decision))
        return self.pending

    async def adecide_all(self, decision: Decision | Json) -> dict[str, Pending]:
        """`decide_all` for code that awaits."""
        with self._deciding(blocking=False) as stretch:
            await arun_tools(stretch, self._all_decided(stretch, decision))
        return self.pending

    def reopen(self, id: str) -> Pending:
        """Take back what was decided of a call, and its result; a tool that has run has run.

        Raises `TurnError` when there is no such call, or when nothing was decided.
        """
        with self._deciding(blocking=True):
            self.turn.reopen(id)
        return self.pending[id]

    def wait(self, timeout: float | None = None) -> Message:
        """Block until the open calls are decided, by clicks or in another thread, and the turn is over.

        When every call has its result it goes on, and waits again at the next pause; it sends nothing where
        no call is open. Returns the last reply.
        Raises what broke the turn off, and `TurnError` after `timeout` seconds or where nobody could be
        heard: the pause is as it was then.
        """
        waiting.wait(self, timeout)
        return self._last_reply()

    async def await_(self, timeout: float | None = None) -> Message:
        """`wait` for code that awaits; a cell with `await chat.await_()` hears clicks on ipykernel 7."""
        await waiting.await_(self, timeout)
        return self._last_reply()

    def stop(self) -> None:
        """Answer the open calls with errors and end the turn, without sending."""
        self.turn.allow("stop the turn")
        with self.step_of_undo():
            self.turn.stop()

    def fork(self, name: str | None = None) -> Self:
        """Return a conversation of its own that shares what it was up to now, but not who watches."""
        other = super().fork(name)
        other.reply, other.running = None, {}
        other.always, other.passed = dict(self.always), set(self.passed)
        return other

    def clean(self, name: str | None = None) -> Self:
        """Return a conversation of its own without private results, to be shared: `chat.clean().save(…)`.

        Taken out are the contents of tool results, thinking, and every block that is no text, call or result
        (pictures, documents, search results, what server tools did): a note stands in their place. So are
        citations, what edited blocks were before, decisions, results that wait, other branches, all undo,
        ids of replies, and in the parameters `metadata`, `mcp_servers` (with their toolsets), `container`.
        Texts, calls with their inputs, the system prompt and the tools stay, and may quote what is gone.
        """
        other = self.fork(name or f"{self.name}_clean")
        ids = Ids()
        other.start_from(
            clean_settings(self.settings), Turn(clean_line(self.turn.line, ids), ids), "main", ()
        )
        other._versions, other.always = Versions(), {}
        other.last = other.stopped_at = other.held_at = None
        return other

    def spent(self) -> Mapping[str, Spent]:
        """Return what the replies of all branches have cost, by model: tokens, and dollars by the list."""
        return spent([self.history, *(line.history for _, line in self.others)])

    def widget(self) -> Any:
        """Return an ipywidget that shows this conversation, to be put among others, in a `VBox` say.

        Its traits `state`, `length` (of the array), `pending` (ids of open calls) and `last` (the last
        reply's text) can be observed. Raises `UsageError` outside of a notebook that has loaded nbkit.
        """
        make = type(self).widgets
        if make is None:
            raise UsageError("a conversation has a widget in a notebook only, after %load_ext nbkit")
        return make(self)

    def save(self, path: str | Path) -> None:
        """Write array, provenance, decisions, open calls and branches to a JSON file that `load` reads."""
        from nbkit.loop.saved import store

        store.save(self, path)

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
    def _deciding(self, *, blocking: bool) -> Iterator[Stretch]:
        self.turn.allow("decide a call")
        with self._watched(Stretch(self, blocking=blocking), decides=True) as stretch:
            yield stretch
            if self.state is not State.PAUSED:  # what held the turn there is answered
                self.stopped_at = None

    @contextmanager
    def _watched(self, stretch: Stretch, *, decides: bool = False) -> Iterator[Stretch]:
        before, self.error = self.error, None
        with self.step_of_undo():
            try:
                yield stretch
            except BaseException as error:
                ended = stretch.close(error)
                # A decision that can't be is its maker's to hear of, not how the conversation stands.
                self.error = before if decides and isinstance(error, NbkitError) else ended
                raise

    def _all_decided(self, stretch: Stretch, decision: Decision | Json) -> list[Pending]:
        """Decide all calls without a result or a decision; returns those whose tools are to run."""
        before = self.turn.line
        waiting = [each for each in before.pending if each.result is None or each.looking]
        if not waiting:
            raise TurnError("there is no open call to decide")
        decision = normal(decision)
        if isinstance(decision, Stop):  # of one is of all
            waiting = waiting[:1]
        try:
            decided = [self._decided(stretch, each.call.id, decision) for each in waiting]
        except NbkitError:
            self.turn.restore(before)
            raise
        return [each for each in decided if each.to_run]

    @contextmanager
    def _said(self, content: Any, options: Json | None, *, check: bool, blocking: bool) -> Iterator[Stretch]:
        self.turn.allow("send a message")
        message = {"role": "user", "content": plain(said(content), "content")}
        options = turn_options(options)
        stretch = Stretch(self, checked=check, blocking=blocking)
        goes_on = self.state is State.READY
        try:
            with self._stretch(stretch, take_back=True):
                self.turn.say(message, options)
                self.updated()
                yield stretch
        except InvalidRequest as error:
            if not (goes_on and error.problems[0].rule == "R22"):
                raise
            self.error = InvalidRequest(error.problems, SERVER_FIRST)
            raise self.error from None

    @contextmanager
    def _going_on(
        self,
        *,
        check: bool,
        blocking: bool,
        budget: Budget | None = None,
        max_steps: int | None = None,
        breaks: bool = True,
    ) -> Iterator[Stretch]:
        self.turn.allow("go on" if check else "send a request")
        before = self.turn.line
        stretch = Stretch(
            self, checked=check, blocking=blocking, budget=budget, to_end=budget is not None, breaks=breaks
        )
        with self._stretch(stretch, take_back=not check, max_steps=max_steps):
            yield stretch
        if self.turn.line is before and self.state is State.PAUSED:
            raise self.error or TurnError(f"can't go on: {self.turn.why()}")

    @contextmanager
    def _stretch(self, stretch: Stretch, *, take_back: bool, max_steps: int | None = None) -> Iterator[None]:
        """One stretch; if it breaks off before its first reply, `take_back` undoes all of it."""
        before = self.turn.line
        self.turn.begin(self.max_steps if max_steps is None else max_steps)
        self.stopped_at = None
        with self._watched(stretch):
            try:
                yield
            except BaseException:
                if take_back and not self.turn.replies:
                    self.turn.restore(before)
                self.turn.end()
                raise
        if stretch.limit:
            raise TurnError(stretch.limit)

    def _stopped(self, stretch: Stretch, action: Action) -> None:
        """Keep why a stretch ended that could go on. A limit is told to who called, and is no error of it."""
        if not isinstance(action, Done):
            return
        if action.limit:
            why = action.why or f"has made {counted(self.turn.requests, 'request')}"
            self.stopped_at = f"because the turn {why}"
            stretch.limit = (
                f"the turn {why} and is not at its end: resume() goes on, a higher limit allows more"
            )
        elif action.why:
            self.stopped_at = action.why

    def _last_reply(self) -> Message:
        return self.last or self.turn.line.last_reply()  # after loading there is none of this kernel's

    def __repr__(self) -> str:
        messages = counted(len(self.history), "message")
        return f"<Conversation {self.name!r}: {self.model}, {messages}, {self.state.value}>"
