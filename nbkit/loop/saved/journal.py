"""The autosave: a journal beside the notebook, a JSON line for each change, synced before anything else.

A line says how many messages stay at the beginning and at the end (`keep`, `tail`), and which stand between
them now; reading folds the lines. A last line that was torn by a crash is left out, so that what is read was
once the truth.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from nbkit.errors import LoadError
from nbkit.loop.draft import Draft
from nbkit.loop.line import Line
from nbkit.loop.saved.document import (
    Saved,
    document,
    history_json,
    pending_json,
    read,
    remark_json,
    settings_json,
)
from nbkit.loop.settings import Settings
from nbkit.loop.turn import State
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event

FOLDER = ".nbkit"
MORE = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
NEW = MORE | os.O_CREAT | os.O_EXCL
KEPT = 5  # journals of earlier kernels that stay beside a new one


class Autosave:
    """Writes down a conversation that it watches, in a new file: what others wrote, or write now, stays.

    `path` names the first file, `n.jsonl`; where that is taken the next is `n.2.jsonl`, and so on.
    """

    def __init__(self, conversation: Draft, path: str | Path) -> None:
        self.path = Path(path)
        self._first = self.path
        self._conversation = conversation
        self._line = Line()
        self._settings: Settings | None = None

    def write(self) -> None:
        """Append what is new, and wait until it is on the disk.

        A request that goes out is not waited for: what it is made of was synced before, and it can be sent
        again.
        """
        line, settings = self._conversation.turn.line, self._conversation.settings
        if self._settings is None:
            if not line.history:
                return
            self._begin()
        elif line is not self._line or settings is not self._settings:
            entry = _difference(self._line, line)
            if settings is not self._settings:
                entry.update(settings_json(settings))
            try:
                self._append(entry, sync=self._conversation.state is not State.STREAMING)
            except FileNotFoundError:  # somebody has tidied up
                self._begin()
        self._line, self._settings = line, settings

    def on_update(self) -> None:
        self.write()

    def on_request(self, body: Json) -> None: ...

    def on_change(self, event: Event, change: Change) -> None: ...

    def on_chunk(self, data: bytes) -> None: ...

    def _begin(self) -> None:
        entry = {**document(self._conversation), "keep": 0}
        self._first.parent.mkdir(parents=True, exist_ok=True)
        numbers = _numbers(self._first)
        for number in count(max(numbers, default=0) + 1):
            self.path = _numbered(self._first, number)
            try:
                self._append(entry, new=True)
                break
            except FileExistsError:  # another kernel was faster
                continue
        sync_folder(self.path.parent)
        for number in sorted(numbers, reverse=True)[KEPT:]:
            with suppress(OSError):  # it is another kernel's, and open there
                _numbered(self._first, number).unlink()

    def _append(self, entry: Json, *, new: bool = False, sync: bool = True) -> None:
        line = (json.dumps(entry, separators=(",", ":")) + "\n").encode()
        file = os.open(self.path, NEW if new else MORE, 0o666)
        try:
            while line:
                line = line[os.write(file, line) :]
            if sync:
                os.fsync(file)
        finally:
            os.close(file)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can do that."""
    with suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def beside(folder: Path, stem: str, conversation: str) -> Path:
    """Return the first journal's path for a conversation of the notebook `stem` in that folder."""
    name = re.sub(r"[^\w.-]+", "_", "-".join(filter(None, (stem, conversation))))
    return folder / FOLDER / f"{name}.jsonl"


def earlier(path: Path) -> list[tuple[Path, Json]]:
    """Return the journals that were written under a name, the newest first, each with how it begins.

    One that was torn before its first line was whole is left out: it holds nothing.
    """
    found = []
    for number in sorted(_numbers(path), reverse=True):
        file = _numbered(path, number)
        with suppress(OSError, ValueError), file.open(encoding="utf-8") as lines:
            found.append((file, read(json.loads(lines.readline()), file.name)))
    return found


def _numbers(first: Path) -> list[int]:
    """Return the numbers of the journals of this name that there are; the first one's file has none."""
    numbers = [1] if first.exists() else []
    with suppress(OSError):
        for file in first.parent.iterdir():
            stem, _, number = file.stem.rpartition(".")
            if file.suffix == first.suffix and stem == first.stem and number.isdecimal():
                numbers.append(int(number))
    return numbers


def _numbered(first: Path, number: int) -> Path:
    return first if number == 1 else first.with_name(f"{first.stem}.{number}{first.suffix}")


def folded(text: str, where: str) -> Saved:
    """Return the conversation that a journal adds up to."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    entries = [_entry(line, where, number, len(lines)) for number, line in enumerate(lines, 1)]
    whole = [entry for entry in entries if entry is not None]
    if not whole:
        raise LoadError(f"{where} is empty or torn: no conversation was written to its end")
    saved = Saved("chat").followed(read(whole[0], where), 0)
    for entry in whole[1:]:
        try:
            keep, tail = entry["keep"], entry.get("tail", 0)
            saved = saved.followed(entry, keep, tail=tail, decisions=entry["keep_decisions"])
        except (KeyError, TypeError) as error:
            raise LoadError(f"{where} is damaged: a line of it lacks {error}") from error
    return saved


def _entry(line: str, where: str, number: int, last: int) -> Any:
    try:
        entry = json.loads(line)
        if isinstance(entry, dict) and isinstance(entry.get("messages"), list):
            return entry
    except ValueError:
        if number == last:
            return None
    raise LoadError(f"{where} is damaged in line {number}: copy the lines before it to a file of their own")


def _difference(before: Line, after: Line) -> Json:
    """Return the line that leads from one state to the next; nodes are compared by identity."""
    keep, gone, stop = before.history.differs(after.history)
    tail = len(before.history) - gone
    decisions = before.log.shared(after.log)
    return {
        "keep": keep,
        **({"tail": tail} if tail else {}),
        **history_json(after.history[keep:stop]),
        "keep_decisions": decisions,
        "decisions": [record.to_json() for record in after.log[decisions:]],
        "pending": [pending_json(each) for each in after.pending],
        **remark_json(after),
        "options": after.options,
    }
