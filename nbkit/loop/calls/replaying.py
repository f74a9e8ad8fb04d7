"""Decisions that were recorded, or written down, decide again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbkit.errors import TurnError
from nbkit.loop.array.history import Messages
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, from_json
from nbkit.loop.calls.pending import refusal
from nbkit.loop.calls.policy import Policy, policy_of
from nbkit.wire.blocks import Json, ToolUse


def scripted(decisions: Iterable[Decision | Json], *, rest: Decision | Policy | None = None) -> Policy:
    """Replay decisions: those of a log (`chat.decisions`) by the ids of their calls, plain ones in order.

    A log decides the same calls in the same way, as often as they come; plain decisions are used up, and then
    it passes. `rest` decides the calls that the log doesn't have. Without it the policy fails at the first
    such call and says where the run is another than the one that was recorded; a person decides then.
    """
    in_order: list[Decision] = []
    log: dict[str, Recorded] = {}
    for item in decisions:
        if isinstance(item, Mapping) and "decision" in item:
            recorded = log.setdefault(str(item.get("id")), Recorded(str(item.get("name", ""))))
            recorded.follow(from_json(item["decision"]))
        else:
            in_order.append(from_json(item) if isinstance(item, Mapping) else item)
    others = None if rest is None else policy_of(rest)

    def decide(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        recorded = log.get(call.id)
        if recorded is not None and recorded.name in ("", call.name):
            return recorded.decision(looking=isinstance(history, Messages) and history.result is not None)
        if in_order:
            return in_order.pop(0)
        if others is None and log:
            raise TurnError(_where(call, history, log))
        return others(call, history) if others else None

    return decide


@dataclass
class Recorded:
    """What was decided of one call in the end, without the detours: what first, and what after a look."""

    name: str
    first: Decision | None = None
    then: Approve | EditResult | None = None
    looking: bool = False
    rewritten: Json | None = None  # the input that stands in the call by now
    lost: bool = False

    def decision(self, *, looking: bool) -> Decision | None:
        if self.lost:
            raise TurnError("the decision log has two edits of this input, of which only one is in the array")
        return self.then if looking else self.first

    def follow(self, decision: Decision) -> None:
        """Add what was decided next."""
        match decision:
            case Approve() if self.looking or (decision.large and self.first is not None):
                self.then = replace(decision, is_error=self._flag(decision))
                self.looking = decision.look
            case EditResult(content=content) if isinstance(self.first, (Approve, EditInput)):
                self._run(replace(self.first, look=True), EditResult(content, self._flag(decision)))
            case EditResult(content=content, is_error=is_error):
                was = getattr(self.first, "is_error", False)
                self.first = Fake(content, is_error=was if is_error is None else is_error)
            case EditInput(input=input, rewrite=True):
                self.rewritten = input
                self._run(decision)
            case Approve() if self.rewritten is not None:
                then = decision if decision.large else None
                self._run(EditInput(self.rewritten, look=decision.look, is_error=decision.is_error), then)
            case Approve() | EditInput():
                self.lost = self.rewritten is not None
                self._run(decision)
            case Fake() | Refuse() if self.rewritten is not None:
                content = decision.content if isinstance(decision, Fake) else refusal(decision)
                self._run(EditInput(self.rewritten, look=True), EditResult(content, decision.is_error))
            case _:
                self.first, self.then, self.looking = decision, None, False

    def _run(self, first: Approve | EditInput, then: Approve | EditResult | None = None) -> None:
        self.first, self.then, self.looking = first, then, first.look and then is None

    def _flag(self, decision: Approve | EditResult) -> bool | None:
        """Whether the result is an error: as was said last."""
        before = self.then.is_error if self.then is not None else None
        return before if decision.is_error is None else decision.is_error


def _where(call: ToolUse, history: Sequence[Json], log: Mapping[str, Recorded]) -> str:
    """Say where a run is another than the recorded one."""
    here = f"messages.{len(history) - 1} calls {call.name} ({call.id})"
    if call.id in log:
        return f"the decision log doesn't fit this run: {here}, in the log a call of {log[call.id].name}"
    come = set(_call_ids(history))
    later = next((f"{each.name} ({id})" for id, each in log.items() if id not in come), None)
    instead = f"the log goes on with {later}" if later else "the log ends before"
    return f"the decision log doesn't fit this run: {here}, and {instead}"


def _call_ids(history: Sequence[Json]) -> Iterator[object]:
    for message in history:
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if block.get("type") == "tool_use":
                yield block.get("id")
