"""The open calls of an array, and what has been decided of each; values only.

A history whose last message holds `tool_use` blocks is the pause. What is kept beside it, until the loop
goes on, is one `Pending` for each of these calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from nbkit.loop.array.history import BlockNode, History, Provenance, plain
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse
from nbkit.loop.tools.results import to_content, with_remark
from nbkit.wire.blocks import Json, ToolUse

REFUSED = "The user refused to run this tool."
STOPPED = "The user stopped the turn before this tool was run."
SILENT = "It failed and said nothing."
CUT_SHORT = "The user stopped the turn while this tool was running; it may have run."


@dataclass(frozen=True, slots=True)
class Pending:
    """One open call: what was decided, whether it was started, and its `tool_result` if there is one.

    `looking`: the result is in and waits to be seen. `why_not` says why the tool can't be run,
    `doubts` what looks odd in the result, `printed` what the tool wrote to stdout and stderr, `too_much` why
    the result waits to be seen although nobody wished to, `redefined` that the tool is another one now than
    the model knows, and what it costs to tell the model.
    """

    call: ToolUse
    block_id: str
    decision: Decision | None = None
    started: bool = False
    result: Json | None = None
    looking: bool = False
    why_not: str | None = None
    doubts: tuple[str, ...] = ()
    printed: str = ""
    by: Provenance | None = None
    too_much: str | None = None
    redefined: str | None = None

    @property
    def settled(self) -> bool:
        return self.result is not None and not self.looking

    @property
    def to_run(self) -> bool:
        return isinstance(self.decision, (Approve, EditInput)) and not self.started and self.result is None

    @property
    def may_have_run(self) -> bool:
        """The tool was started and no result is known: it runs, or it was interrupted and may have run."""
        return self.started and self.result is None

    def refitted(self, result: Json | None) -> Pending:
        """Return the call with its result as somebody changed it, or open again if it was taken away."""
        if result is None or self.result is None:
            return replace(self, result=None, decision=None, looking=False, by=None, too_much=None)
        if result == self.result:
            return self
        return replace(self, result=result, by=(self.by or Provenance("tool")).edited(self.result))

    @property
    def input(self) -> Json:
        """The input the tool runs with."""
        return self.decision.input if isinstance(self.decision, EditInput) else self.call.input


def calls_in(history: History) -> list[BlockNode]:
    """Return the calls the array ends in: the `tool_use` blocks of its last message, an assistant's."""
    if not history or history[-1].role != "assistant":
        return []
    found: dict[str, BlockNode] = {}
    for block in history[-1].blocks:
        if block.wire.get("type") == "tool_use" and isinstance(block.wire.get("id"), str):
            found.setdefault(block.wire["id"], block)
    return list(found.values())


def pending_of(history: History, before: Iterable[Pending] = ()) -> tuple[Pending, ...]:
    """Return the open calls of a history; what was decided of a call lives on while the call is the same."""
    known = {each.block_id: each for each in before}
    fresh = (Pending(ToolUse(block.wire), block.id) for block in calls_in(history))
    return tuple(
        known[each.block_id] if each.block_id in known and known[each.block_id].call == each.call else each
        for each in fresh
    )


def decided(pending: Pending, decision: Decision) -> Pending:
    """Return the call after a decision. One that needs the tool to run is then `to_run`."""
    match decision:
        case Approve(look=look, is_error=is_error) if pending.looking and pending.result is not None:
            result = _flagged(pending.result, is_error)
            kept = pending.too_much if look else None
            return replace(pending, decision=decision, result=result, looking=look, too_much=kept)
        case Approve() | EditInput():
            fresh = replace(pending, decision=decision, started=False, result=None, looking=False, by=None)
            return replace(fresh, printed="", too_much=None)
        case EditResult(content=content, is_error=is_error):
            assert pending.result is not None
            old = pending.result
            error = old.get("is_error", False) if is_error is None else is_error
            by = (pending.by or Provenance("tool")).edited(old)
            return _answered(pending, decision, result_block(pending.call, content, error), by)
        case Fake(content=content, is_error=is_error):
            result = result_block(pending.call, content, is_error)
            return _answered(replace(pending, started=False), decision, result, Provenance("fake"))
        case Refuse(is_error=is_error):
            result = result_block(pending.call, refusal(decision), is_error)
            return _answered(replace(pending, started=False), decision, result, Provenance("refusal"))
        case _:
            return pending


def refusal(decision: Refuse) -> str:
    """Return what the model is told of a refusal."""
    return f"{REFUSED} {decision.reason}".strip()


def ran(pending: Pending, content: Any, is_error: bool, too_much: str | None = None) -> Pending:
    """Return the call after its tool gave a result, or failed; one that is too much waits to be seen."""
    decision = pending.decision
    look, by = False, Provenance("tool")
    if isinstance(decision, (Approve, EditInput)):
        look = decision.look
        is_error = is_error if decision.is_error is None else decision.is_error
    result = result_block(pending.call, content, is_error)
    if isinstance(decision, EditInput) and not decision.rewrite:
        told = f"The user changed the input of this call: the tool ran with {_json(decision.input)}."
        result["content"] = with_remark(result["content"], told)
        by = Provenance("tool", note=f"ran with {_json(decision.input)}")
    return replace(pending, result=result, looking=look or too_much is not None, by=by, too_much=too_much)


def interrupted(pending: Pending, *, started: bool) -> Pending:
    """Return the call after its run was broken off: open again, and if it was started it may have run."""
    return replace(
        pending, decision=None, started=started, result=None, looking=False, by=None, too_much=None
    )


def stopped(pending: Pending) -> Pending:
    """Return the call answered with an error, unless its result is in."""
    if pending.result is not None:
        return replace(pending, looking=False, too_much=None)
    words = CUT_SHORT if pending.may_have_run else STOPPED
    return replace(pending, result=result_block(pending.call, words, True), by=Provenance("refusal"))


def result_block(call: ToolUse, content: Any, is_error: bool) -> Json:
    """Return the `tool_result` for a call; a toolset member's result names its toolset (rule R32)."""
    block: Json = {
        "type": "tool_result",
        "tool_use_id": call.id,
        "content": plain(to_content(content), f"the result of {call.name}"),
    }
    if call.toolset_name is not None:
        block["toolset_name"] = call.toolset_name
    return _failed(block) if is_error else block


def _answered(pending: Pending, decision: Decision, result: Json, by: Provenance) -> Pending:
    return replace(pending, decision=decision, result=result, looking=False, by=by, too_much=None)


def _flagged(result: Json, is_error: bool | None) -> Json:
    if is_error is None:
        return result
    rest = {key: value for key, value in result.items() if key != "is_error"}
    return _failed(rest) if is_error else rest


def _failed(result: Json) -> Json:
    """Return the result as an error; the API wants one that says something."""
    return {**result, "content": result["content"] or SILENT, "is_error": True}


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
