"""What the rules say of requests that were written down: one verdict each, in the file's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nbkit.facts.facts import DEFAULT_VERSION
from nbkit.loop.judging import lenient
from nbkit.rules import platforms
from nbkit.rules.envelope import VALID_KEY
from nbkit.rules.problem import Level, Problem
from nbkit.rules.validator import check, check_history
from nbkit.study.imports import Import, Imported


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who checks says of the headers and the place; it wins over what the file says.

    A header that is None is taken away. `endpoint` None leaves each request where it goes.
    """

    version: str | None = None
    betas: Sequence[str] = ()
    headers: Mapping[str, str | None] = field(default_factory=dict)
    endpoint: str | None = None
    platform: str = "anthropic"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One request, named by its place, with its problems in the API's order."""

    where: str
    name: str | None
    line: int | None
    problems: Sequence[Problem]

    @property
    def refused(self) -> bool:
        return self.count("error") > 0

    def count(self, level: Level) -> int:
        return sum(problem.level == level for problem in self.problems)


def verdicts(found: Import, asked: Asked) -> Iterator[Verdict]:
    """Judge each request of a file. Raises `UsageError` for a platform that isn't known."""
    platforms.named(asked.platform)
    for each in found.requests:
        yield Verdict(each.where, each.name, each.line, problems(each, asked))


def problems(imported: Imported, asked: Asked) -> list[Problem]:
    """Return every problem of one request, in the API's order."""
    if imported.broken is not None:
        return [imported.broken]
    judge = check_history if imported.at_rest else check
    try:
        found = judge(
            imported.body, _headers(imported, asked), asked.endpoint or imported.endpoint, asked.platform
        )
    except RecursionError:
        # JSON that could be read, and is too deep to be walked.
        reason = "The request body is not valid JSON: recursion limit exceeded"
        return [Problem("body", "", reason, why="It is nested far deeper than any request needs.")]
    return found if imported.history is None else lenient(found, imported.history)


def _headers(imported: Imported, asked: Asked) -> dict[str, str | None]:
    """Return the headers as `check` takes them: all of a request's, or changes against its defaults."""
    headers: dict[str, str | None] = dict(imported.headers or {})
    if asked.version is not None:
        headers["anthropic-version"] = asked.version
    betas = [*filter(None, [headers.get("anthropic-beta")]), *asked.betas]
    if betas:
        headers["anthropic-beta"] = ",".join(betas)
    names_others = any(not name.startswith("anthropic-") for name in asked.headers)
    if names_others and not imported.whole:
        headers = {"x-api-key": VALID_KEY, "anthropic-version": DEFAULT_VERSION, **headers}
    return {**headers, **asked.headers}
