"""The lines of a conversation: left by rewinding, kept as branches, compared, taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.errors import UsageError, counted
from nbkit.loop.conversation import Conversation
from nbkit.notebook.commands.command import Group, command, nothing_more, number
from nbkit.notebook.commands.near import meant
from nbkit.notebook.record.printable import printable, say
from nbkit.study.compare import Comparison, compare

if TYPE_CHECKING:
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


@command("diff [BRANCH|CHAT|request [N]]", 'nbkit.compare(chat, "branch-1")')
def diff(magics: ClaudeMagics, rest: str) -> None:
    """show what a branch, a conversation or a request has otherwise; alone, the last request

    Requests are numbered from 1 as they went out in this kernel.
    """
    say(str(_compared(magics, rest, "diff")))


@command(
    "take PATH [BRANCH|CHAT|request [N]]", 'd = nbkit.compare(chat, "branch-1"); d.take(d.differences[0])'
)
def take(magics: ClaudeMagics, rest: str) -> None:
    """make of one block what the other array has there; alone, the last request

    PATH is one that `diff` lists: a block that is there only is put in, one that is here only goes.
    """
    path, _, other = rest.partition(" ")
    compared = _compared(magics, other.strip(), "take")
    if not path:
        raise UsageError("%claude take: say which block, by a path that %claude diff lists")
    theirs = [row for row in compared.differences if row.second and row.second.path == path]
    ours = [row for row in compared.differences if row.first and row.first.path == path]
    if not theirs + ours:
        there = f"%claude diff {other}".strip()
        raise UsageError(f"%claude take {printable(path)}: nothing differs there; {there} lists what does")
    compared.take((theirs + ours)[0])
    magics.tell()


BRANCHES = Group("Branches", (rewind, branches, switch, rename, drop, diff, take))


def _known(chat: Conversation, branch: str, word: str) -> None:
    if branch not in chat.branches:
        there = ", ".join(chat.branches)
        raise UsageError(f"%claude {word} takes a branch: there is {there}{meant(branch, chat.branches)}")


def _compared(magics: ClaudeMagics, name: str, word: str) -> Comparison:
    """Compare the array with the one that is named: a branch, a variable's conversation, a request."""
    chat = magics.chat()
    if name in chat.branches:
        return compare(chat, name)
    first, _, which = (name or "request").partition(" ")
    if first == "request":
        sent = chat.last_sent
        if which:
            wanted = number(which.strip(), f"%claude {word} request")
            made = magics.session.stage(chat).recorder.exchanges
            sent = next((each.outgoing for each in made if each.number == wanted), None)
        if sent is None:
            what = f"no request {which} is kept" if which else "nothing was sent yet"
            raise UsageError(f"%claude {word}: {what}; {COMPARED}")
        return compare(chat, sent.body)
    other = magics.variables.get(name)
    if isinstance(other, Conversation):
        return compare(chat, other)
    near = meant(name, chat.branches)
    raise UsageError(
        f"%claude {word}: there is no branch or conversation {printable(name)}{near}; {COMPARED}"
    )


COMPARED = "%claude branches lists what it can be compared with"
