"""How a page's clicks are heard while a cell waits for them: `chat.wait()` and `await chat.await_()`.

A kernel does one thing after the other. From ipykernel 7 on a page may speak to it through a subshell, a
thread of its own, and from 7.4 on a cell that awaits lets messages of the page in. Where neither holds,
waiting would never end, and is refused in a sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from nbkit.errors import TurnError
from nbkit.loop.conversation import Conversation
from nbkit.notebook import cells

if TYPE_CHECKING:
    from nbkit.notebook.session import Session

PATIENCE = 5.0  # seconds in which a page answers that can be heard
AGAIN = 1.0
NEXT_CELL = "decide on the card, and go on in the next cell"
NO_PAGE = (
    "nobody can click here, so there is nothing to wait for: decide from code, or let a policy decide "
    "(chat.policy, %%claude --unattended)"
)


class PageEar:
    """The `Ear` of one conversation in a kernel."""

    def __init__(self, session: Session, conversation: Conversation) -> None:
        self._session = session
        self._conversation = conversation
        self._give_up: float | None = None
        self._call_again = 0.0
        self._awaiting = False

    @contextmanager
    def listen(self, *, awaiting: bool, for_ever: bool) -> Iterator[None]:
        session, chat = self._session, self._conversation
        self._awaiting = awaiting
        cell = cells.current(session.shell)
        why = self._why_not(cell.attended)
        if why is None:
            session.present(chat)
            why = None if session.hub else NO_PAGE
        if why is not None:
            if for_ever:
                raise TurnError(why)
            yield
            return
        assert session.hub is not None
        session.hub.door.heard = False
        self._give_up = monotonic() + PATIENCE
        with session.hub.heard_beside(not awaiting):
            yield

    def is_deaf(self) -> str | None:
        """Call the page until it answers: only one that is heard now will be heard when it is clicked."""
        hub = self._session.hub
        if hub is None or self._give_up is None or hub.door.heard:
            return None
        now = monotonic()
        if now >= self._call_again:
            self._call_again = now + AGAIN
            hub.send({"kind": "call"})
        return self._deaf() if now > self._give_up else None

    def goes_on(self) -> bool:
        chat = self._conversation
        with self._session.turnstile:
            stage = self._session.stages.get(id(chat))
            return bool(stage and stage.tasks) or chat.stepping or chat.stopped_at is not None

    def _why_not(self, attended: bool) -> str | None:
        if not attended:
            return NO_PAGE
        return self._deaf() if _version() < (7,) else None

    def _deaf(self) -> str:
        number = ".".join(map(str, _version()[:2]))
        words = f"while a cell runs, ipykernel {number} hears no click from this page: {NEXT_CELL}"
        other = _version() >= (7, 4) and not self._awaiting
        return f"{words}, or wait with await {self._conversation.name}.await_()" if other else words


def _version() -> tuple[int, ...]:
    found: Any = getattr(sys.modules.get("ipykernel"), "version_info", (0,))
    return tuple(part for part in found if isinstance(part, int))
