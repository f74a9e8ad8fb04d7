"""The autosave beside the notebook: `.nbkit/`, ignored by git, and word of what an earlier kernel left."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakSet

from nbkit.loop.saved import journal
from nbkit.loop.saved.journal import Autosave
from nbkit.notebook.cells import notebook_path
from nbkit.notebook.record.wording import shorten
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation

TOLD = 3  # of what earlier kernels left

log = logging.getLogger(__name__)


class Keeper:
    """Keeps the conversations of one kernel. A disk that can't be written is said once, and nothing stops."""

    def __init__(self, notebook: Path | None = None) -> None:
        self._notebook = notebook or notebook_path()
        self._kept: WeakSet[Conversation] = WeakSet()
        self._told: set[str] = set()

    @property
    def folder(self) -> Path:
        return self._place / journal.FOLDER

    @property
    def _place(self) -> Path:
        return self._notebook.parent if self._notebook else Path.cwd()

    def keep(self, conversation: Conversation) -> str | None:
        """Autosave from now on; return a sentence about what earlier kernels left, when it is first asked.

        Nothing is said of it where the conversation has begun: it may be the one that was left.
        """
        if conversation in self._kept:
            return None
        self._kept.add(conversation)
        stem = self._notebook.stem if self._notebook else ""
        path = journal.beside(self._place, stem, conversation.name)
        fresh = conversation.name not in self._told and not conversation.history
        self._told.add(conversation.name)
        left = journal.earlier(path) if fresh else []
        # First of all: what a page shows as done has to be on the disk.
        careful = Careful(Autosave(conversation, path), self.folder)
        conversation.observers.insert(0, careful)
        careful.on_update()
        return _notice(conversation.name, left) if left else None


def _notice(name: str, left: list[tuple[Path, Json]]) -> str:
    here = Path.cwd()
    told = []
    for path, begun in left[:TOLD]:
        near = path.relative_to(here) if path.is_relative_to(here) else path
        told.append(f'nbkit.load("{near.as_posix()}") ({_gist(begun)})')
    if len(told) == 1:
        return f"An earlier kernel left a conversation here; {name} = {told[0]} brings it back."
    return f"Earlier kernels left conversations here; {name} = {' or '.join(told)} brings one back."


def _gist(begun: Json) -> str:
    """How a conversation begins, in a few words."""
    content = begun["messages"][0].get("content") if begun["messages"] else ""
    texts = [content] if isinstance(content, str) else [each.get("text", "") for each in content]
    return f"“{shorten(' '.join(map(str, texts)), 40)}”"


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
