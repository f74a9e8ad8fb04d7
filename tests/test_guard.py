"""Signed thinking and what stands before it: asked before it breaks, and every way out is sent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import nbkit
from nbkit.errors import APIError
from nbkit.loop.conversation import Conversation
from nbkit.notebook.page.guard import BETA, Question
from nbkit.notebook.page.moves import move
from nbkit.notebook.views.stage import Stage
from test_snapshot import Screen

BOUND = "claude-opus-5-5"
EFFORT = {"output_config": {"effort": "high"}}


class Talk:
    """Two turns with a model that thinks, and a page that asks for changes."""

    def __init__(self, model: str) -> None:
        self.chat = nbkit.Conversation(client="simulator", model=model, **EFFORT)
        self.chat.send("Which is larger, 9.11 or 9.9?")
        self.chat.send("And 3.2 or 3.12? Explain it.")
        self.stage = Stage(self.chat, Screen(), lambda: 0.0)
        self.forks: list[Conversation] = []
        self.stage.bind = self._bind

    def _bind(self, other: Conversation) -> str:
        self.forks.append(other)
        return "other"

    def ask(self, kind: str, **message: Any) -> None:
        move(self.stage, {"kind": kind, **message})

    def change_first(self, **message: Any) -> None:
        id = self.chat.history[0].blocks[0].id
        self.ask("edit", id=id, field="text", value="Which is larger, 9.1 or 9.9?", **message)

    @property
    def thinking(self) -> list[str]:
        return [
            f"messages.{at}.content.{number}"
            for at, message in enumerate(self.chat.messages)
            if isinstance(message["content"], list)
            for number, block in enumerate(message["content"])
            if block["type"] == "thinking"
        ]


@pytest.fixture
def talk() -> Talk:
    talk = Talk(BOUND)
    assert talk.thinking, "the simulated model did not think"
    return talk


def test_the_page_is_asked_before_an_edit_breaks_signed_thinking(talk: Talk) -> None:
    before = talk.chat.messages
    with pytest.raises(Question, match="signed for exactly what stands before it") as question:
        talk.change_first()
    assert [choice["anyway"] for choice in question.value.choices] == ["fork", "strip", "drop", "keep"]
    assert all(path in str(question.value) for path in talk.thinking)
    assert talk.chat.messages == before


def test_code_knows_beforehand_what_is_bound_to_a_place(talk: Talk) -> None:
    chat, thinking = talk.chat, talk.thinking
    assert chat.bound_to("messages.0") == thinking
    assert chat.bound_to("system") == thinking
    assert chat.bound_to("tools") == thinking
    assert chat.bound_to("messages.2.content") == [path for path in thinking if path > "messages.2"]
    assert chat.bound_to("messages.3.content.0") == []
    assert chat.bound_to("max_tokens") == []


def test_the_default_model_binds_nothing_and_asks_nothing() -> None:
    talk = Talk("claude-sonnet-5")
    assert talk.thinking
    assert talk.chat.bound_to("messages.0") == []
    talk.change_first()
    assert "9.1 " in str(talk.chat.messages[0])
    talk.chat.send("So?")


def test_done_all_the_same_it_gets_the_real_refusal_and_is_not_asked_again(talk: Talk) -> None:
    talk.change_first(anyway="keep")
    with pytest.raises(APIError, match="bound to a different conversation"):
        talk.chat.send("So?")
    talk.ask("edit", id=talk.chat.history[0].blocks[0].id, field="text", value="something else")
    assert "something else" in str(talk.chat.messages[0])


def test_a_fork_has_the_change_and_this_conversation_stays(talk: Talk) -> None:
    before = talk.chat.messages
    talk.change_first(anyway="fork")
    assert talk.chat.messages == before
    assert "9.1 " in str(talk.forks[0].messages[0])


def test_with_the_thinking_gone_the_array_is_taken_again(talk: Talk) -> None:
    thinking = talk.thinking
    talk.change_first(anyway="strip")
    assert talk.thinking == []
    talk.chat.send("So?")
    talk.chat.undo()
    talk.chat.undo()
    assert talk.thinking == thinking, "the change and the removal are one step of undo"


def test_the_api_drops_what_it_is_told_to_drop_and_says_so(talk: Talk) -> None:
    talk.change_first(anyway="drop")
    assert BETA in talk.chat.betas
    reply = talk.chat.send("So?")
    dropped = [each["path"] for each in reply.raw["input_transformations"]]
    assert dropped
    assert dropped == talk.thinking[: len(dropped)]
    talk.ask("edit", id=talk.chat.history[0].blocks[0].id, field="text", value="no question any more")


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "set", "path": "system", "value": "Be brief."},
        {"kind": "delete", "ids": ["first"]},
        {"kind": "insert", "into": "first", "value": {"type": "text", "text": "and say why"}},
        {"kind": "duplicate", "ids": ["first"]},
    ],
)
def test_everything_that_changes_the_prefix_asks(talk: Talk, message: dict[str, Any]) -> None:
    first = talk.chat.history[0].id
    given: dict[str, Any] = {
        key: first if value == "first" else [first] if value == ["first"] else value
        for key, value in message.items()
    }
    with pytest.raises(Question) as question:
        talk.ask(**given)
    assert all(path in str(question.value) for path in talk.thinking), "named where they stand now"


def test_what_breaks_nothing_asks_nothing(talk: Talk) -> None:
    last = talk.chat.history[-1]
    talk.ask("edit", id=last.blocks[-1].id, field="text", value="the end")
    talk.ask("edit", id=talk.chat.history[0].blocks[0].id, field="cache_control", value={"type": "ephemeral"})
    talk.ask("set", path="max_tokens", value=1000)
    talk.chat.send("Go on.")


@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    return f"rain in {city}"


def call(id: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": id, "name": "get_weather", "input": {"city": "Paris"}}


@pytest.fixture
def paused() -> Stage:
    """Two open calls; the model thought between them."""
    thought = {"type": "thinking", "thinking": "And the other one?", "signature": "c2lnbmVk"}
    chat = nbkit.Conversation(client="simulator", model=BOUND, tools=[get_weather])
    chat.messages = [
        {"role": "user", "content": "Is it raining in Paris?"},
        {"role": "assistant", "content": [call("toolu_1"), thought, call("toolu_2")]},
    ]
    return Stage(chat, Screen(), lambda: 0.0)


def edit_input(stage: Stage, id: str, **message: Any) -> None:
    decision = {
        "type": "edit_input",
        "input": {"city": "Oslo"},
        "rewrite": True,
        "look": False,
        "is_error": None,
    }
    work = move(stage, {"kind": "decide", "id": id, "decision": decision, **message})
    if work is not None:
        asyncio.run(work)


def test_an_input_is_rewritten_unasked_only_where_no_thinking_follows_its_call(paused: Stage) -> None:
    chat = paused.conversation
    with pytest.raises(Question, match=r"messages\.1\.content\.1 is signed for this call"):
        edit_input(paused, "toolu_1")
    assert chat.pending["toolu_1"].decision is None
    edit_input(paused, "toolu_1", anyway="tell")
    content = chat.messages[1]["content"]
    assert content[0] == call("toolu_1"), "the call is as the model wrote it"
    assert "Oslo" in str(chat.pending["toolu_1"].result)
    with pytest.raises(APIError):  # the made-up signature above is refused when it all goes out
        edit_input(paused, "toolu_2")
    assert chat.messages[1]["content"][2]["input"] == {"city": "Oslo"}
