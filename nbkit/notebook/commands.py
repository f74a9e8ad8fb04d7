"""What `%claude` can be told: one function per word, each a call that code could make as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nbkit.errors import UsageError, counted
from nbkit.facts import facts
from nbkit.notebook.wording import doing

if TYPE_CHECKING:
    from nbkit.notebook.magics import ClaudeMagics

Command = Callable[["ClaudeMagics", str], None]


def run(magics: ClaudeMagics, line: str) -> None:
    """Do what the line says; with nothing said, tell the state."""
    word, _, rest = line.strip().partition(" ")
    if word == "--help":
        magics.show_options()
        return
    command = COMMANDS.get(word or "status")
    if command is None:
        raise UsageError(f"%claude {word}: there is no such command; there is {', '.join(COMMANDS)}")
    command(magics, rest.strip())


def status(magics: ClaudeMagics, rest: str) -> None:
    """say what the current conversation is and what it waits for"""
    chat = magics.conversation(rest or None)
    target = "simulated" if chat.target.simulated else f"{chat.target.provider} at {chat.target.address}"
    print(f"{chat.name} {doing(chat)}; {counted(len(chat.history), 'message')}, {chat.model}, {target}")


def new(magics: ClaudeMagics, rest: str) -> None:
    """begin a fresh conversation in the same variable"""
    print(f"{magics.conversation(rest or None, new=True).name}: a new conversation")


def use(magics: ClaudeMagics, rest: str) -> None:
    """make another variable's conversation the current one: %claude use NAME"""
    if not rest.isidentifier():
        raise UsageError("%claude use NAME: name the variable that holds the conversation, or will")
    magics.current = rest
    status(magics, rest)


def undo(magics: ClaudeMagics, rest: str) -> None:
    """take back the last thing that was done"""
    magics.conversation().undo()
    status(magics, "")


def redo(magics: ClaudeMagics, rest: str) -> None:
    """do again what undo took back"""
    magics.conversation().redo()
    status(magics, "")


def tools(magics: ClaudeMagics, rest: str) -> None:
    """list the tools that are offered"""
    for tool in magics.conversation().tools:
        runs = "" if tool.function else " (no function: its calls can be faked or refused)"
        words = tool.description.splitlines()
        print(f"{tool.name}{runs}: {words[0] if words else 'no description'}")
    if not magics.conversation().tools:
        print("no tools: offer some with %%claude --tools NAME")


def model(magics: ClaudeMagics, rest: str) -> None:
    """show the model, or set it for good: %claude model ID"""
    chat = magics.conversation()
    if rest:
        chat.model = rest
    known = facts.model(chat.model)
    print(f"{chat.name}: {chat.model}" + ("" if known else " (newer than what nbkit knows of models)"))


def resume(magics: ClaudeMagics, rest: str) -> None:
    """send what is ready to go, and so on to the next stop"""
    magics.go_on(magics.conversation())


def stop(magics: ClaudeMagics, rest: str) -> None:
    """answer the open calls with errors and end the turn"""
    magics.conversation().stop()
    status(magics, "")


def help(magics: ClaudeMagics, rest: str) -> None:
    """list these commands; %claude --help lists the options of %%claude"""
    for word, command in COMMANDS.items():
        print(f"%claude {word:7} {command.__doc__}")


COMMANDS: dict[str, Command] = {
    "status": status,
    "new": new,
    "use": use,
    "undo": undo,
    "redo": redo,
    "tools": tools,
    "model": model,
    "resume": resume,
    "stop": stop,
    "help": help,
}
