"""What a conversation is given besides its messages: refused if it can't be sent, kept if it may be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nbkit.errors import InvalidRequest, NbkitError, ToolError, UsageError
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved.store import load
from nbkit.loop.tools.tool import tool
from scripted import Scripted, says


@tool
def get_weather(city: str) -> str:
    return city


UNFIT: list[tuple[str, Any, str]] = [
    ("tools", get_weather, "tools takes a list, not a Tool: put it in square brackets"),
    ("tools", "get_weather", "takes a list"),
    ("betas", "context-1m-2025-08-07", "betas takes a list, not a str"),
    ("betas", [5], "must be a string, not 5"),
    ("version", 20261021, "must be a string, not 20261021"),
    ("system", object(), "^system: an object can't be sent as JSON"),
    ("temperature", float("nan"), r"^params\.temperature: JSON has no number nan"),
    ("stream", False, "no parameters"),
    ("policy", "allow", "a policy is a function"),
    ("unattended", 5, "a policy is a function"),
]


@pytest.mark.parametrize(("name", "value", "words"), UNFIT)
def test_what_can_not_be_sent_is_refused_at_once(name: str, value: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Conversation(**{name: value})


@pytest.mark.parametrize("steps", [0, -1, None, "3"])
def test_a_limit_that_is_none_changes_nothing(steps: Any) -> None:
    chat = Conversation(client=Scripted([says("hi")]), max_steps=steps)
    with pytest.raises(UsageError, match="max_steps is a number of requests"):
        chat.send("hi")
    assert chat.messages == []


OPTIONS: list[Any] = [
    5,
    "x",
    {"messages": []},
    {"stream": False},
    {"version": 5},
    {"betas": "b"},
    {"betas": [5]},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_options_that_are_none_change_nothing(options: Any) -> None:
    chat = Conversation(client=Scripted([]))
    with pytest.raises(UsageError):
        chat.send("hi", options=options)
    assert chat.messages == []


ASSIGNED: list[tuple[str, Any]] = [
    ("tools", 5),
    ("params", 5),
    ("params", {"model": "claude-opus-5"}),
    ("params", {"messages": []}),
    ("betas", "b"),
    ("version", None),
    ("messages", "hi"),
    ("messages", {"role": "user"}),
    ("messages", 5),
]


@pytest.mark.parametrize(("name", "value"), ASSIGNED)
def test_a_wrong_assignment_is_one_sentence_and_no_step_of_undo(name: str, value: Any) -> None:
    chat = Conversation()
    before = chat.request()
    with pytest.raises(UsageError):
        setattr(chat, name, value)
    assert chat.request() == before
    with pytest.raises(NbkitError, match="nothing to undo"):
        chat.undo()


def test_nothing_is_a_list_of_nothing() -> None:
    unset: Any = None
    chat = Conversation(tools=unset, betas=unset)
    assert (chat.tools, chat.betas) == ([], ())


def test_stream_and_messages_are_not_edited_in_vain() -> None:
    with pytest.raises(UsageError, match="fills this in itself"):
        Conversation().edit("stream", value=False)


@pytest.mark.parametrize("model", [None, 7, ["claude-sonnet-5"]])
def test_a_model_that_is_none_is_kept_told_and_saved(model: Any, tmp_path: Path) -> None:
    chat = Conversation(client=Scripted([]))
    chat.edit("model", model)
    with pytest.raises(InvalidRequest, match="model: "):
        chat.send("hi")
    chat.messages = [{"role": "user", "content": "hi"}]
    chat.save(tmp_path / "chat.json")
    assert load(tmp_path / "chat.json", cls=Conversation).messages == chat.messages


def test_a_definition_holds_json_only() -> None:
    schema = {"type": "object", "properties": {"a": {"default": object()}}}
    with pytest.raises(UsageError, match=r"input_schema\.properties\.a\.default"):
        Conversation(tools=[{"name": "a", "input_schema": schema}])
    with pytest.raises(ToolError, match="is no tool"):
        Conversation(tools=[5])
