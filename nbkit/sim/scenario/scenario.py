"""Scenarios by name, from a file, or from Python."""

from __future__ import annotations

import runpy
import textwrap
import traceback
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbkit.errors import UsageError, a_kind, quoted
from nbkit.sim.faults.fault import nearest
from nbkit.sim.scenario.form import TOP, Script, scripts
from nbkit.sim.scenario.located import MOST_BYTES, Located, Unreadable, read
from nbkit.sim.scenario.mistakes import Mistakes
from nbkit.sim.scenario.situation import Situation

LIBRARY = Path(__file__).resolve().parent.parent / "scenarios"


class Scenario:
    """What the simulator says instead of what its brain would: replies, and when to give them.

        Scenario([
            {"when": {"round": 0}, "say": [{"tool_use": "get_weather", "input": {"city": "Paris"}}]},
            {"when": {"result": "get_weather"}, "say": "It is {result.temperature} degrees."},
        ])

    `replies` are as in a YAML file (`nbkit/sim/scenarios/README.md` has the form); here `when` and `say` may
    also be functions of the request. The first reply that fits is given; where none does, the brain answers.
    Nothing is remembered: the same array has the same reply. Raises `UsageError` with every mistake.
    """

    def __init__(
        self,
        replies: Sequence[Mapping[str, Any]],
        *,
        title: str = "",
        teaches: str = "",
        prompt: str = "",
        request: Mapping[str, Any] | None = None,
        betas: Sequence[str] = (),
    ) -> None:
        form = {
            "title": title,
            "teaches": teaches,
            "try": prompt,
            "request": request or {},
            "betas": [*betas],
        }
        self._take({**form, "replies": [*replies]}, Mistakes("Scenario", None))

    def _take(self, form: Any, mistakes: Mistakes, name: str = "") -> None:
        given = mistakes.keys((), form, TOP, "a scenario")
        self.name = name
        self.title = mistakes.text(("title",), given.get("title"))
        self.teaches = " ".join(mistakes.text(("teaches",), given.get("teaches")).split())
        self.prompt = mistakes.text(("try",), given.get("try"))
        request, betas = given.get("request") or {}, given.get("betas") or []
        if not isinstance(request, Mapping):
            mistakes.tell(("request",), f"should be fields of a request, not {quoted(request)}")
            request = {}
        if not isinstance(betas, list) or not all(isinstance(beta, str) for beta in betas):
            mistakes.tell(("betas",), f"should be a list of names, not {quoted(betas)}")
            betas = []
        self.request: dict[str, Any] = dict(request)
        self.betas: list[str] = list(betas)
        self.scripts: list[Script] = scripts(given.get("replies"), ("replies",), mistakes)
        mistakes.finish()

    def __repr__(self) -> str:
        return f"Scenario({self.name or self.title or f'{len(self.scripts)} replies'!r})"

    def script_for(self, seen: Situation) -> tuple[Script, dict[str, Any]] | None:
        """Return the first script that fits and what its conditions found."""
        for script in self.scripts:
            found = script.fits(seen)
            if found is not None:
                return script, found
        return None

    @classmethod
    def parse(cls, text: str, source: str = "scenario.yaml", name: str = "") -> Scenario:
        """Read a scenario from YAML. Raises `UsageError` with every mistake as `file.yaml:12: …`."""
        try:
            located: Located = read(text)
        except Unreadable as error:
            raise UsageError(f"{source}:{error.line}: {error}") from None
        scenario = cls.__new__(cls)
        scenario._take(located.value, Mistakes(source, located), name)
        return scenario

    @classmethod
    def load(cls, which: str | Path) -> Scenario:
        """Return the scenario of a name (`Scenario.names()`), a YAML file, or a Python file.

        A Python file is run, and its `scenario` taken.
        """
        if not isinstance(which, str | Path):
            raise UsageError(f"a scenario is a name, a file or a Scenario, not {a_kind(which)}")
        if which in cls.names():
            return named(str(which))
        path = Path(which).expanduser()
        if path.suffix == ".py" and path.is_file():
            return _run(path)
        try:
            with path.open(encoding="utf-8-sig") as file:  # a device may have no end
                return cls.parse(file.read(MOST_BYTES + 1), str(path), path.stem)
        except OSError as error:
            guess = nearest(str(which), cls.names())
            reason = error.strerror or "it can't be read"
            raise UsageError(
                f"no scenario {quoted(str(which))} ({reason}){guess}; list them with --list"
            ) from None
        except UnicodeDecodeError:
            raise UsageError(f"{path}:1: not UTF-8") from None

    @staticmethod
    def names() -> list[str]:
        """The names of the scenarios that come with nbkit."""
        return sorted(path.stem for path in LIBRARY.glob("*.yaml"))


@lru_cache(maxsize=256)
def named(name: str) -> Scenario:
    """Return a scenario of the library, read once."""
    path = LIBRARY / f"{name}.yaml"
    return Scenario.parse(path.read_text(encoding="utf-8"), path.name, name)


def _run(path: Path) -> Scenario:
    try:
        found = runpy.run_path(str(path)).get("scenario")
    except UsageError:
        raise
    except Exception as error:
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
        ]
        place = f"{path}:{lines[-1]}" if lines else str(path)
        raise UsageError(f"{place}: {type(error).__name__}: {error}") from error
    if not isinstance(found, Scenario):
        raise UsageError(f"{path}: has no Scenario named `scenario`; write scenario = Scenario([...])")
    return found


def listing() -> list[str]:
    """Return the library for people: name and title, what it teaches, what to ask."""
    lines = []
    for name in Scenario.names():
        scenario = named(name)
        lines.append(f"{name}: {scenario.title}")
        lines += textwrap.wrap(scenario.teaches, 100, initial_indent="    ", subsequent_indent="    ")
        lines += [f"    > {scenario.prompt}"] if scenario.prompt else []
    return lines
