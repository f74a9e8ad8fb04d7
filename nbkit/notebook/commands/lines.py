"""The lines of a conversation: left by rewinding, kept as branches, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.errors import UsageError, counted
from nbkit.notebook.commands.command import Group, command, nothing_more, number
from nbkit.notebook.commands.near import meant
from nbkit.notebook.printable import say
from nbkit.study.compare import compare

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.magics import ClaudeMagics


@command("rewind N", "chat.rewind(2)")
def rewind(magics: ClaudeMagics, rest: str) -> None:
    """keep the first N messages; the array as it was stays as a branch"""
    chat = magics.chat()
    before = {*chat.branches}
    chat.rewind(number(rest, "%claude rewind"))
    left = [name for name in chat.branches if name not in before]
    say("".join(f"the array as it was is {name}: %claude switch {name} goes back to it" for name in left))
    magics.tell()


@command("branches", "chat.branches")
def branches(magics: ClaudeMagics, rest: str) -> None:
    """list the lines of the conversation: the present one, and those that rewinding left"""
    nothing_more(rest, "branches")
    chat = magics.chat()
    sizes = {chat.branch: len(chat.history), **{name: len(line.history) for name, line in chat.others}}
    for name in chat.branches:
        say(f"{'*' if name == chat.branch else ' '} {name} ({counted(sizes[name], 'message')})")


@command("switch BRANCH", 'chat.switch("branch-1")')
def switch(magics: ClaudeMagics, rest: str) -> None:
    """go on with another branch; the present line stays under its own name"""
    chat = magics.chat()
    _known(chat, rest, "switch")
    chat.switch(rest)
    magics.tell()


@command("rename BRANCH NAME", 'chat.rename_branch("branch-1", "rainy")')
def rename(magics: ClaudeMagics, rest: str) -> None:
    """give a branch another name"""
    branch, *name = rest.split(maxsplit=1) or [""]
    chat = magics.chat()
    _known(chat, branch, "rename")
    if not name:
        raise UsageError(f"%claude rename {branch}: write its new name, too: {rename.usage}")
    chat.rename_branch(branch, name[0])
    branches.work(magics, "")


@command("drop BRANCH", 'chat.drop_branch("branch-1")')
def drop(magics: ClaudeMagics, rest: str) -> None:
    """forget a branch; undo brings it back"""
    chat = magics.chat()
    _known(chat, rest, "drop")
    chat.drop_branch(rest)
    branches.work(magics, "")


@command("diff [BRANCH]", 'nbkit.compare(chat, "branch-1")')
def diff(magics: ClaudeMagics, rest: str) -> None:
    """show what another branch has otherwise, block by block; without a name, the last request"""
    chat = magics.chat()
    if rest:
        say(str(compare(chat, rest)))
    elif chat.last_sent is None:
        raise UsageError(f"%claude diff: nothing was sent yet; {diff.usage}")
    else:
        say(str(compare(chat, chat.last_sent.body)))


BRANCHES = Group("Branches", (rewind, branches, switch, rename, drop, diff))


def _known(chat: Conversation, branch: str, word: str) -> None:
    if branch not in chat.branches:
        there = ", ".join(chat.branches)
        raise UsageError(f"%claude {word} takes a branch: there is {there}{meant(branch, chat.branches)}")
