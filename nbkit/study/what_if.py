"""What if: the same conversation gone on with in several ways, side by side.

Each case is a fork of the conversation with something changed: a decision on an open call, another prompt,
another model, system prompt or tools. The original stays as it is; each fork is a conversation of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar, cast

from nbkit.errors import UsageError, a_kind
from nbkit.loop.conversation import Conversation
from nbkit.study.cases import Case, Change, prepared
from nbkit.study.executor import Concurrent, Executor
from nbkit.study.outcomes import Outcomes, told

Result = TypeVar("Result")


def what_if(
    chat: Conversation,
    *cases: Change,
    call: str | None = None,
    executor: Executor | None = None,
    **named: Change,
) -> Outcomes:
    """Go on with forks of a conversation, each changed in its way, all at the same time.

        nbkit.what_if(chat, snow=Fake("snow, -3 °C"), sun=Fake("22 °C"), no=Refuse())
        nbkit.what_if(chat, {"model": "claude-haiku-4-5"}, {"system": "Answer in one word."}, {"tools": []})
        nbkit.what_if(chat, "And in Oslo?", "And in Rome?")

    A case is a decision on the open `call` (needed where several are open), or `{id: decision}` for each; a
    string, which is the next user message; a dict of settings by their names in the body; a function, which
    gets the fork to change; or a list of these. Where the conversation has its answer already and a case
    asks nothing, the last request is sent again. Calls that nobody decides leave a fork paused.

    In a notebook the table has *Open* and *Take*; from code `tried["snow"].chat` is the conversation of a
    row, and `chat.take(tried["snow"].chat)` goes on from there.

    Raises `UsageError` for a case that is none, and whatever its decision or its edit raises, before
    anything is sent. What goes wrong later is the outcome's `error`. An interrupt breaks off all of them.
    """
    ready = _ready(chat, cases, named, call)
    return _blocking(_gone_on(chat, ready, executor))


async def awhat_if(
    chat: Conversation,
    *cases: Change,
    call: str | None = None,
    executor: Executor | None = None,
    **named: Change,
) -> Outcomes:
    """`what_if` for code that awaits."""
    return await _gone_on(chat, _ready(chat, cases, named, call), executor)


def _ready(
    chat: Conversation, cases: Sequence[Change], named: dict[str, Change], call: str | None
) -> list[Case]:
    if not isinstance(chat, Conversation):
        raise UsageError(f"what_if() takes a conversation and its cases, not {a_kind(chat)}")
    if not cases and not named:
        raise UsageError("what_if() needs cases: decisions, prompts, or settings, as Fake('22 °C')")
    ready = prepared(chat, cases, named, call)
    _ask_once(ready)
    return ready


def _ask_once(ready: Sequence[Case]) -> None:
    """Let whoever minds real money say yes or no to all the requests together, before the first."""
    going = [each.chat for each in ready if each.sends]
    counts = Counter(id(each.client) for each in going)
    for chat in going:
        may_send = getattr(chat.client, "may_send", None)
        if (number := counts.pop(id(chat.client), 0)) and may_send is not None:
            may_send(chat.request(), number)


async def _gone_on(chat: Conversation, ready: Sequence[Case], executor: Executor | None) -> Outcomes:
    await (executor or Concurrent())([each.chat for each in ready])
    return Outcomes([told(each, each.chat.error) for each in ready], chat)


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
        self._over = threading.Event()  # an interrupted join() takes its thread for ended

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:  # cancelled tools clean up
                runner.run(self._ended())
        finally:
            self._over.set()

    async def _ended(self) -> None:
        await asyncio.wait([self._task])

    def result(self) -> Any:
        try:
            threading.Thread(target=self._run, daemon=True).start()
            self._over.wait()
        except BaseException:
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._over.wait(5)
            raise
        return self._task.result()
