"""What the page asks for, as moves of the conversation: one function per kind of message.

Moves that wait for a tool or a reply become tasks on the kernel's loop, one at a time for a conversation;
everything else is done at once. What the conversation refuses, it refuses here with the same sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbkit.errors import TurnError, UsageError, counted
from nbkit.loop.calls import breaks
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, from_json
from nbkit.notebook.page import guard, picked
from nbkit.notebook.page.edits import edit_of
from nbkit.notebook.page.exact import exact
from nbkit.notebook.record.wording import waited_for
from nbkit.notebook.views import branches_view, understudy
from nbkit.notebook.views.message_views import path_of
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.notebook.views.stage import Stage

LIMITS = ("requests", "tokens", "dollars")
LONGEST_LIMIT = 40  # characters
Work = Coroutine[Any, Any, Any]
Move = Callable[["Stage", Json], Work | None]


def move(stage: Stage, message: Json) -> Work | None:
    """Do what the message asks; what takes time is returned to be awaited."""
    kind = message.get("kind")
    known = (MOVES.get(kind) or edit_of(kind)) if isinstance(kind, str) else None
    if known is None:
        raise UsageError(f"the page asked for {kind!r}, which this kernel doesn't know: reload the page")
    return known(stage, message)


def _decide(stage: Stage, message: Json) -> Work | None:
    chat, id = stage.conversation, str(message.get("id"))
    decision = from_json(picked.with_value(message.get("decision"), stage.namespace))
    pending = chat.pending.get(id)
    if isinstance(decision, EditInput) and pending is not None:
        decision = replace(decision, input=exact(decision.input, pending.call.input))
        decision = guard.rewriting(chat, pending, decision, message)
    always = pending.call.name if pending is not None and message.get("always") is True else None
    releases = isinstance(decision, Approve) and pending is not None and pending.looking
    if isinstance(decision, Approve | EditInput) and not releases:
        return _run(stage, id, decision, always)
    chat.decide(id, decision)
    stage.picked.pop(id, None)
    if always is not None:
        _from_now_on(stage, always, decision)
    return go_on(stage) if _complete(stage) else None


def _from_now_on(stage: Stage, tool: str, decision: Decision) -> None:
    stage.conversation.always[tool] = decision
    stage.refresh()


def _ask_again(stage: Stage, message: Json) -> None:
    if stage.conversation.always.pop(str(message.get("tool")), None) is None:
        raise UsageError("you are asked about this tool already")
    stage.refresh()


def _look_up(stage: Stage, message: Json) -> None:
    """Offer the user's variables to a card, or take one of them as a made-up result to begin with."""
    chat, id, name = stage.conversation, str(message.get("id")), message.get("name")
    if id not in chat.pending:
        raise UsageError(f"there is no open call {id}")
    known = stage.picked.get(id, {})
    if name is None:
        stage.picked[id] = {**known, "variables": picked.offered(stage.namespace, chat)}
    else:
        number = known.get("taken", {}).get("number", 0) + 1
        taken = picked.preview(name, stage.namespace, chat)
        stage.picked[id] = {**known, "taken": {**taken, "number": number}}
    stage.refresh()


def _decide_all(stage: Stage, message: Json) -> Work:
    return _run_all(stage, from_json(message.get("decision")))


async def _run(stage: Stage, id: str, decision: Decision, always: str | None) -> None:
    await stage.conversation.adecide(id, decision)
    if always is not None:  # an answer that couldn't be given here is none for later
        _from_now_on(stage, always, decision)
    if _complete(stage):
        await go_on(stage)


async def _run_all(stage: Stage, decision: Decision) -> None:
    await stage.conversation.adecide_all(decision)
    if _complete(stage):
        await go_on(stage)


def _run_to_end(stage: Stage, message: Json) -> Work:
    limits = {name: message.get(name) for name in ("max_steps", "max_tokens", "max_cost")}
    return _to_a_stop(stage, stage.conversation.arun_to_end(**limits))


async def _to_a_stop(stage: Stage, work: Work) -> None:
    """Go on. What a breakpoint or a limit has to say stands in the view, and is no refusal."""
    try:
        await work
    except TurnError:
        if stage.conversation.stopped_at is None:
            raise


def _reopen(stage: Stage, message: Json) -> None:
    stage.conversation.reopen(str(message.get("id")))


def _abandon(stage: Stage, message: Json) -> None:
    stage.conversation.abandon(str(message.get("id")))


def _complete(stage: Stage) -> bool:
    """Every call has its result, and nobody wants to go step by step."""
    pending = stage.conversation.pending.values()
    return bool(pending) and all(each.settled for each in pending) and not stage.conversation.stepping


async def go_on(stage: Stage, check: bool = True) -> None:
    await _to_a_stop(stage, stage.conversation.aresume(check=check))


def _resume(stage: Stage, message: Json) -> Work:
    return go_on(stage, message.get("check") is not False)


def _send(stage: Stage, message: Json) -> Work:
    """Send the array though it ends with a reply, or is empty; what forbids that is said where it stands."""
    errors = [each for each in stage.judge_as_request() if each.level == "error"]
    if errors:
        where = errors[0].path or "the request"
        raise UsageError(f"not sent, the API would refuse this: see {where}, or send it anyway")
    return go_on(stage, check=False)


def _step(stage: Stage, message: Json) -> Work:
    return _one_step(stage)


async def _one_step(stage: Stage) -> None:
    chat = stage.conversation
    try:
        await chat.astep()
    except TurnError as error:
        if chat.state.name != "PAUSED" or chat.error is not None:
            raise
        raise TurnError(
            f"Step waits for a decision on {waited_for(chat)}: press a button on its card"
        ) from error


def _stop(stage: Stage, message: Json) -> None:
    if not stage.tasks.cancel():
        stage.conversation.stop()


def _fix(stage: Stage, message: Json) -> None:
    key = message.get("key")
    problem = next((each for each in stage.problems() if each.key == key), None)
    if problem is None or problem.fix is None:
        raise UsageError("this problem is gone, or nbkit knows no fix for it: nothing was changed")
    fix = problem.fix
    guard.change(stage, message, lambda chat: chat.apply(fix))


def _undo(stage: Stage, message: Json) -> None:
    stage.conversation.undo()


def _redo(stage: Stage, message: Json) -> None:
    stage.conversation.redo()


def _rewind(stage: Stage, message: Json) -> None:
    chat, end = stage.conversation, _up_to(stage, message)
    if end == len(chat.history):
        raise UsageError("this is the last message: there is nothing after it to rewind")
    chat.rewind(end)


def _fork(stage: Stage, message: Json) -> None:
    """Put a fork into a variable of the notebook, and say at the foot which one and how to go on there."""
    end = _up_to(stage, message)
    other = stage.conversation.fork()
    other.rewind(end)
    name = stage.bind(other)
    stage.views[str(message.get("view"))].told = (
        f"{name} is a fork with the first {counted(end, 'message')}: {name} in a cell shows it, "
        f"%claude use {name} makes it the current one"
    )
    stage.refresh()


def _up_to(stage: Stage, message: Json) -> int:
    """Return how many messages there are up to the one that is meant."""
    path = path_of(stage.conversation.history, str(message.get("id"))) or ""
    index = path.removeprefix("messages.")
    if not index.isdigit():
        raise UsageError("this message is no part of the array any more: nothing was changed")
    return int(index) + 1


def _limits(stage: Stage, message: Json) -> None:
    """Remember the limits of *Run to end* as they are written: they stay when the page is reloaded."""
    given = message.get("limits")
    words = {name: given.get(name) for name in LIMITS} if isinstance(given, dict) else {}
    stage.limits = {
        name: text for name, text in words.items() if isinstance(text, str) and len(text) <= LONGEST_LIMIT
    }
    stage.refresh()


def _stepping(stage: Stage, message: Json) -> None:
    stage.conversation.stepping = message.get("on") is True
    stage.refresh()


def _remark(stage: Stage, message: Json) -> None:
    stage.conversation.remark = message.get("text")


def _break(stage: Stage, message: Json) -> None:
    chat, new = stage.conversation, breaks.from_json(message.get("breakpoint"))
    if new not in chat.breakpoints:
        chat.breakpoints = [*chat.breakpoints, new]


def _unbreak(stage: Stage, message: Json) -> None:
    chat, number = stage.conversation, message.get("number")
    if not isinstance(number, int) or number not in range(len(chat.breakpoints)):
        raise UsageError("this breakpoint is gone already")
    chat.breakpoints = [each for at, each in enumerate(chat.breakpoints) if at != number]


def _play(stage: Stage, message: Json) -> None:
    understudy.play(understudy.desk_of(stage.conversation), message)


MOVES: dict[str, Move] = {
    "say": _play,
    "fail": _play,
    "decide": _decide,
    "decide_all": _decide_all,
    "look_up": _look_up,
    "resume": _resume,
    "send": _send,
    "run_to_end": _run_to_end,
    "abandon": _abandon,
    "reopen": _reopen,
    "step": _step,
    "stop": _stop,
    "fix": _fix,
    "undo": _undo,
    "redo": _redo,
    "rewind": _rewind,
    "fork": _fork,
    "limits": _limits,
    "stepping": _stepping,
    "remark": _remark,
    "break": _break,
    "unbreak": _unbreak,
    "ask_again": _ask_again,
    "switch": branches_view.switch,
    "rename_branch": branches_view.rename,
    "drop_branch": branches_view.drop,
    "unfold": branches_view.unfold,
    "share": branches_view.share,
    "compare": branches_view.compare_with,
    "take": branches_view.take,
}
