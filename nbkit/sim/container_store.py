"""The containers of one key: what code left in each, as long as it lives."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from nbkit.sim.allowance import Allowance
from nbkit.sim.sandbox.disk import Disk

LIFETIME = 3600.0  # seconds, from the last use
MOST = 100  # of one key; the one unused for longest makes room
MOST_BYTES = 128 * 1024 * 1024  # of all keys together


@dataclass(frozen=True, slots=True)
class _Kept:
    disk: Disk
    size: int
    expires: float


class ContainerStore:
    """The disks of one key's containers. `allowance` is what all keys share."""

    def __init__(self, allowance: Allowance) -> None:
        self._shared = allowance
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def disk(self, id: str, now: float) -> Disk:
        """Return what a container holds, to work on; an empty one where there is none, or none any more."""
        kept = self._kept.get(id)
        return kept.disk.copy() if kept is not None and kept.expires > now else Disk()

    def keep(self, id: str, disk: Disk, now: float) -> float:
        """Keep what a container holds, and return until when."""
        self._drop(id)
        expires = now + LIFETIME
        size = disk.size
        while self._kept and (len(self._kept) >= MOST or next(iter(self._kept.values())).expires <= now):
            self._drop(next(iter(self._kept)))
        while not self._shared.take(size):
            if not self._kept:
                return expires  # the room is taken by other keys: it is empty when it is used again
            self._drop(next(iter(self._kept)))
        self._kept[id] = _Kept(disk.copy(), size, expires)
        return expires

    def clear(self) -> None:
        for id in list(self._kept):
            self._drop(id)

    def _drop(self, id: str) -> None:
        kept = self._kept.pop(id, None)
        if kept is not None:
            self._shared.give(kept.size)
