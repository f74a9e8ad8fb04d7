"""The conversations of a notebook: which is the current one, what it offers, where it is kept."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from nbkit.errors import UsageError, counted
from nbkit.facts import facts
from nbkit.notebook import cells, clean_copy, toolbox
from nbkit.notebook.commands.command import Group, command, nothing_more
from nbkit.notebook.commands.near import known_tool
from nbkit.notebook.record.printable import say
from nbkit.notebook.record.wording import doing
from nbkit.notebook.views import branches_view
from nbkit.study import export as exports

if TYPE_CHECKING:
    from nbkit.notebook.magics import ClaudeMagics

SAVED = b'{\n "format": "nbkit/'  # how a file begins that a conversation was saved to


@command("status [CHAT]")
def status(magics: ClaudeMagics, rest: str) -> None:
    """say what the current conversation is and what it waits for"""
    chat = magics.chat(_name(rest, "status") if rest else None)
    target = "simulated" if chat.target.simulated else f"{chat.target.provider} at {chat.target.address}"
    say(f"{chat.name} {doing(chat)}; {counted(len(chat.history), 'message')}, {chat.model}, {target}")


@command("new [NAME]", "chat = nbkit.Conversation()")
def new(magics: ClaudeMagics, rest: str) -> None:
    """begin a fresh conversation in the same variable, or in another one"""
    name = _name(rest, "new") if rest else None
    say(f"{magics.conversation(name, new=True).name}: a new conversation")


@command("use CHAT")
def use(magics: ClaudeMagics, rest: str) -> None:
    """make another variable's conversation the current one"""
    magics.current = _name(rest, "use")
    magics.tell()


@command("fork [NAME]", "other = chat.fork()")
def fork(magics: ClaudeMagics, rest: str) -> None:
    """copy the conversation into another variable; the two share what they were up to now"""
    chat = magics.chat()
    name = _name(rest, "fork") if rest else magics.free_name(f"{chat.name}_fork")
    if name in magics.variables:
        raise UsageError(f"%claude fork {name}: there is a variable of that name already, choose another")
    magics.variables[name] = chat.fork(name)
    say(f"{name} is a fork of {chat.name} with {counted(len(chat.history), 'message')}: %claude use {name}")


@command("tools [NAME|off]", "chat.tools = [get_weather]")
def tools(magics: ClaudeMagics, rest: str) -> None:
    """list the tools that are offered; names add some, `off` before them takes them away"""
    chat = magics.chat()
    names = rest.replace(",", " ").split()
    if names[:1] == ["off"]:
        for name in names[1:]:
            known_tool(chat, name, "tools off")
        chat.tools = [tool for tool in chat.tools if names[1:] and tool.name not in names]
    elif names:
        toolbox.with_tools(chat, toolbox.named(names, magics.variables, "%claude tools"))
    for tool in chat.tools:
        runs = "" if tool.function else " (no function: its calls can be faked or refused)"
        words = tool.description.splitlines()
        say(f"{tool.name}{runs}: {words[0] if words else 'no description'}")
    if not chat.tools:
        say("no tools: offer some with %claude tools NAME, or %%claude --tools NAME")


@command("model [MODEL]", 'chat.model = "claude-opus-4-8"')
def model(magics: ClaudeMagics, rest: str) -> None:
    """show the model, or set it for good"""
    chat = magics.chat()
    if rest:
        chat.model = rest.strip("\"'")
    known = facts.model(chat.model)
    say(f"{chat.name}: {chat.model}" + ("" if known else " (newer than what nbkit knows of models)"))


@command("save FILE", 'chat.save("FILE")')
def save(magics: ClaudeMagics, rest: str) -> None:
    """write the conversation to a file: array, provenance, decisions, open calls and branches"""
    path, *more = _paths(rest, "save")
    nothing_more(" ".join(more), save.usage)
    if _is_something_else(Path(path).expanduser()):
        raise UsageError(f"%claude save: {path} is there and is no saved conversation, choose another name")
    chat = magics.chat()
    chat.save(Path(path).expanduser())
    say(f"{chat.name} is saved: %claude load {rest}")


@command("clean [FILE]", 'chat.clean().save("FILE")', "share")
def clean(magics: ClaudeMagics, rest: str) -> None:
    """write a copy to share: without tool results, thinking, pictures, documents, decisions and branches

    A note stands in their place. Texts and the inputs of calls stay, and may quote what is gone: look at it.
    A FILE that ends with .ipynb becomes a clean copy of this notebook, as it was saved last.
    """
    chat = magics.chat()
    path, *more = _paths(rest, "clean") if rest else [branches_view.free_name(chat.name)]
    nothing_more(" ".join(more), clean.usage)
    file = Path(path).expanduser()
    if file.suffix == ".ipynb":
        notebook = cells.notebook_path()
        if notebook is None:
            raise UsageError(
                f"%claude clean: which notebook this is isn't known here: nbkit clean NOTEBOOK -o {path}"
            )
        clean_copy.copy_clean(notebook, file)
        say(f"a clean copy of {notebook.name}, as it was saved last, is {path}; its cells are as they were")
        return
    if _is_something_else(file):
        raise UsageError(f"%claude clean: {path} is there and is no saved conversation, choose another name")
    chat.clean(chat.name).save(file)
    say(f"a clean copy of {chat.name} is saved; its texts and calls are as they were: {path}")


@command("export [FORM]", 'print(nbkit.export(chat, "curl"))')
def export(magics: ClaudeMagics, rest: str) -> None:
    """show the next request as text that sends it: curl (at first), python or json, without keys"""
    say(exports.export(magics.chat(), rest or "curl").rstrip())


@command("load FILE [NAME]", 'chat = nbkit.load("FILE")')
def load(magics: ClaudeMagics, rest: str) -> None:
    """bring a conversation back from such a file, a notebook or an autosave, as the current one

    It goes into the variable NAME, or one of its own name where that is free. The body of a request, or a
    list of messages, begins one.
    """
    path, *more = _paths(rest, "load")
    name = _name(more[0], "load FILE") if more else None
    nothing_more(" ".join(more[1:]), load.usage)
    if name and name in magics.variables:
        raise UsageError(f"%claude load: there is a variable {name} already, choose another")
    magics.current = magics.load(Path(path).expanduser(), name)
    magics.tell()


CONVERSATIONS = Group("Conversations", (status, new, use, fork, tools, model, save, clean, export, load))


def _name(text: str, word: str) -> str:
    if not text.isidentifier():
        raise UsageError(f"%claude {word} NAME: name the variable that holds the conversation, or will")
    return text


def _paths(rest: str, word: str) -> list[str]:
    try:
        paths = shlex.split(rest)
    except ValueError:
        raise UsageError(f"%claude {word}: a quote is open at its end") from None
    if not paths:
        raise UsageError(f"%claude {word}: say which file, as in %claude {word} chat.json")
    return paths


def _is_something_else(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(SAVED)) != SAVED
    except OSError:
        return path.exists()
