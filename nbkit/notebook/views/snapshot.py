"""A conversation, or a range of its messages, as the plain dict that html, text and page are drawn from.

A pure function of the conversation's public state, and of the few things only a view knows (`Frame`).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nbkit.errors import APIError, InvalidRequest, StreamError, ToolError, TransportError
from nbkit.notebook.fill import Filled
from nbkit.notebook.record.faces.footnotes import counted_before
from nbkit.notebook.record.faces.media import weights
from nbkit.notebook.views import branches_view
from nbkit.notebook.views.drawing import Drawing
from nbkit.notebook.views.foot import controls
from nbkit.notebook.views.message_views import CUT, partial_view, unsent_view
from nbkit.notebook.views.understudy import prompts
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Message

if TYPE_CHECKING:
    from nbkit.loop.array.history import History, MessageNode
    from nbkit.loop.array.pieces import Piece
    from nbkit.loop.calls.pending import Pending
    from nbkit.loop.conversation import Conversation
    from nbkit.rules.problem import Problem
    from nbkit.study.recording import Exchange

PLACE = re.compile(r"messages\.(\d+)(?:\.content\.(\d+))?")
NAMED_PLACE = re.compile(r"((?:messages|tools|system)\.[\w.]+): ")


@dataclass(frozen=True, slots=True)
class Frame:
    """One view's look at a conversation: its messages `start:end`, and what the conversation doesn't know.

    `last`: it holds the end of the array, so pause and general problems show there. `speaks`: the present or
    last stretch is its own, so the reply that arrives, or the error, shows there. `stoppable`: the page is
    heard while this goes on; where a running cell does it, only an interrupt is. `unsent` is what was said
    in vain: its request failed, and the array is as it was. `sent` is the request that is under way.
    `what_if` is a table of forks, `picked` what cards know of the user's variables, `request` what the next
    request holds beside the messages, where all of it is shown (`whole`);
    `requests` are those that can be compared (None: its branches aren't shown), `compared` the names of two
    arrays that are. `limits` are those of *Run to end*, as they were written.
    `refused` is the path that an answer of the API is about, where its words don't say it.
    """

    view: str
    start: int
    end: int
    last: bool = True
    speaks: bool = True
    stoppable: bool = True
    whole: bool = False
    filled: tuple[Filled, ...] = ()
    notice: str | None = None
    told: str | None = None
    compared: tuple[str, str] | None = None
    requests: Sequence[Exchange] | None = None
    state: str | None = None
    unsent: str | list[Json] | None = None
    sent: Json | None = None
    what_if: Json | None = None
    picked: Mapping[str, Json] = field(default_factory=dict)
    request: Json | None = None
    limits: Json = field(default_factory=dict)
    refused: str | None = None


def draw(conversation: Conversation, frame: Frame, problems: Sequence[Problem] = ()) -> Drawing:
    """Return everything there is to show of the messages in the frame."""
    history = conversation.history
    if frame.start or frame.end < len(history):
        history = history[frame.start : frame.end]
    loose = []
    if frame.unsent is not None and frame.speaks and not history:
        loose.append(unsent_view(frame.unsent))
    partial = _partial(conversation) if frame.speaks else None
    if partial is not None:
        loose.append(partial)
    return Drawing(
        _head(conversation, frame, history),
        history,
        loose,
        cards(conversation, frame.picked) if frame.last else [],
        place(problems, history, frame),
    )


LONGEST_SAMPLE = 50_000  # characters, or blocks


def snapshot(conversation: Conversation, frame: Frame, problems: Sequence[Problem] = ()) -> Json:
    """Return what `draw` returns as one plain dict."""
    return draw(conversation, frame, problems).snapshot()


def _head(conversation: Conversation, frame: Frame, history: History) -> Json:
    reply = next(filter(None, (piece.known(_last_reply) for piece in reversed([*history.pieces]))), {})
    model = reply.get("model") or conversation.turn.line.options.get("model") or conversation.model
    waiting = prompts(conversation, frame.sent) if frame.speaks else []
    return {
        **({"prompts": waiting} if waiting else {}),
        **({"whole": True, "request": frame.request} if frame.whole else {}),
        **_caches(conversation),
        **_branches(conversation, frame),
        **({"what_if": frame.what_if} if frame.what_if is not None else {}),
        **({"before": before} if (before := counted_before(conversation.history, frame.start)) else {}),
        **({"schemas": schemas} if (schemas := _schemas(conversation, history)) else {}),
        "weights": weights(conversation.model),
        **({"limits": frame.limits} if frame.limits and frame.last else {}),
        "last": frame.last,
        "view": frame.view,
        "conversation": conversation.name,
        "start": frame.start,
        "badge": badge(conversation, model),
        "state": frame.state or (conversation.state.name.lower() if frame.last else "idle"),
        "stoppable": frame.stoppable,
        "stepping": conversation.stepping,
        "filled": [{"name": each.name, "value": each.value} for each in frame.filled],
        "error": _error_here(conversation, frame, history) if frame.speaks else None,
        "notice": frame.notice,
        "told": frame.told,
        **_released(conversation, frame),
        **({"unattended": True} if frame.last and not conversation.attended else {}),
        "stopped": conversation.stopped_at if frame.last and _holds(conversation) else None,
        "controls": controls(conversation, last=frame.last),
        "stop_reason": "refusal" if _declined(conversation, frame) else reply.get("stop_reason"),
        "usage": reply.get("usage"),
    }


def _branches(conversation: Conversation, frame: Frame) -> Json:
    if frame.requests is None:
        return {}
    return {"unfolded": True, **branches_view.head(conversation, frame.compared, frame.requests)}


def _schemas(conversation: Conversation, history: History) -> Json:
    """What the inputs of the calls in the view look like, by the tool's name: a form is made of it."""
    called = {name for piece in history.pieces for name in piece.known(_called)}
    if not called:
        return {}
    return {
        tool.name: tool.input_schema
        for tool in conversation.tools
        if tool.name in called and tool.input_schema
    }


def _called(piece: Piece[MessageNode]) -> set[str]:
    wires = [block.wire for node in piece for block in node.blocks if block.wire.get("type") == "tool_use"]
    return {wire["name"] for wire in wires if isinstance(wire.get("name"), str)}


def _caches(conversation: Conversation) -> Json:
    """What each cache breakpoint costs, by its block's id (null: it stands before the messages)."""
    marks = conversation.cache_marks()
    if not marks:
        return {}
    return {"caches": [{"at": mark.block, "path": mark.path, "words": str(mark)} for mark in marks]}


def _holds(conversation: Conversation) -> bool:
    """Whether the turn waits to go on, as at a breakpoint or a limit."""
    return conversation.state.name in ("PAUSED", "READY")


def _last_reply(piece: Piece[MessageNode]) -> Json | None:
    return next((node.reply for node in reversed(piece) if node.reply), None)


def _released(conversation: Conversation, frame: Frame) -> Json:
    choice = conversation.released if frame.last else None
    return {"released": " ".join(map(str, choice.values()))} if choice else {}


def _declined(conversation: Conversation, frame: Frame) -> bool:
    """Whether the last reply was a refusal, which is no part of the array."""
    last = conversation.last if frame.last and frame.speaks and conversation.error is None else None
    return last is not None and last.stop_reason == "refusal"


def badge(conversation: Conversation, model: str) -> Json:
    target = conversation.target
    text = "simulated" if target.simulated else f"{target.provider} · {target.address}"
    return {"simulated": target.simulated, "text": text, "model": model}


def _partial(conversation: Conversation) -> Json | None:
    by = "simulator" if conversation.target.simulated else "model"
    if conversation.partial is not None:
        return partial_view(conversation.partial, by)
    cut = getattr(conversation.error, "partial", None)
    return partial_view(cut, by, CUT) if isinstance(cut, Message) else None


def cards(conversation: Conversation, picked: Mapping[str, Json]) -> list[Json]:
    """Return a card for each call of the pause, decided or not."""
    schemas = {tool.name: tool.input_schema for tool in conversation.tools}
    runs = conversation.state.name == "RUNNING"
    return [
        {
            **_card(each, schemas.get(each.call.name), runs),
            **(_too_much(conversation, each) if each.too_much else {}),
            **({"redefined": each.redefined} if each.redefined else {}),
            **picked.get(id, {}),
            "samples": [
                {"label": label, "content": content}
                for label, content in conversation.samples(id).items()
                if len(content) <= LONGEST_SAMPLE
            ],
        }
        for id, each in conversation.pending.items()
    ]


def _too_much(conversation: Conversation, pending: Pending) -> Json:
    """What a card says of a result that nobody wants to see whole: why it waits, and a shorter one."""
    content = conversation.shortened(pending.call.id)
    return {"too_much": pending.too_much, "result": _result({**(pending.result or {}), "content": content})}


def _card(pending: Pending, schema: Json | None, runs: bool) -> Json:
    state = _card_state(pending, runs)
    return {
        **({"may_have_run": True} if state == "open" and pending.may_have_run else {}),
        "id": pending.call.id,
        "block": pending.block_id,
        "name": pending.call.name,
        "input": copy.deepcopy(pending.call.input),
        "schema": schema,
        "state": state,
        "can_run": pending.why_not is None,
        "why_not": pending.why_not,
        "doubts": list(pending.doubts),
        "printed": pending.printed,
        "decision": _decision(pending),
        "result": _result(pending.result),
    }


def _card_state(pending: Pending, runs: bool) -> str:
    if pending.looking:
        return "look"
    if pending.result is not None:
        return "decided"
    # A call that was started and has neither decision nor result was interrupted: it is open again.
    return "running" if runs and pending.started and pending.decision else "open"


def _decision(pending: Pending) -> Json | None:
    from nbkit.loop.calls.decisions import to_json

    return None if pending.decision is None else to_json(pending.decision)


def _result(block: Json | None) -> Json | None:
    if block is None:
        return None
    return {"content": block.get("content", ""), "is_error": bool(block.get("is_error", False))}


def problem_view(problem: Problem, at: str | None = None) -> Json:
    """Return a problem; `at` is the id of the block or the message that it stands at."""
    return {
        "key": problem.key,
        "at": at,
        "rule": problem.rule,
        "path": problem.path,
        "message": problem.message,
        "level": problem.level,
        "why": problem.why,
        "fix": {"label": problem.fix.label} if problem.fix else None,
    }


def place(problems: Iterable[Problem], history: History, frame: Frame) -> list[Json]:
    """Return the problems that concern these messages, and with the last ones those of the whole."""
    placed = []
    for problem in problems:
        at = _standing_at(problem.path, history, frame.start)
        if at is not None or frame.last:
            placed.append(problem_view(problem, at))
    return placed


def _standing_at(path: str, history: History, start: int) -> str | None:
    """Return the id of the block at a path, else of its message; None where that is none of these."""
    match = PLACE.match(path)
    index = int(match[1]) - start if match else -1
    if match is None or not 0 <= index < len(history):
        return None
    node = history[index]
    at = int(match[2]) if match[2] else None
    if at is None and len(node.blocks) == 1 and path.startswith(f"{match[0]}.content"):
        at = 0  # a content that is a string is shown as the one block that it is
    return node.blocks[at].id if at is not None and at < len(node.blocks) else node.id


def _error_here(conversation: Conversation, frame: Frame, history: History) -> Json | None:
    """Return why the last stretch ended badly, with the block or message that the API has named, if any."""
    view = error_view(conversation.error)
    if view is None or not isinstance(conversation.error, APIError):
        return view
    path = view["path"] or frame.refused
    at = _standing_at(path, history, frame.start) if path else None
    return {**view, "path": path, **({"at": at} if at else {})}


def error_view(error: BaseException | None) -> Json | None:
    """Return why the last stretch ended, where it ended badly; `sent`: a request had gone out."""
    if error is None:
        return None
    view = _titled(error)
    return {**view, "sent": True} if isinstance(error, (APIError, StreamError, TransportError)) else view


def _titled(error: BaseException) -> Json:
    if isinstance(error, InvalidRequest):
        said = str(error).removeprefix("not sent, ")  # the title says it
        return _error("not sent", said, error.problems[0].path)
    if isinstance(error, APIError):
        match = NAMED_PLACE.match(error.message)
        return _error(f"{error.status} {error.type}", error.message, match[1] if match else None)
    titles: list[tuple[type[BaseException], str]] = [
        (StreamError, "the reply broke off"),
        (TransportError, "no answer"),
        (ToolError, "tool"),
        (Exception, "error"),
    ]
    title = next((title for kind, title in titles if isinstance(error, kind)), "stopped")
    return _error(title, str(error) or "stopped before the end", None)


def _error(title: str, message: str, path: str | None) -> dict[str, Any]:
    return {"title": title, "message": message, "path": path}
