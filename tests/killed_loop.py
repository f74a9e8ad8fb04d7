"""A loop that is killed at every point there is, and gone on with from its autosave.

`python killed_loop.py FOLDER [STEP [MORE]]` forks a child for each point (or each STEPth): before and after
each thing that an observer sees, and around each run of a tool. It kills itself there; the next child loads
what was saved and goes on, in MORE random cases to be killed again. Says what was tried, or what was wrong.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbkit
from nbkit.loop.saved.journal import Autosave, earlier

QUESTION = "What is the weather in Paris and in Oslo and in Rome?"
CITIES = ("Paris", "Oslo", "Rome")


class Points:
    """Counts the points that a run comes by, and ends the process at one of them."""

    def __init__(self, last: int | None) -> None:
        self._last = last
        self._count = 0

    def come_by(self, *_: Any) -> None:
        self._count += 1
        if self._count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    on_request = on_update = come_by

    def on_chunk(self, data: bytes) -> None: ...

    def on_change(self, event: Any, change: Any) -> None:
        if type(event).__name__ != "Growth":  # one delta is like another
            self.come_by()


def run(folder: Path, last: int | None) -> None:
    """Begin, or go on with what was saved, to the end of the turn or to the point `last`."""
    points = Points(last)

    @nbkit.tool
    def get_weather(city: str) -> str:
        "Current weather in a city."
        points.come_by()
        with (folder / "ran.txt").open("a", encoding="utf-8") as log:
            log.write(f"{city}\n")
        points.come_by()
        return f"sunny in {city}, 20 °C"

    chat = saved(folder, tools=[get_weather], policy=nbkit.allow) or nbkit.Conversation(
        tools=[get_weather], policy=nbkit.allow
    )
    for observer in (points, Autosave(chat, folder / "chat.jsonl"), points):
        chat.add_observer(observer)
    for id, pending in chat.pending.items():
        if pending.may_have_run:  # a person looks, and says what it was
            chat.decide(id, nbkit.Fake(f"hail in {pending.call.input['city']}, 1 °C"))
    if not chat.messages:
        chat.send(QUESTION)
    elif chat.state.value in ("ready", "paused"):
        chat.resume()


def saved(folder: Path, **more: Any) -> nbkit.Conversation | None:
    """What the newest autosave has."""
    left = earlier(folder / "chat.jsonl")
    return nbkit.load(left[0][0], **more) if left else None


def in_child(work: Callable[[], None]) -> int:
    """Do something in a process of its own; returns the signal that ended it, 0 for none."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the loop did not go on"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def check(folder: Path, where: str, *, ended: bool) -> None:
    chat = saved(folder)
    log = folder / "ran.txt"
    ran = Counter(log.read_text(encoding="utf-8").split() if log.exists() else [])
    assert all(count == 1 for count in ran.values()), f"{where}: ran twice: {ran}"
    if chat is None:
        assert not ended, f"{where}: nothing was saved"
        assert not ran, f"{where}: tools ran, and nothing was saved"
        return
    wrong = [each for each in chat.problems() if each.level == "error"]
    assert not wrong, f"{where}: {wrong}"
    for pending in chat.pending.values():
        if ran[pending.call.input["city"]]:
            known = pending.result is not None or pending.may_have_run
            assert known, f"{where}: {pending.call.id} ran, and nobody knows"
    if ended:
        results = chat.messages[2]["content"]
        told = [next(city for city in CITIES if city in str(each["content"])) for each in results]
        assert told == list(CITIES), f"{where}: {results}"
        assert chat.state.value == "idle", f"{where}: {chat.state}"


def main(folder: Path, step: int, more: int) -> None:
    def case(name: str, *ends: int) -> bool:
        """Be killed at these points, run after run, then go on to the end. False: it ended before."""
        place = folder / name
        place.mkdir()
        for last in ends:
            if not in_child(lambda last=last: run(place, last)):  # type: ignore[misc]
                return False
            check(place, f"{name} at {ends}", ended=False)
        in_child(lambda: run(place, None))
        check(place, f"{name} at {ends}", ended=True)
        return True

    points, killed = 1, 0
    while case(f"one-{points}", points):
        points, killed = points + step, killed + 1
    chance = random.Random(7)
    for number in range(more):
        case(f"more-{number}", *(chance.randint(1, points) for _ in range(chance.randint(2, 4))))
    print(f"killed at {killed} points, and {more} times more than once")


if __name__ == "__main__":
    numbers = [*map(int, sys.argv[2:]), *(1, 0)[len(sys.argv) - 2 :]]
    main(Path(sys.argv[1]), *numbers)
