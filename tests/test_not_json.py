"""What a Python request holds and JSON can't, and that a dict and its text are judged alike."""

from __future__ import annotations

import copy
import datetime
import json
import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbkit
from asking import TOOL, ask, assistant, result, text, use, user

RICH: dict[str, Any] = {
    **ask(
        user("hi"),
        assistant(text(), use(input={"city": {"name": ["Paris"]}})),
        user(result(content=[text()])),
    ),
    "system": [text(cache_control={"type": "ephemeral"})],
    "tools": [{**TOOL, "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}],
    "metadata": {"user_id": "u"},
    "tool_choice": {"type": "auto"},
}
WRITTEN = [1, 1.5, None, math.nan, True]  # keys that JSON makes strings of
KEYS = ["\ud800", "\ude00x", "a.b", "a/b", "a~b", "~1", "", "(x)", "(list)", "0", "-", b"x", (1, 2), *WRITTEN]


def dicts(value: Any) -> Iterator[dict[Any, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from dicts(inner)


PLACES = range(len(list(dicts(RICH))))


def mends(problems: list[nbkit.Problem], body: Any) -> None:
    for problem in problems:
        assert problem.message
        if problem.fix is not None:
            after = nbkit.check(problem.fix.apply(body))
            told = [(each.path, each.message) for each in after]
            assert problem.rule not in ("body", "R10") or (problem.path, problem.message) not in told


def as_text(body: Any) -> Any:
    try:
        return json.dumps(body)
    except TypeError:
        return None


def same(body: Any) -> None:
    """A dict and what `json.dumps` makes of it have the same first error; the same ones, where it is JSON."""
    written = as_text(body)
    found = nbkit.check(body)
    if written is None:
        assert found[0].rule == "body"
        return
    other = nbkit.check(written)
    if other and other[0].rule == "body":
        assert other[0].message.startswith(found[0].message)
    else:
        assert [each.message for each in found] == [each.message for each in other]


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_a_key_may_be_anything_anywhere(key: Any, at: int) -> None:
    body = copy.deepcopy(RICH)
    list(dicts(body))[at][key] = 1
    before = copy.deepcopy(list(map(repr, body.items())))
    mends(nbkit.check(body), body)
    same(body)
    assert list(map(repr, body.items())) == before


VALUES = [
    b"x",
    {1},
    object(),
    datetime.date(2026, 1, 1),
    math.nan,
    math.inf,
    "\ud800",
    "a\udfff",
    1j,
    Ellipsis,
]


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_that_can_not_be_sent_is_told_once_at_its_place(value: Any, at: int) -> None:
    for key in list(list(dicts(RICH))[at]):
        body = copy.deepcopy(RICH)
        list(dicts(body))[at][key] = value
        found = nbkit.check(body)
        assert found[0].rule == "body"
        assert found[0].path.endswith(str(key))
        paths = [each.path for each in found]
        assert len(paths) == len(set(paths))
        mends(found, body)
        same(body)


def test_what_json_writes_as_something_else_is_judged_as_what_it_writes() -> None:
    body = {**RICH, "messages": tuple(RICH["messages"]), "tools": (TOOL,), "system": (text(),)}
    assert nbkit.check(body) == []
    parts = tuple(RICH["messages"][1]["content"])
    called = {"role": "assistant", "content": parts}
    messages = [RICH["messages"][0], called, RICH["messages"][2]]
    assert nbkit.check({**RICH, "messages": messages}) == []
    broken = {**RICH, "messages": ({"role": "user", "content": (text("hi", colour="red"),)},)}
    (problem,) = nbkit.check(broken)
    assert problem.fix
    mended = problem.fix.apply(broken)
    assert nbkit.check(mended) == []


def test_of_an_object_it_says_how_it_becomes_json() -> None:
    class Block:
        def model_dump(self) -> dict[str, Any]:
            return text()

        def __repr__(self) -> str:
            raise RuntimeError

    (problem,) = nbkit.check(ask(user(Block())))
    assert problem.message == "messages.0.content.0: a Block can't be written as JSON"
    assert "model_dump()" in problem.why


@pytest.mark.parametrize("levels", [1_000, 5_000, 100_000])
def test_what_is_nested_too_deep_is_told_so_as_dict_and_as_text(levels: int) -> None:
    deep: Any = 1
    for _ in range(levels):
        deep = [deep]
    start = time.process_time()
    for body in (
        {**RICH, "metadata": deep},
        {**RICH, "messages": [user("hi"), assistant(use(input={"a": deep})), user(result())]},
        {**RICH, "messages": [user(text(), deep)]},
    ):
        (problem,) = [each for each in nbkit.check(body) if each.rule == "body"]
        assert problem.message == "The request body is not valid JSON: recursion limit exceeded"
    assert time.process_time() - start < 5
    found = nbkit.check(json.dumps(ask()).replace('"hi"', "[" * levels + "]" * levels))
    assert nbkit.check(ask()) == []
    assert found == [] or found[0].message.endswith("recursion limit exceeded")


def test_a_checker_that_grows_tells_it_too_and_forgets_it_with_the_message() -> None:
    checker = nbkit.Checker({**RICH, "messages": [user("hi")]})
    for odd in (b"x", "\ud800", math.nan, {1}):
        checker.extend(assistant(use(input={"a": odd})), user(result()))
        (problem,) = checker.problems()
        assert (problem.rule, problem.path) == ("body", "messages.1.content.0.input.a")
        checker.rewind(1)
        assert checker.problems() == []
    checker.extend({"role": "assistant", "content": (use(),)}, user(result()))
    assert checker.problems() == []


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (None, "not to None"),
        (5, "not to an int"),
        ([], "not to a list"),
        ({}, "has no /"),
        ({"messages": []}, "has no /"),
        ({"messages": 5}, "has no /"),
        ("{", "is no JSON"),
        (b"\xff", "is no JSON"),
        ("[]", "not to a str"),
    ],
)
def test_a_fix_is_for_the_request_that_was_checked(odd: Any, says: str) -> None:
    (problem,) = nbkit.check(ask(user(text(colour="red"))))
    assert problem.fix
    with pytest.raises(nbkit.NbkitError, match=says):
        problem.fix.apply(odd)
    none: Any = None
    with pytest.raises(nbkit.NbkitError, match="moved under a place"):
        problem.fix.moved(none)


def test_a_fix_of_a_text_gives_a_dict() -> None:
    body = ask(user(text(colour="red")))
    for written in (json.dumps(body), json.dumps(body).encode(), bytearray(json.dumps(body).encode())):
        (problem,) = nbkit.check(written)
        assert problem.fix
        assert nbkit.check(problem.fix.apply(written)) == []


class Mute:
    """An object with which nothing can be done."""

    __hash__ = None  # type: ignore[assignment]

    def _fails(self, *_: object) -> Any:
        raise RuntimeError

    __repr__ = __str__ = __eq__ = __bool__ = __len__ = _fails


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize(
    "inside", [lambda it: it, lambda it: [it], lambda it: {"type": it}, lambda it: (it,)]
)
def test_an_object_may_do_what_it_likes(inside: Any, at: int) -> None:
    for key in list(list(dicts(RICH))[at]):
        body = copy.deepcopy(RICH)
        list(dicts(body))[at][key] = inside(Mute())
        found = nbkit.check(body)
        assert found[0].message.endswith("a Mute can't be written as JSON")
        batch = nbkit.check(
            {"requests": [{"custom_id": "a", "params": body}]}, endpoint="/v1/messages/batches"
        )
        assert batch[0].path.startswith("requests.0.params.")
        bedrock = {"anthropic_version": Mute(), "anthropic_beta": [Mute()]}
        assert nbkit.check({**body, **bedrock}, platform="bedrock")


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_a_batch_may_have_any_key_too(key: Any) -> None:
    batch = {"requests": [{"custom_id": "a", "params": {**RICH, key: 1}, key: 1}], key: 1}
    found = nbkit.check(batch, endpoint="/v1/messages/batches")
    assert found
    for problem in found:
        if problem.fix is not None:
            problem.fix.apply(batch)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(PLACES),
    st.recursive(
        st.one_of(
            st.none(),
            st.floats(),
            st.integers(),
            st.text(st.characters(codec=None), max_size=3),
            st.sampled_from(["\ud800", b"x"]),
        ),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.lists(inner, max_size=2).map(tuple)
            | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    st.randoms(use_true_random=False),
)
def test_whatever_stands_anywhere_is_told_in_sentences(at: int, value: Any, random: Any) -> None:
    body = copy.deepcopy(RICH)
    place = list(dicts(body))[at]
    place[random.choice([*place])] = value
    for problem in nbkit.check(body):
        if problem.fix is not None:
            problem.fix.apply(body)
    same(body)
