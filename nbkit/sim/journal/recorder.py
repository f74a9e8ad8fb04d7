"""Requests as they came in, for each key apart, within a bound of number and bytes.

Recording only notes: what is wrong with a request is found when somebody asks (`review`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nbkit.sim.asked import Asked
from nbkit.sim.journal.redaction import body_without_secrets, without_secrets
from nbkit.sim.plan import Plan, leave
from nbkit.wire.blocks import Json

MOST_REQUESTS = 1000  # of one key
MOST_KEYS = 1000  # the one unused for longest makes room
MOST_BYTES = 64 * 1024 * 1024  # of all keys together
MOST_OF_ANSWER = 4 * 1024 * 1024  # a longer answer is not compared with what is sent next
LARGEST_BODY = 32 * 1024 * 1024  # a larger one is refused unread
OVERHEAD = 1024  # what an entry takes beside its bytes


@dataclass(slots=True, eq=False)
class Recorded:
    """One request and how it was answered; `status` is None while the answer is still being made."""

    number: int
    time: float
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes | None
    body_bytes: int
    request_id: str
    status: int | None = None
    content_type: str = ""
    answer: bytes | None = None  # what was read of it; None while it runs, and where it is too long
    problems: list[Json] | None = None  # found at the first reading

    @property
    def size(self) -> int:
        return OVERHEAD + len(self.body or b"") + len(self.answer or b"")


@dataclass(slots=True)
class Log:
    """The requests of one key, the oldest first, and what had to make room."""

    entries: deque[Recorded] = field(default_factory=deque)
    bytes: int = 0
    last: int = 0
    dropped: int = 0
    dropped_bytes: int = 0

    def drop(self) -> int:
        """Let the oldest go; returns the bytes that are free now."""
        size = self.entries.popleft().size
        self.bytes -= size
        self.dropped += 1
        self.dropped_bytes += size
        return size


class Recorder:
    """The journal of all keys. Where the bytes run out, the key that has most of them loses its oldest."""

    def __init__(self, most_requests: int = MOST_REQUESTS, most_bytes: int = MOST_BYTES) -> None:
        self.most_requests = most_requests
        self.most_bytes = most_bytes
        self._logs: OrderedDict[str, Log] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def note(self, asked: Asked) -> Recorded:
        """Keep a request that has just come in."""
        path, query, headers = without_secrets(asked.path, asked.query_text, asked.headers)
        headers = {name: value for name, value in headers.items() if name != "host" or value}
        body = body_without_secrets(asked.body) if len(asked.body) <= LARGEST_BODY else None
        size, request_id = len(asked.body), asked.id
        with self._lock:
            log = self._logs.setdefault(asked.workspace.name, Log())
            self._logs.move_to_end(asked.workspace.name)
            if len(self._logs) > MOST_KEYS:
                self._bytes -= self._logs.popitem(last=False)[1].bytes
            log.last += 1
            entry = Recorded(log.last, asked.now, asked.method, path, query, headers, body, size, request_id)
            log.entries.append(entry)
            self._grow(log, entry.size)
        return entry

    def followed(self, asked: Asked, entry: Recorded, plan: Plan) -> Plan:
        """Return the plan that says the same, and notes what is read of it."""
        if plan.pending is not None:
            later = plan.pending.then(lambda settled: self.followed(asked, entry, settled))
            return replace(plan, pending=later)
        entry.status = plan.status
        entry.content_type = plan.headers.get("content-type", "")
        return replace(plan, steps=self._heard(asked.workspace.name, entry, plan.steps))

    def _heard(self, name: str, entry: Recorded, steps: Iterator[bytes | float]) -> Iterator[bytes | float]:
        chunks: list[bytes] = []
        room = MOST_OF_ANSWER
        try:
            for step in steps:
                if isinstance(step, bytes) and room >= 0:
                    room -= len(step)
                    chunks.append(step)
                yield step
        finally:
            leave(steps)
            if room >= 0:
                self._answered(name, entry, b"".join(chunks))

    def _answered(self, name: str, entry: Recorded, answer: bytes) -> None:
        with self._lock:
            log = self._logs.get(name)
            if log is None or not log.entries or entry.number < log.entries[0].number:
                return  # it was dropped or cleared meanwhile
            entry.answer = body_without_secrets(answer)
            self._grow(log, len(entry.answer))

    def _grow(self, log: Log, size: int) -> None:
        log.bytes += size
        self._bytes += size
        if len(log.entries) > self.most_requests:
            self._bytes -= log.drop()
        while self._bytes > self.most_bytes:
            largest = max(self._logs.values(), key=lambda each: each.bytes)
            self._bytes -= largest.drop()

    def read(self, name: str) -> Log:
        """Return a copy of what is kept for a key."""
        with self._lock:
            log = self._logs.get(name, Log())
            return replace(log, entries=log.entries.copy())

    def clear(self, name: str) -> int:
        """Forget the requests of a key; returns how many. Their numbers are not given again."""
        with self._lock:
            log = self._logs.get(name)
            if log is None:
                return 0
            self._bytes -= log.bytes
            self._logs[name] = Log(last=log.last)
            return len(log.entries)
