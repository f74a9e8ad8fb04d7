"""The container that code runs in: named by the request, or new; it lives an hour from its last use."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from nbkit.sim.asked import Asked
from nbkit.sim.file_naming import mime_type
from nbkit.sim.file_store import StoredFile
from nbkit.sim.ids import Ids, new_id
from nbkit.sim.parts import Part
from nbkit.sim.refusal import Refused
from nbkit.sim.sandbox.disk import INPUT_DIR, Disk, OutOfSpace
from nbkit.sim.timestamp import timestamp
from nbkit.wire.blocks import Json


@dataclass
class Container:
    """The container of one request, opened when something is done in it."""

    request: Json
    asked: Asked
    seed: int
    made: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # files for the user, by their id

    @cached_property
    def id(self) -> str:
        given = self.request.get("container")
        named = given.get("id") if isinstance(given, dict) else given
        return str(named or Ids(self.request, self.seed).container())

    @cached_property
    def disk(self) -> Disk:
        """What it holds: what was left there, if the request names it, and what was uploaded for it."""
        named = self.request.get("container")
        disk = self.asked.workspace.containers.disk(self.id, self.asked.now) if named else Disk()
        for file_id in _uploads(self.request):
            with suppress(Refused, OutOfSpace):  # R65 has refused what isn't there
                file = self.asked.workspace.files.get(file_id, self.asked.now)
                disk.write(posixpath.join(INPUT_DIR, file.filename), file.data)
        return disk

    @property
    def uploads(self) -> list[str]:
        """The paths of the files that were uploaded for it."""
        return [posixpath.join(INPUT_DIR, name) for name in self.disk.listed(INPUT_DIR)]

    def output(self, path: str) -> str:
        """Note a file for the user, and return the id that the Files API will have for it."""
        data = self.disk.files[path]
        digest = hashlib.sha256(data).hexdigest()
        material = "\0".join((str(self.seed), self.asked.workspace.name, self.id, path, digest))
        id = new_id("file", material.encode("utf-8", "surrogatepass"))
        self.made[id] = (posixpath.basename(path), data)
        return id

    def closed(self, parts: Iterable[Part]) -> Json | None:
        """Keep what code left, and return the reply's `container`; None where it has no part in the reply."""
        skills = self._skills
        names = [str(part.start.get("name") or part.start.get("type")) for part in parts]
        if not skills and not any("code_execution" in name for name in names):
            return None
        store, now = self.asked.workspace.files, self.asked.now
        for id, (name, data) in self.made.items():
            if not store.has(id, now):
                kind = mime_type("", name, data)
                store.add(StoredFile(id, store.created, name, kind, data, now, downloadable=True))
        expires = self.asked.workspace.containers.keep(self.id, self.disk, now)
        loaded = {"skills": skills} if skills else {}
        return {"id": self.id, "expires_at": timestamp(expires), **loaded}

    @property
    def _skills(self) -> list[Json]:
        """The skills that the request loads; one without a version has its latest."""
        given = self.request.get("container")
        asked = (given.get("skills") if isinstance(given, dict) else None) or []
        return [{**skill, "version": skill.get("version") or "latest"} for skill in asked]


def _uploads(request: Json) -> Iterator[str]:
    for message in request["messages"]:
        for block in message["content"] if isinstance(message["content"], list) else ():
            if block.get("type") == "container_upload":
                yield block["file_id"]
