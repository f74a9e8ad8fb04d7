"""How the loop goes on from where it stands, and where it stops."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from nbkit.errors import UsageError
from nbkit.loop.calls.breaks import Argument, Break
from nbkit.notebook.commands.command import Group, command, nothing_more, number
from nbkit.notebook.commands.near import known_tool
from nbkit.notebook.record.printable import say

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.magics import ClaudeMagics

LIMITS = {"steps": int, "tokens": int, "cost": float}


@command("continue", "chat.resume()", "resume")
def resume(magics: ClaudeMagics, rest: str) -> None:
    """send what is ready to go, and so on to the next stop"""
    nothing_more(rest, "continue")
    magics.go_on(magics.chat())


@command("step", "chat.step()")
def step(magics: ClaudeMagics, rest: str) -> None:
    """do one thing only: one request, or one tool that a policy approves"""
    nothing_more(rest, "step")
    magics.go_on(magics.chat(), "step")


@command("end [--steps N] [--tokens N] [--cost DOLLARS]", "chat.run_to_end(max_steps=…, max_tokens=…)")
def end(magics: ClaudeMagics, rest: str) -> None:
    """run every call that no policy decides, to the end of the turn or to a breakpoint

    A limit always stops it: so many requests, tokens of input and output together, or dollars.
    """
    magics.go_on(magics.chat(), "run_to_end", **_limits(rest))


@command("wait [SECONDS]", "chat.wait(timeout=60)")
def wait(magics: ClaudeMagics, rest: str) -> None:
    """keep the cell until clicks, or another thread, have decided the open calls and the turn is over"""
    seconds = number(rest, "%claude wait") if rest else None
    chat = magics.chat()
    magics.guarded(chat, lambda: chat.wait(seconds))
    magics.tell()


@command("stop", "chat.stop()")
def stop(magics: ClaudeMagics, rest: str) -> None:
    """answer the open calls with errors and end the turn, without sending"""
    nothing_more(rest, "stop")
    magics.chat().stop()
    magics.tell()


@command(
    "break [TOOL [where NAME equals|contains VALUE]|request|error|off]",
    'chat.breakpoints = ["TOOL", nbkit.Break(on="request")]',
    "breakpoints",
)
def breakpoints(magics: ClaudeMagics, rest: str) -> None:
    """stop at the calls of a tool, before each request, or after a call that failed; alone, list where

    `break off` removes all, `break off TOOL` those of one tool. A condition looks at one argument; in code
    it may be any function: nbkit.Break("TOOL", when=…).
    """
    chat = magics.chat()
    first, *more = rest.split() or [""]
    if more[:1] == ["where"]:
        when = _condition(rest.split(maxsplit=4)[2:])
        known_tool(chat, first, "break")
        chat.breakpoints = [*chat.breakpoints, Break(first, when)]
    elif first == "off":
        gone = {(each.tool, each.on) for each in (_break(chat, word) for word in more)}
        chat.breakpoints = [each for each in chat.breakpoints if gone and (each.tool, each.on) not in gone]
    elif first:
        added = [_break(chat, each) for each in (first, *more)]
        chat.breakpoints = [*chat.breakpoints, *(each for each in added if each not in chat.breakpoints)]
    words = ", ".join(map(str, chat.breakpoints))
    say(f"stops {words}" if words else "no breakpoints")


GOING_ON = Group("Going on", (resume, step, end, wait, stop, breakpoints))


def _limits(rest: str) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    while match := re.match(r"--(\w+)(?:\s+|=)([\d.,_]+)(?:\s+|$)", rest):
        name, value = match[1], match[2].replace(",", "").replace("_", "")
        if name not in LIMITS:
            break
        try:
            limits[f"max_{name}"] = LIMITS[name](value)
        except ValueError:
            raise UsageError(f"%claude end: --{name} {match[2]} is no number that fits") from None
        rest = rest[match.end() :]
    if rest:
        raise UsageError(f"%claude end takes --steps N, --tokens N and --cost DOLLARS, not {rest!r}")
    return limits


def _condition(words: list[str]) -> Argument:
    if len(words) != 3:
        raise UsageError("%claude break TOOL where NAME equals VALUE, or contains VALUE")
    name, test, value = words
    return Argument(name, value.strip("\"'"), cast("Any", test))


def _break(chat: Conversation, word: str) -> Break:
    if word == "request":
        return Break(on="request")
    if word == "error":
        return Break(on="error")
    known_tool(chat, word, "break")
    return Break(word)
