"""A request that is checked as it grows: each message once, against what came before it.

`check()` is this fold over all messages, so the two can't say different things. A turn is judged when the
turn after it is whole, because until then its neighbour may still change; the last two are judged each time
somebody asks. What was found stays found: only the last message is read again when the next one comes, if
there is a fault in it, and a fix that hangs on more than its neighbour is `Open` until somebody asks. So a
turn costs what is new in it, whatever was found before. The way back is a `Mark`, left every so often.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from nbkit.errors import UsageError, counted, quoted
from nbkit.rules import endpoints, envelope, registry
from nbkit.rules.body.unsendable import plain, unsendable, with_written_keys
from nbkit.rules.envelope import Headers
from nbkit.rules.marks import Mark
from nbkit.rules.pointing import pointed
from nbkit.rules.portable import platforms
from nbkit.rules.problem import Found, Problem, settled
from nbkit.rules.problems import Problems
from nbkit.rules.request import Request
from nbkit.rules.shapes import findings, plain_messages, plain_turns
from nbkit.rules.sizes import has_words_as_keys, text_sizes, words
from nbkit.rules.turns import Entry, Turn
from nbkit.wire.blocks import Json

PLACE = re.compile(r"messages\.(\d+)")
BEFORE_MESSAGES = ("model", "tool_choice", "tools")  # the order in which the API tells faults of the shape


EVERY = 64  # messages from one mark to the next
RECENT = 16  # marks at the end that stand where somebody asked


@dataclass(slots=True)
class Findings:
    """What was found in the messages, by the kind of rule that found it."""

    shapes: list[Found] = field(default_factory=list)
    gates: list[Found] = field(default_factory=list)
    roles: list[Found] = field(default_factory=list)
    blocks: list[Found] = field(default_factory=list)
    across: list[Found] = field(default_factory=list)
    turns: list[Found] = field(default_factory=list)

    @property
    def of_messages(self) -> int:
        """How much was found in messages by themselves."""
        return len(self.shapes) + len(self.gates) + len(self.roles) + len(self.blocks) + len(self.across)


class Checker:
    """`check()` for a request that grows by messages, at the cost of those that are new.

        checker = nbkit.Checker({"model": "claude-sonnet-5", "max_tokens": 1024, "messages": history})
        checker.extend(reply, results)
        checker.problems()  # equal to check({..., "messages": [*history, reply, results]})

    Takes what `check()` takes of a dict for one request. Messages are neither copied nor changed, and must
    stay as they are: for one that is changed, `rewind()` to its index and `extend()` by what stands there
    now. Other parameters are another request, and want another checker. Not for several threads at once.
    """

    def __init__(
        self,
        body: Json,
        headers: Headers | None = None,
        endpoint: str = "/v1/messages",
        platform: str = "anthropic",
    ) -> None:
        if not isinstance(body, dict):
            raise UsageError(f"a request that grows is a dict, not {type(body).__name__}")
        if endpoints.named(endpoint) == endpoints.BATCHES:
            raise UsageError("a batch doesn't grow by messages: give it to check() as a whole")
        sent = platforms.headers(headers, platform, body)
        names = envelope.betas_of(sent)
        messages = body.get("messages")
        self._messages: list[Any] = []
        raw = {**body, "messages": self._messages} if isinstance(messages, list | tuple) else body
        self._odd: list[Any] = []  # what is no JSON
        if not has_words_as_keys(body):
            self._odd.append(body)
            raw = with_written_keys(raw)
        version = sent.get("anthropic-version", "")
        self._request = request = Request(raw, version, frozenset(names), endpoints.named(endpoint), platform)
        self._measure_params()
        self._envelope = [
            *envelope.key(sent),
            *envelope.version(sent),
            *platforms.version(request),
            *envelope.betas(request, names),
        ]
        faults = findings.params(request)
        self._first = [problem for problem in faults if problem.path.startswith(BEFORE_MESSAGES)]
        self._shape = [problem for problem in faults if not problem.path.startswith(BEFORE_MESSAGES)]
        self._params = _found(registry.PARAMS, request)
        self._findings = found = Findings()
        self._logs: tuple[list[Any], ...] = (
            *(found.shapes, found.gates, found.roles, found.blocks, found.across, found.turns),
            self._odd,
        )
        self._found_last = False  # whether something was found in the last message
        self._asked = -1  # where the next mark is worth while
        self._before_last: Mark | None = None  # where the last message has to be read again
        self._marks = [Mark(request, self._logs, 0, is_loose=False)]
        self._messages += messages if isinstance(messages, list | tuple) else ()
        self._read_on(0)

    @property
    def request(self) -> Request:
        """What has been read so far: for whoever asks more of it than whether it is legal."""
        return self._request

    def __len__(self) -> int:
        return len(self._messages)

    def __repr__(self) -> str:
        request = self._request
        model = request.raw.get("model")
        named = f"{model}, " if isinstance(model, str) else ""
        return f"Checker({named}{counted(len(self), 'message')}, {request.endpoint} of {request.platform})"

    def extend(self, *messages: Any) -> None:
        """Add messages and check them, at the cost of these messages."""
        count = len(self._messages)
        if self._request.raw.get("messages") is not self._messages:
            raise UsageError('nothing can be added to `messages` that is no list: begin with "messages": []')
        if self._asked == count:
            self._mark(count)
            if len(self._marks) > RECENT and self._marks[-RECENT].count % EVERY:
                del self._marks[-RECENT]
        self._messages += messages
        try:
            if messages and self._before_last is not None:
                self._read_from(self._before_last)
            else:
                self._read_on(count)
        except BaseException:  # one that is no JSON at all, or an interrupt: as if none had been added
            self._keep(count)
            raise

    def rewind(self, n: int) -> None:
        """Keep the first `n` messages, at the cost of those that go."""
        if n not in range(len(self._messages) + 1):
            raise UsageError(f"can't rewind to {quoted(n)}: the array has {counted(len(self), 'message')}")
        if n < len(self._messages):
            seen = self._request.seen
            left = seen.words - sum(map(words, self._messages[n : seen.counted])), min(seen.counted, n)
            before = seen.counted_characters
            self._keep(n)
            seen.words, seen.counted = left
            seen.counted_characters = min(before, seen.characters)
            self._asked = n  # where somebody came back to once they may come back to again

    def _keep(self, n: int) -> None:
        del self._messages[n:]
        self._read_from(next(each for each in reversed(self._marks) if each.count < n + (not each.is_loose)))

    def _read_from(self, mark: Mark) -> None:
        """Go back to a mark, and read again what stands behind it."""
        mark.restore(self._request, self._logs)
        self._found_last, self._before_last = mark.is_loose, None
        while self._marks[-1].count > mark.count:
            self._marks.pop()
        self._read_on(mark.count)

    def _read_on(self, count: int) -> None:
        """Look at the messages from there on; what stands behind one is in the array already."""
        request, seen, messages = self._request, self._request.seen, self._messages
        for i in range(count, len(messages)):
            if i % EVERY == 0:
                self._mark(i)
            message = messages[i]
            self._found_last, self._before_last = False, None
            known = None if seen.unfinished else plain_messages.glance(message)
            if known is None:
                self._look_closely(i, message)
                continue
            characters, others, ids, is_words = known
            seen.characters += characters
            seen.uncounted += others
            settled = request.grow(message["role"], i, ids, is_words)
            if settled is not None and not settled.is_words:
                self._findings.turns += self._judged(settled)

    def _mark(self, count: int) -> None:
        if self._marks[-1].count < count:
            self._marks.append(Mark(self._request, self._logs, count, self._found_last))

    def _look_closely(self, i: int, message: Any) -> None:
        request, seen, before = self._request, self._request.seen, self._findings.of_messages
        is_last = i + 1 == len(self._messages)
        mark = Mark(request, self._logs, i, is_loose=True) if is_last else None
        known_odd = len(self._odd)
        characters, others = text_sizes(message, self._odd)
        if len(self._odd) > known_odd:
            self._messages[i] = message = plain(message)  # as it will be written
            characters, others = text_sizes(message)
        seen.characters += characters
        seen.uncounted += others
        seen.only_plain = False
        self._findings.shapes += findings.message(request, i, message)
        if isinstance(message, dict):
            entry = Entry(i, message, request.broken_blocks)
            self._judge_entry(entry)
            settled = None if entry.is_directive else request.grow(entry.role, entry)
            if settled is not None:
                self._findings.turns += self._judged(settled)
        self._found_last = self._findings.of_messages > before
        self._before_last = mark if self._found_last else None

    def problems(self, judges_end: bool = True) -> Problems:
        """Return every problem of the request as it is now, in the API's order.

        With `judges_end` false it isn't being sent now, and its end may still be open.
        """
        request, found = self._request, self._findings
        request.judges_end, request.used_ids, self._asked = judges_end, None, len(self._messages)
        ends = chain.from_iterable(map(self._judged, request.turns[-2:]))
        said = settled([*found.blocks, *found.turns, *ends, *found.across])
        said += _found(registry.PLAIN_WHOLE if request.seen.only_plain else registry.WHOLE, request)
        told = Problems(
            [
                *envelope.body_size(request),
                *self._envelope,
                *(unsendable(request.raw) if self._odd else ()),
                *self._first,
                *settled(found.shapes),
                *self._shape,
                *settled(found.gates),
                *self._params,
                *_found(registry.LENGTH, request),
                *settled(found.roles),
                *sorted(said, key=_message_index),
            ]
        )
        pointed(told, request.raw)
        return told

    def _judge_entry(self, entry: Entry) -> None:
        request, found = self._request, self._findings
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

    def _judged(self, turn: Turn) -> list[Found]:
        if turn.is_words:
            return []
        plain = turn.is_plain and (turn.before is None or turn.before.is_plain)
        if plain and plain_turns.is_sound(self._request, turn):
            return []
        rules = (registry.PLAIN_TURNS if plain else registry.TURNS).get(turn.role, registry.TURNS["user"])
        return [problem for rule in rules for problem in rule(self._request, turn)]

    def _measure_params(self) -> None:
        raw, seen = self._request.raw, self._request.seen
        for name, value in raw.items():
            odd: list[Any] = []
            characters, others = text_sizes(value, odd)
            if odd:
                self._odd += odd
                written = plain(value)
                characters, others = text_sizes(written)
                self._request.raw = {**self._request.raw, name: written}
            counts = name in ("system", "tools", "messages")
            seen.characters += characters if counts else 0
            seen.uncounted += others if counts else characters + others


def _found(rules: Iterable[registry.RequestRule], request: Request) -> list[Problem]:
    return [problem for rule in rules for problem in rule(request)]


def _message_index(problem: Problem) -> float:
    """Problems are told message by message; what concerns the whole comes last."""
    found = PLACE.match(problem.path)
    return int(found.group(1)) if found else float("inf")
