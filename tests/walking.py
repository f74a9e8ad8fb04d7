"""A walk through a conversation's histories: what is done, by which door, and what holds after each step."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from nbkit.errors import NbkitError
from nbkit.loop.array.pieces import Pieces
from nbkit.loop.conversation import Conversation
from nbkit.loop.line import Line, Record
from nbkit.loop.saved.document import pending_json, provenance_json, settings_json
from nbkit.loop.saved.store import load_all, whole
from nbkit.loop.tools.tool import Tool
from nbkit.loop.turn import State
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json
from served_walk import Server

WEB_SEARCH: Json = {"type": "web_search_20250305", "name": "web_search"}
CAUGHT = (NbkitError, KeyboardInterrupt, asyncio.CancelledError)


@dataclass(frozen=True)
class Move:
    """Something to do at any place. `runs_nothing`: whatever happens, no tool may run."""

    name: str
    do: Callable[[Walker], object]
    runs_nothing: bool = False


@dataclass
class Weather:
    """A tool that knows for which calls it ran."""

    ran: Counter[str] = field(default_factory=Counter)

    def get_weather(self, city: str, call: str = "") -> str:
        self.ran[call] += 1
        match city:
            case "Interrupt":
                raise KeyboardInterrupt
            case "Exit":
                raise SystemExit(3)
            case "Atlantis":
                raise LookupError("no such city")
        return f"22 °C in {city}"

    def tool(self) -> Tool:
        return Tool(self.get_weather, name="get_weather")


class Walker:
    """One conversation on its way. `awaits`: it goes through the doors that are awaited."""

    def __init__(self, **settings: Any) -> None:
        self.server, self.weather = Server(), Weather()
        self.chat = Conversation(
            client=self.server, **{"tools": [self.weather.tool(), WEB_SEARCH], "max_steps": 3, **settings}
        )
        self.awaits = False
        self.by_hand = False  # somebody has edited the array
        self.faulty = False  # and has broken it
        self.approved: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()

    def fork(self) -> Walker:
        """Another one that stands at the same place; server and tool are the same, and know no place."""
        other = Walker.__new__(Walker)
        other.__dict__.update(self.__dict__)
        other.chat = self.chat.fork(self.chat.name)
        other.approved, other.runs = self.approved.copy(), self.runs.copy()
        return other

    def through(
        self, door: str, *args: Any, kinds: Sequence[str] = (), for_ever: bool = False, **options: Any
    ) -> None:
        """Go through a door of the conversation, with a server that answers so."""
        self.server.kinds, self.server.for_ever = list(kinds), for_ever
        if not self.awaits:
            getattr(self.chat, door)(*args, **options)
            return
        loop = _loop()
        loop.run_until_complete(getattr(self.chat, f"a{door}")(*args, **options))

    def go(self, move: Move) -> str | None:
        """Do something, and see which tools ran and what was sent. Returns what it raised, in words."""
        log, told = self.chat.turn.line.log, None
        self.server.seen, self.weather.ran = [], Counter()
        try:
            move.do(self)
        except CAUGHT as error:
            told = f"{type(error).__name__}: {error}"
        self._count(log, move)
        lost = self.server.lost()
        assert not lost, lost
        return told

    def _count(self, before: Pieces[Record], move: Move) -> None:
        """A tool runs once at most for each time that somebody let it; nothing that goes back lets it run."""
        ran, log = self.weather.ran, self.chat.turn.line.log
        assert not (move.runs_nothing and ran), f"{move.name} ran {ran}"
        for record in () if move.runs_nothing else log[log.shared(before) :]:
            self.approved[record.id] += record.decision["type"] in ("approve", "edit_input")
        self.runs += ran
        over = {id: times for id, times in self.runs.items() if times > self.approved[id]}
        assert not over, f"ran more often than anybody said: {over}, approved {self.approved}"

    def holds(self, move: Move | None = None) -> None:
        """Hold what must hold wherever the walk is, and after this move: only a hand breaks the array."""
        chat = self.chat
        assert chat.state in (State.IDLE, State.READY, State.PAUSED)
        assert (chat.partial, chat.running) == (None, {})
        assert not any(each.to_run for each in chat.pending.values()), "what somebody let run waits unrun"
        found = faults(chat)
        assert not found or (self.by_hand and (self.faulty or (move and move.runs_nothing))), found
        self.faulty = bool(found)
        self._holds_when_saved(chat)

    def _holds_when_saved(self, chat: Conversation) -> None:
        (other,) = load_all(json.dumps(whole(chat)), "here", cls=Conversation)
        assert written(other) == written(chat)
        assert other.state is chat.state
        assert other.request() == chat.request()
        assert other.problems() == chat.problems()  # the one has seen all at once, the other bit by bit


def written(chat: Conversation) -> list[str]:
    """All that there is in a conversation: settings, and of each of its lines the text."""
    lines = [(chat.branch, chat.turn.line), *chat.others]
    settings = _once(chat.settings, lambda: json.dumps(settings_json(chat.settings)))
    return [settings, *[f"{name}: {_once(line, partial(_line, line))}" for name, line in lines]]


def _line(line: Line) -> str:
    array = [node.key for node in line.history]
    makers = [[provenance_json(block.by) for block in node.blocks] for node in line.history]
    beside = [node.reply for node in line.history]
    pending = [pending_json(each) for each in line.pending]
    log = [record.to_json() for record in line.log]
    return json.dumps([array, makers, beside, pending, log, line.options])


_TEXTS: dict[int, tuple[object, str]] = {}


def _once(value: object, text: Callable[[], str]) -> str:
    """The text of a frozen value, which forks and versions share."""
    if len(_TEXTS) > 50_000:
        _TEXTS.clear()
    if id(value) not in _TEXTS:
        _TEXTS[id(value)] = value, text()
    return _TEXTS[id(value)][1]


def faults(chat: Conversation) -> list[str]:
    """What the API would refuse, when the conversation goes on in the plainest way from here."""
    chat = chat.fork(chat.name)
    if chat.state is State.PAUSED:
        chat.stop()
    if chat.state is State.IDLE:
        chat.insert(f"messages.{len(chat.history)}", {"role": "user", "content": "And now?"})
    request = chat.outgoing()
    problems = check(request.body, request.headers)
    return [each.message for each in problems if each.level == "error"]


_LOOPS: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    """One event loop for all walks."""
    if not _LOOPS:
        _LOOPS.append(asyncio.new_event_loop())
    return _LOOPS[0]
