"""Where requests wait for the person who is the model: seen, answered or failed, several at once.

It waits for nothing itself (`serving` does) and may be used from any thread.
"""

from __future__ import annotations

import asyncio
import copy
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from nbkit.errors import TurnError, UsageError, quoted
from nbkit.rules.assistant_turn import offered
from nbkit.rules.problems import Problems
from nbkit.sim.person.writing import Content, Sheet
from nbkit.sim.refusal import Refused
from nbkit.sim.reply import Reply
from nbkit.wire.blocks import Json

MOST_REMEMBERED = 1000  # of the requests that wait no more: for a clear error when they are answered late
TICK = 0.02
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
WORDS = {"overloaded_error": "Overloaded", "api_error": "Internal server error"}
WITHDRAWN = "its client went away"


class Waiting:
    """A request that waits for its answer: what the model sees, and the ways to go on."""

    def __init__(self, desk: Person, id: str, sheet: Sheet, since: float) -> None:
        self.id = id
        self.since = since
        self.outcome: Reply | Refused | None = None
        self.sheet = sheet
        self._desk = desk
        self._request = copy.deepcopy(sheet.request)

    @property
    def request(self) -> Json:
        """The whole body, as it was sent; a copy."""
        return self._request

    @property
    def messages(self) -> list[Json]:
        messages: list[Json] = self._request["messages"]
        return messages

    @property
    def tools(self) -> list[Json]:
        tools: list[Json] = self._request.get("tools") or []
        return tools

    @property
    def callable(self) -> dict[str, Json]:
        """The tools that a turn may call, by name."""
        return offered(self._request)

    @property
    def system(self) -> Any:
        return self._request.get("system")

    @property
    def model(self) -> str:
        return str(self._request["model"])

    @property
    def streamed(self) -> bool:
        return self._request.get("stream") is True

    @property
    def thinks(self) -> bool:
        """Whether the request's thinking is on: then a turn may begin with a thinking block."""
        return self.sheet.thinks

    def answer(self, content: Content, **more: Any) -> Json:
        return self._desk.answer(self.id, content, **more)

    def problems(self, content: Content, stop_reason: str | None = None) -> Problems:
        return self.sheet.problems(content, stop_reason)

    def fail(self, status: int = 529, message: str = "", **more: Any) -> None:
        self._desk.fail(self.id, status, message, **more)

    def __repr__(self) -> str:
        last = self.messages[-1]
        tools = f", tools: {', '.join(self.callable)}" if self.callable else ""
        return f"Waiting({self.id}, {self.model}, {len(self.messages)} messages, last: {last!r:.80}{tools})"


class Person:
    """The person who is the model of a simulator. `patience` is how many seconds a request waits before it
    is answered with 529 (in a stream that has begun: an `overloaded_error` event).
    """

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self._waiting: dict[str, Waiting] = {}
        self._gone: OrderedDict[str, str] = OrderedDict()
        self._listeners: list[Callable[[], None]] = []
        self._changed = threading.Condition()

    @property
    def waiting(self) -> list[Waiting]:
        """The open requests, the oldest first."""
        with self._changed:
            return list(self._waiting.values())

    def answer(
        self,
        id: str,
        content: Content,
        *,
        stop_reason: str | None = None,
        stop_sequence: str | None = None,
        stop_details: Json | None = None,
    ) -> Json:
        """Say this in answer to a request; returns the message that its client gets.

        `content` is a text, a block, or a list of them; ids of calls and signatures of thinking are put in.
        The stop reason follows from the blocks unless it is given. Raises `InvalidReply` for what breaks the
        contract (the request goes on waiting), `UsageError` for an id that never waited, `TurnError` for a
        request that waits no more.
        """
        waiting = self._find(id)
        reply = waiting.sheet.reply(content, stop_reason, stop_sequence, stop_details)
        self._settle(waiting, reply, "it has been answered")
        return reply.message()

    def fail(
        self,
        id: str,
        status: int = 529,
        message: str = "",
        *,
        type: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Answer a request with an error of the API; in a stream that has begun it is an `error` event."""
        if status not in TYPES and not (type and status in range(400, 600)):
            known = ", ".join(map(str, TYPES))
            raise UsageError(f"status {quoted(status)} needs a type=; those that have one are {known}")
        kind = type or TYPES[status]
        headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
        refusal = Refused(status, kind, message or WORDS.get(kind, "Error"), headers=headers)
        self._settle(self._find(id), refusal, "it has been failed")

    def next(self, timeout: float | None = None) -> Waiting:
        """Return the oldest open request; blocks until there is one. `TurnError` when none comes in time."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            with self._changed:
                if not self._waiting:  # in slices, so that an interrupt is heard
                    self._changed.wait(0.2 if until is None else min(0.2, max(0, until - time.monotonic())))
                if self._waiting:
                    return next(iter(self._waiting.values()))
            if until is not None and time.monotonic() >= until:
                raise TurnError(f"no request came within {timeout:g} s")

    async def anext(self, timeout: float | None = None) -> Waiting:
        """The same for code that awaits."""
        until = None if timeout is None else time.monotonic() + timeout
        while not (waiting := self.waiting):
            if until is not None and time.monotonic() >= until:
                raise TurnError(f"no request came within {timeout:g} s")
            await asyncio.sleep(TICK)
        return waiting[0]

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a request comes or goes, in whichever thread; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def take(self, id: str, sheet: Sheet, since: float) -> Waiting:
        """Let a request wait (what an endpoint does)."""
        with self._changed:
            number, unique = 1, id
            while unique in self._waiting or unique in self._gone:
                number += 1
                unique = f"{id}-{number}"
            waiting = self._waiting[unique] = Waiting(self, unique, sheet, since)
            self._changed.notify_all()
        self._tell()
        return waiting

    def withdraw(self, waiting: Waiting) -> None:
        """The client went away; does nothing when the request is answered."""
        self._settle(waiting, Refused(529, "overloaded_error", "Overloaded"), WITHDRAWN, late=False)

    def give_up(self, waiting: Waiting) -> None:
        """Nobody answered in time."""
        why = f"nobody answered within {self.patience:g} s, so it was told Overloaded"
        self._settle(waiting, Refused(529, "overloaded_error", "Overloaded"), why, late=False)

    def _find(self, id: str) -> Waiting:
        with self._changed:
            if id in self._waiting:
                return self._waiting[id]
            open_ones = ", ".join(self._waiting) or "none"
            if id in self._gone:
                raise TurnError(f"{id} waits no more: {self._gone[id]}; waiting now: {open_ones}")
        raise UsageError(f"no request {quoted(id)} waits for an answer; waiting now: {open_ones}")

    def _settle(self, waiting: Waiting, outcome: Reply | Refused, why: str, *, late: bool = True) -> None:
        with self._changed:
            if waiting.outcome is not None:
                if late:
                    raise TurnError(f"{waiting.id} waits no more: {self._gone.get(waiting.id, 'it is over')}")
                return
            waiting.outcome = outcome
            self._waiting.pop(waiting.id, None)
            self._gone[waiting.id] = why
            while len(self._gone) > MOST_REMEMBERED:
                self._gone.popitem(last=False)
        self._tell()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def __repr__(self) -> str:
        ids = ", ".join(each.id for each in self.waiting)
        return f"Person({f'waiting: {ids}' if ids else 'nothing waits'})"
