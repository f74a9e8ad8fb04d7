"""Verdicts as a person reads them, and as a program does."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbkit.errors import counted
from nbkit.rules.problem import Problem
from nbkit.study.verdict import Verdict
from nbkit.wire.blocks import Json

MOST_SHOWN = 20  # problems of one request; `--json` has them all
LONGEST = 1000  # characters of a message, which may quote what was sent
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
COLOURS = {"error": "31", "warning": "33", "unknown": "36", "bold": "1", "faint": "2", "good": "32"}
LEVELS = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "unknown": ("thing newer than nbkit", "things newer than nbkit"),
}


@dataclass
class Tally:
    """How many requests were judged, and how many problems of each level were found."""

    requests: int = 0
    refused: int = 0
    unread: int = 0
    levels: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LEVELS, 0))

    def add(self, verdict: Verdict) -> None:
        self.requests += not verdict.lost and not verdict.unread
        self.unread += verdict.unread
        self.refused += verdict.refused
        for problem in verdict.problems:
            self.levels[problem.level] += 1


@dataclass(frozen=True, slots=True)
class Style:
    """How wide lines may be (None: as long as they are), and whether there is colour."""

    width: int | None = None
    colour: bool = False

    def paint(self, text: str, name: str) -> str:
        return f"\x1b[{COLOURS[name]}m{text}\x1b[0m" if self.colour else text

    def filled(self, text: str, first: str, further: str) -> str:
        text = printable(text)
        if self.width is None:
            return first + text
        return textwrap.fill(
            text,
            max(self.width, 40),
            initial_indent=first,
            subsequent_indent=further,
            break_long_words=False,
            break_on_hyphens=False,
        )


def printable(text: str) -> str:
    """Return text on one line, with what would steer a terminal made visible."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text):,} characters)"
    return CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def lines(verdict: Verdict, style: Style) -> Iterator[str]:
    """Yield a verdict as text: what becomes of the request, then each problem."""
    name = (
        f" ({printable(verdict.name)})"
        if verdict.name and not verdict.where.endswith(f": {verdict.name}")
        else ""
    )
    yield f"{style.paint(printable(verdict.where) + name, 'bold')}: {_outcome(verdict, style)}"
    if verdict.note:
        yield style.filled(verdict.note, "  ", "  ")
    for problem in verdict.problems[:MOST_SHOWN]:
        yield ""
        yield from _problem(problem, style, verdict.lost)
    if len(verdict.problems) > MOST_SHOWN:
        yield ""
        yield f"  and {len(verdict.problems) - MOST_SHOWN:,} more; --json shows all"


def _outcome(verdict: Verdict, style: Style) -> str:
    if verdict.unread:
        return style.paint("not checked", "bold")
    counts = {level: verdict.count(level) for level in ("error", "warning", "unknown")}
    told = _listed(counts)
    if verdict.lost:
        certain = "state got lost on the way here" if counts["error"] else "state may be lost on the way here"
        return f"{style.paint(certain, 'bold')}: {told}"
    if verdict.refused:
        return f"{style.paint('the API would refuse it', 'error')}: {told}"
    good = style.paint("no problems" if not told else "no errors", "good")
    return f"{good}, {told}" if told else good


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {LEVELS[level][n != 1]}" for level, n in counts.items() if n)


def _problem(problem: Problem, style: Style, lost: bool) -> Iterator[str]:
    place = printable(problem.path or "the request as a whole")
    kind = f"{problem.status} {problem.type}" if problem.level == "error" and not lost else problem.level
    rule = style.paint(f"[{problem.rule}]", "faint")
    yield f"  {style.paint(kind, problem.level)} at {style.paint(place, 'bold')} {rule}"
    yield style.filled(problem.message, "    ", "    ")
    if problem.why:
        yield style.filled(problem.why, "    why: ", "         ")
    if problem.fix:
        yield style.filled(problem.fix.label, "    fix: ", "         ")


def summary(tally: Tally) -> str:
    """Return the line under many requests."""
    told = _listed(tally.levels)
    accepted = tally.requests - tally.refused
    requests = counted(tally.requests, "request")
    unread = f", {tally.unread:,} not checked" if tally.unread else ""
    return f"{requests}: {accepted:,} accepted, {tally.refused:,} refused{unread}" + (
        f"; {told}" if told else ""
    )


def as_json(file: str, kind: str, verdicts: list[Verdict], notes: tuple[str, ...]) -> Json:
    """Return the whole report as JSON: what becomes of each request, and every problem with its place."""
    tally = Tally()
    for verdict in verdicts:
        tally.add(verdict)
    return {
        "file": file,
        "kind": kind,
        "refused": tally.refused,
        "errors": tally.levels["error"],
        "warnings": tally.levels["warning"],
        "unknown": tally.levels["unknown"],
        "notes": list(notes),
        "unread": [{**_place(each), "reason": each.note} for each in verdicts if each.unread],
        "requests": [
            {
                **_place(verdict),
                "refused": verdict.refused,
                **({"note": verdict.note} if verdict.note else {}),
            }
            for verdict in verdicts
            if not verdict.lost and not verdict.unread
        ],
        "problems": [
            {**_place(verdict), **problem.to_json()} for verdict in verdicts for problem in verdict.problems
        ],
    }


def nothing_checked(file: str, reason: str) -> Json:
    """Return the report of a file that can't be read at all."""
    unread = {"where": file, "line": None, "name": None, "reason": reason}
    return {**as_json(file, "", [], ()), "kind": None, "unread": [unread]}


def _place(verdict: Verdict) -> Json:
    return {"where": verdict.where, "line": verdict.line, "name": verdict.name}
