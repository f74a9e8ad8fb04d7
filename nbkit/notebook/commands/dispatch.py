"""`%claude WORD …`: finds the command and calls it; the words and what they mean, in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.errors import UsageError
from nbkit.notebook.commands.arrays import ARRAY
from nbkit.notebook.commands.command import Command, Group, command
from nbkit.notebook.commands.conversations import CONVERSATIONS
from nbkit.notebook.commands.going_on import GOING_ON
from nbkit.notebook.commands.lines import BRANCHES
from nbkit.notebook.commands.near import meant
from nbkit.notebook.commands.open_calls import OPEN_CALLS
from nbkit.notebook.commands.requests import REQUESTS
from nbkit.notebook.record.printable import folded, printable, say

if TYPE_CHECKING:
    from nbkit.notebook.magics import ClaudeMagics


@command("help [WORD]", "", "--help")
def help(magics: ClaudeMagics, rest: str) -> None:
    """list these commands, or explain one; %%claude --help lists the options of a cell"""
    say(find(rest.split()[0].strip("%?")).explained() if rest else listed())


GROUPS = (OPEN_CALLS, GOING_ON, ARRAY, BRANCHES, REQUESTS, CONVERSATIONS, Group("Help", (help,)))
COMMANDS: dict[str, Command] = {each.word: each for group in GROUPS for each in group.commands}
ALIASES = {alias: each for each in COMMANDS.values() for alias in each.aliases}


def run(magics: ClaudeMagics, line: str) -> None:
    """Do what the line says; with nothing said, tell the state."""
    word, _, rest = line.strip().partition(" ")
    if word.endswith("?"):
        word, rest = "help", word.strip("?")
    find(word or "status").work(magics, rest.strip())


def find(word: str) -> Command:
    """Return the command of that name. Raises `UsageError` with the nearest name."""
    found = COMMANDS.get(word) or ALIASES.get(word)
    if found is None:
        near = meant(word, [*COMMANDS, *ALIASES])
        raise UsageError(
            f"%claude {printable(word)}: there is no such command{near or '; %claude help lists them'}"
        )
    return found


def listed() -> str:
    """Return all commands, group by group, each with what it does, as wide as the terminal."""
    lines = []
    for group in GROUPS:
        lines.append(f"{group.title}:")
        for each in group.commands:
            usage, words = f"  {each.usage:{COLUMN}}  ", f"{each.summary}{each.also}"
            behind = " " * (COLUMN + 4)
            if len(each.usage) > COLUMN:
                lines += folded(each.usage, "  ", "      ")
                usage = behind
            lines += folded(words, usage, behind)
    lines.append("ID is a call's number, its id or the end of it; the only open call needs none.")
    return "\n".join(lines)


COLUMN = 22  # what a longer usage is for stands below it
