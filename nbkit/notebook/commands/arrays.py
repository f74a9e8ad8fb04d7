"""The message array: seen, mended, changed, taken back and branched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError, counted
from nbkit.notebook import listing
from nbkit.notebook.commands.command import Group, command, nothing_more, number
from nbkit.notebook.commands.near import meant
from nbkit.notebook.commands.typed import WHOLE, variable
from nbkit.notebook.printable import say
from nbkit.notebook.wording import pretty
from nbkit.study.compare import compare

if TYPE_CHECKING:
    from nbkit.notebook.magics import ClaudeMagics

MUCH = 200_000  # characters of a request that a cell's output still carries well


@command("messages [N]", "chat.messages")
def messages(magics: ClaudeMagics, rest: str) -> None:
    """list the messages, a line each; with a number show that one as JSON, whole"""
    chat = magics.chat()
    if not rest:
        say("\n".join(listing.messages(chat.history)) or f"{chat.name} has no messages yet")
        return
    at = number(rest, "%claude messages")
    if at >= len(chat.history):
        raise UsageError(f"%claude messages {at}: there is 0 to {len(chat.history) - 1}")
    say(pretty(chat.messages[at]))


@command("request [FILE]", "chat.request()")
def request(magics: ClaudeMagics, rest: str) -> None:
    """show the exact body of the next request as JSON, or write it to a file

    The body holds no key: that goes in a header.
    """
    text = json.dumps(magics.chat().request(), ensure_ascii=False, indent=2)
    if rest:
        path = Path(rest.strip("\"'")).expanduser()
        if path.exists():
            raise UsageError(f"%claude request: {path} is there already, choose another name")
        try:
            path.write_text(text + "\n", encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise UsageError(f"{path} can't be written ({error}): choose another place") from None
        say(f"written to {path}")
    elif len(text) > MUCH:
        say(f"the body has {len(text):,} characters: %claude request FILE writes it to a file")
    else:
        say(text)


@command("problems", "chat.problems()")
def problems(magics: ClaudeMagics, rest: str) -> None:
    """list what the API would refuse or ignore, where, in its words, and what mends it"""
    nothing_more(rest, "problems")
    say("\n".join(listing.problems(magics.chat().problems())) or "no problems")


@command("fix [N]", "chat.apply(chat.problems()[0].fix)")
def fix(magics: ClaudeMagics, rest: str) -> None:
    """apply the fix of a problem, by its number in `problems`; without a number, the first fix there is"""
    chat = magics.chat()
    found = chat.problems()
    at = number(rest, "%claude fix") if rest else 0
    if rest and not 0 < at <= len(found):
        raise UsageError(f"%claude fix {at}: %claude problems lists {len(found) or 'none'}")
    problem = found[at - 1] if rest else next((each for each in found if each.fix), None)
    if problem is None or problem.fix is None:
        raise UsageError(
            "%claude fix: nbkit knows no fix for this; %claude set PATH and delete PATH change it"
        )
    chat.apply(problem.fix)
    say(f"done: {problem.fix.label}")
    say("\n".join(listing.problems(chat.problems())) or "no problems")


@command("set PATH JSON|TEXT|{VARIABLE}", 'chat.edit("messages.0.content", "…")')
def set(magics: ClaudeMagics, rest: str) -> None:
    """change what stands at a path of the request: messages.0.content, system, max_tokens

    What is written as JSON is JSON, anything else is text.
    """
    path, value = _at(magics, rest, "set")
    magics.chat().edit(path, value)
    magics.tell()


@command("insert PATH JSON|TEXT|{VARIABLE}", 'chat.insert("messages.2", {…})')
def insert(magics: ClaudeMagics, rest: str) -> None:
    """put something in front of what stands at a path"""
    path, value = _at(magics, rest, "insert")
    magics.chat().insert(path, value)
    magics.tell()


@command("delete PATH", 'chat.delete("messages.2.content.0")')
def delete(magics: ClaudeMagics, rest: str) -> None:
    """take away what stands at a path"""
    path, *more = rest.split() or [""]
    nothing_more(" ".join(more), delete.usage)
    magics.chat().delete(_path(path, "delete"))
    magics.tell()


@command("move PATH PATH", 'chat.move("messages.2", "messages.0")')
def move(magics: ClaudeMagics, rest: str) -> None:
    """move a message or a block to another place"""
    paths = rest.split()
    if len(paths) != 2:
        raise UsageError("%claude move takes two paths, like messages.2.content.1 messages.2.content.0")
    magics.chat().move(paths[0], paths[1])
    magics.tell()


@command("undo", "chat.undo()")
def undo(magics: ClaudeMagics, rest: str) -> None:
    """take back the last thing that was done: an edit, a decision, a whole stretch of requests"""
    nothing_more(rest, "undo")
    magics.chat().undo()
    magics.tell()


@command("redo", "chat.redo()")
def redo(magics: ClaudeMagics, rest: str) -> None:
    """do again what undo took back"""
    nothing_more(rest, "redo")
    magics.chat().redo()
    magics.tell()


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
    if rest not in chat.branches:
        there = ", ".join(chat.branches)
        raise UsageError(f"%claude switch takes a branch: there is {there}{meant(rest, chat.branches)}")
    chat.switch(rest)
    magics.tell()


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


ARRAY = Group(
    "The message array",
    (
        messages, request, problems, fix, set, insert, delete, move, undo, redo, rewind, branches, switch,
        diff,
    ),
)  # fmt: skip


def _path(path: str, word: str) -> str:
    if not path:
        raise UsageError(
            f"%claude {word}: say where, as in messages.2.content.0; %claude messages lists them"
        )
    return path


def _at(magics: ClaudeMagics, rest: str, word: str) -> tuple[str, Any]:
    path, _, text = rest.partition(" ")
    text = text.strip()
    _path(path, word)
    if not text:
        raise UsageError(f"%claude {word} {path}: write what shall stand there, as JSON or as text")
    if match := WHOLE.fullmatch(text):
        return path, variable(match[1], magics.variables)
    try:
        return path, json.loads(text)
    except (ValueError, RecursionError):
        return path, text
