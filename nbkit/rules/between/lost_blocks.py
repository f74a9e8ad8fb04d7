"""Blocks gone from a turn that is still there: thinking, calls, results, server tools' blocks."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.between.compare.passage import Passage
from nbkit.rules.problem import Fix, Level, Problem, add
from nbkit.wire.blocks import Json

REASONS = "The model called its tools for the reasons in this block, and goes on thinking from it."
UNTHINKING = "`thinking` is gone as well: the API takes that in mid loop, and doesn't think (R48)."
AS_IT_CAME = "send the assistant's turn back exactly as it came"


def lost_blocks(seen: Comparison) -> Iterator[Problem]:
    answered = {passage.use_id for passage in seen.old if passage.is_result}
    for a in seen.aligned.dropped:
        if a < seen.floor or seen.old[a].turn not in seen.aligned.turns:
            continue
        passage = seen.old[a]
        if passage.role != "assistant" or passage.type == "text" or _may_be_left_out(seen, a):
            continue
        if passage.is_thinking:
            yield from _lost_thinking(seen, a)
        elif passage.is_call and passage.use_id not in answered:
            yield _lost_call(seen, a)
        else:
            yield _lost_block(seen, a)


def _may_be_left_out(seen: Comparison, a: int) -> bool:
    """A partial reply's blocks, and what a `fallback` made void (R95), need not go back."""
    passage = seen.old[a]
    if a >= seen.end and seen.is_partial:
        return True
    if not (passage.is_thinking or passage.is_call):
        return False
    turn = seen.old_turns[passage.turn]
    return any(seen.old[other].type == "fallback" for other in turn if other > a)


def _lost_thinking(seen: Comparison, a: int) -> Iterator[Problem]:
    """R34: while its calls are being answered, a turn keeps its thinking. That of finished turns may go."""
    passage = seen.old[a]
    certain = seen.after.open_loop.get(seen.aligned.turns[passage.turn])
    if certain is None or not seen.same_model or not _is_missed(seen):
        return
    if passage.type == "thinking" and not passage.plain.get("signature"):
        return
    level: Level = "error" if certain and seen.after.thinks else "warning"
    yield seen.problem(
        "lost_thinking",
        seen.place_of_block(a),
        f"the `{passage.type}` block of {seen.source(a)} is gone while its calls are being answered; "
        f"{AS_IT_CAME}, signature included",
        level=level,
        why=REASONS if seen.after.thinks else f"{REASONS} {UNTHINKING}",
        fix=seen.put_back(a, f"put the {passage.type} block back"),
    )


def _is_missed(seen: Comparison) -> bool:
    """Whether thinking goes on, or `thinking` got lost with the block; to switch it off is a decision."""
    setting = seen.after.raw.get("thinking")
    is_decided = isinstance(setting, dict) and setting.get("type") == "disabled"
    return seen.after.thinks or (seen.before.thinks and not is_decided)


def _lost_call(seen: Comparison, a: int) -> Problem:
    """A call nobody answered may be left out, but then the model doesn't know that it asked.

    One of several calls is no decision: a client that takes only the first one loses the rest.
    """
    others = any(seen.old[b].is_call and b in seen.aligned.to_new for b in seen.old_turns[seen.old[a].turn])
    return seen.problem(
        "lost_block",
        seen.place_of_block(a),
        f"the call {seen.old[a].use_id} of {seen.source(a)} was left out, unanswered; keep it, and answer "
        "it with an error result that says why it didn't run",
        level="error" if others else "warning",
        why="The model doesn't read that it asked, nor why nothing came of it.",
    )


def _lost_block(seen: Comparison, a: int) -> Problem:
    passage = seen.old[a]
    return seen.problem(
        "lost_block",
        seen.place_of_block(a),
        f"the `{passage.type}` block of {seen.source(a)} is gone from a turn that is still here; "
        f"{AS_IT_CAME}",
        why="Blocks of one turn belong together: with some of them left out, the rest says something else.",
        fix=seen.put_back(a, f"put the {passage.type} block back"),
    )


def lost_signatures(seen: Comparison) -> Iterator[Problem]:
    """Thinking that came into the history without its signature; if it was known with one, it's altered."""
    if seen.after.model is None:
        return  # another maker's model, or a server of its own, may not sign
    for n, passage in enumerate(seen.new):
        if passage.type == "thinking" and n not in seen.aligned.to_old and not passage.plain.get("signature"):
            yield seen.problem(
                "lost_signature",
                passage.path,
                "this thinking block has no signature; keep the one that came with it, in a stream as the "
                "`signature_delta` before the block's end",
                why="The signature seals the model's own words; without it the block is refused (R35).",
            )


def lost_results(seen: Comparison) -> Iterator[Problem]:
    """A result is gone, and its call is still there and no longer at the end."""
    calls = {passage.use_id: n for n, passage in enumerate(seen.new) if passage.is_call}
    for a in seen.aligned.dropped:
        passage = seen.old[a]
        if not passage.is_result:
            continue
        use_id = seen.aligned.renamed.get(str(passage.use_id), passage.use_id)
        n = calls.get(use_id)
        if n is None or seen.new[n].turn == len(seen.after.turns) - 1:
            continue
        behind = seen.after.turns[seen.new[n].turn + 1][0]
        yield seen.problem(
            "lost_tool_result",
            f"messages.{behind.i}",
            f"the result of {use_id}, which {seen.source(a)} had, is missing from this message; send every "
            "result again with each request",
            why="A call stays answered only as long as its result stands right behind it (R19).",
            fix=_result_back(behind, {**passage.restored(), "tool_use_id": use_id}),
        )


def _result_back(passage: Passage, result: Json) -> Fix:
    """Put a result first in the turn behind its call."""
    label = "put the result back"
    path = f"messages.{passage.i}"
    if passage.role != "user":
        return Fix(label, (add(path, {"role": "user", "content": [result]}),))
    if passage.from_string:
        return Fix(label, (add(f"{path}.content", [result, passage.block]),))
    return Fix(label, (add(f"{path}.content.0", result),))
