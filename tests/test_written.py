"""The bytes of a body are those of its JSON, whether its messages were written before or not."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import assistant, user
from nbkit.loop.array.history import History, Ids, Provenance, from_wire, message_node, written
from nbkit.loop.array.pieces import SIZE
from nbkit.wire.written import body_bytes

TEXTS = st.text(max_size=5) | st.sampled_from(["\ud800", '"', "\x00", "é🐀"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
MESSAGES = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=5)


def dumped(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def history_of(messages: list[Any]) -> History:
    return from_wire(messages, Provenance("person"), Ids())


@settings(max_examples=150, deadline=None)
@given(MESSAGES, st.dictionaries(TEXTS, VALUES, max_size=3), st.dictionaries(TEXTS, VALUES, max_size=2))
def test_a_growing_array_has_the_bytes_of_json_at_each_length(
    messages: list[Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    history, ids = history_of([]), Ids()
    for n, message in enumerate([None, *messages]):
        if n:
            history = history.added(message_node(message, Provenance("person"), ids))
        body = {**before, "messages": written(history), **after}
        assert body_bytes(body) == dumped(body)


@pytest.mark.parametrize("count", [1, SIZE - 1, SIZE, SIZE + 1, 2 * SIZE, 2 * SIZE + 3])
def test_so_has_one_that_was_cut_or_changed(count: int) -> None:
    history = history_of([user(f"words {n}") for n in range(count)])
    node = message_node(assistant("else"), Provenance("edit"), Ids())
    for changed in (
        history,
        history[: count // 2],
        history[:-1].added(node),
        history.spliced(0, 1, [node]),
        history.spliced(count // 2, count // 2, [node]),
        history.added(node),
        history,
    ):
        body = {"messages": written(changed)}
        assert body_bytes(body) == dumped(body)


CHANGES: dict[str, Callable[[list[Any]], Any]] = {
    "append": lambda messages: messages.append(assistant("two")),
    "extend": lambda messages: messages.extend([assistant("two")]),
    "add in place": lambda messages: messages.__iadd__([assistant("two")]),
    "multiply in place": lambda messages: messages.__imul__(2),
    "insert": lambda messages: messages.insert(0, user("zero")),
    "replace": lambda messages: messages.__setitem__(-1, user("else")),
    "replace many": lambda messages: messages.__setitem__(slice(None), [user("else")] * 2),
    "delete": lambda messages: messages.__delitem__(0),
    "pop": lambda messages: messages.pop(),
    "remove": lambda messages: messages.remove(messages[0]),
    "clear": lambda messages: messages.clear(),
    "reverse": lambda messages: messages.reverse(),
    "sort": lambda messages: messages.sort(key=lambda message: str(message["content"]), reverse=True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_list_that_somebody_has_changed_is_written_as_it_is(change: Callable[[list[Any]], Any]) -> None:
    history = history_of([user("one"), assistant("two")])
    body = {"messages": written(history)}
    body_bytes(body)
    change(body["messages"])
    assert body_bytes(body) == dumped(body)
    assert body_bytes({"messages": written(history)}) == dumped({"messages": [node.wire for node in history]})


def test_a_copy_is_a_plain_list() -> None:
    messages = written(history_of([user("one")]))
    for copied in (copy.copy(messages), copy.deepcopy(messages), pickle.loads(pickle.dumps(messages))):
        assert type(copied) is list
        assert copied == messages


def test_what_is_no_json_is_refused_as_json_refuses_it() -> None:
    for body in ({"messages": [{"role": {1, 2}}]}, {"messages": written(history_of([])), "x": {1, 2}}):
        with pytest.raises(TypeError, match="set"):
            body_bytes(body)


class Level(IntEnum):
    LOW = 1


class Title(str):
    pass


@dataclass
class Point:
    x: int


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    "odd",
    [
        *(10**15, 10**16, -(2**63) - 1, 10**40, 0.0, -0.0, 1e-4, 9e-5, 1e16, 1e22, 5e-324),
        *(float("nan"), float("-inf"), (1, "two"), Level.LOW, Title("x"), [[[]]], True, None),
        *({1: 2}, {None: 1}, {True: 1}, {1.5: 1}, {Level.LOW: 1}, {Title("x"): 1}),
    ],
    ids=repr,
)
def test_what_json_writes_in_its_own_way_is_written_so(odd: Any) -> None:
    for value in (odd, [odd], {"deep": [{"in": odd}]}):
        assert body_bytes({"messages": value}) == dumped({"messages": value})


@pytest.mark.parametrize(
    "make",
    [
        *(
            lambda: b"x",
            lambda: bytearray(b"x"),
            lambda: {1},
            lambda: frozenset({1}),
            lambda: 1j,
            lambda: ...,
        ),
        *(lambda: date(2026, 1, 1), lambda: Decimal(1), lambda: UUID(int=1), lambda: Path("x"), object),
        *(lambda: Point(1), lambda: Colour.RED, lambda: iter([1]), lambda: {b"x": 1}, lambda: {(1,): 1}),
        *(lambda: 10**5000, lambda: circle([]), lambda: deep(100_000)),
    ],
)
def test_no_value_that_json_refuses_is_written_some_other_way(make: Callable[[], Any]) -> None:
    for value in (make(), [make()], {"deep": [{"in": make()}]}):
        with pytest.raises((TypeError, ValueError, RecursionError)) as wanted:
            dumped({"messages": value})
        with pytest.raises(wanted.type) as told:
            body_bytes({"messages": value})
        assert str(told.value) == str(wanted.value)


def circle(value: list[Any]) -> list[Any]:
    value.append(value)
    return value


def deep(levels: int) -> Any:
    value: Any = None
    for _ in range(levels):
        value = [value]
    return value
