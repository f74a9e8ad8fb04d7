"""What is no JSON at all, or of another kind than asked for: one sentence of ours, and an end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import nbkit
from asking import ask, user

CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)
SELF: dict[str, Any] = {"type": "object"}
SELF["properties"] = {"me": SELF}


@pytest.mark.parametrize(
    "request_",
    [
        ask(system=CIRCLE),
        ask(user(), {"role": "user", "content": CIRCLE}),
        ask(metadata=SELF),
        ask(tools=[{"name": "w", "input_schema": SELF}]),
    ],
    ids=["system", "content", "metadata", "schema"],
)
def test_a_request_that_contains_itself_is_told_so(request_: Any) -> None:
    with pytest.raises(nbkit.NbkitError, match="contains itself"):
        nbkit.check(request_)


def test_what_is_shared_and_no_circle_passes() -> None:
    city = {"type": "string"}
    schema = {"type": "object", "properties": {"from": city, "to": city}}
    assert nbkit.check(ask(tools=[{"name": "w", "input_schema": schema}])) == []


def test_a_number_of_thousands_of_digits_is_one_that_is_too_large() -> None:
    problems = nbkit.check(ask(max_tokens=10**5000))
    assert [problem.rule for problem in problems] == ["R68"]


@pytest.mark.parametrize("odd", [None, 1, True, object(), "data: x"])
def test_what_is_no_stream_is_told_in_a_sentence(odd: Any) -> None:
    with pytest.raises(nbkit.NbkitError, match="bytes"):
        nbkit.assemble(odd)


@pytest.mark.parametrize("odd", [None, 1, [], b"x"])
def test_what_names_no_file_is_told_in_a_sentence(odd: Any) -> None:
    with pytest.raises(nbkit.NbkitError, match="a file is named by a string"):
        nbkit.load(odd)
    with pytest.raises(nbkit.NbkitError, match="a file is named by a string"):
        nbkit.Conversation(client="simulator").save(odd)


def test_a_fix_and_a_name_are_what_they_are() -> None:
    chat = nbkit.Conversation(client="simulator")
    odd: Any = 5
    with pytest.raises(nbkit.NbkitError, match="takes the fix of a problem"):
        chat.apply(odd)
    with pytest.raises(nbkit.NbkitError, match="name is a string"):
        nbkit.Conversation(name=5, client="simulator")
    with pytest.raises(nbkit.NbkitError, match="name is a string"):
        chat.fork(odd)


@pytest.mark.parametrize("odd", [None, 5, ["claude-sonnet-5"]])
def test_a_model_is_named_by_a_string(odd: Any) -> None:
    with pytest.raises(nbkit.NbkitError, match="model= takes the name of a model"):
        nbkit.Conversation(model=odd, client="simulator")


def test_a_model_that_was_edited_into_an_odd_one_is_loaded_as_it_was(tmp_path: Path) -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.messages = [user("hi")]
    odd: Any = 5
    chat.model = odd
    chat.save(tmp_path / "a.json")
    again = nbkit.load(tmp_path / "a.json", client="simulator")
    assert again.request()["model"] == 5
    assert nbkit.load(tmp_path / "a.json", client="simulator", model="claude-opus-5").model == "claude-opus-5"


@pytest.mark.parametrize("name", ["key", "token"])
@pytest.mark.parametrize("odd", [5, b"sk-ant", ["sk-ant"]])
def test_a_key_is_a_string_and_is_never_shown(name: str, odd: Any) -> None:
    with pytest.raises(nbkit.NbkitError, match=f"{name}= takes a string, or a function") as told:
        nbkit.Anthropic(**{name: odd})
    assert "sk-ant" not in str(told.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"retries": -1}, "retries= takes a number"),
        ({"retries": "2"}, "retries= takes a number"),
        ({"retries": True}, "retries= takes a number"),
        ({"timeout": "60"}, "timeout= takes seconds or an httpx.Timeout, not a str"),
    ],
)
def test_a_client_is_told_at_once_what_it_can_not_use(options: dict[str, Any], says: str) -> None:
    for kind in (nbkit.Client, nbkit.AsyncClient):
        with pytest.raises(nbkit.NbkitError, match=says):
            kind(nbkit.Anthropic("k"), **options)


def test_numbers_and_nouns_agree() -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.messages = [user("hi")]
    for wrong, says in (
        (lambda: chat.edit("messages.5.content", "x"), "the array has only 1 message, counted from 0"),
        (lambda: chat.edit("messages.0.content.7.text", "x"), "messages.0 has only 1 block, counted"),
        (lambda: chat.rewind(9), "the array has 1 message$"),
        (lambda: nbkit.check_session([ask()], [None, None]), "has 2 entries for 1 request;"),
        (lambda: nbkit.Conversation(tools=5, client="simulator"), "not an int"),
    ):
        with pytest.raises(nbkit.NbkitError, match=says):
            wrong()


@pytest.mark.parametrize(
    ("body", "options", "says"),
    [
        (5, {}, "a request is a dict of the fields of its body, not an int"),
        ({}, {"version": 5}, "version is sent in a header"),
        ({}, {"version": "2026-10-21\nx: y"}, "version is sent in a header"),
        ({}, {"betas": "context-1m-2025-08-07"}, "betas= takes a list, not a str"),
        ({}, {"betas": [5]}, "a beta is sent in a header"),
        ({}, {"betas": 5}, "betas= takes a list, not an int"),
    ],
)
def test_what_a_client_can_not_send_is_told_before_it_tries(body: Any, options: Any, says: str) -> None:
    client = nbkit.Client(nbkit.Anthropic("k", base_url="http://127.0.0.1:9"))
    with pytest.raises(nbkit.NbkitError, match=says):
        client.send(body, **options)
    with pytest.raises(nbkit.NbkitError, match=says), client.stream(body, **options):
        pass


class Mute:
    """An object that can't even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError

    __str__ = __repr__


def test_an_object_that_can_not_be_shown_is_named_by_its_kind() -> None:
    odd: Any = Mute()
    for wrong in (
        lambda: nbkit.check(ask(), endpoint=odd),
        lambda: nbkit.check(ask(), platform=odd),
        lambda: nbkit.check(ask(), headers={"x": odd}),
        lambda: nbkit.portability(ask(), models=odd),
        lambda: nbkit.portability(ask(), models=[odd]),
        lambda: nbkit.portability(ask(), platforms=odd),
        lambda: nbkit.assemble(b"", framing=odd),
        lambda: nbkit.assemble(odd),
        lambda: nbkit.Checker(ask()).rewind(odd),
        lambda: nbkit.Checker(odd),
    ):
        with pytest.raises(nbkit.UsageError):
            wrong()


@pytest.mark.parametrize("text", ["", "x"])
def test_a_text_is_no_stream_even_when_it_is_empty(text: Any) -> None:
    with pytest.raises(nbkit.UsageError, match="not a str"):
        nbkit.assemble(text)


def test_a_checker_says_what_it_has_read() -> None:
    checker = nbkit.Checker({"model": "claude-sonnet-5", "messages": []})
    checker.extend(user("hi"))
    assert repr(checker) == "Checker(claude-sonnet-5, 1 message, /v1/messages of anthropic)"
    assert "2 messages" in repr(nbkit.Checker({"model": Mute(), "messages": [Mute(), Mute()]}))
