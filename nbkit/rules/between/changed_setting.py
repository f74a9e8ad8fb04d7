"""What stands before messages or beside them: the prefix that thinking is bound to, model, container."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.between.compare.passage import Passage, as_blocks
from nbkit.rules.problem import Fix, Level, Problem, add, remove
from nbkit.wire.blocks import Json

DROP = 'or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block"'


def changed_setting(seen: Comparison) -> Iterator[Problem]:
    yield from _broken_prefix(seen)
    if any(passage.role == "assistant" for passage in seen.new[: seen.aligned.same]):
        yield from _changed_model(seen)
        yield from _changed_system_or_tools(seen)
    yield from _lost_container(seen)


def _bound_thinking(seen: Comparison, start: int) -> list[Passage]:
    """Thinking of the earlier request, still here behind `start`, that checks its prefix (R36)."""
    model = seen.after.model
    if model is None or not model.prefix_bound or not seen.same_model or _drops(seen.after.raw):
        return []
    return [
        passage
        for n, passage in enumerate(seen.new[start:], start)
        if passage.type == "thinking" and n in seen.aligned.to_old
    ]


def _drops(request: Json) -> bool:
    thinking = request.get("thinking")
    binding = thinking.get("block_binding") if isinstance(thinking, dict) else None
    return isinstance(binding, dict) and binding.get("prefix_mismatch_behavior") == "drop_block"


def _broken_prefix(seen: Comparison) -> Iterator[Problem]:
    """R36: on the newest models a thinking block goes with everything before it, to the letter."""
    same = seen.aligned.same
    bound = _bound_thinking(seen, same)
    if not bound or any(passage.type == "compaction" for passage in seen.new):
        return
    until = next(n for n in range(same, len(seen.new)) if seen.new[n] is bound[0])
    only_thinking = all(n in seen.aligned.to_old for n in range(same, until)) and all(
        a in seen.aligned.to_new or seen.old[a].is_thinking for a in range(same, seen.aligned.to_old[until])
    )
    level: Level = "warning" if only_thinking else "error"
    yield seen.problem(
        "broken_prefix",
        bound[0].path,
        "this thinking block is bound to what stood before it, and that has changed since request "
        f"{seen.before.index}, first at {seen.new[same].path}; leave everything before it as it was, "
        f"remove all thinking blocks from there on, {DROP}",
        level=level,
        why=f"{seen.after.model_id} takes thinking only behind the exact prefix it was thought on (R36).",
        fix=_without(seen, bound),
    )


def _without(seen: Comparison, bound: list[Passage]) -> Fix | None:
    """Removing thinking is legal outside an open tool loop, and where something of the message is left."""
    lengths = [len(as_blocks(seen.after.raw["messages"][passage.i].get("content"))) for passage in bound]
    many = {passage.i: 0 for passage in bound}
    for passage in bound:
        many[passage.i] += 1
    if any(length <= many[passage.i] for passage, length in zip(bound, lengths, strict=True)):
        return None
    if any(passage.turn in seen.after.open_loop for passage in bound):
        return None
    return Fix("remove the thinking blocks", tuple(remove(passage.path) for passage in reversed(bound)))


def _changed_model(seen: Comparison) -> Iterator[Problem]:
    """R37: thinking of another model is dropped without a word."""
    if seen.same_model:
        return
    thinking = [seen.new[n] for _, n in seen.aligned.anchors if seen.new[n].is_thinking]
    bound = any(each is not None and each.prefix_bound for each in (seen.before.model, seen.after.model))
    if thinking and bound:
        yield seen.problem(
            "changed_model",
            "model",
            f"the model was {seen.before.model_id} and is {seen.after.model_id}, and {len(thinking)} "
            "thinking block(s) of the old one are still sent; expect them to be dropped, or stay with one "
            "model",
            level="warning",
            why="Thinking is bound to the model that thought it; another one can't read it (R37).",
        )


def _changed_system_or_tools(seen: Comparison) -> Iterator[Problem]:
    """R36; a side question changes them for itself only, and what was before comes back."""
    if seen.before.setting == seen.after.setting or seen.comes_back or not _bound_thinking(seen, 0):
        return
    name = "tools" if seen.before.tools != seen.after.tools else "system"
    yield seen.problem(
        f"changed_{name}",
        name,
        f"`{name}` is not what it was in request {seen.before.index}, so the thinking blocks no longer "
        "verify; keep it the same for the whole conversation",
        level="warning",
        why="Tools and system stand before all messages, and bound thinking is bound to them too (R36).",
    )


def _lost_container(seen: Comparison) -> Iterator[Problem]:
    """R32b: a call made by code is answered into the container that waits for it."""
    if seen.after.raw.get("container") is not None:
        return
    waiting = [
        passage
        for passage in (seen.after.turns[-2] if len(seen.after.turns) > 1 else [])
        if passage.is_call and "caller" in passage.plain
    ]
    id = _container(seen.reply.container) or _container(seen.before.raw.get("container"))
    answers = seen.after.turns and seen.after.turns[-1][0].is_result
    if waiting and id and answers:
        yield seen.problem(
            "lost_container",
            "container",
            f"code in container {id} waits for these results, and the request doesn't name the container; "
            "send "
            f'"container": "{id}" with them',
            why="The code that made the call goes on in its own container, and in no other (R32b).",
            fix=Fix("name the container", (add("container", id),)),
        )


def _container(value: Any) -> str | None:
    id = value.get("id") if isinstance(value, dict) else value
    return id if isinstance(id, str) and id else None
