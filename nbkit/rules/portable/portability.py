"""Will it run there? One request against models, versions and platforms, cell by cell.

A cell's refusals are those of `check`; what is accepted and still differs comes from `differences`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from nbkit.errors import UsageError, quoted
from nbkit.facts import facts
from nbkit.rules import envelope, lifecycle
from nbkit.rules.body.body import as_bytes, read
from nbkit.rules.checker import Checker
from nbkit.rules.portable import grid
from nbkit.rules.portable.differences import Held, Move, differences, held
from nbkit.rules.portable.estimate import Input, input_cost, measure
from nbkit.rules.portable.platforms import named
from nbkit.rules.problem import Problem
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json

Verdict = Literal["accepted", "different", "refused", "unknown"]

VERSIONS = ("2026-10-21", "2023-06-01")
NOT_OF_SHAPE = ("R76", "R78")  # an unknown model or beta: the request itself can still be read


@dataclass(frozen=True, slots=True)
class Cell:
    """What becomes of the request in one place.

    `problems` stand in the API's order: the first of level `error` is what the API would say, those of level
    `warning` are what differs though it is accepted. Tokens and dollars (of a first request's input, at list
    prices) are estimates, and None where nothing is paid or nothing is known.
    """

    model: str
    version: str
    platform: str
    problems: tuple[Problem, ...] = ()
    input_tokens: int | None = None
    input_cost: float | None = None

    @property
    def verdict(self) -> Verdict:
        """`unknown` is what may be newer than our facts: it isn't refused here, and may be there."""
        levels = {problem.level for problem in self.problems}
        if "error" in levels:
            return "refused"
        if "unknown" in levels:
            return "unknown"
        return "different" if levels else "accepted"

    @property
    def refusal(self) -> Problem | None:
        """Return what the API would say no with, or None."""
        return next((problem for problem in self.problems if problem.level == "error"), None)

    @property
    def differences(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "warning")

    def to_json(self) -> Json:
        return {
            "model": self.model,
            "version": self.version,
            "platform": self.platform,
            "verdict": self.verdict,
            "problems": [problem.to_json() for problem in self.problems],
            "input_tokens": self.input_tokens,
            "input_cost": self.input_cost,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Portability:
    """The table: `rows` has a cell for every model, version and platform, in the order asked for."""

    rows: tuple[Cell, ...]

    def cell(self, model: str, version: str, platform: str) -> Cell:
        """Return one cell; `UsageError` when the table doesn't have it."""
        for cell in self.rows:
            if (cell.model, cell.version, cell.platform) == (model, version, platform):
                return cell
        raise UsageError(f"the table has no cell for {model}, {version}, {platform}")

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """Count the cells of each verdict."""
        return dict(Counter(cell.verdict for cell in self.rows))

    def to_json(self) -> Json:
        return {"rows": [cell.to_json() for cell in self.rows]}

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return grid.plain(self.rows)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return grid.html(self.rows)


def portability(
    request: Json | bytes | bytearray | str,
    *,
    models: Iterable[str] | None = None,
    versions: Iterable[str] | None = None,
    platforms: Iterable[str] | None = None,
    headers: envelope.Headers | None = None,
) -> Portability:
    """Judge a first-party body on each model, version and platform: accepted, refused, different; the cost.

    It is a dict, or the bytes or the text of its JSON. The request's own model is replaced, and so is the
    version of `headers` (which may name betas). Without lists: every active model and the request's own, both
    versions, every platform. `UsageError` for an unknown platform; an unknown model is marked so.
    """
    envelope.read(headers)
    places = [named(name) for name in _names("platforms", platforms, (p.name for p in facts.platforms()))]
    judge = _Judge(_readable(request), headers)
    chosen = _names("models", models, _usual(judge.body, judge.home))
    dates = _names("versions", versions, VERSIONS)
    judge.is_home_shown = judge.home in map(_home, chosen)
    return Portability(
        tuple(judge.cell(model, date, place) for model in chosen for date in dates for place in places)
    )


def _readable(request: Any) -> Any:
    """Return what a written body says, or the writing where it says nothing."""
    if not isinstance(request, str | bytes | bytearray):
        return request
    body = read(as_bytes(request))
    return request if body.broken else body.value


def _usual(request: Any, home: facts.Model | None) -> list[str]:
    """Return the active models and the request's own, which the others are compared with."""
    named = request.get("model") if isinstance(request, dict) else None
    stranger = [named] if home is None and isinstance(named, str) and named else []
    return stranger + [each.id for each in facts.models() if each.lifecycle == "active" or each == home]


def _names(option: str, given: Any, default: Iterable[str]) -> list[str]:
    """Return the names asked for, each once."""
    if given is None:
        return list(default)
    try:
        names = [given] if isinstance(given, str) else list(given)
    except TypeError:
        raise UsageError(f"{option}= takes a list of names, not {quoted(given)}") from None
    wrong = [name for name in names if not isinstance(name, str) or not name]
    if wrong or not names:
        raise UsageError(f"{option}= takes a list of names, not {quoted(given)}")
    return list(dict.fromkeys(names))


class _Judge:
    """The request, and what is seen of it once for all cells, or measured once for each model."""

    def __init__(self, body: Any, headers: envelope.Headers | None) -> None:
        self.body = body
        given = (headers or {}).items()
        self.headers = {name: value for name, value in given if str(name).lower() != "anthropic-version"}
        self.home = _home(body.get("model") if isinstance(body, dict) else None)
        self.is_home_shown = False
        self.sizes: dict[str, Input] = {}
        self.held: Held | None = None

    def cell(self, model: str, version: str, platform: facts.Platform) -> Cell:
        headers = {**self.headers, "anthropic-version": version}
        if not isinstance(self.body, dict):
            refused = check(self.body, headers, platform=platform.name)
            return Cell(model, version, platform.name, tuple(refused))
        checker = Checker({**self.body, "model": model}, headers, platform=platform.name)
        request = checker.request
        found = [told for problem in checker.problems() if (told := _there(problem, platform))]
        if any(problem.level != "warning" and not _is_readable(problem) for problem in found):
            return Cell(model, version, platform.name, tuple(found))
        if model not in self.sizes:
            self.sizes[model] = measure(request)
        size = self.sizes[model]
        if request.model:
            self.held = self.held or held(request)
            found += differences(Move(request, request.model, self.home, size, self.held, self.is_home_shown))
        return Cell(model, version, platform.name, tuple(found), size.tokens, input_cost(request, size))


def _home(name: object) -> facts.Model | None:
    """Return the model that the request names, in the words of whichever platform."""
    found = (facts.model(name, each.name) for each in facts.platforms()) if isinstance(name, str) else ()
    return next((model for model in found if model), None)


def _is_readable(problem: Problem) -> bool:
    return problem.level == "unknown" and problem.rule in NOT_OF_SHAPE


def _there(problem: Problem, platform: facts.Platform) -> Problem | None:
    """Say of what `check` only warns of whether it holds on this platform."""
    if problem.level != "warning":
        return problem
    if problem.rule == "R76" and problem.status == lifecycle.GONE:
        # A retired model: the API itself answers 404, others may still have it.
        return replace(problem, level="error" if platform.name == "anthropic" else "unknown")
    if problem.rule == "R31" and platform.name == "anthropic":
        return None
    return problem
