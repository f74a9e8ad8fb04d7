"""The cases of a what-if: forks of a conversation, each changed in its way, with names a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbkit.errors import TurnError, UsageError, a_kind
from nbkit.loop.calls.decisions import (
    Approve,
    Decision,
    EditInput,
    Fake,
    Refuse,
    is_decision,
    normal,
    to_json,
)
from nbkit.loop.conversation import Conversation
from nbkit.loop.turn import State

AS_IT_IS = "as it is"  # what a case is called that changes nothing
LONGEST = 60  # characters of a name that is made from what a case changes
BESIDE = ("tools", "version", "betas")  # set as attributes: tools may be functions, the others are headers
Change = Any  # a decision, a prompt, a dict of settings, a function of the fork, or a list of these


@dataclass(frozen=True, slots=True)
class Case:
    """A fork that waits to be gone on with; `start` messages of it were there before."""

    name: str
    chat: Conversation
    start: int

    @property
    def sends(self) -> bool:
        """Whether going on sends a request: with a call that nobody has decided it may not."""
        return all(each.settled or each.to_run for each in self.chat.pending.values())


def prepared(
    chat: Conversation, changes: Sequence[Change], named: Mapping[str, Change], call: str | None
) -> list[Case]:
    """Return a changed fork for each case. Nothing is sent, and no tool runs yet.

    Raises `UsageError` for a case that is none, and whatever its decision or its edit raises.
    """
    cases = enumerate([*_names(changes), *named.items()], 1)
    return [_case(chat, number, name, change, call) for number, (name, change) in cases]


def _case(chat: Conversation, number: int, name: str, change: Change, call: str | None) -> Case:
    fork = chat.fork(f"{chat.name}_{number}")
    fork.attended = fork.stepping = False  # nobody looks at it while it goes on
    fork.last = fork.stopped_at = None
    _change(fork, change, call)
    _ask_again(fork)
    return Case(name, fork, len(fork.history))


def _change(fork: Conversation, change: Change, call: str | None) -> None:
    """Do to a fork what its case says."""
    if isinstance(change, list | tuple):
        for each in change:
            _change(fork, each, call)
    elif is_decision(change):
        fork.decide(_the_call(fork, call), change, run=False)
    elif isinstance(change, str):
        if fork.state is State.PAUSED:
            raise UsageError("the conversation is paused: a case is a decision like Fake('22 °C'), no prompt")
        fork.insert(f"messages.{len(fork.history)}", {"role": "user", "content": change})
    elif isinstance(change, Mapping):
        if change and all(map(is_decision, change.values())):
            for id, decision in change.items():
                fork.decide(id, decision, run=False)
        else:
            for name, value in change.items():
                _set(fork, str(name), value)
    elif callable(change):
        change(fork)
    else:
        raise UsageError(
            "a case is a decision, a prompt, a dict of settings, a function of the fork, or a list of these,"
            f" not {a_kind(change)}"
        )


def _set(fork: Conversation, name: str, value: Any) -> None:
    if name in BESIDE:
        setattr(fork, name, value)
    else:
        fork.edit(name, value)


def _the_call(fork: Conversation, call: str | None) -> str:
    waiting = [id for id, each in fork.pending.items() if not each.settled]
    if call is not None:
        return call
    if len(waiting) == 1:
        return waiting[0]
    if not waiting:
        raise TurnError("there is no open call to decide: a case is a prompt or a dict of settings here")
    raise UsageError(f"{len(waiting)} calls are open: say which with call=, or give {{id: decision}}")


def _ask_again(fork: Conversation) -> None:
    """Take the answer away where nothing is left to be said: its request is sent again, as it is now."""
    if fork.state is State.IDLE and fork.history:
        kept = len(fork.history)
        while kept and fork.history[kept - 1].role == "assistant":
            kept -= 1
        fork.rewind(kept)


def _names(changes: Sequence[Change]) -> Iterator[tuple[str, Change]]:
    """Name cases by what they change; where that is the same, by a number too."""
    taken: set[str] = set()
    for number, change in enumerate(changes, 1):
        name = _short(_told(change)) or f"case {number}"
        name = f"{name} ({number})" if name in taken else name
        taken.add(name)
        yield name, change


def _told(change: Change) -> str:
    """Say what a case changes; "" where nothing can be said."""
    if is_decision(change):
        return _decision(normal(change))
    if isinstance(change, str):
        return change
    if isinstance(change, Mapping):
        if change and all(map(is_decision, change.values())):
            return ", ".join(map(_told, change.values()))
        settings = [_setting(str(name), value) for name, value in change.items()]
        return ", ".join(settings) if settings else AS_IT_IS
    if isinstance(change, list | tuple):
        return ", ".join(filter(None, map(_told, change))) if change else AS_IT_IS
    name = str(getattr(change, "__name__", ""))
    return "" if name.startswith("<") else name


def _decision(decision: Decision) -> str:
    match decision:
        case Fake(content=content) if content:
            return content if isinstance(content, str) else _texts(content)
        case Fake():
            return "an empty result"
        case EditInput(input=input):
            return f"run with {json.dumps(input, ensure_ascii=False)}"
        case Approve():
            return "run"
        case Refuse(reason=reason):
            return f"refuse: {reason}" if reason else "refuse"
        case _:
            return str(to_json(decision)["type"])


def _texts(content: Any) -> str:
    """What blocks say; other kinds by their type."""
    blocks = content if isinstance(content, list) else [content]
    return " ".join(
        str(each.get("text", each.get("type"))) if isinstance(each, dict) else str(each) for each in blocks
    )


def _setting(name: str, value: Any) -> str:
    if name == "tools":
        names = [_tool_name(each) for each in value or ()]
        return f"tools: {', '.join(names)}" if names else "no tools"
    if value is None or value == "":
        return f"no {name}"
    return (
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)}"
    )


def _tool_name(tool: Any) -> str:
    if isinstance(tool, Mapping):
        return str(tool.get("name", tool.get("type", "?")))
    return str(getattr(tool, "name", None) or getattr(tool, "__name__", "?"))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
