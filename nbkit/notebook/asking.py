"""A pause where text is typed: each open call is asked about, in the words that `%claude` knows.

Nothing is lost by leaving: an interrupt, an end of input or an empty line leave a call open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.errors import NbkitError
from nbkit.notebook import listing
from nbkit.notebook.commands import dispatch
from nbkit.notebook.record import plain
from nbkit.notebook.record.printable import say
from nbkit.notebook.record.wording import pretty, signature

if TYPE_CHECKING:
    from nbkit.loop.calls.pending import Pending
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.magics import ClaudeMagics

LETTERS = {
    "r": "run", "l": "look", "e": "edit", "f": "fake", "x": "refuse", "s": "stop", "u": "use", "?": "help",
}  # fmt: skip
MEANT = {"look": "run --look", "use": "run"}
OF_ONE_CALL = ("run", "look", "use", "edit", "result", "fake", "refuse")
CHOICES = "r run · l look · e edit · f fake · x refuse · s stop · Enter leave it · ? help"
LOOKED = "u use it · e edit it · x refuse · s stop · Enter leave it · ? help"
HELP = """\
r  run the tool                      l  run it, then look at its result before it goes out
e  run it with another input         f  answer by hand, the tool does not run: f 22 °C, f {variable}
x  refuse it: x not today            s  stop: answer the open calls with errors and end the turn
An empty line leaves the call open, Ctrl-C all of them. `r all`, `f all …`, `x all …` decide them alike.
Every word of %claude can be typed here, too: messages, request, problems, always, help WORD …"""
LEFT = "the pause stays: %claude decide asks again, %claude pending lists the open calls"


def ask(magics: ClaudeMagics, conversation: Conversation) -> bool:
    """Ask about the open calls. Say whether all have their results now, and the loop is to go on."""
    left: set[str] = set()
    calls = list(conversation.pending)
    if conversation.error is not None:
        say(f"! {conversation.error}")
    try:
        while waiting := [
            id for id, each in _still(conversation, calls) if not each.settled and id not in left
        ]:
            left |= _asked(magics, conversation, waiting[0])
    except (KeyboardInterrupt, EOFError):
        print()
    pending = _still(conversation, calls)
    if any(not each.settled for _, each in pending):
        say(LEFT)
        return False
    if pending and conversation.stepping:
        say("every call has its result: %claude step or continue sends them")
    return bool(pending) and not conversation.stepping


def _still(conversation: Conversation, calls: list[str]) -> list[tuple[str, Pending]]:
    """The calls that are asked about; none when one of the answers has led on from this pause."""
    pending = conversation.pending
    return list(pending.items()) if list(pending) == calls else []


def _asked(magics: ClaudeMagics, conversation: Conversation, id: str) -> set[str]:
    """Ask about one call, once; return the calls that the person leaves open."""
    pending = conversation.pending
    number, call = list(pending).index(id) + 1, pending[id]
    say(f"{number}/{len(pending)} {signature(call.call.name, call.call.input)}")
    say("".join(f"  {line}\n" for line in listing.about(call)).rstrip("\n"))
    print(f"  {LOOKED if call.looking else CHOICES}")
    said = input("> ").strip()
    if not said:
        return {id}
    if said in ("?", "help"):
        print(HELP)
        return set()
    word, _, rest = said.partition(" ")
    word = LETTERS.get(word, word)
    try:
        with magics.asked():
            _done(magics, word, rest.strip(), number, call)
    except NbkitError as error:
        say(f"{type(error).__name__}: {error}")
    except EOFError:
        print()  # of one answer: the call is asked about again
    return set()


def _done(magics: ClaudeMagics, word: str, rest: str, number: int, call: Pending) -> None:
    if call.looking and word == "edit":
        word = "result"
    if word not in OF_ONE_CALL:
        dispatch.run(magics, f"{word} {rest}")
        return
    if word in ("edit", "result", "fake") and not rest:
        rest = _typed(word, call)
        if not rest:
            return
    which = "" if rest.split()[:1] == ["all"] else str(number)
    dispatch.run(magics, f"{MEANT.get(word, word)} {which} {rest}" if which else f"{word} {rest}")


def _typed(word: str, call: Pending) -> str:
    """Ask for what the decision needs; nothing typed takes it back."""
    if word == "edit":
        say(f"  its input is {pretty(call.input)}")
        return input("  the input to run with, as JSON: ").strip()
    if word == "result":
        say(f"  its result is {plain.content((call.result or {}).get('content'))}")
    return input("  the result, as text or {variable}: ").strip()
