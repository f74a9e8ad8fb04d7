"""The files of one container, in memory."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from nbkit.sim.sandbox.bounds import Unknown

HOME = "/tmp"
INPUT_DIR, OUTPUT_DIR = "/files/input", "/files/output"
ENVIRONMENT = {"HOME": HOME, "PWD": HOME, "INPUT_DIR": INPUT_DIR, "OUTPUT_DIR": OUTPUT_DIR, "USER": "sandbox"}
MOST_BYTES = 4 * 1024 * 1024  # of one container
MOST_FILES = 500
LARGEST_OUTPUT = 1024 * 1024


class OutOfSpace(Exception):
    """The container is full."""


@dataclass(slots=True)
class Disk:
    """Files by path. `OSError`s say what a real one would say."""

    files: dict[str, bytes] = field(default_factory=dict)
    directories: set[str] = field(default_factory=lambda: {"/", HOME, INPUT_DIR, OUTPUT_DIR})

    @property
    def size(self) -> int:
        """What it takes to keep it: bytes, names and directories."""
        return sum(len(path) + len(data) for path, data in self.files.items()) + 100 * len(self.directories)

    def path(self, name: str) -> str:
        """The absolute path of a name."""
        return posixpath.normpath(posixpath.join(HOME, name))

    def exists(self, name: str) -> bool:
        return self.path(name) in self.files or self.is_directory(name)

    def is_directory(self, name: str) -> bool:
        path = self.path(name)
        return path in self.directories or any(one.startswith(f"{path}/") for one in self.files)

    def read(self, name: str) -> bytes:
        """What a file holds. Raises `FileNotFoundError`, `IsADirectoryError`; `Unknown` for the system's."""
        data = self.files.get(self.path(name))
        if data is not None:
            return data
        if self.is_directory(name):
            raise IsADirectoryError(name)
        raise self._missing(name)

    def _missing(self, name: str) -> Exception:
        """A real container has files of its system, which nobody has put here."""
        mine = self.path(name).startswith((f"{HOME}/", "/files/"))
        return FileNotFoundError(name) if mine else Unknown(name)

    def text(self, name: str) -> str:
        return self.read(name).decode("utf-8", "replace")

    def write(self, name: str, data: bytes) -> None:
        """Put a file there. Raises `OutOfSpace`, `IsADirectoryError`."""
        path = self.path(name)
        if self.is_directory(path):
            raise IsADirectoryError(name)
        rest = sum(len(each) for at, each in self.files.items() if at != path)
        if rest + len(data) > MOST_BYTES or len(self.files) >= MOST_FILES:
            raise OutOfSpace
        self.files[path] = data

    def remove(self, name: str) -> None:
        self.read(name)
        del self.files[self.path(name)]

    def listed(self, name: str) -> list[str]:
        """The names in a directory, sorted; of a file, its own."""
        path = self.path(name)
        if path in self.files:
            return [name]
        if not self.is_directory(name):
            raise self._missing(name)
        inside = path.rstrip("/") + "/"
        below = [one[len(inside) :] for one in [*self.files, *self.directories] if one.startswith(inside)]
        return sorted({one.partition("/")[0] for one in below if one})

    def copy(self) -> Disk:
        return Disk(dict(self.files), set(self.directories))

    def changed_outputs(self, before: Disk) -> list[str]:
        """The files for the user that are new, or different from what was there before."""
        inside = f"{OUTPUT_DIR}/"
        return [
            path
            for path, data in sorted(self.files.items())
            if path.startswith(inside) and before.files.get(path) != data
        ]
