"""What a conversation sends, checked and written as it grows: each message once.

A fold over the history. An array that did not grow out of the one before (after an edit, undo, rewind), and
other parameters, begin it anew.
"""

from __future__ import annotations

from typing import Any

from nbkit.loop.history import History, canonical
from nbkit.loop.settings import Outgoing
from nbkit.rules.checker import Checker
from nbkit.rules.problem import Problem
from nbkit.wire.blocks import Json
from nbkit.wire.written import Writer, Written


class Fold:
    """The messages of a history with their JSON, and the checker that has seen them."""

    def __init__(self) -> None:
        self._history: History = ()
        self._writer = Writer()
        self._checker: Checker | None = None
        self._checked = 0
        self._params = ""

    def messages(self, history: History) -> Written:
        """Return the messages of a history, to be read only."""
        known = len(self._history)
        if history[:known] != self._history:
            self._writer, self._checker, known = Writer(), None, 0
        self._writer.messages.extend(node.wire for node in history[known:])
        self._history = history
        return self._writer.snapshot()

    def problems(self, history: History, request: Outgoing, judges_end: bool) -> list[Problem]:
        """Return the problems of a request with the messages of this history."""
        messages = self.messages(history)
        checker = self._checker_for(request)
        for message in messages[self._checked :]:
            checker.extend(message)
        self._checked = len(messages)
        return checker.problems(judges_end)

    def _checker_for(self, request: Outgoing) -> Checker:
        body: Json = {**request.body, "messages": []}
        params = _text([body, request.headers])
        if self._checker is None or params is None or params != self._params:
            self._checker, self._checked = Checker(body, request.headers), 0
            self._params = params or ""
        return self._checker


def _text(value: Any) -> str | None:
    """Return what tells parameters apart; None for what is no JSON, which nobody can say anything of."""
    try:
        return canonical(value)
    except (TypeError, ValueError, RecursionError):
        return None
