"""The moves of a walk: everything that a person or a program may do with a conversation, at any place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbkit.loop.calls.breaks import Break
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, Stop
from nbkit.loop.calls.policy import allow, ask, by_name, deny
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved import store
from nbkit.loop.tools.tool import Tool
from served_walk import KINDS
from walking import Move, Walker

FORCED = {"tool_choice": {"type": "any"}}
USER = {"role": "user", "content": "By hand."}


def send(*kinds: str, content: Any = "hello", **options: Any) -> Move:
    return Move(f"send, {kinds}", lambda at: at.through("send", content, kinds=kinds, **options))


def resume(*kinds: str) -> Move:
    return Move(f"resume, {kinds}", lambda at: at.through("resume", kinds=kinds))


def step(*kinds: str) -> Move:
    return Move(f"step, {kinds}", lambda at: at.through("step", kinds=kinds))


def run_to_end(kind: str, **limits: Any) -> Move:
    """Against a server that answers so for ever."""
    return Move(
        f"run to end, {kind}, {limits}",
        lambda at: at.through("run_to_end", kinds=[kind], for_ever=True, **limits),
    )


def decide(at_call: int, decision: Decision) -> Move:
    def do(at: Walker) -> None:
        ids = list(at.chat.pending)
        id = ids[at_call % len(ids)] if ids else "toolu_none"
        at.through("decide", id, _for(id, decision))

    return Move(f"decide {at_call}, {decision}", do, runs_nothing=_is_words(decision))


def decide_all(decision: Decision) -> Move:
    return Move(
        f"decide all, {decision}",
        lambda at: at.through("decide_all", decision),
        runs_nothing=_is_words(decision),
    )


def _is_words(decision: Decision) -> bool:
    return not isinstance(decision, Approve | EditInput)


def _for(id: str, decision: Decision) -> Decision:
    """The decision with an input that says for which call the tool runs."""
    if isinstance(decision, EditInput) and isinstance(decision.input.get("city"), str):
        return EditInput({**decision.input, "call": id}, decision.rewrite, decision.look, decision.is_error)
    return decision


def rewind(n: int) -> Move:
    """To `n` messages, or with a negative one to so many before the end."""

    def do(at: Walker) -> None:
        at.chat.rewind(n if n >= 0 else max(0, len(at.chat.history) + n))

    return Move(f"rewind {n}", do, runs_nothing=True)


def switch(number: int) -> Move:
    def do(at: Walker) -> None:
        at.chat.switch(at.chat.branches[number % len(at.chat.branches)])

    return Move(f"switch {number}", do, runs_nothing=True)


def fork(at: Walker) -> None:
    at.chat = at.chat.fork(at.chat.name)


def reload(at: Walker) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "chat.json"
        at.chat.save(path)
        kept = {name: getattr(at.chat, name) for name in ("client", "max_steps", "policy", "tools")}
        at.chat = store.load(path, cls=Conversation, **kept)


def by_hand(name: str, door: str, *args: Any) -> Move:
    """An edit; `-1` in a path is the last message."""

    def do(at: Walker) -> None:
        last = str(max(0, len(at.chat.history) - 1))
        end = str(len(at.chat.history))
        at.by_hand = True
        getattr(at.chat, door)(*[_filled(arg, last, end) for arg in args])

    return Move(name, do, runs_nothing=True)


def _filled(arg: Any, last: str, end: str) -> Any:
    return arg.replace("LAST", last).replace("END", end) if isinstance(arg, str) else arg


def setting(name: str, change: Callable[[Conversation], object]) -> Move:
    return Move(name, lambda at: change(at.chat), runs_nothing=True)


def given(name: str, value: Any) -> Move:
    return setting(f"{name} = {value!r}", lambda chat: setattr(chat, name, value))


def without_tools(chat: Conversation) -> None:
    chat.tools = [tool for tool in chat.tools if tool.name != "get_weather"]


def plain_tools(chat: Conversation) -> None:
    chat.tools = [Tool.from_definition(tool.definition()) for tool in chat.tools]


def defined_anew(at: Walker) -> None:
    """The same tool with other arguments: calls that wait may not fit it any more."""

    def get_weather(city: str, call: str, unit: str) -> str:
        raise AssertionError("nobody gives a unit, so it can't run")

    others = [tool for tool in at.chat.tools if tool.name != "get_weather"]
    at.chat.tools = [Tool(get_weather), *others]


def added(chat: Conversation) -> None:
    others = [tool for tool in chat.tools if tool.name != "nobody"]
    chat.tools = [*others, {"name": "nobody", "input_schema": {"type": "object"}}]


def always(decision: Decision) -> Move:
    return setting(f"always {decision}", lambda chat: chat.always.__setitem__("get_weather", decision))


def look_at_first(call: Any, history: Any) -> Decision | None:
    return Approve(look=True) if history.result is None else EditResult("seen")


def fails(call: Any, history: Any) -> Decision | None:
    raise LookupError("what a policy raises")


async def awaited(call: Any, history: Any) -> Decision | None:
    return Approve()


def nearly_awaited(call: Any, history: Any) -> Any:
    return awaited(call, history)


def nonsense(call: Any, history: Any) -> Any:
    return "yes"


POLICIES: dict[str, Any] = {
    "ask": ask,
    "allow": allow,
    "deny": deny,
    "look": look_at_first,
    "fails": fails,
    "awaited": nearly_awaited,
    "nonsense": nonsense,
    "stop": Stop(),
    "first only": by_name(nobody=Refuse("no"), get_weather=Approve(look=True)),
}

DECISIONS: list[Decision] = [
    Approve(),
    Approve(look=True),
    Approve(is_error=True),
    EditInput({"city": "Rome"}),
    EditInput({"city": "Rome"}, rewrite=False, look=True),
    EditInput({"city": "Atlantis"}),
    EditInput({"city": "Interrupt"}),
    EditInput({"town": "Rome"}),
    EditResult("edited"),
    Fake("22 °C"),
    Fake("", is_error=True),
    Refuse("no"),
    Stop(),
]

SENDING = [send(kind) for kind in KINDS]
GOING_ON = [
    *[resume(kind) for kind in ("text", "call", "searches", "overloaded", "interrupted")],
    *[step(kind) for kind in ("text", "calls", "breaks off")],
    run_to_end("text"),
    run_to_end("call", max_steps=2),
    run_to_end("searches", max_steps=2),
    run_to_end("calls", max_tokens=20),
    run_to_end("calls", max_cost=0.0001),
]
DECIDING = [
    *[decide(0, decision) for decision in DECISIONS],
    *[decide(-1, decision) for decision in DECISIONS],
    *[decide_all(decision) for decision in (Approve(), Fake("all"), Refuse(), Stop())],
]
GOING_BACK = [
    Move("stop", lambda at: at.chat.stop(), runs_nothing=True),
    Move("undo", lambda at: at.chat.undo(), runs_nothing=True),
    Move("redo", lambda at: at.chat.redo(), runs_nothing=True),
    *[rewind(n) for n in (0, 1, 2, -1)],
    switch(1),
    Move("fork", fork, runs_nothing=True),
    Move("reload", reload, runs_nothing=True),
]
SETTING = [
    given("breakpoints", [Break("get_weather")]),
    given("breakpoints", [Break(on="request"), Break(on="error")]),
    *[given("policy", policy) for policy in POLICIES.values()],
    always(Fake("always")),
    always(Approve()),
    Move("tool defined anew", defined_anew, runs_nothing=True),
    setting("tool removed", without_tools),
    setting("tool added", added),
    setting("tools without functions", plain_tools),
    setting("stepping", lambda chat: setattr(chat, "stepping", not chat.stepping)),
]
BY_HAND = [
    by_hand("delete the last message", "delete", "messages.LAST"),
    by_hand("delete its first block", "delete", "messages.LAST.content.0"),
    by_hand("append a message", "insert", "messages.END", USER),
    by_hand("insert one", "insert", "messages.0", USER),
    by_hand("change its first block", "edit", "messages.LAST.content.0", {"type": "text", "text": "New."}),
    by_hand("move it to the front", "move", "messages.LAST", "messages.0"),
    by_hand("empty the array", "edit", "messages", []),
]
OTHERS = [
    send("calls", options=FORCED),
    send("text", content=""),
    send(
        "text",
        content=[{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "!"}}],
    ),
]
# The loop itself, without what is set or edited around it: few moves, so that a walk of all gets further.
THE_LOOP = [
    *[send(kind) for kind in ("text", "calls", "searches and calls", "torn", "refusal", "breaks off")],
    *[resume(kind) for kind in ("text", "call", "overloaded")],
    step("text"),
    run_to_end("call", max_steps=1),
    *[
        decide(0, each)
        for each in (Approve(), Approve(look=True), EditResult("edited"), Fake("22 °C"), Stop())
    ],
    decide(-1, EditInput({"city": "Rome"}, rewrite=False)),
    decide_all(Approve()),
    Move("stop", lambda at: at.chat.stop(), runs_nothing=True),
    rewind(2),
]
EVERYTHING = [*SENDING, *GOING_ON, *DECIDING, *GOING_BACK, *SETTING, *BY_HAND, *OTHERS]
