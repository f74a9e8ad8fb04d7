"""What a conversation sends, checked as it grows: each message once.

A fold over the history: a checker, and the history that it has read. An array that is another one from some
message on (after an edit, an undo, a rewind, in a fork) is read from there; other parameters begin it anew.
Nothing has to be told of a change: nodes never change, so the first that is another one is where to begin.

Forks read with the checker of the conversation they come from, and go on and back with it, until that would
mean to read much again each time, or they have other parameters; then they begin one of their own.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from nbkit.loop.array.history import History, canonical
from nbkit.loop.array.judging import Known, by_whoever_answers, lenient
from nbkit.loop.array.pieces import Pieces
from nbkit.loop.settings import Outgoing
from nbkit.rules.checker import Checker
from nbkit.rules.problem import Problem
from nbkit.wire.blocks import Json

FAR = 64  # messages that one of several conversations may have the others read again


class Fold:
    """A checker and what it has read. Several conversations may ask it, from any thread."""

    def __init__(self) -> None:
        self.is_shared = False
        self._lock = Lock()
        self._history: History = Pieces()
        self._checker: Checker | None = None
        self._params = ""
        self._known: Known = {}

    def suits(self, request: Outgoing, history: History) -> bool:
        """Say whether to ask here; otherwise too much would be taken from others that ask here, too."""
        if not self.is_shared or self._checker is None:
            return True
        with self._lock:
            seen = self._history.shared(history)
            goes_back = seen < len(self._history) and len(history) - seen > FAR
            return not goes_back and _params(request) == self._params

    def problems(self, request: Outgoing, history: History, judges_end: bool) -> list[Problem]:
        """Return the problems of a request with the messages of this history."""
        with self._lock:
            try:
                found = self._follow(request, history).problems(judges_end)
                if len(self._known) > 2 * len(found):
                    self._known = {}
                return by_whoever_answers(lenient(found, history, self._known))
            except BaseException:  # an interrupt may have come in between: what was read isn't known any more
                self._checker = None
                raise

    def _follow(self, request: Outgoing, history: History) -> Checker:
        """Return the checker when it has read this history."""
        params = _params(request)
        if self._checker is None or params is None or params != self._params:
            body: Json = {**request.fields, "messages": [], "stream": True}
            self._checker, self._history = Checker(body, request.headers), Pieces()
            self._params = params or ""
        seen = self._history.shared(history)
        self._checker.rewind(seen)
        self._checker.extend(*(node.wire for node in history[seen:]))
        self._history = history
        return self._checker

    def __reduce__(self) -> Any:
        return Fold, ()


def _params(request: Outgoing) -> str | None:
    """Return what tells parameters apart; None for what is no JSON, which nobody can say anything of."""
    try:
        return canonical([request.fields, request.version, request.betas])
    except (TypeError, ValueError, RecursionError):
        return None
