"""How many bytes may be kept, over all keys together."""

from __future__ import annotations

import threading


class Allowance:
    """Bytes that are taken and given back; from several threads, too."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Take so many bytes if they are left; says whether they were."""
        with self._lock:
            if self.used + size > self.most:
                return False
            self.used += size
            return True

    def give(self, size: int) -> None:
        with self._lock:
            self.used -= size
