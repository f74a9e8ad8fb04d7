"""What a turn costs in a `Conversation` that is long already, and what its versions take up.

A turn is the user's words, the check, the JSON of the body, and the reply. Medians; only the ratios travel.
`send()` beside it is the whole loop; there the streamer is given the messages as a list of its own, and that
still grows with the conversation: by some nanoseconds for each message, like the bytes on their way.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from checking import PARAMS, REPLY, TOOL, both, conversation

from nbkit.loop.array.history import json_parts
from nbkit.loop.calls.decisions import Fake
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved.store import Autosave
from nbkit.wire.messages import Message, Target
from nbkit.wire.written import body_bytes, body_chunks

Json = dict[str, Any]
Work = Callable[[], object]
TURNS = 200
CALL: Json = {"type": "tool_use", "name": "get_weather", "input": {"city": "Paris"}}
WORDS = "The user says something of about this length. " * 3


def said(*blocks: Json) -> Message:
    return Message({**REPLY, "content": [{"type": "text", "text": "The reply is as long. " * 5}, *blocks]})


class Echo:
    """Takes the body as it is sent, and answers at once; every second time with a call, if it `calls`."""

    target = Target("echo", "nowhere", simulated=False)

    def __init__(self, calls: bool = False) -> None:
        self._calls = calls
        self._count = count()

    @contextmanager
    def stream(
        self, body: Mapping[str, Any], *, version: str, betas: Sequence[str] = (), tap: Any = None
    ) -> Iterator[Any]:
        body_chunks(body)
        number = next(self._count)
        yield Whole(
            said({**CALL, "id": f"toolu_echo_{number}"}) if self._calls and not number % 2 else said()
        )

    def astream(
        self, body: Mapping[str, Any], *, version: str, betas: Sequence[str] = (), tap: Any = None
    ) -> Any:
        raise NotImplementedError("nobody awaits here")


class Whole:
    """A reply that is there."""

    def __init__(self, message: Message) -> None:
        self.message = message

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def talk(length: int, faulty: int = 0) -> Conversation:
    """A conversation of so many messages; every so many of them have a field that nbkit doesn't know."""
    messages = conversation(both, length)
    for message in messages[::faulty] if faulty else ():
        message["newer"] = 1
    chat = Conversation(tools=[TOOL])
    chat.messages = messages
    turn(chat)
    return chat


def turn(chat: Conversation, *blocks: Json) -> None:
    """The user's words, or the results to a call; check and JSON; the reply."""
    line = chat.turn.line
    line = line.answered(chat.turn.ids) if line.results else line.asked(user(WORDS), chat.turn.ids)
    chat.turn.line = line
    request = chat.outgoing()
    chat.judged(request)
    json_parts(request.history)
    chat.turn.line = chat.turn.line.replied(said(*blocks), "model", chat.turn.ids)


def user(content: Any) -> Json:
    return {"role": "user", "content": content}


def words(chat: Conversation) -> Work:
    return lambda: turn(chat)


def calls(chat: Conversation) -> Work:
    ids = count()

    def work() -> None:
        id = f"toolu_here_{next(ids)}"
        turn(chat, {**CALL, "id": id})
        chat.decide(id, Fake("15 degrees"))
        turn(chat)

    return work


def forked(chat: Conversation) -> Work:
    return lambda: turn(chat.fork())


def fork_of_fork(chat: Conversation) -> Work:
    def work() -> None:
        nonlocal chat
        chat = chat.fork()
        turn(chat)

    return work


def two_forks(chat: Conversation) -> Work:
    both_of_them = chat, chat.fork()
    number = count()
    return lambda: turn(both_of_them[next(number) % 2])


def rewound(chat: Conversation) -> Work:
    def work() -> None:
        chat.rewind(len(chat.history) - 2)
        turn(chat)

    return work


def edited(chat: Conversation) -> Work:
    def work() -> None:
        chat.edit(f"messages.{len(chat.history) - 2}.content", f"other words {len(chat.history)}")
        turn(chat)

    return work


def undone(chat: Conversation) -> Work:
    def work() -> None:
        chat.insert(f"messages.{len(chat.history)}", user(WORDS))
        for step in (chat.undo, chat.redo, chat.undo):
            step()
            chat.problems()

    return work


def sent(chat: Conversation) -> Work:
    chat.client = Echo()
    return lambda: chat.send(WORDS)


def sent_with_calls(chat: Conversation) -> Work:
    chat.client, chat.policy = Echo(calls=True), Fake("15 degrees")
    return lambda: chat.send(WORDS)


def kept(chat: Conversation) -> Work:
    """With the autosave, which waits for the disk: for as long at any length."""
    chat.add_observer(Autosave(chat, Path(tempfile.mkdtemp()) / "chat.jsonl"))
    return sent(chat)


def fork_alone(chat: Conversation) -> Work:
    return chat.fork


def undo_alone(chat: Conversation) -> Work:
    def work() -> None:
        chat.undo()
        chat.redo()

    chat.insert(f"messages.{len(chat.history)}", user(WORDS))
    return work


ROWS: dict[str, tuple[Callable[[Conversation], Work], int, str]] = {
    "words": (words, 0, "1.5×"),
    "a call, its result": (calls, 0, "1.5×"),
    "in a new fork": (forked, 0, "1.5×"),
    "in a fork of a fork of…": (fork_of_fork, 0, "1.5×"),
    "in two forks by turns": (two_forks, 0, "1.5×"),
    "behind a rewind": (rewound, 0, "1.5×"),
    "behind an edit": (edited, 0, "1.5×"),
    "undo, redo, undo": (undone, 0, "1.5×"),
    "words, one warning": (words, 10**6, "1.5×"),
    "words, many warnings": (words, 4, "-"),
    "send()": (sent, 0, "1.5×"),
    "fork()": (fork_alone, 0, "1.5×"),
    "undo(), redo()": (undo_alone, 0, "1.5×"),
    "send(), autosaved": (kept, 0, "1.5×"),
    "send() with a call": (sent_with_calls, 0, "1.5×"),
}


def medians(*works: Work) -> list[float]:
    """Return the median of each in microseconds, run by turns so that a busy moment meets all of them."""
    runs: list[list[float]] = [[] for _ in works]
    for _ in range(TURNS):
        for work, found in zip(works, runs, strict=True):
            start = time.perf_counter()
            work()
            found.append(time.perf_counter() - start)
    return [statistics.median(found) * 1e6 for found in runs]


def megabytes(work: Callable[[], Any]) -> float:
    """Return what stands in memory because of what the work returned."""
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    kept = work()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    del kept
    return (after - before) / 1e6


def forks(chat: Conversation) -> list[Conversation]:
    made = [chat.fork() for _ in range(1000)]
    for each in made:
        turn(each)
        body_bytes(each.outgoing().body)
    return made


def memory() -> None:
    tracemalloc.start()
    messages = conversation(both, 10_000)
    body = {**PARAMS, "messages": messages}
    row("10,000 messages", "MB")
    row("their dicts", f"{megabytes(lambda: conversation(both, 10_000)):.1f}")
    row("their JSON", f"{megabytes(lambda: body_bytes(body)):.1f}")
    row("a Conversation", f"{megabytes(lambda: talk(10_000)):.1f}")
    chat = talk(10_000)
    row("1,000 forks, a turn each", f"{megabytes(lambda: forks(chat)):.1f}")
    row("1,000 forks alone", f"{megabytes(lambda: [chat.fork() for _ in range(1000)]):.1f}")
    row("500 steps of undo", f"{megabytes(lambda: undoable(chat)):.1f}")
    again = rewound(chat)
    row("1,000 rewinds and turns", f"{megabytes(lambda: [again() for _ in range(1000)]):.1f}")


def undoable(chat: Conversation) -> Conversation:
    for _ in range(500):
        chat.insert(f"messages.{len(chat.history)}", user(WORDS))
    return chat


def row(name: str, *cells: str, limit: str = "") -> None:
    print(f"{name:<26}" + "".join(f"{cell:>11}" for cell in cells) + f"   {limit}")


def main() -> None:
    row("one turn", "µs at 100", "at 10,000", "ratio", limit="at most")
    for name, (kind, faulty, limit) in ROWS.items():
        few, many = medians(*(kind(talk(length, faulty)) for length in (100, 10_000)))
        row(name, f"{few:.0f}", f"{many:.0f}", f"{many / few:.2f}×", limit=limit)
    print()
    memory()


if __name__ == "__main__":
    main()
