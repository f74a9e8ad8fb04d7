"""The variables of a shell script, as far as the script itself says what they are.

A value is known where the script assigns a literal, or what is made of literals. What is assigned in a branch
or a loop is known inside it only, and what comes from outside (`read`, `$1`, another program) is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nbkit.study.words import Command, Expansion, Word, joined

LONGEST = 80 * 1024 * 1024  # characters put in: a script may double a variable again and again
MOST_PARTS = 200
ASSIGNED = re.compile(r"([A-Za-z_]\w*)(\+?)=", re.ASCII)
# `$X`, `${X}`, and `${X:-literal}`, which is the literal where the script doesn't assign X (or has no word).
USED = re.compile(r"\$\{?([A-Za-z_]\w*|\d+)(?:\}|(:?-)([^}$`'\"\\]*)\})?", re.ASCII)
DECLARES = frozenset({"export", "declare", "local", "readonly", "typeset"})
READS = frozenset({"read", "unset", "for", "mapfile", "getopts", "select"})
OPENS = frozenset({"if", "for", "while", "until", "case", "{", "select"})
TURNS = frozenset({"elif", "else", ";;"})
CLOSES = frozenset({"fi", "done", "esac", "}"})
WRAPS = frozenset({"then", "do", "else", "if", "elif", "while", "until", "!", "{"})

Parts = list[str | Expansion]


def followed(commands: Iterable[Command]) -> Iterator[Command]:
    """Yield every command of a script, those inside `$(…)` first, with its known variables put in."""
    yield from _Variables().followed(commands)


class _Variables:
    def __init__(self, outer: _Variables | None = None) -> None:
        self.outer = outer
        self.known: dict[str, Parts] = {}  # an empty list: assigned, but nobody knows what
        self.branches: list[set[str]] = []
        self.characters = 0

    def followed(self, commands: Iterable[Command]) -> Iterator[Command]:
        for command in commands:
            yield from self._filled(command)
            yield command
            self._learn(command)

    def _filled(self, command: Command) -> Iterator[Command]:
        """Put the variables into one command, and yield the commands that stand in its words."""
        incoming = [word for word in (command.text, command.file) if word is not None]
        for word in [*command.words, *incoming]:
            for part in word.expansions:
                # A shell of its own: it knows what this one knows, and keeps what it learns for itself.
                yield from _Variables(self).followed(part.inside)
            if self.characters < LONGEST and any(self._value(part) for part in word.expansions):
                word.parts = self._put_in(word.parts)
                self.characters += sum(len(part) for part in word.parts if isinstance(part, str))

    def _put_in(self, parts: Parts) -> Parts:
        filled: Parts = []
        for part in parts:
            value = self._value(part) if isinstance(part, Expansion) else None
            if value is None or not isinstance(part, Expansion):
                filled.append(part)
            else:
                filled += [each if isinstance(each, str) else _named(each, part.source) for each in value]
        return filled

    def _value(self, part: Expansion) -> Parts | None:
        used = USED.fullmatch(part.source)
        if used is None:
            return None
        name, default = used[1], used[3]
        known = self._find(name)
        return [default] if known is None and default is not None else known or None

    def _find(self, name: str) -> Parts | None:
        if name in self.known or self.outer is None:
            return self.known.get(name)
        found = self.outer._find(name)
        # Only text goes inside: output in output in output would have no end.
        return [] if found and any(isinstance(part, Expansion) and part.inside for part in found) else found

    def _learn(self, command: Command) -> None:
        words = list(command.words)
        while words and (text := words[0].text) in WRAPS | OPENS | TURNS | CLOSES:
            if text in OPENS:
                self.branches.append(set())
            elif self.branches and text in TURNS | CLOSES:
                self._forget(self.branches[-1])
                if text in CLOSES:
                    self.branches.pop()
            if text not in WRAPS:
                break
            words = words[1:]
        if words and words[0].text in READS:
            self._forget(word.text for word in words[1:])
            return
        if words and words[0].text in DECLARES:
            words = [word for word in words[1:] if not word.text.startswith("-")]
            words = [word for word in words if "=" in word.text]
        assigned = [_assigned(word) for word in words]
        if None in assigned:
            return  # `A=1 program` is for that program alone
        is_certain = command.after not in ("&&", "||")
        for name, is_more, parts in filter(None, assigned):
            self._assign(name, is_more, parts, is_certain)

    def _assign(self, name: str, is_more: bool, parts: Parts, is_certain: bool) -> None:
        if is_more:
            parts = [*(self._find(name) or [Expansion(f"${name}")]), *parts]
        # What is nothing but unknown is called by the name of the variable.
        outputs = [part for part in parts if isinstance(part, Expansion) and part.command]
        known = bool(outputs) or any(part for part in parts if isinstance(part, str))
        is_known = known or all(part == "" for part in parts)
        is_known &= is_certain and self.characters < LONGEST and len(parts) < MOST_PARTS
        self.known[name] = joined(parts) if is_known else []
        if self.branches:
            self.branches[-1].add(name)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self.known[name] = []


def _named(part: Expansion, variable: str) -> Expansion:
    return Expansion(part.source, part.inside, variable) if part.inside else part


def _assigned(word: Word) -> tuple[str, bool, Parts] | None:
    first = word.parts[0] if word.parts else None
    found = ASSIGNED.match(first) if isinstance(first, str) else None
    if found is None or not isinstance(first, str):
        return None
    value = first[found.end() :]
    return found[1], bool(found[2]), [value, *word.parts[1:]]
