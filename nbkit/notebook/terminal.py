"""A conversation where there is no page: its text as it arrives, its calls and results in a line each.

Nothing that a model or a tool wrote reaches the terminal as it is: what would steer it is spelled out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from nbkit.errors import counted
from nbkit.notebook import listing
from nbkit.notebook.record import wording
from nbkit.notebook.record.plain import plain, words
from nbkit.notebook.record.printable import printable
from nbkit.notebook.views.message_views import new_block
from nbkit.notebook.views.snapshot import Frame, badge, problem_view, snapshot
from nbkit.notebook.views.stage import reported
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation

BUSY = ("STREAMING", "RUNNING")
GROWING = {"text": ("text", ""), "thinking": ("thinking", "(thinking) ")}  # what is shown as it comes
COUNTED = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def whole(conversation: Conversation) -> str:
    """Return all of a conversation as text."""
    frame = Frame("", 0, len(conversation.history))
    return plain(snapshot(conversation, frame, conversation.problems()))


class Terminal:
    """Writes what happens to one conversation: its observer. `run` tells one cell from the next."""

    def __init__(self, conversation: Conversation, run: Callable[[], str]) -> None:
        self.conversation = conversation
        self._run = run
        self._badge: tuple[str, str] | None = None
        self._grows: tuple[int | None, str] | None = None
        self._at_start = True
        self._last = conversation.last
        self._told: dict[str, object] = {}
        self._problems = {problem.key for problem in conversation.problems()}
        self._stopped = conversation.stopped_at

    def on_request(self, body: Json) -> None:
        """Say who answers, once in each cell."""
        with reported():
            said = badge(self.conversation, str(body.get("model")))
            line = f"[{said['text']} · {said['model']}]"
            if self._badge != (self._run(), line):
                self._badge = self._run(), line
                self._line(line)

    def on_change(self, event: Event, change: Change) -> None:
        with reported():
            self._changed(change)

    def _changed(self, change: Change) -> None:
        block = change.value if isinstance(change.value, dict) else {}
        match change.kind:
            case "block" if block.get("type") in GROWING:
                field, before = GROWING[block["type"]]
                self._end()
                self._grows = change.index, field
                self._write(before + str(block.get(field) or ""))
            case "grow" if self._grows == (change.index, change.field):
                self._write(change.value)
            case "stop":
                if block.get("type") not in GROWING:
                    self._line(words(new_block("", block, by="model")))
                self._end()
                self._grows = None

    def on_chunk(self, data: bytes) -> None:
        """Raw bytes are shown elsewhere."""

    def on_update(self) -> None:
        with reported():
            self._updated()

    def _updated(self) -> None:
        chat = self.conversation
        self._results()
        if chat.last is not self._last:
            self._last = chat.last
            self._ended()
        if chat.stopped_at != self._stopped:
            self._stopped = chat.stopped_at
            self._line(f"stopped {chat.stopped_at}: %claude continue goes on" if chat.stopped_at else "")
        if chat.state.name not in BUSY:
            self._end()
            self._new_problems()

    def _results(self) -> None:
        """Results that a policy has let come in; what a person decides is told where they decide it."""
        chat = self.conversation
        by = {record.id: record.who for record in chat.turn.line.log}
        for id, pending in chat.pending.items():
            if pending.settled and self._told.get(id) != pending.result:
                self._told[id] = pending.result
                if by.get(id) != "person":
                    self._line(wording.signature(pending.call.name, pending.call.input))
                    for line in listing.about(pending):
                        self._line(f"  {line}")

    def _ended(self) -> None:
        """How a reply ended, and what it used."""
        reply = self._last
        usage = reply.raw.get("usage") if reply is not None else None
        if reply is None or not isinstance(usage, dict):
            return
        read = sum(int(usage.get(name) or 0) for name in COUNTED)
        ended = wording.ENDED.get(str(reply.stop_reason), str(reply.stop_reason))
        said = int(usage.get("output_tokens") or 0)
        self._line(f"({ended}; {counted(read, 'token')} in, {said:,} out)")

    def _new_problems(self) -> None:
        found = {problem.key: problem for problem in self.conversation.problems()}
        for number, (key, problem) in enumerate(found.items(), 1):
            if key not in self._problems:
                fix = f"; %claude fix {number}" if problem.fix else ""
                self._line(f"{wording.problem(problem_view(problem))}{fix}")
        self._problems = set(found)

    def _line(self, text: str) -> None:
        if text:
            self._end()
            self._write(f"{text}\n")

    def _end(self) -> None:
        if not self._at_start:
            self._write("\n")

    def _write(self, text: str) -> None:
        if not text:
            return
        out = sys.stdout
        shown = printable(text)
        encoding = getattr(out, "encoding", None) or "utf-8"
        with suppress(OSError, ValueError):  # whoever read has gone
            out.write(shown.encode(encoding, "backslashreplace").decode(encoding))
            out.flush()
        self._at_start = shown.endswith("\n")
