"""Blocks still there and no longer the same: ids, inputs, thinking, what the server sealed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.between.compare.passage import same_json
from nbkit.rules.between.compare.trimming import is_marked, is_trimmed, same_input
from nbkit.rules.between.lost_blocks import AS_IT_CAME
from nbkit.rules.problem import Fix, Level, Problem, move, replace

# Fields that the API wants back; of others nobody can say what comes of their loss.
NEEDED = frozenset(
    {
        "caller",
        "content",
        "data",
        "encrypted_content",
        "file_id",
        "from",
        "input",
        "name",
        "server_name",
        "signature",
        "to",
        "tool_use_id",
        "toolset_name",
    }
)


def altered(seen: Comparison) -> Iterator[Problem]:
    cleared = _cleared(seen)
    exchanged = _exchanged(seen)
    if exchanged:
        yield _exchange(seen, exchanged)
    for a, n in sorted(seen.aligned.altered):
        old = seen.old[a]
        if a < seen.floor or old.is_result or same_json(old.plain, seen.new[n].plain):
            continue
        if old.type == "thinking":
            yield from _thinking(seen, a, n)
        elif old.is_call:
            if old.use_id not in cleared and n not in exchanged.values():
                yield from _call(seen, a, n)
        elif old.role == "assistant":
            yield from _sealed(seen, a, n)
    yield from _renamed(seen)
    yield from _moved(seen)


def _cleared(seen: Comparison) -> set[str | None]:
    """The calls whose results were cleared or shortened on purpose; their inputs may be too."""
    return {
        seen.old[a].use_id
        for a, n in seen.aligned.altered
        if seen.old[a].is_result and is_trimmed(seen.old[a], seen.new[n])
    }


def restored(seen: Comparison, a: int, n: int, label: str) -> Fix:
    """Put the block as it was in the place of what it became."""
    passage = seen.new[n]
    block = seen.old[a].restored()
    return Fix(label, (replace(passage.path, [block] if passage.from_string else block),))


def _thinking(seen: Comparison, a: int, n: int) -> Iterator[Problem]:
    """R34, R35: the signature verifies nowhere else, nor does another text beside it."""
    old, new = seen.old[a].plain, seen.new[n].plain
    if old.get("signature") == new.get("signature") and not old.get("thinking"):
        return
    if not seen.same_model:
        return
    signed = old.get("signature") != new.get("signature")
    what = "signature" if signed else "text"
    level: Level = "error" if signed or seen.new[n].turn in seen.after.open_loop else "warning"
    yield seen.problem(
        "changed_thinking",
        seen.new[n].path,
        f"the {what} of this thinking block is not what {seen.source(a)} had; {AS_IT_CAME}, and don't "
        "parse or rewrite the block on the way",
        level=level,
        why="The signature seals the model's own words; another text or signature doesn't verify (R34, R35).",
        fix=restored(seen, a, n, "put the thinking block back as it was"),
    )


def _call(seen: Comparison, a: int, n: int) -> Iterator[Problem]:
    old, new = seen.old[a].plain, seen.new[n].plain
    lost = [key for key in old if key not in new and key != "id"]
    if lost:
        yield _lost_fields(seen, a, n, lost)
    same = same_input(old.get("input"), new.get("input"))
    if old.get("name") == new.get("name") and (
        same or _is_shortened_input(old.get("input"), new.get("input"))
    ):
        return
    emptied = bool(old.get("input")) and not new.get("input")
    what = "name" if old.get("name") != new.get("name") else "input"
    yield seen.problem(
        "changed_call",
        seen.new[n].path,
        f"the {what} of the call {old.get('id')} is not what {seen.source(a)} had; {AS_IT_CAME}",
        level="error" if emptied else "warning",
        why="The model reads that it asked for something else; right only where you edited it on purpose.",
        fix=restored(seen, a, n, "put the call back as it was"),
    )


def _exchanged(seen: Comparison) -> dict[int, int]:
    """Calls that ask for what another of their turn asked for: where each stood, and where it stands now."""
    changed = [(a, n) for a, n in seen.aligned.altered if seen.old[a].is_call]
    now = {(seen.new[n].turn, seen.new[n].asks): n for _, n in changed}
    was = {(seen.new[n].turn, seen.old[a].asks): a for a, n in changed}
    found = {a: now[asked] for asked, a in was.items() if asked in now}
    moved = {a: n for a, n in found.items() if seen.old[a].use_id != seen.new[n].use_id}
    ids = {seen.old[a].use_id for a in moved}
    return moved if ids == {seen.new[n].use_id for n in moved.values()} else {}


def _exchange(seen: Comparison, exchanged: dict[int, int]) -> Problem:
    ids = ", ".join(sorted(str(seen.old[a].use_id) for a in exchanged))
    operations = tuple(replace(f"{seen.new[n].path}.id", seen.old[a].use_id) for a, n in exchanged.items())
    return seen.problem(
        "changed_ids",
        seen.new[min(exchanged.values())].path,
        f"the calls {ids} have exchanged their ids since {seen.source(min(exchanged))}; keep the id that the "
        "model gave each",
        why="Each result is now read as the other call's.",
        fix=Fix("give each call its own id again", operations),
    )


def _is_shortened_input(old: Any, new: Any) -> bool:
    """Say whether only long words of an input were cut, and say so."""
    if not isinstance(old, dict) or not isinstance(new, dict) or old.keys() != new.keys():
        return False
    return all(
        same_json(value, new[key])
        or (isinstance(value, str) and isinstance(new[key], str) and is_marked(value, new[key]))
        for key, value in old.items()
    )


def _sealed(seen: Comparison, a: int, n: int) -> Iterator[Problem]:
    """Blocks of the server's own: what they hold is its business, and much of it is encrypted (R93)."""
    old, new = seen.old[a].plain, seen.new[n].plain
    lost = [key for key in old if key not in new]
    if lost:
        yield _lost_fields(seen, a, n, lost)
        return
    yield seen.problem(
        "changed_block",
        seen.new[n].path,
        f"this `{seen.new[n].type}` block is not what {seen.source(a)} had; {AS_IT_CAME}",
        why="The server wrote this block and reads it again; parts of it are sealed (R93).",
        fix=restored(seen, a, n, "put the block back as it was"),
    )


def _lost_fields(seen: Comparison, a: int, n: int, lost: list[str]) -> Problem:
    fields = ", ".join(f"`{key}`" for key in sorted(map(str, lost)))
    return seen.problem(
        "lost_fields",
        seen.new[n].path,
        f"{fields} of {seen.source(a)} is missing from this block; keep every field, also those you don't "
        "know",
        level="error" if NEEDED.intersection(lost) else "warning",
        why="A client that copies only the fields it knows loses what the API adds later.",
        fix=restored(seen, a, n, "put the fields back"),
    )


def _renamed(seen: Comparison) -> Iterator[Problem]:
    """Ids are only names: with the results renamed too nothing is lost but the cache."""
    pairs = [
        (a, n)
        for a, n in seen.aligned.altered
        if seen.old[a].is_call and seen.old[a].use_id != seen.new[n].use_id
    ]
    if not pairs:
        return
    results = {passage.use_id for passage in seen.new if passage.is_result}
    torn = [n for a, n in pairs if seen.old[a].use_id in results and seen.new[n].use_id not in results]
    n = min(torn or [n for _, n in pairs])
    changes = ", ".join(f"{seen.old[a].use_id} became {seen.new[at].use_id}" for a, at in pairs[:3])
    more = f" and {len(pairs) - 3} more" if len(pairs) > 3 else ""
    yield seen.problem(
        "changed_ids",
        seen.new[n].path,
        f"the ids of calls are not those of {seen.source(pairs[0][0])}: {changes}{more}; keep the id that "
        "the model "
        "gave" + (", its result still has it" if torn else ""),
        level="error" if torn else "warning",
        why="A result names its call by id; a client that makes ids anew loses the cache behind them.",
        fix=_ids_back(seen, pairs),
    )


def _ids_back(seen: Comparison, pairs: list[tuple[int, int]]) -> Fix:
    """Give calls their old ids again, and the results of these calls too."""
    ids = {seen.new[n].use_id: seen.old[a].use_id for a, n in pairs}
    calls = [replace(f"{seen.new[n].path}.id", seen.old[a].use_id) for a, n in pairs]
    results = [
        replace(f"{passage.path}.tool_use_id", ids[passage.use_id])
        for passage in seen.new
        if passage.is_result and passage.use_id in ids
    ]
    return Fix("give the calls their own ids again", (*calls, *results))


def _moved(seen: Comparison) -> Iterator[Problem]:
    """The order of thinking in its turn is sealed too (R34); that of other blocks matters less."""
    for a, n in seen.aligned.moved:
        old, new = seen.old[a], seen.new[n]
        if not old.is_thinking or new.turn != seen.aligned.turns.get(old.turn):
            continue
        level: Level = "error" if new.turn in seen.after.open_loop else "warning"
        yield seen.problem(
            "moved_thinking",
            new.path,
            f"this {new.type} block stood elsewhere in the turn of {seen.source(a)}; keep the blocks of a "
            "turn in the order in which they came",
            level=level,
            why="Thinking leads to what follows it; in another place it doesn't verify (R34).",
            fix=_moved_back(seen, a, n),
        )


def _moved_back(seen: Comparison, a: int, n: int) -> Fix | None:
    """Move a block before the one that followed it, when both are in one message."""
    turn = seen.old_turns[seen.old[a].turn]
    behind = [seen.aligned.to_new[other] for other in turn if other > a and other in seen.aligned.to_new]
    if not behind or seen.new[behind[0]].i != seen.new[n].i:
        return None
    origin, target = seen.new[n], seen.new[behind[0]]
    at = target.j - (1 if origin.j < target.j else 0)
    if at == origin.j:
        return None
    return Fix("move it back", (move(origin.path, f"messages.{target.i}.content.{at}"),))
