"""The problems of a request as a person reads them: as text, and as html that any notebook shows.

Their words quote what was sent, so all of it is kept on its line and escaped.
"""

from __future__ import annotations

import re
from collections import Counter

from nbkit.errors import counted
from nbkit.rules.problem import Level, Problem
from nbkit.wire.blocks import Json

MOST = 20  # problems shown; the list has them all
LONGEST = 500
# MathJax leaves these alone: between two prices in dollars it would see a formula.
AS_WRITTEN = "nbkit mathjax_ignore tex2jax_ignore"
COLOURS: dict[Level, str] = {
    "error": "rgb(214, 62, 62)",
    "warning": "rgb(201, 134, 0)",
    "unknown": "rgb(127, 127, 127)",
}
LEVELS: tuple[tuple[Level, str, str], ...] = (
    ("error", "error", "errors"),
    ("warning", "warning", "warnings"),
    ("unknown", "thing newer than nbkit", "things newer than nbkit"),
)
ASIDE = "font-size: 90%; opacity: 0.8"
OF_SESSION = re.compile(r"requests\.(\d+)")


class Problems(list[Problem]):
    """A list of problems that shows itself: `print` it, or let it be the last line of a cell.

    `str` gives the text, a notebook the html; in every other way it is the list.
    """

    __slots__ = ()

    def to_json(self) -> list[Json]:
        return [problem.to_json() for problem in self]

    def __str__(self) -> str:
        told = [_text(problem) for problem in self[:MOST]]
        return "\n\n".join([_head(self), *told, *_more(self)])

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        """Show the text where IPython has no page."""
        printer.text(str(self))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str:
        told = "".join(map(_html, self[:MOST])) + "".join(f"<div>{more}</div>" for more in _more(self))
        return f'<div class="{AS_WRITTEN}"><div style="font-weight: 600">{_head(self)}</div>{told}</div>'


def one_line(text: str) -> str:
    """Keep a name or a message on one line: it may hold anything that the request holds."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text[: LONGEST + 1])
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"


def _head(problems: list[Problem]) -> str:
    counts = Counter(problem.level for problem in problems)
    told = [counted(counts[level], one, many) for level, one, many in LEVELS if counts[level]]
    return ", ".join(told) or "No problems"


def _more(problems: list[Problem]) -> list[str]:
    return [f"and {len(problems) - MOST:,} more"] if len(problems) > MOST else []


def _kind(problem: Problem) -> str:
    refused = problem.level == "error" and problem.status >= 400
    return f"{problem.level} {problem.status} {problem.type}" if refused else problem.level


def _place(problem: Problem) -> str:
    """Name the place by its pointer, and the request that it is in where there are several."""
    if problem.path == "headers":
        return problem.path
    request = "" if problem.pointer.startswith("/requests/") else OF_SESSION.match(problem.path)
    whole = f"request {request[1]}" if request else "the request"
    inside = f"{whole}, {problem.pointer}" if request else problem.pointer
    return one_line(inside if problem.pointer else whole)


def _text(problem: Problem) -> str:
    lines = [f"{_kind(problem)} at {_place(problem)} [{problem.rule}]", f"  {one_line(problem.message)}"]
    lines += [f"  why: {one_line(problem.why)}"] if problem.why else []
    lines += [f"  fix: {one_line(problem.fix.label)}"] if problem.fix else []
    return "\n".join(lines)


def _html(problem: Problem) -> str:
    from html import escape  # with a table of all entities: a server has no use for it

    colour = COLOURS[problem.level]
    aside = [problem.why] if problem.why else []
    aside += [f"Fix: {problem.fix.label}"] if problem.fix else []
    below = "".join(f'<div style="{ASIDE}">{escape(one_line(text))}</div>' for text in aside)
    return (
        f'<div style="border-left: 3px solid {colour}; padding: 1px 10px; margin: 8px 0; '
        f'overflow-wrap: anywhere">'
        f'<div style="{ASIDE}"><b>{escape(_kind(problem))}</b> at <code>{escape(_place(problem))}</code> '
        f"[{escape(problem.rule)}]</div>"
        f"<div>{escape(one_line(problem.message))}</div>{below}</div>"
    )
