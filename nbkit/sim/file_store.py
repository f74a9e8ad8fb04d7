"""Files that were put there with a key (contract, section 1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from nbkit.sim.allowance import Allowance
from nbkit.sim.refusal import Refused, invalid, not_found
from nbkit.sim.timestamp import timestamp
from nbkit.wire.blocks import Json

MEGABYTE = 1024 * 1024
LARGEST = 500 * MEGABYTE
MOST_OF_KEY = 600 * MEGABYTE
MOST_BYTES = 1024 * MEGABYTE  # of all keys together; the API itself has 1 TB
MOST_FILES = 10_000  # of one key
MOST_GONE = 1000  # expired files of one key that are still known to have been
OVERHEAD = 1024  # what a file takes beside its bytes


@dataclass(slots=True, eq=False)
class StoredFile:
    """One file. `number` counts the files of its key; `downloadable` are those that a tool made."""

    id: str
    number: int
    filename: str
    mime_type: str
    data: bytes
    created: float
    expires: float | None = None
    downloadable: bool = False

    @property
    def size(self) -> int:
        return OVERHEAD + len(self.data)

    def told(self) -> Json:
        """Return the file's metadata as the API tells it."""
        return {
            "type": "file",
            "id": self.id,
            "filename": self.filename,
            "mime_type": self.mime_type,
            "size_bytes": len(self.data),
            "created_at": timestamp(self.created),
            "downloadable": self.downloadable,
            "expires_at": None if self.expires is None else timestamp(self.expires),
        }


class FileStore:
    """The files of one key, the oldest first. `allowance` is what all keys share."""

    def __init__(self, allowance: Allowance) -> None:
        self.created = 0  # how many there ever were: equal files have ids of their own
        self._shared = allowance
        self._own = Allowance(MOST_OF_KEY)
        self._files: dict[str, StoredFile] = {}
        self._gone: dict[str, None] = {}

    def add(self, file: StoredFile) -> None:
        """Keep a file; refuses it where there is no room (`storage_quota_exceeded`)."""
        self.expire(file.created)
        if len(self._files) >= MOST_FILES or not self._own.take(file.size):
            raise _full()
        if not self._shared.take(file.size):
            self._own.give(file.size)
            raise _full()
        self.created += 1
        self._files[file.id] = file

    def has(self, id: str, now: float) -> bool:
        file = self._files.get(id)
        return file is not None and (file.expires is None or file.expires > now)

    def get(self, id: str, now: float) -> StoredFile:
        """Return a file; refuses one that there isn't, or isn't any more (`file_expired`)."""
        file = self._files.get(id)
        if file is not None and file.expires is not None and file.expires <= now:
            self.expire(now)
            file = None
        if file is not None:
            return file
        if id in self._gone:
            raise Refused(404, "not_found_error", f"File has expired: {id}", {"error_code": "file_expired"})
        raise not_found(f"File not found: {id[:100]}")

    def newest_first(self, now: float) -> list[StoredFile]:
        self.expire(now)
        return list(reversed(self._files.values()))

    def remove(self, id: str) -> None:
        file = self._files.pop(id, None)
        if file is not None:
            self._own.give(file.size)
            self._shared.give(file.size)

    def clear(self) -> None:
        for id in list(self._files):
            self.remove(id)

    def expire(self, now: float) -> None:
        """Let the files go whose time is over."""
        for file in [each for each in self._files.values() if each.expires is not None]:
            if file.expires is not None and file.expires <= now:
                self.remove(file.id)
                self._gone[file.id] = None
        while len(self._gone) > MOST_GONE:
            del self._gone[next(iter(self._gone))]


def _full() -> Refused:
    message = "Storage quota exceeded. Delete files that you no longer need, or let them expire."
    return invalid(message, {"error_code": "storage_quota_exceeded"})
