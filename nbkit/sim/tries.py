"""Which requests failed on purpose, and how often: who sends the same again tries again."""

from __future__ import annotations

from collections import OrderedDict

MOST = 1000  # the oldest makes room


class Tries:
    """The failures of one key's requests, until one passes."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, int] = OrderedDict()

    def failed(self, id: str) -> int:
        return self._failed.get(id, 0)

    def fail(self, id: str) -> None:
        self._failed[id] = self._failed.get(id, 0) + 1
        if len(self._failed) > MOST:
            self._failed.popitem(last=False)

    def passed(self, id: str) -> None:
        self._failed.pop(id, None)
