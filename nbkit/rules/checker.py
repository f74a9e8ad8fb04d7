"""A request that is checked as it grows: each message once, against what came before it.

`check()` is this fold over all messages, so the two can't say different things. A turn is judged when the
turn after it is whole, because until then its neighbour may still change; the last two are judged each time
somebody asks. So a sound conversation costs what is new in it; one with a fault is judged anew when somebody
asks, because the fix of an early fault may hang on what came later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from nbkit.rules import endpoints, envelope, numbers, platforms, registry, shape, shape_plain
from nbkit.rules.envelope import Headers
from nbkit.rules.problem import Problem
from nbkit.rules.request import Entry, Request, Seen, Turn
from nbkit.rules.sizes import text_sizes
from nbkit.wire.blocks import Json

PLACE = re.compile(r"messages\.(\d+)")
BEFORE_MESSAGES = ("model", "tool_choice", "tools")  # the order in which the API tells faults of the shape


@dataclass(slots=True)
class Findings:
    """What was found in the messages, by the kind of rule that found it."""

    gates: list[Problem] = field(default_factory=list)
    roles: list[Problem] = field(default_factory=list)
    blocks: list[Problem] = field(default_factory=list)
    turns: list[Problem] = field(default_factory=list)
    across: list[Problem] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.gates or self.roles or self.blocks or self.turns or self.across)


class Checker:
    """Checks one request while messages are added; `body` is the request as it is at the beginning.

    The body is not changed, nor are its messages copied: they must stay as they are while this is in use.
    """

    def __init__(
        self,
        body: Json,
        headers: Headers | None = None,
        endpoint: str = "/v1/messages",
        platform: str = "anthropic",
    ) -> None:
        sent = platforms.headers(headers, platform, body)
        names = envelope.betas_of(sent)
        messages = body.get("messages")
        self._messages: list[Any] = []
        raw = {**body, "messages": self._messages} if isinstance(messages, list) else body
        version = sent.get("anthropic-version", "")
        self._request = request = Request(raw, version, frozenset(names), endpoints.named(endpoint), platform)
        self._odd: list[float] = []
        self._measure_params()
        self._envelope = [
            *envelope.key(sent),
            *envelope.version(sent),
            *platforms.version(request),
            *envelope.betas(request, names),
        ]
        faults = shape.params(request)
        self._first = [problem for problem in faults if problem.path.startswith(BEFORE_MESSAGES)]
        self._shape = [problem for problem in faults if not problem.path.startswith(BEFORE_MESSAGES)]
        self._params = _found(registry.PARAMS, request)
        self._shapes: list[shape.Finding] = []
        self._entries: list[Entry] = []
        self._findings = Findings()
        for message in messages if isinstance(messages, list) else ():
            self.extend(message)

    @property
    def request(self) -> Request:
        """What has been read so far: for whoever asks more of it than whether it is legal."""
        return self._request

    def extend(self, message: Any) -> None:
        """Add a message and check it, at the cost of that message."""
        seen = self._request.seen
        i = len(self._messages)
        self._messages.append(message)
        if not seen.unfinished:
            if characters := shape_plain.words(message):
                seen.characters += characters
                self._grow(message["role"], i, is_words=True)
                return
            characters, others = shape_plain.plain(message)
            if characters:
                seen.characters += characters
                seen.uncounted += others
                self._grow(message["role"], i)
                return
        self._look_closely(i, message)

    def _look_closely(self, i: int, message: Any) -> None:
        request, seen = self._request, self._request.seen
        characters, others = text_sizes(message, self._odd)
        seen.characters += characters
        seen.uncounted += others
        self._shapes += shape.message(request, i, message)
        if isinstance(message, dict):
            entry = Entry(i, message, request.broken_blocks)
            self._entries.append(entry)
            self._judge_entry(entry, self._findings)
            if not entry.is_directive:
                self._grow(entry.role, entry)

    def problems(self, judges_end: bool = True) -> list[Problem]:
        """Return every problem of the request as it is now, in the API's order.

        With `judges_end` false it isn't being sent now, and its end may still be open.
        """
        request = self._request
        request.judges_end = judges_end
        found = self._judged_anew() if self._findings else self._findings
        ends = chain.from_iterable(map(self._judged, request.turns[-2:]))
        said = [*found.blocks, *found.turns, *ends, *found.across, *_found(registry.WHOLE, request)]
        return [
            *envelope.body_size(request),
            *self._envelope,
            *(numbers.not_finite(request.raw) if self._odd else ()),
            *self._first,
            *shape.told(request, self._shapes),
            *self._shape,
            *found.gates,
            *self._params,
            *_found(registry.LENGTH, request),
            *found.roles,
            *sorted(said, key=_message_index),
        ]

    def _grow(self, role: str, entry: Entry | int, is_words: bool = False) -> None:
        """Add an entry to its turn; where a new one begins, judge the turn whose neighbours are whole now."""
        turns = self._request.turns
        if self._request.grow(role, entry, is_words) and len(turns) > 2 and not turns[-3].is_words:
            self._findings.turns += self._judged(turns[-3])

    def _judged_anew(self) -> Findings:
        """Judge once more what isn't known at a glance: a fix may hang on what came later."""
        seen = self._request.seen
        self._request.seen = Seen(characters=seen.characters, uncounted=seen.uncounted)
        found = Findings()
        for entry in self._entries:
            self._judge_entry(entry, found)
        for turn in self._request.turns[:-2]:
            found.turns += self._judged(turn)
        return found

    def _judge_entry(self, entry: Entry, found: Findings) -> None:
        request = self._request
        for gate in registry.GATES:
            found.gates += gate(request, entry)
        for entry_rule in registry.ENTRIES:
            found.blocks += entry_rule(request, entry)
        for place in entry.places:
            for role_rule in registry.ROLES:
                found.roles += role_rule(request, place)
            for rule in (*registry.EVERY_BLOCK, *registry.BLOCKS.get(place.type, ())):
                found.blocks += rule(request, place)
            for rule in registry.ACROSS:
                found.across += rule(request, place)
            for note in registry.NOTES:
                note(request, place)

    def _judged(self, turn: Turn) -> list[Problem]:
        if turn.is_words:
            return []
        plain = turn.is_plain and (turn.before is None or turn.before.is_plain)
        rules = (registry.PLAIN_TURNS if plain else registry.TURNS).get(turn.role, registry.TURNS["user"])
        return [problem for rule in rules for problem in rule(self._request, turn)]

    def _measure_params(self) -> None:
        raw, seen = self._request.raw, self._request.seen
        for name, value in raw.items():
            characters, others = text_sizes(value, self._odd)
            counts = name in ("system", "tools", "messages")
            seen.characters += characters if counts else 0
            seen.uncounted += others if counts else characters + others


def _found(rules: Iterable[registry.RequestRule], request: Request) -> list[Problem]:
    return [problem for rule in rules for problem in rule(request)]


def _message_index(problem: Problem) -> float:
    """Problems are told message by message; what concerns the whole comes last."""
    found = PLACE.match(problem.path)
    return int(found.group(1)) if found else float("inf")
