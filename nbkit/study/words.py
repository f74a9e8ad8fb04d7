"""The words and commands that a script is made of, whatever shell it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

NAME = re.compile(r"(?:\$\{?(?:env:)?|%)(\w+)")


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a shell would put here; `inside` are the commands that would print it.

    `variable` is what holds it, where it was put in for one.
    """

    source: str
    inside: tuple[Command, ...] = ()
    variable: str = ""

    @property
    def command(self) -> Command | None:
        """The one command whose output stands here."""
        is_output = self.source[0] in "$`" and len(self.inside) == 1
        return self.inside[0] if is_output else None

    @property
    def shown(self) -> str:
        """The name of the variable, and never more: a default in it may be a key."""
        name = NAME.match(self.variable or self.source)
        return f"${name[1]}" if name else "a $(…)"


@dataclass(slots=True)
class Word:
    """One word, in the parts it was put together from."""

    line: int
    parts: list[str | Expansion] = field(default_factory=list)
    quoted: bool = False

    @property
    def text(self) -> str:
        """The word, with what a shell would put in left as it was written."""
        return "".join(part if isinstance(part, str) else part.source for part in self.parts)

    @property
    def expansions(self) -> list[Expansion]:
        return [part for part in self.parts if isinstance(part, Expansion)]


@dataclass(slots=True)
class Command:
    """A simple command, and what comes into it: a text, a file, or what the command before prints.

    `after` is the operator that stands before it.
    """

    words: list[Word] = field(default_factory=list)
    text: Word | None = None
    file: Word | None = None
    before: Command | None = None
    after: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.words and self.text is None and self.file is None


def joined(parts: Iterable[str | Expansion]) -> list[str | Expansion]:
    """Put together the texts that stand side by side."""
    together: list[str | Expansion] = []
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        else:
            together += ["".join(texts), part] if texts else [part]
            texts = []
    return [*together, "".join(texts)] if texts else together
