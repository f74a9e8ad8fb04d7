"""Calls and their results: every `tool_use` is answered right after, every result has its call, once.

Messages of one role in a row count as one turn (R4), so results may be spread over several.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any

from nbkit.facts import switches
from nbkit.rules.problem import Fix, Found, Open, Problem, add, move, remove, replace
from nbkit.rules.removal import without
from nbkit.rules.request import Request
from nbkit.rules.turns import SERVER_USES, Place, Turn
from nbkit.wire.blocks import Json

WITHOUT_RESULT = "`tool_use` ids were found without `tool_result` blocks immediately after"
NOT_ANSWERED = "This call was not answered."
EACH_USE = "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
EACH_RESULT = "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."


def unique_ids(request: Request, turn: Turn) -> Iterator[Found]:
    """R24: a `tool_use.id` occurs once in the whole request."""
    ids, known = turn.call_ids, request.seen.calls
    is_first = [known.setdefault(use_id, turn) is turn for use_id in ids]
    if all(is_first) and _differ(ids):
        return
    here: set[str] = set()
    for place in turn.calls:
        use_id = place.block["id"]
        if known[use_id] is not turn or use_id in here:
            problem = Problem(
                "R24",
                place.path,
                f"{place.path}: `tool_use` ids must be unique",
                why="A result names its call by id; with the same id twice nobody knows which is meant.",
            )
            yield Open(problem, partial(_second_call, request, turn, place, known[use_id] is turn))
        here.add(use_id)


def _differ(ids: list[str]) -> bool:
    return len(ids) < 2 or len(set(ids)) == len(ids)


def _second_call(request: Request, turn: Turn, place: Place, is_twin: bool) -> Fix:
    """Rename a call and the result that is its own; one of two that share their only result goes."""
    old = place.block["id"]
    results = [p for p in turn.after.results if p.block["tool_use_id"] == old] if turn.after else []
    if is_twin:
        results = results[1:2]
        if not results:
            return Fix("remove the second call", without(request, place))
    new = unused_id(request, old)
    renamed = [replace(f"{place.path}.id", new)]
    renamed += [replace(f"{result.path}.tool_use_id", new) for result in results]
    return Fix(f"rename it to {new}", tuple(renamed))


def unused_id(request: Request, stem: str) -> str:
    """Return `stem` with the first number at its end that no call or result of the request has."""
    used = request.used_ids
    if used is None:
        ids = (place.block.get("id") or place.block.get("tool_use_id") for place in request.places)
        used = request.used_ids = set(map(str, ids))
    return next(name for n in count(2) if (name := f"{stem}_{n}") not in used)


def answered(request: Request, turn: Turn) -> Iterator[Found]:
    """R19, R21, R89: every client `tool_use` is answered in the next message, by results that come first."""
    after = turn.after
    if not turn.call_ids or (after and after.role == "user" and after.answers == turn.call_ids):
        return
    uses = turn.calls
    if after is None and not request.judges_end:
        # Calls at the very end are still to be answered; behind a later reply nobody is going to.
        uses = [place for place in uses if place.i != turn.last.i]
    if not uses:
        return
    results = after.results if after and after.role == "user" else []
    leading = set(after.answers) if after and results else set()
    anywhere = {place.block["tool_use_id"] for place in results}
    missing = _once([place for place in uses if place.block["id"] not in leading])
    if not missing:
        return
    ids = ", ".join(place.block["id"] for place in missing)
    message = f"messages.{missing[-1].i}: {WITHOUT_RESULT}: {ids}. {EACH_USE}"
    unanswered = [place for place in missing if place.block["id"] not in anywhere]
    rule = "R89" if after and after.role == "system" else "R19"
    is_summed_up = after is None and request.param("compaction") is not None
    code = "compaction_incomplete_turn" if is_summed_up else None
    for place in unanswered:
        why = "The model waits for the result of every call before it reads on; this one has none."
        yield Open(
            Problem(rule, place.path, message, error_code=code, why=why),
            partial(_answer, request, turn, unanswered),
        )
    if len(unanswered) < len(missing) and after is not None:
        yield from _results_late(request, after, message)


def _once(places: list[Place]) -> list[Place]:
    return list({place.block["id"]: place for place in reversed(places)}.values())[::-1]


def _results_late(request: Request, turn: Turn, message: str) -> Iterator[Problem]:
    """R21: something stands before a result."""
    early = next(place for place in turn.places if not place.is_result)
    yield Problem(
        "R21",
        early.path,
        message,
        why="Results come first in their message; behind anything else they don't count as answers.",
        fix=_results_first(request, turn),
    )


def _results_first(request: Request, turn: Turn) -> Fix:
    """Put the results first: within one message by order, over several by gathering all in the first."""
    results = [place.block for place in turn.places if place.is_result]
    others = [place.block for place in turn.places if not place.is_result]
    first, *rest = turn.entries
    operations = [replace(f"{first.path}.content", results + others)]
    operations += [remove(entry.path) for entry in reversed(rest)]
    return Fix("put the results first", tuple(operations))


def _answer(request: Request, turn: Turn, unanswered: list[Place]) -> Fix:
    """Bring the results to their calls: from behind a system message, else as errors."""
    is_kept_apart = turn.after is not None and turn.after.role == "system"
    moved = _system_later(turn.after, unanswered) if turn.after and is_kept_apart else None
    return moved or _answer_all(request, turn, unanswered)


def _system_later(system: Turn, unanswered: list[Place]) -> Fix | None:
    """Move system messages behind the results that they keep from their calls."""
    after = system.after
    if after is None or not set(after.answers).intersection(place.block["id"] for place in unanswered):
        return None
    moved = [move(entry.path, after.last.path) for entry in system.entries]
    return Fix("move the system message behind the results", tuple([moved[0]] * len(moved)))


def _answer_all(request: Request, turn: Turn, unanswered: list[Place]) -> Fix:
    """Answer what is open with error results, before everything else of the next user message.

    A call that a later assistant message follows gets its results in between, where they were lost; but not
    when other calls of the same turn have theirs, because all of a turn's results stand together.
    """
    new = [_error_result(place.block) for place in unanswered]
    label = "answer the call with an error" if len(new) == 1 else f"answer {len(new)} calls with errors"
    after = turn.after
    where = {place.i for place in unanswered}
    calls = [place for place in turn.places if place.is_client_use]
    if len(where) == 1 and turn.last.i not in where and len(calls) == len(unanswered):
        at = where.pop() + 1
        return Fix(label, (add(f"messages.{at}", {"role": "user", "content": new}),))
    if after is None or after.role != "user":
        at = turn.last.i + 1
        return Fix(label, (add(f"messages.{at}", {"role": "user", "content": new}),))
    entry = after.entries[0]
    content = entry.raw.get("content")
    if isinstance(content, list):
        # After the results that are there already: those of the same turn keep their order.
        at = sum(1 for _ in _results_at_start(content))
        return Fix(label, tuple(add(f"{entry.path}.content.{at + k}", block) for k, block in enumerate(new)))
    text: list[Json] = [{"type": "text", "text": content}] if content and isinstance(content, str) else []
    return Fix(label, (add(f"{entry.path}.content", new + text),))


def _results_at_start(content: list[Any]) -> Iterator[Json]:
    for block in content:
        if not isinstance(block, dict) or block.get("type") != "tool_result":
            return
        yield block


def _error_result(call: Json) -> Json:
    result: Json = {
        "type": "tool_result",
        "tool_use_id": call["id"],
        "content": NOT_ANSWERED,
        "is_error": True,
    }
    if call.get("toolset_name"):
        result["toolset_name"] = call["toolset_name"]
    return result


def results_match(request: Request, turn: Turn) -> Iterator[Problem]:
    """R20, R25, R30: a result names a call of the message before, and no call has two."""
    ids, before = turn.result_ids, turn.before
    if not ids:
        return
    request.seen.has_results = True
    known = set(before.call_ids) if before else set()
    if known.issuperset(ids) and _differ(ids):
        return
    served = (
        {str(place.block.get("id")) for place in before.places if place.type in SERVER_USES} if before else ()
    )
    seen: set[str] = set()
    for place in turn.results:
        use_id = place.block["tool_use_id"]
        if use_id not in known:
            yield _orphan(request, place, use_id, "R30" if use_id in served else "R20")
        elif use_id in seen:
            yield Problem(
                "R25",
                place.path,
                f"{place.path}: each tool_use must have a single result. "
                f"Found multiple `tool_result` blocks with id: {use_id}",
                why="A call has one answer; put everything that belongs to it into one result.",
                fix=Fix("remove the second result", without(request, place)),
            )
        seen.add(use_id)


def _orphan(request: Request, place: Place, use_id: str, rule: str) -> Problem:
    return Problem(
        rule,
        place.path,
        f"{place.path}: unexpected `tool_use_id` found in `tool_result` blocks: {use_id}. {EACH_RESULT}",
        why="The server answers its own tools; a `tool_result` is for a call that you run."
        if rule == "R30"
        else "A result answers a call of the message right before it; no call there has this id.",
        fix=Fix("remove the result", without(request, place)),
    )


def toolset_echoed(request: Request, turn: Turn) -> Iterator[Problem]:
    """R32: a toolset member's result repeats the call's `toolset_name`."""
    if turn.before is None or (turn.is_plain and turn.before.is_plain):
        return
    uses = {place.block["id"]: place.block for place in turn.before.calls}
    for place in turn.results:
        use = uses.get(place.block["tool_use_id"]) if not place.broken else None
        wanted = use.get("toolset_name") if use else None
        if use is None or (wanted or None) == (place.block.get("toolset_name") or None):
            continue
        path = f"{place.path}.toolset_name"
        operation = add(path, wanted) if wanted else remove(path)
        yield Problem(
            "R32",
            place.path,
            f"{place.path}: `toolset_name` must match that of the corresponding `tool_use` block",
            why="Members of a toolset are told apart by toolset and name; the result says both again.",
            fix=Fix("copy the toolset's name" if wanted else "remove toolset_name", (operation,)),
        )


def tools_for_history(request: Request) -> Iterator[Problem]:
    """R31: a history with tool blocks and no `tools` is tolerated here, and refused elsewhere."""
    if request.raw.get("tools") or not (request.seen.calls or request.seen.has_results):
        return
    yield Problem(
        "R31",
        "tools",
        "Requests which include `tool_use` or `tool_result` blocks must define tools",
        level="error" if switches.HISTORY_NEEDS_TOOLS else "warning",
        why="The API itself accepts this today; some proxies and platforms refuse it.",
    )
