"""Cache diagnostics: where a prompt leaves the one that an earlier message answered (contract, 9.4).

What a request was made of is kept as hashes, by the id of the message, for requests with `diagnostics` only.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from nbkit.sim.cache import prefixes
from nbkit.sim.ids import unmarked
from nbkit.sim.prompt import Prompt
from nbkit.wire.blocks import Json

ROOMS = ("tools", "system", "messages")  # in the order in which they are read
MOST = 500  # of a workspace; the oldest makes room
LONGEST = 20_000  # blocks of a prompt that is kept
SHORT = 8  # bytes of a hash


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A prompt as hashes of all that stands before the end of each block, and the rooms of the blocks."""

    model: str
    hashes: tuple[bytes, ...]
    rooms: tuple[str, ...]


class Diagnoses:
    """The fingerprints of one workspace."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Fingerprint] = OrderedDict()

    def of(self, prompt: Prompt, id: str) -> Json:
        """Return what the reply `id` says of its prompt; nothing unless `diagnostics` were asked for."""
        asked = prompt.request.get("diagnostics")
        if asked is None:
            return {}
        before = asked.get("previous_message_id")
        ends, hashes = prefixes(prompt)
        rooms = tuple(block.room for block in prompt.blocks)
        now = Fingerprint(prompt.model.id, tuple(each[:SHORT] for each in hashes), rooms)
        told = self._compared(before, now, ends) if before is not None else None
        self._keep(id, now)
        return {"diagnostics": told}

    def _keep(self, id: str, fingerprint: Fingerprint) -> None:
        if len(fingerprint.hashes) <= LONGEST:
            self._kept[id] = fingerprint
            self._kept.move_to_end(id)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def _compared(self, before: str, now: Fingerprint, ends: list[int]) -> Json | None:
        known = self._kept.get(unmarked(before))
        if known is None:
            return {"cache_miss_reason": {"type": "previous_message_not_found"}}
        if known.model != now.model:
            return _missed("model", ends[-1] if ends else 0)
        both = zip(known.hashes, now.hashes, strict=False)
        same = next((at for at, (one, other) in enumerate(both) if one != other), None)
        at = min(len(known.hashes), len(now.hashes)) if same is None else same
        if at == len(known.hashes):
            return None
        rooms = {each.rooms[at] for each in (known, now) if at < len(each.rooms)}
        read = ends[at - 1] if at else 0
        return _missed(min(rooms, key=ROOMS.index), ends[-1] - read if ends else 0)


def _missed(what: str, tokens: int) -> Json:
    return {"cache_miss_reason": {"type": f"{what}_changed", "cache_missed_input_tokens": tokens}}
