"""What the simulated API keeps for the holder of one key. Replies depend on the request alone; what is kept
here are things that were put there: files, batches, cache entries, what code left in its container.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from copy import copy

from nbkit.sim import batch_store, container_store, file_store
from nbkit.sim.allowance import Allowance
from nbkit.sim.batch_store import BatchStore
from nbkit.sim.cache import Cache
from nbkit.sim.container_store import ContainerStore
from nbkit.sim.diagnosis import Diagnoses
from nbkit.sim.file_store import FileStore
from nbkit.sim.tries import Tries

MOST_WORKSPACES = 1000  # the one unused for longest makes room


def key_of(headers: Mapping[str, str]) -> str:
    """Return the key of a request; of one that AWS's clients signed the id of the key, which is no secret."""
    login = headers.get("authorization", "")
    if signed := re.match(r"AWS4-\S+ .*?Credential=([^/,\s]+)", login):
        return signed[1]
    return headers.get("x-api-key") or headers.get("api-key") or login.partition(" ")[2]


class Workspace:
    """The things of one key."""

    def __init__(
        self, name: str, batch_bytes: Allowance, file_bytes: Allowance, container_bytes: Allowance
    ) -> None:
        self.name = name
        self.batches = BatchStore(batch_bytes)
        self.files = FileStore(file_bytes)
        self.containers = ContainerStore(container_bytes)
        self.cache = Cache()
        self.diagnoses = Diagnoses()
        self.tries = Tries()

    def apart(self) -> Workspace:
        """Return the same with a cache of its own, for what is worked off at a time that nobody sees."""
        same = copy(self)
        same.cache = Cache()
        return same

    def clear(self) -> None:
        self.batches.clear()
        self.files.clear()
        self.containers.clear()


class Workspaces:
    """All workspaces, by a hash of the key: the key itself is kept nowhere."""

    def __init__(self) -> None:
        self._by_name: OrderedDict[str, Workspace] = OrderedDict()
        self._bytes = (
            Allowance(batch_store.MOST_BYTES),
            Allowance(file_store.MOST_BYTES),
            Allowance(container_store.MOST_BYTES),
        )

    def of(self, headers: Mapping[str, str]) -> Workspace:
        """Return the workspace of the key in `headers` (lower case)."""
        key = key_of(headers)
        name = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:16]
        workspace = self._by_name.get(name)
        if workspace is None:
            workspace = self._by_name.setdefault(name, Workspace(name, *self._bytes))
        self._by_name.move_to_end(name)
        if len(self._by_name) > MOST_WORKSPACES:
            self._by_name.popitem(last=False)[1].clear()
        return workspace
