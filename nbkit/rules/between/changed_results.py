"""Results of tools that are not what they were: replaced, emptied, swapped, no longer marked as errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.rules.between.altered import restored
from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.between.compare.passage import Passage, same_json
from nbkit.rules.between.compare.trimming import ABSENT, JUNK, PLACEHOLDER, is_trimmed, same_words, text_of
from nbkit.rules.problem import Fix, Level, Problem, replace

TAKEN_FOR = "The ids all fit, so nothing is refused: the model takes one call's result for the other's."


def changed_results(seen: Comparison) -> Iterator[Problem]:
    pairs = [(a, n) for a, n in sorted(seen.aligned.altered) if seen.old[a].is_result and a >= seen.floor]
    swapped = _swapped(seen, pairs)
    if swapped:
        yield _swap(seen, swapped)
    for a, n in pairs:
        if (a, n) not in swapped:
            yield from _judged(seen, a, n)


def _content(passage: Passage) -> Any:
    return passage.plain.get("content")


def _unchanged(old: Passage, new: Passage) -> bool:
    return same_json(_content(old), _content(new))


def _swapped(seen: Comparison, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs whose new content is the old content of another one in the same turn."""
    changed = [(a, n) for a, n in pairs if not _unchanged(seen.old[a], seen.new[n])]
    if len(changed) < 2:
        return []
    owners = {(seen.old[a].turn, _key(_content(seen.old[a]))) for a, _ in changed}
    arrived = {(seen.old[a].turn, _key(_content(seen.new[n]))) for a, n in changed}
    return [
        (a, n)
        for a, n in changed
        if _content(seen.new[n])
        and (seen.old[a].turn, _key(_content(seen.new[n]))) in owners
        and (seen.old[a].turn, _key(_content(seen.old[a]))) in arrived
    ]


def _key(content: Any) -> str:
    try:
        return repr(content)
    except RecursionError:
        return f"too deep {id(content)}"


def _swap(seen: Comparison, pairs: list[tuple[int, int]]) -> Problem:
    ids = ", ".join(str(seen.new[n].use_id) for _, n in pairs)
    operations = tuple(
        replace(seen.new[n].path, {**seen.old[a].restored(), "tool_use_id": seen.new[n].use_id})
        for a, n in pairs
    )
    return seen.problem(
        "swapped_results",
        seen.new[pairs[0][1]].path,
        f"the results of {ids} are exchanged against those of {seen.source(pairs[0][0])}; give each result "
        "to the call whose id it was made for",
        why=TAKEN_FOR,
        fix=Fix("exchange the results again", operations),
    )


def _judged(seen: Comparison, a: int, n: int) -> Iterator[Problem]:
    old, new = seen.old[a], seen.new[n]
    was, now = text_of(old), text_of(new)
    if _unchanged(old, new) or (was and _media_kept(old, new) and same_words(was, now)):
        if old.plain.get("is_error") and not new.plain.get("is_error"):
            yield _error_lost(seen, a, n)
    elif not _content(new):
        deliberate = not was.strip() or _are_emptied_by_age(seen, a)
        level: Level = "warning" if deliberate else "error"
        yield _changed(seen, a, n, "lost_tool_result", "is empty; it was not in", level)
    elif not is_trimmed(old, new) and _is_answered(seen, n):
        level = "warning" if _may_be_summary(old, new) else "error"
        yield _changed(seen, a, n, "changed_tool_result", "is not what it was in", level)


def _are_emptied_by_age(seen: Comparison, a: int) -> bool:
    """Old results emptied, and a younger one kept: somebody saves tokens, and should say so."""
    emptied = {
        seen.old[b].turn
        for b, n in seen.aligned.altered
        if seen.old[b].is_result and not _content(seen.new[n]) and _content(seen.old[b])
    }
    kept = {seen.old[b].turn for b, _ in seen.aligned.anchors if seen.old[b].is_result}
    return len(emptied) > 1 and max(emptied) < max(kept, default=-1)


def _may_be_summary(old: Passage, new: Passage) -> bool:
    """A long result told in few words, if in none of its own."""
    was, now = text_of(old), text_of(new)
    stands_in = JUNK.fullmatch(now.strip()) or ABSENT.search(now)
    return len(was) > PLACEHOLDER and len(now) * 4 < len(was) and not (stands_in or new.plain.get("is_error"))


def _media_kept(old: Passage, new: Passage) -> bool:
    def media(passage: Passage) -> list[Any]:
        content = _content(passage)
        blocks = content if isinstance(content, list) else []
        return [each for each in blocks if not (isinstance(each, dict) and each.get("type") == "text")]

    return same_json(media(old), media(new))


def _is_answered(seen: Comparison, n: int) -> bool:
    """A result at the end may still be edited: the model hasn't seen it, or is asked anew."""
    return seen.new[n].turn < len(seen.after.turns) - 1


def _changed(seen: Comparison, a: int, n: int, rule: str, how: str, level: Level) -> Problem:
    return seen.problem(
        rule,
        seen.new[n].path,
        f"the result of {seen.new[n].use_id} {how} {seen.source(a)}; send the result that the model "
        "answered to, or a placeholder that says it was cleared",
        level=level,
        why="The model's later turns rest on the first result; with another in its place they make no sense.",
        fix=restored(seen, a, n, "put the result back as it was"),
    )


def _error_lost(seen: Comparison, a: int, n: int) -> Problem:
    return seen.problem(
        "lost_is_error",
        seen.new[n].path,
        f"the result of {seen.new[n].use_id} was an error in {seen.source(a)}, and no longer says so; keep "
        "`is_error`",
        why="Without the mark the model takes the words of an error for what the tool found.",
        fix=restored(seen, a, n, "mark the result as an error again"),
    )
