"""What a conversation sends, checked as it grows: each message once.

A fold over the history. An array that did not grow out of the one before (after an edit, undo, rewind), and
other parameters, begin it anew.
"""

from __future__ import annotations

from typing import Any

from nbkit.loop.history import History, canonical
from nbkit.loop.pieces import Pieces
from nbkit.loop.settings import Outgoing
from nbkit.rules.checker import Checker
from nbkit.rules.problem import Problem
from nbkit.wire.blocks import Json


class Fold:
    """The checker that has seen the messages of a history."""

    def __init__(self) -> None:
        self._history: History = Pieces()
        self._checker: Checker | None = None
        self._params = ""

    def problems(self, history: History, request: Outgoing, judges_end: bool) -> list[Problem]:
        """Return the problems of a request with the messages of this history."""
        checker = self._checker_for(request)
        seen = self._history.shared(history)
        if seen < len(self._history):
            self._checker = None
            checker, seen = self._checker_for(request), 0
        for node in history[seen:]:
            checker.extend(node.wire)
        self._history = history
        return checker.problems(judges_end)

    def _checker_for(self, request: Outgoing) -> Checker:
        body: Json = {**request.fields, "messages": [], "stream": True}
        params = _text([body, request.headers])
        if self._checker is None or params is None or params != self._params:
            self._checker, self._history = Checker(body, request.headers), Pieces()
            self._params = params or ""
        return self._checker


def _text(value: Any) -> str | None:
    """Return what tells parameters apart; None for what is no JSON, which nobody can say anything of."""
    try:
        return canonical(value)
    except (TypeError, ValueError, RecursionError):
        return None
