"""The autosave: a journal beside the notebook, a JSON line for each change, synced before anything else.

A line says how many messages stay and which come after them; reading folds the lines. A last line that was
torn by a crash is left out, so that what is read was once the truth.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from nbkit.errors import LoadError
from nbkit.loop.document import Saved, document, history_json, pending_json, read, settings_json
from nbkit.loop.draft import Draft
from nbkit.loop.line import Line
from nbkit.loop.settings import Settings
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event


class Autosave:
    """Writes down a conversation that it watches. The journal of an earlier kernel is put aside, not lost."""

    def __init__(self, conversation: Draft, path: str | Path) -> None:
        self.path = Path(path)
        self._conversation = conversation
        self._line = Line()
        self._settings: Settings | None = None
        self._name = conversation.name

    @property
    def earlier(self) -> Path:
        """Where the journal of the kernel before this one is kept."""
        return self.path.with_name(f"{self.path.stem}.earlier{self.path.suffix}")

    def write(self) -> None:
        """Append what is new, and wait until it is on the disk."""
        line, settings = self._conversation.turn.line, self._conversation.settings
        if self._settings is None:
            if not line.history:
                return
            self._begin()
            entry = {**document(self._conversation), "keep": 0}
        elif line is self._line and settings is self._settings:
            return
        else:
            entry = _difference(self._line, line)
            if settings is not self._settings:
                entry.update(settings_json(settings))
        self._append(entry)
        self._line, self._settings = line, settings

    def on_update(self) -> None:
        self.write()

    def on_request(self, body: Json) -> None: ...

    def on_change(self, event: Event, change: Change) -> None: ...

    def on_chunk(self, data: bytes) -> None: ...

    def _begin(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size:
            self.path.replace(self.earlier)

    def _append(self, entry: Json) -> None:
        line = json.dumps(entry, separators=(",", ":")) + "\n"
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


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
            saved = saved.followed(entry, entry["keep"], decisions=entry["keep_decisions"])
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
    keep = before.history.shared(after.history)
    decisions = before.log.shared(after.log)
    return {
        "keep": keep,
        **history_json(after.history[keep:]),
        "keep_decisions": decisions,
        "decisions": [record.to_json() for record in after.log[decisions:]],
        "pending": [pending_json(each) for each in after.pending],
        "options": after.options,
    }
