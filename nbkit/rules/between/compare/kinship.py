"""Whether two requests belong to one conversation, and whether one speaker sent both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from nbkit.rules.between.compare.alignment import common
from nbkit.rules.between.compare.comparison import Earlier
from nbkit.rules.between.compare.passages import Reading, system_blocks
from nbkit.wire.blocks import Json

# Systems that begin or end with so much in common are one, with a date in it.
ALIKE = 40
# So many telling passages in common are no chance, whatever else differs.
MANY = 3


def are_kin(one: Reading, other: Reading) -> bool:
    """Whether both requests come from one speaker: a side question has another system, tools or model.

    A system with a date in it is the same one still: it begins or ends alike.
    """
    if one.tools != other.tools or one.model_id != other.model_id:
        return False
    said, now = (_system(each.raw) for each in (one, other))
    alike = said[:ALIKE] == now[:ALIKE] or said[-ALIKE:] == now[-ALIKE:]
    return said == now or bool(said and now and alike)


def begins_with(reading: Reading, earlier: Reading) -> bool:
    own = earlier.passages
    return common(own, reading.passages) == len(own)


def made_up_ids(readings: Iterable[Reading]) -> set[str | None]:
    """Return the ids that name different calls in requests that begin differently: they prove nothing."""
    asked: dict[str | None, set[int | None]] = defaultdict(set)
    begun: dict[str | None, set[int | None]] = defaultdict(set)
    for reading in readings:
        for passage in reading.passages:
            if passage.is_call:
                asked[passage.use_id].add(passage.asks)
                begun[passage.use_id].add(reading.opening)
    return {id for id in asked if len(asked[id]) > 1 and len(begun[id]) > 1}


def is_related(earlier: Earlier, reading: Reading, made_up: set[str | None]) -> bool:
    """Say whether a request goes on from an earlier one, or holds more of it than chance would give.

    Requests that have nothing to do with each other may begin alike ("Hi"), and made-up ones even have the
    same ids: without a whole beginning in common, or a lot, they are one conversation of one speaker or none.
    """
    if reading.opening is None:
        return False
    if earlier.reading.passages and begins_with(reading, earlier.reading):
        return True
    known = [each for each in reading.passages if each.use_id not in made_up]
    shared = [each for each in known if {each.key, each.known_by} & earlier.marks]
    telling = sum(passage.is_telling for passage in shared)
    if not are_kin(earlier.reading, reading):
        return telling >= MANY
    if earlier.reading.opening == reading.opening:
        telling += any(each.asks in earlier.marks for each in known if each.is_call)
        return len(shared) >= 2 or telling > 0
    if len(shared) >= 2 and telling:
        return True
    called = {passage.use_id for passage in earlier.passages if passage.is_call}
    return reading.has_lost_its_beginning or any(passage.use_id in called for passage in reading.orphans)


def _system(request: Json) -> str:
    texts = [each.get("text") for each in system_blocks(request) if isinstance(each, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))
