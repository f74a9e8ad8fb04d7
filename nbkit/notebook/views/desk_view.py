"""`simulator.person` as the output of a cell: the oldest request that waits, whoever sent it, and
the card that answers it. The next one comes when it is answered.
"""

from __future__ import annotations

from typing import Any

from nbkit.errors import counted
from nbkit.notebook.views.drawing import Drawing
from nbkit.notebook.views.message_views import new_block
from nbkit.notebook.views.understudy import Desk, play, prompt
from nbkit.notebook.views.view import View
from nbkit.wire.blocks import Json

NOTHING = "No request waits. One that comes, from any program that talks to this simulator, appears here."


class DeskView:
    """The view of one cell on one desk. What is saved in the notebook is the empty desk: the rest passes."""

    def __init__(self, desk: Desk, view: View) -> None:
        self.desk = desk
        self.view = view

    def show(self) -> None:
        self.view.begin()
        self.view.draw(self._drawing([]))
        self.view.open()
        self.refresh()

    def refresh(self) -> None:
        self.view.draw(self._drawing(self.desk.waiting))

    def receive(self, message: Json) -> None:
        """Do what its card asks."""
        play(self.desk, message)

    def _drawing(self, waiting: list[Any]) -> Drawing:
        first = waiting[0] if waiting else None
        more = counted(len(waiting) - 1, "more request")
        waits = "waits" if len(waiting) == 2 else "wait"
        head = {
            **({"prompts": [prompt(first)]} if first else {}),
            "view": self.view.id,
            "conversation": "person",
            "start": 0,
            "badge": {
                "simulated": True,
                "text": "simulated",
                "model": first.model if first else "be the model",
            },
            "state": "desk",
            "stoppable": True,
            "stepping": False,
            "filled": [],
            "error": None,
            "notice": NOTHING if not waiting else f"{more} {waits}." if len(waiting) > 1 else None,
            "stop_reason": None,
            "usage": None,
        }
        return Drawing(head, loose=_messages(first) if first else [])


def _messages(waiting: Any) -> list[Json]:
    """The request as its model reads it, the system prompt first."""
    system = [{"role": "system", "content": waiting.system}] if waiting.system else []
    messages: list[Json] = [*system, *waiting.messages]
    return [_message(f"{waiting.id}-{at}", message) for at, message in enumerate(messages)]


def _message(id: str, message: Json) -> Json:
    role, content = message["role"], message["content"]
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    by = "person" if role == "user" else "model"
    views = [new_block(f"{id}-{at}", block, by=by) for at, block in enumerate(blocks)]
    return {"id": id, "role": role, "blocks": views, "loose": True}
