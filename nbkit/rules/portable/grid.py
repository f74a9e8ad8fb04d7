"""The table of `portability`: as plain text, and as html that any notebook page shows without help.

A row is a model under a version, a column a platform. What the cells refer to by number is told once, below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from nbkit.facts import facts
from nbkit.rules.problem import Problem
from nbkit.rules.problems import AS_WRITTEN, one_line

if TYPE_CHECKING:
    from nbkit.rules.portable.portability import Cell, Verdict

INPUT = "input, estimated"
MOST = 6  # things to say of one cell; the rest is in its problems

Key = tuple[str, str, str]  # level, path and words of a problem

COUNTED: tuple[Verdict, ...] = ("accepted", "different", "refused", "unknown")
TELLS = {"error": "refused", "warning": "different", "unknown": "unknown"}
ESTIMATE = (
    "The input is an estimate: tokens guessed from characters, dollars of a first request at the list prices "
    "of the Claude API."
)
COLOURS = {
    "accepted": "rgba(60, 160, 80, 0.16)",
    "different": "rgba(201, 134, 0, 0.18)",
    "refused": "rgba(214, 62, 62, 0.18)",
    "unknown": "rgba(127, 127, 127, 0.18)",
}
EDGE = "1px solid rgba(127, 127, 127, 0.35)"
SQUARE = f"border: {EDGE}; padding: 2px 8px; text-align: left; vertical-align: top"
ASIDE = "font-size: 85%; opacity: 0.75; margin-left: 1.5em"


@dataclass(frozen=True, slots=True)
class Row:
    """Models under one version, or under several where nothing differs: a mark for each platform."""

    models: tuple[str, ...]
    version: str
    marks: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    input: str

    def is_as(self, other: Row) -> bool:
        return (self.models, self.marks, self.input) == (other.models, other.marks, other.input)


class Notes:
    """What the cells say, each thing once, numbered as it is first met."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self.numbers: dict[Key, int] = {}
        self.problems: dict[Key, Problem] = {}
        for cell in cells:
            for problem in shown(cell)[:MOST]:
                self._add(problem)

    def _add(self, problem: Problem) -> None:
        key = _key(problem)
        self.numbers.setdefault(key, len(self.numbers) + 1)
        first = self.problems.setdefault(key, problem)
        if first.why != problem.why:
            # Said of one model, it isn't true of the other.
            self.problems[key] = replace(first, why="")

    def __iter__(self) -> Iterator[tuple[int, Problem]]:
        return iter(zip(self.numbers.values(), self.problems.values(), strict=True))

    def mark(self, cell: Cell) -> str:
        """Return a cell's words: its verdict, and the numbers of what there is to say of it."""
        numbers = ",".join(map(str, sorted({self.numbers[_key(each)] for each in shown(cell)[:MOST]})))
        more = len(shown(cell)) - MOST
        return f"{cell.verdict} {numbers}{f' and {more} more' if more > 0 else ''}".rstrip()


def shown(cell: Cell) -> list[Problem]:
    """Of a refused cell only what refuses it is worth a number."""
    return [p for p in cell.problems if cell.verdict != "refused" or p.level == "error"]


def _key(problem: Problem) -> Key:
    return problem.level, problem.path, problem.message


def told(problem: Problem) -> str:
    """Return a problem in one line: rule, words, and the place where the words don't name it."""
    at = "" if not problem.path or problem.path in problem.message else f" (at {one_line(problem.path)})"
    return f"{TELLS[problem.level]}, {problem.rule}: {one_line(problem.message)}{at}"


def dollars(cost: float) -> str:
    if 0 < cost < 0.0001:
        return "<$0.0001"
    return f"~${cost:,.2f}" if cost >= 1 else f"~${cost:.4f}"


def table(cells: Sequence[Cell], notes: Notes) -> tuple[list[str], list[Row]]:
    """Return the platforms of the columns, and the rows.

    Versions that make no difference share a row, and so do neighbouring models that all is the same for.
    """
    lines: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        lines.setdefault((cell.model, cell.version), []).append(cell)
    rows: list[Row] = []
    for (model, version), line in lines.items():
        marks, verdicts = tuple(map(notes.mark, line)), tuple(cell.verdict for cell in line)
        row = Row((one_line(model),), one_line(version), marks, verdicts, weight(line))
        if rows and rows[-1].is_as(row):
            row = replace(row, version=f"{rows.pop().version}, {row.version}")
        rows.append(row)
    return list(dict.fromkeys(cell.platform for cell in cells)), _folded(rows)


def _folded(rows: Iterable[Row]) -> list[Row]:
    """Put neighbouring models together whose rows are equal, all of them."""
    blocks: list[list[Row]] = []
    for _, group in groupby(rows, key=lambda row: row.models):
        block = list(group)
        before = blocks[-1] if blocks else []
        if [replace(row, models=()) for row in before] == [replace(row, models=()) for row in block]:
            models = before[0].models + block[0].models
            blocks[-1] = [replace(row, models=models) for row in before]
        else:
            blocks.append(block)
    return [row for block in blocks for row in block]


def weight(line: Iterable[Cell]) -> str:
    """Return the tokens and the dollars of a row's input, which is one wherever it is accepted."""
    paid = [cell for cell in line if cell.input_tokens is not None]
    if not paid:
        return "–"
    cost = next((cell.input_cost for cell in paid if cell.input_cost is not None), None)
    return f"~{paid[0].input_tokens:,} tokens, {'price unknown' if cost is None else dollars(cost)}"


def summary(cells: Sequence[Cell]) -> str:
    counts = Counter(cell.verdict for cell in cells)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in COUNTED if counts[verdict])
    return f"Will it run there? {told}"


def legend(cells: Sequence[Cell]) -> list[str]:
    """Say how each platform of the table is spoken to, and what the numbers are worth."""
    used = dict.fromkeys(cell.platform for cell in cells)
    known = [platform for name in used if (platform := facts.platform(name)) and platform.name != "anthropic"]
    return [f"{each.name}: {each.title}{_spoken(each)}" for each in known] + [ESTIMATE]


def _spoken(platform: facts.Platform) -> str:
    if not platform.cloud:
        return ""
    old = f", 2023-06-01 as {platform.classic_version}" if platform.classic_version else ""
    return (
        f"; model in the {platform.model_in}, version in the {platform.version_in}{old}, betas in the "
        f"{platform.betas_in}; whether it offers a model is not known here"
    )


def plain(cells: Sequence[Cell]) -> str:
    """Return the table as text."""
    notes = Notes(cells)
    columns, rows = table(cells, notes)
    squares = [["model", "version", *columns, INPUT]]
    squares += [square for row in rows for square in _lines(row)]
    widths = [max(map(len, column)) for column in zip(*squares, strict=True)]
    drawn = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in squares]
    below = [line for number, problem in notes for line in _note(number, problem)]
    parts = [[summary(cells)], drawn, below, legend(cells)]
    return "\n\n".join("\n".join(line.rstrip() for line in part) for part in parts if part)


def _lines(row: Row) -> Iterator[list[str]]:
    """Yield the lines of a row: its models two by two, what is said of them beside the first."""
    said = [row.version, *row.marks, row.input]
    for at in range(0, len(row.models), 2):
        yield [", ".join(row.models[at : at + 2]), *(said if at == 0 else [""] * len(said))]


def _note(number: int, problem: Problem) -> list[str]:
    return [f"{number:>3}  {told(problem)}", *([f"     {one_line(problem.why)}"] if problem.why else [])]


def html(cells: Sequence[Cell]) -> str:
    """Return the table as html: inline styles only, all that came from outside escaped."""
    notes = Notes(cells)
    columns, lines = table(cells, notes)
    heads = "".join(_square("th", name) for name in ("model", "version", *columns, INPUT))
    rows = "".join(map(_row, lines))
    below = "".join(
        f'<div style="margin: 2px 0; overflow-wrap: break-word">{number}. {escape(told(problem))}'
        f"{_aside(problem.why)}</div>"
        for number, problem in notes
    )
    said = "".join(f"<div>{escape(text)}</div>" for text in legend(cells))
    return (
        f'<div class="{AS_WRITTEN}">'
        f'<div style="font-weight: 600; margin: 4px 0">{escape(summary(cells))}</div>'
        f'<table style="border-collapse: collapse"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        f'<div style="margin: 8px 0">{below}</div>'
        f'<div style="font-size: 85%; opacity: 0.75">{said}</div></div>'
    )


def _aside(why: str) -> str:
    return f'<div style="{ASIDE}">{escape(one_line(why))}</div>' if why else ""


def _row(row: Row) -> str:
    marks = zip(row.marks, row.verdicts, strict=True)
    squares = [_square("td", mark, f"background-color: {COLOURS[verdict]}") for mark, verdict in marks]
    names = "<br>".join(map(escape, row.models))
    named = f'<th style="{SQUARE}; white-space: nowrap">{names}</th>' + _square("td", row.version)
    return f"<tr>{named}{''.join(squares)}{_square('td', row.input)}</tr>"


def _square(name: str, text: str, style: str = "") -> str:
    return f'<{name} style="{SQUARE}; {style}">{escape(text)}</{name}>'
