"""Requests: how one went over the wire, what they have cost, and what would come of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError, counted
from nbkit.loop.calls.decisions import Approve, EditInput, Fake, Refuse
from nbkit.notebook.commands.command import Group, command, nothing_more, number
from nbkit.notebook.commands.naming_calls import one
from nbkit.notebook.commands.near import meant
from nbkit.notebook.commands.typed import content, read_json
from nbkit.notebook.record.printable import say
from nbkit.notebook.record.wording import shorten
from nbkit.notebook.views.wire_view import DROPPED, UNKNOWN, as_text
from nbkit.study.what_if import what_if

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.magics import ClaudeMagics
    from nbkit.study.recording import Arrived, Exchange

LONGEST_EVENT = 90  # characters of its data


@command("wire [N] [raw]")
def wire(magics: ClaudeMagics, rest: str) -> None:
    """show how the last reply came: events with their times, sizes, headers; `raw` for its bytes

    N is the number of a reply in `%claude messages`. Nothing of it is kept when the kernel ends.
    """
    chat = magics.chat()
    words = rest.split()
    raw = words[-1:] == ["raw"]
    words = words[:-1] if raw else words
    nothing_more(" ".join(words[1:]), wire.usage)
    exchange = _exchange(magics, chat, words[0] if words else "")
    if raw:
        if exchange.dropped:
            raise UsageError(f"%claude wire: {DROPPED}")
        say("".join(as_text(data) for _, data in exchange.pieces))
        return
    say("\n".join(_told(exchange)))


@command("cost", "chat.spent()")
def cost(magics: ClaudeMagics, rest: str) -> None:
    """say what the replies of all branches have cost: tokens, and dollars by the price list

    Replies that were undone are not among them.
    """
    nothing_more(rest, "cost")
    chat = magics.chat()
    total, whole = 0.0, True
    for name, spent in chat.spent().items():
        cached = f" ({spent.from_cache:,} from the cache, {spent.to_cache:,} to it)"
        tokens = spent.tokens_in + spent.from_cache + spent.to_cache
        say(
            f"{name}: {counted(spent.replies, 'reply', 'replies')}, {counted(tokens, 'token')} in"
            f"{cached if spent.from_cache or spent.to_cache else ''}, {spent.tokens_out:,} out, "
            + (f"${spent.cost:.4f}" if spent.cost is not None else "at a price that isn't known here")
        )
        total, whole = total + (spent.cost or 0.0), whole and spent.cost is not None
    if not chat.spent():
        say(f"{chat.name} has no reply yet: nothing was spent")
    elif chat.target.simulated:
        say(f"simulated, so nothing is billed; by the list it would be ${total:.4f}")
    else:
        say(f"in all {'' if whole else 'at least '}${total:.4f} by the list")


@command(
    "whatif [ID] run|fake TEXT|refuse|edit JSON|say TEXT|model MODEL|system TEXT [|…]",
    'nbkit.what_if(chat, snow=nbkit.Fake("snow"))',
)
def whatif(magics: ClaudeMagics, rest: str) -> None:
    """go on with forks in several ways at once, `|` between them, and lay the answers side by side

    At a pause a way is a decision on the call: `%claude whatif fake rain | fake snow | refuse`. After an
    answer it is something else to say, or another model or system prompt. The conversation stays as it is.
    """
    chat = magics.chat()
    call: str | None = None
    if chat.pending and rest:
        call, rest = one(chat, rest, text=True)
    ways = [each.strip() for each in rest.split("|") if each.strip()]
    if not ways:
        raise UsageError(f"%claude {whatif.usage}: say at least one way to go on")
    cases = {shorten(each, 60): _case(chat, each, magics.variables) for each in ways}
    magics.guarded(chat, lambda: magics.show(what_if(chat, call=call, **cases)))


REQUESTS = Group("Requests", (wire, cost, whatif))


def _exchange(magics: ClaudeMagics, chat: Conversation, which: str) -> Exchange:
    recorder = magics.session.stage(chat).recorder
    if not which:
        if not recorder.exchanges:
            raise UsageError(f"%claude wire: {chat.name} has sent nothing yet in this kernel")
        return recorder.exchanges[-1]
    at = number(which, "%claude wire")
    replies = [place for place, node in enumerate(chat.history) if node.role == "assistant"]
    if at not in replies:
        there = ", ".join(map(str, replies)) or "none"
        raise UsageError(f"%claude wire {at}: this is no reply; there is {there}")
    found = recorder.of(chat.history[at].id)
    if found is None:
        raise UsageError(f"%claude wire {at}: {UNKNOWN}")
    return found


def _told(exchange: Exchange) -> Iterator[str]:
    """Yield a line for each event; of several of a kind, one after the other, one line."""
    events, _, fault = exchange.read()
    size = f"{exchange.size:,} bytes in {counted(exchange.count, 'piece')}"
    yield f"{_ms(exchange.first)} to the first byte, {_ms(exchange.last)} to the last, {size}"
    yield from (f"  {name}: {value}" for name, value in exchange.headers.items())
    if exchange.dropped:
        yield DROPPED
    for kind, group in groupby(events, key=lambda each: each.event.type):
        yield _line(kind, list(group))
    if fault:
        yield f"  {fault}"


def _line(kind: str, events: list[Arrived]) -> str:
    if len(events) == 1:
        data = json.dumps(events[0].event.data, ensure_ascii=False)
        return f"{_ms(events[0].at):>10}  {kind}  {shorten(data, LONGEST_EVENT)}"
    return f"{_ms(events[0].at):>10}  {kind}  {len(events)} of them, until {_ms(events[-1].at)}"


def _ms(seconds: float | None) -> str:
    return "nothing" if seconds is None else f"{seconds * 1000:.1f} ms"


def _case(chat: Conversation, text: str, variables: Any) -> Any:
    word, _, said = text.partition(" ")
    said = said.strip()
    match word:
        case "run" if not said:
            return Approve()
        case "fake" if said:
            return Fake(content(said, variables))
        case "refuse":
            return Refuse(str(content(said, variables)) if said else "")
        case "edit" if said:
            return EditInput(read_json(said, variables, "{…}"))
        case "say" if said:
            return str(content(said, variables))
        case "model" | "system" if said:
            return {word: str(content(said, variables))}
    words = ("run", "fake", "refuse", "edit", "say", "model", "system")
    if word in words:
        raise UsageError(f"%claude whatif {word}: {'nothing follows it' if word == 'run' else 'write what'}")
    near = meant(word, words)
    raise UsageError(f"%claude whatif {word}: a way begins with {', '.join(words)}{near}")
