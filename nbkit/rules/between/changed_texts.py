"""What the assistant said, in other words, cut off, gone, or without its citations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from nbkit.rules.between.altered import restored
from nbkit.rules.between.compare.comparison import Comparison
from nbkit.rules.between.compare.passage import Passage
from nbkit.rules.between.compare.trimming import is_cut, is_marked, is_masked, same_words
from nbkit.rules.between.lost_blocks import AS_IT_CAME
from nbkit.rules.problem import Level, Problem
from nbkit.wire.blocks import Json

# Thoughts that a model wrote down among its words, as its prompt asked for.
ASIDE = re.compile(r"<(\w*think\w*|scratchpad|reasoning|reflection)>.*?</\1>", re.DOTALL)


def changed_texts(seen: Comparison) -> Iterator[Problem]:
    """What the assistant said, turn by turn: gone, cut off, or put in other words."""
    new_turns: dict[int, list[int]] = defaultdict(list)
    for n in seen.aligned.inserted:
        if seen.new[n].text:
            new_turns[seen.new[n].turn].append(n)
    for number, places in enumerate(seen.old_turns):
        said = [a for a in places if a not in seen.aligned.to_new and seen.old[a].text and a >= seen.floor]
        if not said or seen.old[said[0]].role != "assistant" or (seen.is_partial and said[-1] >= seen.end):
            continue
        turn = seen.aligned.turns.get(number, _in_its_place(seen, places))
        if turn is not None:
            yield from _text(seen, said, turn, new_turns[turn])


def _in_its_place(seen: Comparison, places: list[int]) -> int | None:
    """The turn that stands where a turn stood of which nothing is left; None after a rewind."""
    a = places[0]
    is_reply = a == seen.end and seen.goes_on_at is not None and seen.aligned.last_kept < a
    if places[-1] >= seen.aligned.last_kept and not is_reply:
        return None
    gap = seen.aligned.gap(places[0], places[-1])
    kept = [other for other in (a - 1, places[-1] + 1) if other < len(seen.old) and other >= 0]
    if not is_reply and any(other not in seen.aligned.to_new for other in kept):
        return None
    turns = {seen.new[n].turn for n in gap if seen.new[n].role == "assistant"}
    return turns.pop() if len(turns) == 1 else None


def _text(seen: Comparison, said: list[int], turn: int, now: list[int]) -> Iterator[Problem]:
    is_last = turn == len(seen.after.turns) - 1
    is_prefill = said[-1] < seen.end and seen.old[said[-1]].turn == seen.old[seen.end - 1].turn
    if is_last or is_prefill:
        return
    old = "".join(seen.old[a].text for a in said)
    new = "".join(seen.new[n].text for n in now)
    if not now:
        yield _lost_text(seen, said[0])
    elif same_words(old, new) or (new.strip() and same_words(ASIDE.sub("", old), new)):
        yield from _citations(seen, said, now)
    elif is_cut(old, new):
        yield _changed_text(seen, said, now, "truncated_text", "stops early; all of it was in", "error")
    elif not (is_marked(old, new) or is_masked(old, new) or _has_grown(old, new)):
        level: Level = "error" if said[0] >= seen.end else "warning"
        yield _changed_text(seen, said, now, "reworded_text", "is not what the assistant said in", level)


def _has_grown(old: str, new: str) -> bool:
    """More is behind it, and not the same once more, as of a stream that was read twice."""
    return new.strip().startswith(old.strip()) and not same_words(old + old, new)


def _lost_text(seen: Comparison, a: int) -> Problem:
    return seen.problem(
        "lost_block",
        seen.place_of_block(a),
        f"the text that the assistant said beside its calls in {seen.source(a)} is gone; {AS_IT_CAME}",
        why="The model doesn't read what it told the user, and soon stops telling.",
        fix=seen.put_back(a, "put the text back"),
    )


def _changed_text(
    seen: Comparison, said: list[int], now: list[int], rule: str, how: str, level: Level
) -> Problem:
    alone = len(said) == 1 and len(now) == 1
    return seen.problem(
        rule,
        seen.new[now[0]].path,
        f"this text {how} {seen.source(said[0])}; {AS_IT_CAME}",
        level=level,
        why="The model reads its own earlier words to know what was settled.",
        fix=restored(seen, said[0], now[0], "put the text back as it was") if alone else None,
    )


def _citations(seen: Comparison, said: list[int], now: list[int]) -> Iterator[Problem]:
    def cited(passages: list[Passage]) -> list[Any]:
        lists = [passage.plain.get("citations") for passage in passages]
        return [each for found in lists if isinstance(found, list) for each in found]

    olds, news = cited([seen.old[a] for a in said]), cited([seen.new[n] for n in now])
    if len(news) >= len(olds):
        return
    block: Json = seen.old[said[0]].plain
    yield seen.problem(
        "lost_citations",
        seen.new[now[0]].path,
        f"{len(olds) - len(news)} of the citations of {seen.source(said[0])} are missing here; {AS_IT_CAME}",
        level="warning",
        why=f"A {block.get('type')} block goes back with its citations, or later ones can't build on them.",
        fix=restored(seen, said[0], now[0], "put the citations back") if len(said) == len(now) == 1 else None,
    )
