"""Batches, as they stand at a time: what was asked, and how far it has come (contract, section 1.1).

A batch is worked off by the clock alone: its requests one after another, evenly over `seconds`. What is
undone when it is canceled, or 24 hours after it was created, stays undone. Where the room runs out, the
oldest batches of a key are archived before their time, as they all are after 29 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from nbkit.sim.allowance import Allowance
from nbkit.sim.file_store import StoredFile
from nbkit.sim.refusal import Refused
from nbkit.sim.timestamp import timestamp
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.asked import Asked

DAY = 24 * 3600.0
KEPT = 29 * DAY
DRAINS = 0.2  # of `seconds`: how long a canceled batch takes to end
MOST_BATCHES = 1000  # of one key; the oldest is forgotten then
MOST_BYTES = 1024 * 1024 * 1024  # of all keys together
OVERHEAD = 200  # what an entry takes beside its bytes


@dataclass(slots=True, eq=False)
class Batch:
    """One batch. `entries` are the ids and the bodies of its requests, `refused` those that don't pass.

    Its `files` stay with it, whatever becomes of them elsewhere.
    """

    id: str
    asked: Asked  # without its body, and without the key
    created: float
    seconds: float
    entries: list[tuple[str, bytes]]
    refused: dict[int, Refused]
    files: dict[str, StoredFile]
    size: int
    total: int
    canceled: float | None = None
    archived: float | None = None

    @property
    def ends(self) -> float:
        """When all that will be done is done."""
        end = self.created + min(self.seconds, DAY)
        return end if self.canceled is None else min(end, self.canceled + self.seconds * DRAINS)

    @property
    def done(self) -> int:
        """How many requests are done in the end, counted from the first."""
        elapsed = min(self.seconds, DAY) if self.canceled is None else self.canceled - self.created
        return int(self.total * min(1.0, elapsed / self.seconds)) if self.seconds > 0 else self.total

    @property
    def undone(self) -> str:
        return "expired" if self.canceled is None else "canceled"

    def has_ended(self, now: float) -> bool:
        return now >= self.ends

    def order(self) -> list[int]:
        """The order of the results: any, but always the same."""
        places = list(range(self.total))
        Random(self.id).shuffle(places)
        return places

    def status(self, now: float) -> str:
        if self.has_ended(now):
            return "ended"
        return "in_progress" if self.canceled is None else "canceling"

    def told(self, now: float, host: str) -> Json:
        """Return the batch as the API describes it at `now`; `host` is where its results are had."""
        ended = self.has_ended(now)
        readable = ended and self.archived is None
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": self.status(now),
            "request_counts": self._counts(ended),
            "ended_at": timestamp(self.ends) if ended else None,
            "created_at": timestamp(self.created),
            "expires_at": timestamp(self.created + DAY),
            "archived_at": None if self.archived is None else timestamp(self.archived),
            "cancel_initiated_at": None if self.canceled is None else timestamp(self.canceled),
            "results_url": f"{host}/v1/messages/batches/{self.id}/results" if readable else None,
        }

    def _counts(self, ended: bool) -> Json:
        counts = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
        if ended:
            done = self.done
            counts["errored"] = sum(at < done for at in self.refused)
            counts["succeeded"] = done - counts["errored"]
            counts[self.undone] = self.total - done
        else:
            counts["processing"] = self.total
        return counts


class BatchStore:
    """The batches of one key, the oldest first. `allowance` is what all keys share."""

    def __init__(self, allowance: Allowance) -> None:
        self.created = 0  # how many there ever were: equal batches have ids of their own
        self._allowance = allowance
        self._batches: dict[str, Batch] = {}

    def add(self, batch: Batch, now: float) -> None:
        """Keep a batch. Refuses it where there is no room, even without the older ones of this key."""
        while not self._allowance.take(batch.size):
            oldest = next((b for b in self._batches.values() if b.entries and b.has_ended(now)), None)
            if oldest is None:
                message = (
                    "This request would exceed the number of requests that may wait in batches. "
                    "Cancel or delete a batch, or try again when one has ended."
                )
                raise Refused(429, "rate_limit_error", message)
            self._archive(oldest, now)
        self.created += 1
        self._batches[batch.id] = batch
        if len(self._batches) > MOST_BATCHES:
            self.remove(next(iter(self._batches)))

    def get(self, id: str, now: float) -> Batch | None:
        batch = self._batches.get(id)
        if batch is not None and batch.archived is None and now >= batch.created + KEPT:
            self._archive(batch, batch.created + KEPT)
        return batch

    def newest_first(self, now: float) -> list[Batch]:
        return [batch for id in reversed(list(self._batches)) if (batch := self.get(id, now))]

    def remove(self, id: str) -> None:
        batch = self._batches.pop(id, None)
        if batch is not None and batch.archived is None:
            self._allowance.give(batch.size)

    def clear(self) -> None:
        for id in list(self._batches):
            self.remove(id)

    def _archive(self, batch: Batch, when: float) -> None:
        batch.archived, batch.entries, batch.files = when, [], {}
        self._allowance.give(batch.size)
