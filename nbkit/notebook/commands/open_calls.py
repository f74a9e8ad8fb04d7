"""What is said of the open calls of a pause, and who says it when no person does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError, counted
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse
from nbkit.loop.calls.policy import allow, ask, deny
from nbkit.notebook import listing
from nbkit.notebook.commands.command import Group, command, flags, nothing_more
from nbkit.notebook.commands.naming_calls import ALL, named, one
from nbkit.notebook.commands.near import known_tool
from nbkit.notebook.commands.typed import content, read_json
from nbkit.notebook.record import plain
from nbkit.notebook.record.printable import say
from nbkit.notebook.record.wording import doing, pretty, shorten, signature

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.magics import ClaudeMagics

POLICIES = {"allow": allow, "deny": deny, "ask": ask}
ERROR = {"error": True, "no-error": False}


@command("pending", "chat.pending")
def pending(magics: ClaudeMagics, rest: str) -> None:
    """list the open calls: number, input, id, why one can't be run, results, doubts, what was printed

    The number, the id or its end name a call for the other commands.
    """
    nothing_more(rest, "pending")
    chat = magics.chat()
    lines = list(listing.calls(chat))
    say("\n".join(lines) if lines else f"{chat.name} has no open call: it {doing(chat)}")


@command("run [ID|all] [--look] [--large] [--error|--no-error]", "chat.decide(id, nbkit.Approve())")
def run(magics: ClaudeMagics, rest: str) -> None:
    """run the tool of a call

    With --look its result waits to be seen, as a large one does without --large; to run it again lets it go.
    --error marks the result as an error.
    """
    id, given, rest = _call(magics, rest, "look", "large", *ERROR)
    nothing_more(rest, run.usage)
    decision = Approve(look="look" in given, is_error=_is_error(given), large="large" in given)
    _decide(magics, id, decision)


@command("edit [ID] JSON|{VARIABLE} [--keep] [--look]", "chat.decide(id, nbkit.EditInput(input))")
def edit(magics: ClaudeMagics, rest: str) -> None:
    """run the tool of a call with another input

    The input in the array is rewritten, too; with --keep (before the JSON) it stays, and the model is told in
    the result. --look as with run.
    """
    id, given, rest = _call(magics, rest, "keep", "look", *ERROR, text=True, one_only=True)
    input = magics.chat().pending[id].input
    if not rest:
        raise UsageError(f"%claude edit: write the input as JSON behind the call; it is {pretty(input)}")
    value = read_json(rest, magics.variables, pretty(input))
    if not isinstance(value, dict):
        raise UsageError("%claude edit: an input is a JSON object, in braces")
    decision = EditInput(value, rewrite="keep" not in given, look="look" in given, is_error=_is_error(given))
    _decide(magics, id, decision)


@command("result [ID] [TEXT|{VARIABLE}] [--error|--no-error]", "chat.decide(id, nbkit.EditResult(content))")
def result(magics: ClaudeMagics, rest: str) -> None:
    """show the whole result of a call, or put another one in its place"""
    id, given, rest = _call(magics, rest, *ERROR, text=True, one_only=True)
    if rest:
        _decide(magics, id, EditResult(content(rest, magics.variables), is_error=_is_error(given)))
        return
    call = magics.chat().pending[id]
    if call.result is None:
        raise UsageError(f"{call.call.name} has no result yet: %claude run, or %claude fake, gives it one")
    say(plain.content(call.result.get("content")))


@command("fake [ID|all] TEXT|{VARIABLE} [--error] [--sample N]", "chat.decide(id, nbkit.Fake(content))")
def fake(magics: ClaudeMagics, rest: str) -> None:
    """answer a call by hand; its tool does not run

    {name} alone gives the variable itself, of any kind; in a text it is filled in. Without a text the samples
    are listed (the last real result, one made from the return type), and --sample 1 takes the first.
    """
    id, given, rest = _call(magics, rest, "error", "sample", text=True)
    if "sample" in given or not rest:
        value: Any = _sample(magics.chat(), id, rest)
    else:
        value = content(rest, magics.variables)
    if value is not None:
        _decide(magics, id, Fake(value, is_error="error" in given))


@command("refuse [ID|all] [REASON] [--no-error]", "chat.decide(id, nbkit.Refuse(reason))")
def refuse(magics: ClaudeMagics, rest: str) -> None:
    """say no to a call, with a reason that the model reads; its tool does not run"""
    id, given, rest = _call(magics, rest, "no-error", text=True)
    reason = content(rest, magics.variables) if rest else ""
    _decide(magics, id, Refuse(str(reason), is_error="no-error" not in given))


@command("remark [TEXT|{VARIABLE}|off]", 'chat.remark = "…"')
def remark(magics: ClaudeMagics, rest: str) -> None:
    """say something of your own after the results, in the same message; alone, show it

    It goes out with them. Text after results teaches a model to stop early: it is for what can't wait.
    """
    chat = magics.chat()
    if rest:
        chat.remark = "" if rest == "off" else content(rest, magics.variables)
    say(f"goes out after the results: {chat.remark}" if chat.remark else "no remark")


@command("abandon [ID]", "chat.abandon(id)")
def abandon(magics: ClaudeMagics, rest: str) -> None:
    """wait no longer for a tool that a button started; the call is open again"""
    chat = magics.chat()
    id, rest = one(chat, rest)
    nothing_more(rest, abandon.usage)
    chat.abandon(id)
    say(f"{id} is open again; its tool may have run")


@command("decide")
def decide(magics: ClaudeMagics, rest: str) -> None:
    """ask about each open call here, one after the other, and go on when all have their results"""
    nothing_more(rest, "decide")
    magics.ask(magics.chat())


@command(
    "always [TOOL] [run|refuse|fake TEXT|off]", 'chat.always["TOOL"] = nbkit.Approve()  # or Refuse(), Fake()'
)
def always(magics: ClaudeMagics, rest: str) -> None:
    """decide every call of a tool the same way while this kernel runs; alone, list what is decided so"""
    chat = magics.chat()
    name, _, how = rest.partition(" ")
    if name:
        known_tool(chat, name, "always")
        word, _, said = (how.strip() or "run").partition(" ")
        decision = _always(word, said.strip(), magics)
        chat.always.pop(name, None)
        if decision is not None:
            chat.always[name] = decision
        chat.updated()
    for each, rule in chat.always.items():
        say(f"always {each}: {rule}")
    if not chat.always:
        say("no tool is always decided the same way")


@command("policy [allow|deny|ask]", "chat.policy = nbkit.allow")
def policy(magics: ClaudeMagics, rest: str) -> None:
    """say who decides before a person is asked: allow runs every call, deny refuses it, ask asks

    Policies of your own are functions: chat.policy = nbkit.by_name(…), nbkit.when(…), …
    """
    chat = magics.chat()
    if rest and rest not in POLICIES:
        raise UsageError(f"%claude policy takes allow, deny or ask, not {rest!r}; others are set in code")
    if rest:
        chat.policy = POLICIES[rest]
    say(f"policy: {_named(chat.policy)}; where nobody can answer: {_named(chat.unattended)}")


OPEN_CALLS = Group(
    "The open calls of a pause",
    (pending, decide, run, edit, result, fake, refuse, remark, always, policy, abandon),
)


def _call(
    magics: ClaudeMagics, rest: str, *known: str, text: bool = False, one_only: bool = False
) -> tuple[str, set[str], str]:
    """Read which call, and options on either side of it."""
    before, rest = flags(rest, *known)
    id, rest = (one if one_only else named)(magics.chat(), rest, text=text)
    after, rest = flags(rest, *known)
    return id, before | after, rest


def _is_error(given: Iterable[str]) -> bool | None:
    return next((ERROR[each] for each in given if each in ERROR), None)


def _decide(magics: ClaudeMagics, id: str, decision: Decision) -> None:
    chat = magics.chat()
    chosen = [id]
    if id == ALL:
        chosen = [id for id, each in chat.pending.items() if not each.settled]
        magics.guarded(chat, lambda: chat.decide_all(decision))
    else:
        magics.guarded(chat, lambda: chat.decide(id, decision))
    _tell(chat, chosen)
    if not magics.is_asking:
        _hint(chat)


def _tell(chat: Conversation, chosen: Iterable[str]) -> None:
    """Say what has come of a decision."""
    for number, (id, each) in enumerate(chat.pending.items(), 1):
        if id in chosen:
            say(f"{number} {signature(each.call.name, each.call.input)}")
            say("".join(f"  {line}\n" for line in listing.about(each)).rstrip("\n"))


def _hint(chat: Conversation) -> None:
    """Say what there is to do now."""
    pending = chat.pending
    waiting = [id for id, each in pending.items() if not each.settled]
    looked = [id for id in waiting if pending[id].looking]
    if looked:
        number = list(pending).index(looked[0]) + 1
        say(
            f"%claude run {number} lets the result go, %claude result {number} TEXT puts another in its place"
        )
    elif waiting:
        say(f"{counted(len(waiting), 'call is', 'calls are')} still open: %claude pending")
    elif pending:
        say("every call has its result: %claude continue sends them")


def _sample(chat: Conversation, id: str, which: str) -> Any:
    """Return the sample of that number; without a number list them, and return None."""
    if id == ALL:
        raise UsageError("%claude fake all: write the result behind it")
    samples = chat.samples(id)
    if not samples:
        raise UsageError("%claude fake: write the result behind the call; there are no samples of it")
    if which.isdecimal() and 0 < int(which) <= len(samples):
        return list(samples.values())[int(which) - 1]
    if which:
        raise UsageError(f"%claude fake --sample {which}: there is 1 to {len(samples)}")
    say("%claude fake: write the result behind the call, or take a sample with --sample and its number")
    for number, (label, value) in enumerate(samples.items(), 1):
        say(f"  {number} {label}: {shorten(plain.content(value), 200)}")
    return None


def _always(word: str, said: str, magics: ClaudeMagics) -> Decision | None:
    match word:
        case "run":
            return Approve()
        case "refuse":
            return Refuse(str(content(said, magics.variables)) if said else "")
        case "fake" if said:
            return Fake(content(said, magics.variables))
        case "off":
            return None
    raise UsageError("%claude always TOOL: run, refuse [REASON], fake TEXT, or off")


def _named(policy: object) -> str:
    if policy is None:
        return "the call waits"
    return next((name for name, each in POLICIES.items() if each is policy), None) or (
        getattr(policy, "__name__", None) or repr(policy)
    )
