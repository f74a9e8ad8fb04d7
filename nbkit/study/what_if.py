"""What if: the same conversation gone on with in several ways, side by side.

Each case is a fork of the conversation with something changed: a decision on an open call, another prompt,
another model, system prompt or tools. The original stays as it is; each fork is a conversation of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar, cast

from nbkit.errors import TurnError, UsageError, a_kind, quoted
from nbkit.loop.conversation import Conversation
from nbkit.loop.decisions import Decision, is_decision, normal, to_json
from nbkit.loop.turn import State
from nbkit.study.executor import Concurrent, Executor
from nbkit.wire.blocks import Json

LONGEST = 60  # characters of a name that is made from what a case changes
Change = Any  # a decision, a prompt, a dict of settings, a function of the fork, or a list of these
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one case went: its conversation, and what it says now. `error` is why it did not get there."""

    name: str
    chat: Conversation
    error: Exception | None = None

    @property
    def answer(self) -> str:
        """The text of the reply the conversation ends with; "" where it ends with something else."""
        if self.error is not None or not self.chat.history or self.chat.history[-1].role != "assistant":
            return ""
        texts = [block.wire.get("text", "") for block in self.chat.history[-1].blocks]
        return "\n\n".join(text for text in texts if isinstance(text, str) and text)

    @property
    def calls(self) -> list[Json]:
        """The calls that it is paused on, as `tool_use` blocks."""
        return [each.call.to_wire() for each in self.chat.pending.values()]

    @property
    def tokens(self) -> int:
        """The tokens of the last reply, 0 where there is none."""
        usage: Any = self.chat.last.usage if self.error is None and self.chat.last is not None else {}
        return int(usage.get("output_tokens") or 0)

    def __str__(self) -> str:
        if self.error is not None:
            return f"{type(self.error).__name__}: {self.error}"
        waits = [f"{call['name']}({_arguments(call['input'])})" for call in self.calls]
        return "\n\n".join([*filter(None, [self.answer]), *(f"waits on {each}" for each in waits)])


class Outcomes(Sequence[Outcome]):
    """The cases in their order; by number or by name. It shows itself as a table."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = tuple(outcomes)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            found = next((each for each in self._outcomes if each.name == key), None)
            if found is None:
                raise KeyError(f"no case {key!r}: there is {', '.join(each.name for each in self)}")
            return found
        return self._outcomes[key]

    def __len__(self) -> int:
        return len(self._outcomes)

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self._outcomes)

    def __repr__(self) -> str:
        return "\n\n".join(f"{each.name}\n    " + str(each).replace("\n", "\n    ") for each in self)

    def _repr_html_(self) -> str:
        style = "text-align: left; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere"
        cell, name = f'style="{style}"', f'style="{style}; min-width: 8em"'
        rows = "".join(
            f"<tr><th {name}>{escape(each.name)}</th><td {cell}>{escape(str(each))}</td>"
            f"<td {cell}>{each.tokens or ''}</td></tr>"
            for each in self
        )
        head = f"<tr><th {name}>what if</th><th {cell}>then</th><th {cell}>output tokens</th></tr>"
        return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def what_if(
    chat: Conversation,
    *cases: Change,
    call: str | None = None,
    executor: Executor | None = None,
    **named: Change,
) -> Outcomes:
    """Go on with forks of a conversation, each changed in its way, all at the same time.

        nbkit.what_if(chat, snow=Fake("snow, -3 °C"), sun=Fake("22 °C"), no=Refuse())
        nbkit.what_if(chat, {"model": "claude-haiku-4-5"}, {"system": "Answer in one word."})
        nbkit.what_if(chat, "And in Oslo?", "And in Rome?")

    A case is a decision on the open `call` (needed where several are open), or `{id: decision}` for each; a
    string, which is the next user message; a dict of settings by their names in the body; a function, which
    gets the fork to change; or a list of these. Where the conversation has its answer already and a case
    asks nothing, the last request is sent again. Calls that nobody decides leave a fork paused.

    Raises `UsageError` for a case that is none, and whatever its decision or its edit raises, before
    anything is sent. What goes wrong later is the outcome's `error`. An interrupt breaks off all of them.
    """
    return _blocking(awhat_if(chat, *cases, call=call, executor=executor, **named))


async def awhat_if(
    chat: Conversation,
    *cases: Change,
    call: str | None = None,
    executor: Executor | None = None,
    **named: Change,
) -> Outcomes:
    """`what_if` for code that awaits."""
    if not isinstance(chat, Conversation):
        raise UsageError(f"what_if() takes a conversation and its cases, not {a_kind(chat)}")
    if not cases and not named:
        raise UsageError("what_if() needs cases: decisions, prompts, or settings, as Fake('22 °C')")
    changes = {**_by_name(cases), **named}
    forks = {name: _fork(chat, number) for number, name in enumerate(changes, 1)}
    for name, change in changes.items():
        await _changed(forks[name], change, call)
        _asked_again(forks[name])
    await (executor or Concurrent())(list(forks.values()))
    return Outcomes([Outcome(name, fork, fork.error) for name, fork in forks.items()])


def _fork(chat: Conversation, number: int) -> Conversation:
    fork = chat.fork(f"{chat.name}_{number}")
    fork.attended = fork.stepping = False  # nobody looks at it while it goes on
    fork.last = None
    return fork


async def _changed(fork: Conversation, change: Change, call: str | None) -> None:
    """Do to a fork what its case says."""
    if isinstance(change, list | tuple):
        for each in change:
            await _changed(fork, each, call)
    elif is_decision(change):
        await _decided(fork, {_the_call(fork, call): change})
    elif isinstance(change, str):
        if fork.state is State.PAUSED:
            raise UsageError("the conversation is paused: a case is a decision like Fake('22 °C'), no prompt")
        fork.insert(f"messages.{len(fork.history)}", {"role": "user", "content": change})
    elif isinstance(change, Mapping):
        if change and all(map(is_decision, change.values())):
            await _decided(fork, change)
        else:
            for name, value in change.items():
                fork.edit(str(name), value)
    elif callable(change):
        change(fork)
    else:
        raise UsageError(
            "a case is a decision, a prompt, a dict of settings, a function of the fork, or a list of these,"
            f" not {a_kind(change)}"
        )


async def _decided(fork: Conversation, decisions: Mapping[str, Decision]) -> None:
    for id, decision in decisions.items():
        await fork.adecide(id, decision)


def _the_call(fork: Conversation, call: str | None) -> str:
    waiting = [id for id, each in fork.pending.items() if not each.settled]
    if call is not None:
        return call
    if len(waiting) == 1:
        return waiting[0]
    if not waiting:
        raise TurnError("there is no open call to decide: a case is a prompt or a dict of settings here")
    raise UsageError(f"{len(waiting)} calls are open: say which with call=, or give {{id: decision}}")


def _asked_again(fork: Conversation) -> None:
    """Take the answer away where nothing is left to be said: its request is sent again, as it is now."""
    if fork.state is State.IDLE and fork.history:
        kept = len(fork.history)
        while kept and fork.history[kept - 1].role == "assistant":
            kept -= 1
        fork.rewind(kept)


def _by_name(cases: Sequence[Change]) -> dict[str, Change]:
    """Name cases by what they change; where that is the same, by a number too."""
    named: dict[str, Change] = {}
    for number, case in enumerate(cases, 1):
        name = _told(case)
        named[name if name and name not in named else f"{name} ({number})".strip()] = case
    return named


def _told(case: Change) -> str:
    if is_decision(case):
        data = to_json(normal(case))
        said = data.get("content") or data.get("input") or data.get("reason") or data["type"]
        return _short(said if isinstance(said, str) else quoted(said))
    if isinstance(case, str):
        return _short(case)
    if isinstance(case, Mapping):
        return _short(", ".join(f"{name}: {value}" for name, value in case.items()))
    if isinstance(case, list | tuple):
        return _short(", ".join(map(_told, case)))
    return str(getattr(case, "__name__", ""))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _arguments(input: object) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in input.items()) if isinstance(input, dict) else ""


def _blocking(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end; in a thread with a loop of its own where one is running here."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return cast("Result", _InThread(work).result())


class _InThread:
    """A coroutine in a thread, which an interrupt of the one who waits cancels."""

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(work)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(asyncio.wait([self._task]))
        finally:
            self._loop.close()

    def result(self) -> Any:
        self._thread.start()
        try:
            self._thread.join()
        except BaseException:
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(5)
            raise
        return self._task.result()
