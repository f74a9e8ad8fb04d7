"""A conversation's settings and its versions: what goes beside the messages, undo, and who watches."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from nbkit.errors import UsageError
from nbkit.loop.array.history import listed, plain
from nbkit.loop.line import Line
from nbkit.loop.runner import Observer
from nbkit.loop.settings import Settings
from nbkit.loop.tools.tool import Tool
from nbkit.loop.turn import State, Turn
from nbkit.loop.versions import Version, Versions
from nbkit.wire.blocks import Json


def as_name(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise UsageError(f"a conversation's name is a string with something in it, not {name!r}")
    return name


class Configured:
    """Settings that are sent with an array, undoably. Each assignment is one step of `undo()`."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.name = as_name(name)
        self.turn = Turn()
        self.error: Exception | None = None
        self.stopped_at: str | None = None
        self.observers: list[Observer] = []
        self._settings = settings
        self._branch = "main"
        self._others: tuple[tuple[str, Line], ...] = ()
        self._versions = Versions()
        self._changing = False
        self._untold = False

    @property
    def state(self) -> State:
        return self.turn.state

    @property
    def others(self) -> tuple[tuple[str, Line], ...]:
        """The lines that were left, by name."""
        return self._others

    def start_from(
        self, settings: Settings, turn: Turn, branch: str, others: Iterable[tuple[str, Line]]
    ) -> None:
        """Take up what was saved; there is nothing before it to undo."""
        self._settings, self.turn = settings, turn
        self._branch, self._others = branch, tuple(others)

    @property
    def settings(self) -> Settings:
        """Model, system, tools and parameters as one frozen value; assigning it is one step of undo."""
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        with self.changing():
            self._settings = settings

    @property
    def model(self) -> str:
        model: str = self._settings.model
        return model

    @model.setter
    def model(self, model: str) -> None:
        self.settings = self._settings.with_field("model", model)

    @property
    def system(self) -> Any:
        return copy.deepcopy(self._settings.system)

    @system.setter
    def system(self, system: Any) -> None:
        self.settings = self._settings.with_field("system", system)

    @property
    def tools(self) -> list[Tool]:
        return list(self._settings.tools)

    @tools.setter
    def tools(self, tools: Iterable[Any]) -> None:
        self.settings = self._settings.with_tools(tools)

    @property
    def params(self) -> Json:
        """The body's other fields as sent, defaults included; assigning replaces what was set."""
        return {
            key: value for key, value in copy.deepcopy(self._settings.effective).items() if value is not None
        }

    @params.setter
    def params(self, params: Json) -> None:
        self.settings = replace(self._settings, params=plain(params, "params"))

    @property
    def version(self) -> str:
        return self._settings.version

    @version.setter
    def version(self, version: str) -> None:
        self.settings = replace(self._settings, version=version)

    @property
    def betas(self) -> tuple[str, ...]:
        return self._settings.betas

    @betas.setter
    def betas(self, betas: Sequence[str]) -> None:
        self.settings = replace(self._settings, betas=tuple(listed(betas, "betas")))

    def undo(self) -> None:
        """Take back the last thing that was done: an edit, a decision, a whole stretch of requests."""
        self.turn.allow("change the array")
        self._restore(self._versions.undo(self._now))

    def redo(self) -> None:
        """Do again what `undo()` took back."""
        self.turn.allow("change the array")
        self._restore(self._versions.redo(self._now))

    @property
    def can_undo(self) -> bool:
        """Whether there is something that `undo()` takes back."""
        return self._versions.before

    @property
    def can_redo(self) -> bool:
        """Whether there is something that `redo()` does again."""
        return self._versions.after

    def add_observer(self, observer: Observer) -> None:
        self.observers.append(observer)

    def remove_observer(self, observer: Observer) -> None:
        if observer in self.observers:
            self.observers.remove(observer)

    def updated(self) -> None:
        """Tell the watchers to look again; within `told_once`, at its end."""
        if not self._untold:
            for observer in list(self.observers):
                observer.on_update()

    @contextmanager
    def told_once(self) -> Iterator[None]:
        """Let the watchers look once at what is changed inside: when a request goes out, or at the end."""
        self._untold = True
        try:
            yield
        finally:
            if self._untold:
                self.tell()

    def tell(self) -> None:
        """Tell the watchers now; nothing is kept from them any longer."""
        self._untold = False
        self.updated()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One step of undo: what happens inside is taken back together, and at once where it fails."""
        if self._changing:  # within another one
            yield
            return
        self.turn.allow("change the array")
        with self.step_of_undo():
            before, self._changing = self._now, True
            try:
                yield
            except BaseException:
                self._bring_back(before)
                raise
            finally:
                self._changing = False
            self.error = None  # it spoke of the array as it was
            if self.turn.line is not before.line:
                self.stopped_at = None

    @contextmanager
    def step_of_undo(self) -> Iterator[None]:
        kept = self._now
        self._versions.keep(kept)
        try:
            yield
        finally:
            self._versions.settle(kept, self._now)
            self.updated()

    @property
    def _now(self) -> Version:
        return Version(self.turn.line, self._settings, self._branch, self._others)

    def _restore(self, version: Version) -> None:
        self.error = self.stopped_at = None
        self._bring_back(version)
        self.updated()

    def _bring_back(self, version: Version) -> None:
        self.turn.change(version.line)
        self._settings, self._branch, self._others = version.settings, version.branch, version.others
