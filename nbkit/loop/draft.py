"""The editable half of a conversation: its array, its branches, and what is wrong with it.

Everything here may make an array that the API would refuse; it is kept, and `problems()` says where.
Sending, deciding and running tools is `Conversation`'s.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any, Self

from nbkit.errors import UsageError, a_kind, counted
from nbkit.loop.array import bound, reshape
from nbkit.loop.array import edit as edits
from nbkit.loop.array.cache_marks import CacheMark, cache_marks
from nbkit.loop.array.fold import Fold
from nbkit.loop.array.history import History, listed, plain, to_wire
from nbkit.loop.array.overlay import match
from nbkit.loop.configured import Configured, as_name
from nbkit.loop.line import Line
from nbkit.loop.settings import OURS, Outgoing, Settings, is_forced, within_turn
from nbkit.loop.turn import State, Turn
from nbkit.rules.problem import Fix, Problem
from nbkit.wire.blocks import Json


class Draft(Configured):
    """A message array with its settings. Each method is one step of `undo()`."""

    def __init__(self, settings: Settings, name: str) -> None:
        super().__init__(settings, name)
        self._fold = Fold()
        self.last_sent: Outgoing | None = None
        self._marks: tuple[tuple[object, ...], list[CacheMark]] | None = None
        self._judged: tuple[Line, Settings, State, list[Problem]] | None = None

    @property
    def messages(self) -> list[Json]:
        """The array as plain dicts, a copy. Assigning replaces it; equal blocks stay who they are."""
        return to_wire(self.history)

    @messages.setter
    def messages(self, messages: Iterable[Any]) -> None:
        wire = plain(listed(messages, "messages"))
        self._to(match(self.history, wire, self.turn.ids))

    @property
    def history(self) -> History:
        return self.turn.line.history

    @property
    def decisions(self) -> list[Json]:
        """The decision log: one record for each decision, with who decided."""
        return copy.deepcopy([record.to_json() for record in self.turn.line.log])

    def edit(self, path: str, value: Any) -> None:
        """Replace what stands at a contract path: `messages.2.content.0`, `system`, `max_tokens`."""
        if path == "messages":
            self.messages = value
        elif edits.parse(path)[0] == "messages":
            self._to(edits.edit(self.history, path, value, self.turn.ids))
        else:
            self._set(path, value, edits.set_key)

    def insert(self, path: str, value: Any) -> None:
        """Put something in front of what stands at `path`; the index after the last one appends."""
        if edits.parse(path)[0] == "messages":
            self._to(edits.insert(self.history, path, value, self.turn.ids))
        else:
            self._set(path, value, edits.add_key)

    def delete(self, path: str) -> None:
        """Take away what stands at `path`; a message whose last block goes, goes too."""
        if edits.parse(path)[0] == "messages":
            self._to(edits.delete(self.history, path, self.turn.ids))
        else:
            self._set(path, None, edits.remove_key)

    def move(self, source: str, target: str) -> None:
        """Move a message or a block; `target` is counted with it taken out."""
        self._to(edits.move(self.history, source, target, self.turn.ids))

    def duplicate(self, path: str) -> None:
        """Put a copy of a message or a block behind it."""
        self._to(reshape.duplicate(self.history, path, self.turn.ids))

    def split(self, path: str, at: int) -> None:
        """Cut a text block in two at character `at`, or a message in front of its block `at`."""
        self._to(reshape.split(self.history, path, at, self.turn.ids))

    def merge(self, path: str) -> None:
        """Join a text block, or a message, with the one behind it."""
        self._to(reshape.merge(self.history, path, self.turn.ids))

    def bound_to(self, path: str) -> list[str]:
        """Return the paths of the signed thinking that another value at `path` would break.

        Empty for a model that doesn't bind thinking to what stands before it, or drops it as it is told to.
        """
        keys = edits.parse(path)
        if not bound.binds(self.outgoing()) or keys[0] not in ("messages", "system", "tools"):
            return []
        place = edits.place_in(self.history, path) if keys[0] == "messages" and len(keys) > 1 else None
        message = place.message if place else 0
        block = place.block + 1 if place and place.block is not None else 0
        return [path for path, _ in bound.signed(self.history, message, block)]

    def strip_thinking(self, path: str = "messages.0") -> None:
        """Take away all thinking from `path` on; a message that was nothing else goes too."""
        self._to(reshape.without_thinking(self.history, path))

    def cache_marks(self) -> list[CacheMark]:
        """Return the cache breakpoints of the next request, with what each costs (tokens are estimated)."""
        line, settings, sent = self.turn.line, self._settings, self.last_sent
        now = (line.history, settings, line.options, sent)
        if self._marks is None or any(old is not new for old, new in zip(self._marks[0], now, strict=True)):
            self._marks = now, cache_marks(settings.outgoing(line.history, line.options), sent)
        return list(self._marks[1])

    @property
    def branch(self) -> str:
        """The name of the line that is being gone on with."""
        return self._branch

    @property
    def branches(self) -> list[str]:
        """The names of all lines; what `rewind()` left is one."""
        return [self._branch, *(name for name, _ in self._others)]

    def rewind(self, n: int) -> None:
        """Keep the first `n` messages; the array as it was stays as a branch."""
        if n not in range(len(self.history) + 1):
            raise UsageError(f"can't rewind to {n!r}: the array has {counted(len(self.history), 'message')}")
        with self.changing():
            if n == len(self.history):
                return
            line = self.turn.line
            self._others = (*self._others, (self._free_name(), line))
            self.turn.change(replace(line.changed(line.history[:n]), options={}))

    def switch(self, branch: str) -> None:
        """Go on with another branch; the present line stays under its own name."""
        lines = dict(self._others)
        if branch == self._branch:
            return
        self._known(branch)
        with self.changing():
            line = lines.pop(branch)
            self._others = ((self._branch, self.turn.line), *lines.items())
            self._branch = branch
            self.turn.change(line)

    def rename_branch(self, branch: str, name: str) -> None:
        """Give a branch another name."""
        self._known(branch)
        if not name.strip() or name in self.branches:
            raise UsageError(f"{name!r} can't be the name of a branch: choose one that is free")
        with self.changing():
            self._branch = name if branch == self._branch else self._branch
            self._others = tuple((name if each == branch else each, line) for each, line in self._others)

    def drop_branch(self, branch: str) -> None:
        """Forget a branch; not the present one."""
        self._known(branch)
        if branch == self._branch:
            raise UsageError(f"{branch} is the present branch: switch to another one first")
        with self.changing():
            self._others = tuple(each for each in self._others if each[0] != branch)

    def _known(self, branch: str) -> None:
        if branch not in self.branches:
            raise UsageError(f"there is no branch {branch!r}: there is {', '.join(self.branches)}")

    def fork(self, name: str | None = None) -> Self:
        """Return a conversation of its own that shares what it was up to now."""
        other = copy.copy(self)
        other.name = as_name(name or f"{self.name}_fork")
        other.turn = Turn(self.turn.line, self.turn.ids.copy())
        other.error, other.observers, other._untold = None, [], False
        other._versions = self._versions.copy()
        self._fold.is_shared = True
        return other

    def take(self, other: Draft) -> None:
        """Make the array, the open calls and the settings of another conversation, like a fork, this one's.

        One step of `undo()`. Raises `TurnError` while either has something under way.
        """
        if not isinstance(other, Draft):
            raise UsageError(f"take() takes another conversation, as a fork, not {a_kind(other)}")
        other.turn.allow("change the array")
        with self.changing():
            self.turn.ids.skip(other.turn.ids)
            self._settings = other.settings
            self.turn.change(other.turn.line)

    @property
    def released(self) -> Json | None:
        """The forced `tool_choice` that held for this turn's first request and holds no more, else None."""
        line, own = self.turn.line, self._settings.effective.get("tool_choice")
        if self.state is State.IDLE or not within_turn(line.with_results):
            return None
        return self.turn.forced or (own if is_forced(own) and "tool_choice" not in line.options else None)

    def outgoing(self) -> Outgoing:
        """The next request; its messages are shared with the history, so it is to be read only."""
        line = self.turn.line
        return self._settings.outgoing(line.with_results, line.options)

    def judged(self, request: Outgoing, *, judges_end: bool = True) -> list[Problem]:
        """Return the problems of a request for the array as it is, at the cost of what is new in it."""
        history = request.history if judges_end else self.history
        if not self._fold.suits(request, history):
            self._fold = Fold()
        return self._fold.problems(request, history, judges_end)

    def request(self) -> Json:
        """Return the exact body of the next request, a copy; at a pause with the results that are in."""
        return copy.deepcopy(self.outgoing().body)

    def problems(self) -> list[Problem]:
        """Return the broken rules: of the next request when one can go out, else of the array so far."""
        line, state = self.turn.line, self.state
        if self._judged is None or any(
            old is not new for old, new in zip(self._judged, (line, self._settings, state), strict=False)
        ):
            self._judged = (line, self._settings, state, self._judge(line, state))
        return list(self._judged[3])

    def apply(self, fix: Fix) -> None:
        """Apply the fix of a problem to the whole request and its headers, undoably."""
        if not isinstance(fix, Fix):
            raise UsageError(f"apply() takes the fix of a problem, not {a_kind(fix)}")
        before = self.outgoing().body
        after = plain(fix.apply(before), "the fixed request")
        with self.changing():
            self._settings = self._settings.taken_over(before, after).with_betas(fix.betas)
            self.turn.change(self._fixed(after.get("messages", [])))

    def _judge(self, line: Line, state: State) -> list[Problem]:
        if not line.history:
            return []
        # Not being sent now: open calls are no mistake at a pause, and their results show on cards.
        return self.judged(self.outgoing(), judges_end=state is State.READY)

    def _to(self, history: History) -> None:
        """Make another array the present one; nothing happens when it is the same."""
        with self.changing():
            if history is not self.history:
                self.turn.change(self.turn.line.changed(history))

    def _set(self, path: str, value: Any, how: edits.Change) -> None:
        """Change a setting by its path in the body."""
        keys = edits.parse(path)
        if keys[0] in OURS:
            raise UsageError(f"{path}: the conversation fills this in itself, so it can't be changed")
        before = {**self._settings.fields, **self.params}
        after = edits.change_at(before, keys, path, plain(value, path), how)
        with self.changing():
            self._settings = self._settings.taken_over(before, after)

    def _fixed(self, messages: list[Any]) -> Line:
        """Return the line for a fixed array; results go back to their calls, still to be decided."""
        line = self.turn.line
        answers = _answers(line, messages[-1]) if messages and line.results else None
        if answers is None:
            return line.changed(match(line.history, messages, self.turn.ids))
        fixed = line.changed(match(line.history, messages[:-1], self.turn.ids))
        pending = tuple(each.refitted(answers.get(each.call.id)) for each in fixed.pending)
        return replace(fixed, pending=pending)

    def _free_name(self) -> str:
        taken = set(self.branches)
        return next(name for n in count(1) if (name := f"branch-{n}") not in taken)


def _answers(line: Line, message: Any) -> dict[str, Json] | None:
    """Return a message's results by call when they are those of the open calls and nothing else."""
    ids = [each.call.id for each in line.pending]
    blocks = message.get("content") if isinstance(message, dict) else None
    if line.remark and isinstance(blocks, list) and blocks[-1:] == [{"type": "text", "text": line.remark}]:
        blocks = blocks[:-1]
    if not isinstance(blocks, list) or not all(
        isinstance(block, dict) and block.get("type") == "tool_result" and block.get("tool_use_id") in ids
        for block in blocks
    ):
        return None
    return {block["tool_use_id"]: block for block in blocks}
