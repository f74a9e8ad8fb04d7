"""The words that the html, the plain text and the sentences of a cell have in common."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbkit.errors import counted
from nbkit.loop.calls.decisions import Approve, Fake, Refuse
from nbkit.wire.blocks import Json
from nbkit.wire.json_text import parsed

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation

BY = {
    "person": "",
    "model": "",
    "simulator": "simulated",
    "tool": "the tool ran",
    "fake": "faked, the tool did not run",
    "refusal": "refused, the tool did not run",
    "edit": "edited",
}
DECIDED = {
    "approve": "run",
    "edit_input": "run with another input",
    "edit_result": "result edited",
    "fake": "faked",
    "refuse": "refused",
    "stop": "stopped",
}
ENDED = {
    "max_tokens": "the reply was cut off at max_tokens: it is not complete",
    "model_context_window_exceeded": "the reply was cut off, the context window is full: it is not complete",
    "refusal": "the model declined: nothing of its reply is kept",
}
LEFT = "stays as written: no variable has that name"
ANSWER_ELSEWHERE = (
    "a person is the model here, and this cell has no page for the card: "
    'it waits until another thread answers, with simulator.person.next().answer("…")'
)
BY_POLICY = "or set unattended="  # who decides where nobody can be asked
# A record is read after its kernel, too: none of its words are known to the next one without these.
IN_A_NEW_KERNEL = "in a new kernel first %load_ext nbkit and %claude load NOTEBOOK.ipynb"
MAY_HAVE_RUN = "which was started and may have run"
LONGEST = 60
LONGEST_RESULT = 20_000  # characters of one text that a saved page shows; the record has all of it


def signature(name: str, arguments: Json) -> str:
    """Return a call as a person would write it: `get_weather(city="Paris")`."""
    texts = {key: json.dumps(value, ensure_ascii=False) for key, value in arguments.items()}
    return f"{name}({', '.join(f'{key}={shorten(text)}' for key, text in texts.items())})"


def named(wire: Json) -> str:
    """Return the name of a call, with its toolset's in front where it belongs to one."""
    toolset = wire.get("toolset_name")
    return f"{toolset} · {wire.get('name')}" if toolset else str(wire.get("name"))


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return the text on one line, cut when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def clipped(text: str) -> str:
    """Return the text of a result as far as it is shown in a saved notebook."""
    if len(text) <= LONGEST_RESULT:
        return text
    return f"{text[:LONGEST_RESULT]}\n[… {counted(len(text) - LONGEST_RESULT, 'more character')}]"


def provenance(block: Json, badge: Json) -> str:
    """Return who made a block, in words, with its note; empty where role or badge already say it."""
    by = "" if block["by"] == "simulator" and badge["simulated"] else BY.get(block["by"], block["by"])
    words = [by, block.get("note", "")]
    return "; ".join(word for word in words if word)


def problems_at(snapshot: Json) -> defaultdict[str | None, list[Json]]:
    """Return the problems by the id of the block or message they stand at; None: those of the whole."""
    problems: defaultdict[str | None, list[Json]] = defaultdict(list)
    for problem in snapshot["problems"]:
        problems[problem["at"]].append(problem)
    return problems


def open_cards(snapshot: Json) -> list[Json]:
    return [card for card in snapshot["cards"] if card["state"] != "decided"]


def pause(snapshot: Json) -> str:
    """Return the sentence of a pause: which calls wait, and how to go on."""
    cards = open_cards(snapshot)
    number = snapshot["cards"].index(cards[0]) + 1 if cards else 0
    words = pause_on(snapshot["conversation"], cards, number)
    words = f"{words}, {BY_POLICY}" if cards and snapshot.get("unattended") else words
    return f"{words}; {IN_A_NEW_KERNEL}"


def pause_on(conversation: str, cards: Sequence[Json], number: int = 1) -> str:
    """Return the sentence for these open calls (the first has that number); with none left, how to go on."""
    if not cards:
        return f"paused: every call has its result; %claude continue or {conversation}.resume() goes on"
    calls = ", ".join(
        signature(card["name"], card["input"]) + (f" ({MAY_HAVE_RUN})" if card.get("may_have_run") else "")
        for card in cards
    )
    code = f'{conversation}.decide("{cards[0]["id"]}", …) and {conversation}.resume()'
    # This is read where there is no card: the page draws its own, and a restarted kernel has none to draw.
    return (
        f"paused: waiting for a decision on {calls}; {conversation} in a cell shows its card with buttons, "
        f"or decide with {_commands(conversation, number)}, or with {code}"
    )


def _commands(conversation: str, number: int) -> str:
    """How a call is decided by `%claude`, which speaks of the current conversation."""
    use = "" if conversation == "chat" else f"%claude use {conversation} and "
    return f"{use}%claude run {number} (or fake, refuse, edit: %claude help)"


def always(name: str, rule: object) -> str:
    """Return how every call of a tool is decided from now on: `run get_weather`."""
    match rule:
        case Approve():
            return f"run {name}, then look" if rule.look else f"run {name}"
        case Refuse():
            return f"refuse {name}"
        case Fake():
            content = rule.content if isinstance(rule.content, str) else json.dumps(rule.content)
            return f"fake {name}: {shorten(content)}"
    return f"{name} as code says"


def waited_for(conversation: Conversation) -> str:
    """Return the calls that have no result yet: `get_weather (toolu_01) and get_time (toolu_02)`."""
    busy = conversation.state.name == "RUNNING"
    return " and ".join(
        f"{each.call.name} ({id})" + (f", {MAY_HAVE_RUN}" if each.may_have_run and not busy else "")
        for id, each in conversation.pending.items()
        if not each.settled
    )


def doing(conversation: Conversation) -> str:
    """Return what a conversation is at: `is paused on get_weather (toolu_01)`."""
    state, stopped = conversation.state.name, conversation.stopped_at
    if state == "READY" and stopped:
        by = "by a breakpoint " if conversation.held_at == len(conversation.history) else ""
        name = conversation.name
        go_on = "%claude continue or chat.resume()" if name == "chat" else f"{name}.resume()"
        return f"is stopped {by}{stopped}: {go_on} goes on"
    at = f", stopped {stopped}" if stopped else ""
    return {
        "PAUSED": f"is paused on {waited_for(conversation)}{at}",
        "RUNNING": f"is running {waited_for(conversation)}",
        "STREAMING": "is streaming a reply",
        "READY": "is ready to send",
    }.get(state, "waits for what you say")


def pause_without_page(conversation: Conversation) -> str:
    """Return the sentence for a pause where no card can be pressed."""
    name = conversation.name
    pending = conversation.pending
    waiting = {id: each for id, each in pending.items() if not each.settled}
    if not waiting:
        return pause_on(name, ())
    shown = ", ".join(signature(each.call.name, each.call.input) for each in waiting.values())
    large = [f"{each.call.name}: {each.too_much}" for each in waiting.values() if each.too_much]
    shown = f"{shown} ({'; '.join(large)})" if large else shown
    first = next(iter(waiting))
    commands = _commands(name, list(pending).index(first) + 1)
    code = f'{name}.decide("{first}", …) and {name}.resume()'
    return f"paused: waiting for a decision on {shown}; decide with {commands}, or with {code}, {BY_POLICY}"


def standing(snapshot: Json) -> str:
    """Return how a reply ended that is no whole answer, and how a turn goes on that has not ended."""
    parts = _ended(snapshot), _stopped(snapshot), _released(snapshot), _going_on(snapshot)
    return "; ".join(words for words in parts if words)


def remark(snapshot: Json) -> str:
    """Return what the user says after the results, where they have not gone out yet."""
    text = (snapshot.get("controls") or {}).get("remark")
    return f"after the results goes: {text}" if text else ""


def _released(snapshot: Json) -> str:
    choice = snapshot.get("released")
    return f"tool_choice {choice} held for the first request of this turn only" if choice else ""


def _stopped(snapshot: Json) -> str:
    """Return which breakpoint or limit holds a turn that could go on; how it goes on is said next."""
    return f"stopped {snapshot['stopped']}" if snapshot.get("stopped") else ""


def _ended(snapshot: Json) -> str:
    reason = snapshot["stop_reason"]
    busy = snapshot["state"] in ("streaming", "running")  # another reply is on its way
    return "" if busy or not isinstance(reason, str) else ENDED.get(reason, "")


def _going_on(snapshot: Json) -> str:
    if snapshot["state"] == "paused":
        return pause(snapshot)
    go_on = f"{snapshot['conversation']}.resume()"
    return {
        "confirm": f"not sent yet: the first real call waits for a yes; {go_on} or %claude resume sends it; "
        f"{IN_A_NEW_KERNEL}",
        "ready": f"ready: {go_on} sends the conversation as it stands; {IN_A_NEW_KERNEL}",
        "streaming": "the reply was still streaming when this was saved",
        "running": "a tool was still running when this was saved",
    }.get(snapshot["state"], "")


def filled(snapshot: Json) -> str:
    """Return which variables were put into the prompt, and which there are not."""
    put = [
        f"{{{one['name']}}} = {shorten(one['value'])}"
        for one in snapshot["filled"]
        if one["value"] is not None
    ]
    left = [f"{{{one['name']}}}" for one in snapshot["filled"] if one["value"] is None]
    words = [f"filled in: {'; '.join(put)}"] if put else []
    return "; ".join([*words, *(f"{each} {LEFT}" for each in left)])


def problem(view: Json) -> str:
    """Return a problem in a line: the API's words, and what mends it."""
    fix = f" (fix: {view['fix']['label']})" if view["fix"] else ""
    return f"  ! {view['rule']} {view['level']}: {view['message']}{fix}"


def badge(snapshot: Json) -> str:
    return f"{snapshot['badge']['text']} · {snapshot['badge']['model']}"


def pretty(value: Any) -> str:
    """Return JSON as a person reads it."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def as_json(text: str) -> Any:
    """Return what a text says as JSON, where it is an object or a list; else None."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return parsed(text)
    except ValueError:
        return None
