"""The autosave beside the notebook: `.nbkit/`, ignored by git, and word of what an earlier kernel left."""

from __future__ import annotations

import logging
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from nbkit.loop.store import Autosave
from nbkit.notebook.cells import notebook_path
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation

FOLDER = ".nbkit"

log = logging.getLogger(__name__)


class Keeper:
    """Keeps the conversations of one kernel. A disk that can't be written is said once, and nothing stops."""

    def __init__(self, notebook: Path | None = None) -> None:
        self._notebook = notebook or notebook_path()
        self._counts: Counter[str] = Counter()

    @property
    def folder(self) -> Path:
        return (self._notebook.parent if self._notebook else Path.cwd()) / FOLDER

    def keep(self, conversation: Conversation) -> str | None:
        """Autosave from now on; return a sentence about what an earlier kernel left, if it did."""
        self._counts[conversation.name] += 1
        count = self._counts[conversation.name]
        stem = self._notebook.stem if self._notebook else ""
        parts = [stem, conversation.name, str(count) if count > 1 else ""]
        name = re.sub(r"[^\w.-]+", "_", "-".join(part for part in parts if part))
        journal = Autosave(conversation, self.folder / f"{name}.jsonl")
        left = self._left(journal) if count == 1 else None
        conversation.add_observer(Careful(journal, self.folder))
        if left is None:
            return None
        return (
            f"An earlier kernel left a conversation here; {conversation.name} = "
            f'nbkit.load("{left.as_posix()}") brings it back.'
        )

    def _left(self, journal: Autosave) -> Path | None:
        """Where the earlier journal will be found: it is put aside when this kernel first writes."""
        try:
            there = journal.path.stat().st_size > 0
        except OSError:
            return None
        here = Path.cwd()
        path = journal.earlier
        return (path.relative_to(here) if path.is_relative_to(here) else path) if there else None


class Careful:
    """The autosave as an observer that never stands in the way of the conversation."""

    def __init__(self, journal: Autosave, folder: Path) -> None:
        self._journal = journal
        self._folder = folder
        self._ready = self._broken = False

    def on_update(self) -> None:
        if self._broken:
            return
        try:
            if not self._ready:
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._folder / ".gitignore").write_text("*\n", encoding="utf-8")
                self._ready = True
            self._journal.write()
        except OSError as error:
            self._broken = True
            log.warning("the conversation is not autosaved: %s can't be written (%s)", self._folder, error)

    def on_request(self, body: Json) -> None: ...

    def on_change(self, event: Event, change: Change) -> None: ...

    def on_chunk(self, data: bytes) -> None: ...
