"""Every short history, not only random ones: after each move of each of them, what must hold holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from moves import EVERYTHING, POLICIES, THE_LOOP
from walking import Move, Walker, written


def key(walker: Walker) -> str:
    """What tells two places of a walk apart."""
    chat = walker.chat
    beside = (chat.policy, chat.breakpoints, chat.always, chat.stepping, sorted(chat.passed), chat.held_at)
    tools = [(tool.name, tool.function is not None, str(tool.input_schema)) for tool in chat.tools]
    return "\n".join([*written(chat), repr(beside), repr(tools), repr((walker.by_hand, walker.faulty))])


def walked(starts: Iterable[Walker], moves: Sequence[Move], depth: int) -> tuple[int, int]:
    """Walk every history of so many moves; returns how many places there are, and how many moves."""
    places: dict[str, tuple[Walker, tuple[str, ...]]] = {key(start): (start, ()) for start in starts}
    known, made = set(places), 0
    for _ in range(depth):
        found: dict[str, tuple[Walker, tuple[str, ...]]] = {}
        for walker, path in places.values():
            before = written(walker.chat)
            for move in moves:
                made += 1
                with named((*path, move.name)):
                    after = tried(walker, move, before)
                    here = key(after)
                    if here not in known:
                        known.add(here)
                        found[here] = (after, (*path, move.name))
                        after.holds(move)
            assert written(walker.chat) == before, "what a fork does is seen in the other one"
        places = found
    return len(known), made


@contextmanager
def named(path: Sequence[str]) -> Iterator[None]:
    """Say of what fails how to get there."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"after {' · '.join(path)}")
        raise


def tried(walker: Walker, move: Move, before: list[str]) -> Walker:
    """Make a move in a fork, by both kinds of doors, and take it back and make it again."""
    one, other = walker.fork(), walker.fork()
    other.awaits = True
    told = one.go(move)
    after = written(one.chat)
    assert (other.go(move), written(other.chat)) == (told, after), "awaited, it is another"
    if move.name not in ("undo", "redo", "reload") and after != before:
        one.chat.undo()
        assert written(one.chat) == before, "undo() brings something else back"
        one.chat.redo()
        assert written(one.chat) == after, "redo() brings something else back"
    return one


def test_every_move_at_every_place_two_moves_from_the_start() -> None:
    places, made = walked([Walker()], EVERYTHING, 2)
    assert places > 1000
    assert made > 4000


@pytest.mark.parametrize(("policy", "depth"), {**dict.fromkeys(POLICIES, 2), "ask": 3, "look": 3}.items())
def test_every_history_of_the_loop_under_a_policy(policy: str, depth: int) -> None:
    places, made = walked([Walker(policy=POLICIES[policy])], THE_LOOP, depth)
    assert places > 15
    assert made > 100
