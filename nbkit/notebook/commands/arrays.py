"""The message array: seen, mended, changed and taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError
from nbkit.notebook import listing
from nbkit.notebook.commands.command import Command, Group, command, nothing_more, number
from nbkit.notebook.commands.typed import WHOLE, variable
from nbkit.notebook.record.printable import say
from nbkit.notebook.record.wording import pretty

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
    magics.chat().delete(_only_path(rest, delete))
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


@command("duplicate PATH", 'chat.duplicate("messages.2")')
def duplicate(magics: ClaudeMagics, rest: str) -> None:
    """put a copy of a message or a block behind it"""
    magics.chat().duplicate(_only_path(rest, duplicate))
    magics.tell()


@command("split PATH N|TEXT", 'chat.split("messages.0.content.0", 5)')
def split(magics: ClaudeMagics, rest: str) -> None:
    """cut a text block at character N, or in front of a text in it; a message, in front of its block N"""
    path, _, where = rest.partition(" ")
    _path(path, "split")
    where = where.strip()
    chat = magics.chat()
    at = int(where) if where.isdecimal() else _before(chat.messages, path, where.strip("\"'"))
    chat.split(path, at)
    magics.tell()


@command("merge PATH", 'chat.merge("messages.0.content.0")')
def merge(magics: ClaudeMagics, rest: str) -> None:
    """join a text block, or a message, with the next one"""
    magics.chat().merge(_only_path(rest, merge))
    magics.tell()


@command("search TEXT")
def search(magics: ClaudeMagics, rest: str) -> None:
    """list the blocks that have a text in them, with their paths; upper and lower case are alike"""
    if not rest:
        raise UsageError(f"%claude search: write what to look for: {search.usage}")
    found = list(listing.found(magics.chat().messages, rest))
    say("\n".join(found) or f"no block has {rest!r} in it")


ARRAY = Group(
    "The message array",
    (
        messages, search, request, problems, fix, set, insert, delete, move, duplicate, split, merge,
        undo, redo,
    ),
)  # fmt: skip


def _path(path: str, word: str) -> str:
    if not path:
        raise UsageError(
            f"%claude {word}: say where, as in messages.2.content.0; %claude messages lists them"
        )
    return path


def _only_path(rest: str, word: Command) -> str:
    path, *more = rest.split() or [""]
    nothing_more(" ".join(more), word.usage)
    return _path(path, word.word)


def _before(messages: list[Any], path: str, text: str) -> int:
    """Return where a text begins in the block at a path."""
    if not text:
        raise UsageError(f"%claude split {path}: say where, as a number or as the text behind the cut")
    block = dict(listing.blocks(messages)).get(path)
    words = block.get("text") if isinstance(block, dict) else block
    if isinstance(words, str) and text in words:
        return words.index(text)
    raise UsageError(f"%claude split: no text at {path} has {text!r} in it; %claude messages lists them")


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
