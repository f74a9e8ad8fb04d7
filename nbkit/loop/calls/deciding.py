"""The open calls of a conversation: who decides them, what runs them, and where it stops for them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbkit.errors import ToolError, TurnError, UsageError, a_kind
from nbkit.loop.calls.breaks import Break, breaks_of
from nbkit.loop.calls.decisions import Decision
from nbkit.loop.calls.pending import Pending
from nbkit.loop.calls.policy import Policy, allow, ask, policy_of
from nbkit.loop.calls.suggestions import doubts, samples
from nbkit.loop.draft import Draft
from nbkit.loop.line import Who
from nbkit.loop.settings import Settings
from nbkit.loop.tools.client_tools import family
from nbkit.loop.tools.redefined import redefined
from nbkit.loop.tools.side_by_side import Work
from nbkit.loop.tools.tool import Tool
from nbkit.loop.tools.weight import MOST_TOKENS, as_limit, shortened
from nbkit.wire.blocks import Json, ToolUse

if TYPE_CHECKING:
    pass


class Deciding(Draft):
    """A draft whose open calls are decided, by hand or by policy."""

    def __init__(
        self,
        settings: Settings,
        name: str,
        policy: Policy | Decision | None = ask,
        unattended: Policy | Decision | None = None,
        tool_timeout: float | None = None,
        max_result: int | None = MOST_TOKENS,
    ) -> None:
        super().__init__(settings, name)
        self.policy = policy
        self.unattended = unattended
        self.tool_timeout = tool_timeout
        self.max_result = as_limit(max_result)
        self.attended = False
        self.always: dict[str, Decision | Policy] = {}  # by the name of a tool: "always run this one"
        self.resolver: Callable[[str], Tool | None] | None = None
        self.running: dict[str, Work] = {}
        self.held_at: int | None = None
        self.passed: set[str] = set()
        self._breakpoints: tuple[Break, ...] = ()

    @property
    def pending(self) -> dict[str, Pending]:
        """The open calls by id, in order; `why_not` and `doubts` are said for the tools as they are now."""
        return {each.call.id: self._told(each) for each in self.turn.line.pending}

    def _told(self, pending: Pending) -> Pending:
        others = [each for each in self.turn.line.pending if each is not pending]
        odd = doubts(pending, others, self.tool_for(pending.call)) if pending.result is not None else ()
        return replace(
            copy.deepcopy(pending),
            why_not=self.why_not(pending),
            doubts=tuple(odd),
            redefined=self._redefined(pending),
        )

    def _redefined(self, pending: Pending) -> str | None:
        call = pending.call
        found = self.resolver(call.name) if self.resolver and call.toolset_name is None else None
        offered = next((tool for tool in self._settings.tools if tool.name == call.name), None)
        if pending.result is not None or found is None or offered is None:
            return None
        return redefined(found, offered, self.request)

    def shortened(self, id: str) -> str | list[Json]:
        """Return the result of a call cut to what `max_result` allows: its beginning and its end.

        chat.decide(id, EditResult(chat.shortened(id))). Raises `TurnError` for a call without a result.
        """
        pending = self.turn.line.call(id)
        if pending is None or pending.result is None:
            raise TurnError(f"{id} is no open call with a result")
        return shortened(pending.result.get("content") or "", str(self.model), self.max_result)

    def samples(self, id: str) -> dict[str, str | list[Json]]:
        """Return results to fake a call with, by what they are: the last real ones, and one of its type.

        chat.decide(id, Fake(chat.samples(id)["the last real result"])); none are made where nothing says
        what the tool gives. Raises `TurnError` for a call that isn't open.
        """
        pending = self.turn.line.call(id)
        if pending is None:
            raise TurnError(f"there is no open call {id}")
        return samples(self.history, pending, self.tool_for(pending.call))

    @property
    def breakpoints(self) -> tuple[Break, ...]:
        """Where a stretch stops although it could go on: the names of tools, and `Break()`s.

        A stop says why in `stopped_at`; `resume()` goes on from there, `step()` heeds none.
        """
        return self._breakpoints

    @breakpoints.setter
    def breakpoints(self, given: Any) -> None:
        self._breakpoints = tuple(breaks_of(given))
        self.updated()

    @property
    def remark(self) -> str:
        """What the user says after the results, in the same message; "" for nothing.

        It goes out with them, whoever sends them. Text after results teaches a model to stop early, so it is
        for what can't wait. Raises `TurnError` where no call waits for its result.
        """
        return self.turn.line.remark

    @remark.setter
    def remark(self, text: Any) -> None:
        text = "" if text is None else text
        if not isinstance(text, str):
            raise UsageError(f"a remark is a text, not {a_kind(text)}: send() takes blocks")
        with self.step_of_undo():
            self.turn.remark(text if text.strip() else "")  # the API refuses empty text

    def abandon(self, id: str) -> None:
        """Wait no longer for the tool of a call: the call is open again, and its tool may have run.

        Nobody can end a function from outside: a sync one runs on, and what it gives is not heard. Raises
        `TurnError` for a call that doesn't run, or that runs where it can't be given up (alone in a cell).
        """
        work = self.running.get(id)
        if work is None or work.give_up() is False:
            raise TurnError(f"{id} does not run, or runs where only an interrupt (■) ends it")

    def tool_for(self, call: ToolUse) -> Tool | None:
        """Return the tool that runs a call: the one found by name now wins over the one that was given."""
        if call.toolset_name is not None:  # a member of a toolset may share its name with a tool of ours
            kind = f"{call.toolset_name}_toolset"
            sets = (tool for tool in self._settings.tools if family(tool.definition()) == kind)
            return next((tool.member(call.name) for tool in sets), None)
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
        if pending.call.toolset_name is not None and tool.function is None:
            return (
                f"the toolset {pending.call.toolset_name} has nothing here that runs {tool.name}: "
                "Tool.from_definition(…, an object with a method of that name)"
            )
        if tool.why_not is not None:
            return tool.why_not
        try:
            tool.validate(pending.call.input if edited is None else edited)
        except ToolError as error:
            return str(error)
        return None

    @property
    def policy(self) -> Policy | Decision | None:
        """Who decides calls before a person is asked. What can't be a policy is refused when it is set."""
        return self._policy

    @policy.setter
    def policy(self, given: Policy | Decision | None) -> None:
        policy_of(given)
        self._policy = given

    @property
    def unattended(self) -> Policy | Decision | None:
        """Who decides at last, where nobody can be asked."""
        return self._unattended

    @unattended.setter
    def unattended(self, given: Policy | Decision | None) -> None:
        policy_of(given)
        self._unattended = given

    def policies(self, name: str, *, to_end: bool = False) -> Iterator[tuple[Who, Policy | Decision | None]]:
        """Who is asked about a call of a tool, in order; all is approved at last, if it is run `to_end`."""
        yield "policy", self.always.get(name)
        yield "policy", self.policy
        if to_end:
            yield "policy", allow
            return
        if not self.attended:
            yield "unattended", self.unattended
