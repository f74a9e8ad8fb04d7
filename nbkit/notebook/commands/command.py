"""A word of `%claude`: how it is written, what it does, and the method that does the same from code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbkit.errors import UsageError
from nbkit.notebook.record.printable import folded

if TYPE_CHECKING:
    from nbkit.notebook.magics import ClaudeMagics

Work = Callable[["ClaudeMagics", str], None]

WORD = re.compile(r"--[\w-]+|\w+")


@dataclass(frozen=True, slots=True)
class Command:
    """`usage` begins with the word; capitals in it stand for something, the rest is written as it is."""

    usage: str
    work: Work
    method: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        return self.usage.split()[0]

    @property
    def takes(self) -> list[str]:
        """What can follow the word: `ID`, `all`, `--look`."""
        return list(dict.fromkeys(WORD.findall(self.usage)[1:]))

    @property
    def summary(self) -> str:
        return (self.work.__doc__ or "").split("\n\n")[0].strip()

    @property
    def details(self) -> str:
        """What there is to know beside the summary, as one paragraph."""
        return " ".join((self.work.__doc__ or "").partition("\n\n")[2].split())

    @property
    def also(self) -> str:
        """The other words for it."""
        return f" (or {', '.join(self.aliases)})" if self.aliases else ""

    def explained(self) -> str:
        """Return what `%claude help WORD` says, as wide as the terminal."""
        lines = folded(f"%claude {self.usage}{self.also}", behind="    ")
        for words in (self.summary, self.details, f"in code: {self.method}" if self.method else ""):
            lines += folded(words, "  ", "    " if words.startswith("in code") else "  ")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    commands: tuple[Command, ...]


def command(usage: str, method: str = "", *aliases: str) -> Callable[[Work], Command]:
    """Make a function the work of a command; its docstring explains it, the first line in a list."""
    return lambda work: Command(usage, work, method, aliases)


def flags(rest: str, *known: str) -> tuple[set[str], str]:
    """Return the options that the text begins with, and what follows them."""
    given: set[str] = set()
    while (found := re.match(r"--([\w-]+)(?:\s+|$)", rest)) and found[1] in known:
        given.add(found[1])
        rest = rest[found.end() :]
    return given, rest


def nothing_more(rest: str, usage: str) -> None:
    """Refuse what nobody would read."""
    if rest:
        raise UsageError(
            f"%claude {usage}: {rest.split()[0]!r} is more than it takes; %claude help lists all"
        )


def number(text: str, what: str) -> int:
    """Read a whole number; `what` says where one is wanted."""
    if not re.fullmatch(r"\d{1,9}", text):
        raise UsageError(f"{what} takes a number, not {text!r}" if text else f"{what}: say which number")
    return int(text)
