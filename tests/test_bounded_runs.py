"""Whatever the model answers and the policy allows: a stretch ends, and its limits are kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import nbkit
from nbkit.errors import InvalidRequest, TurnError, UsageError
from nbkit.loop.calls.breaks import Break
from nbkit.loop.calls.policy import allow
from nbkit.loop.conversation import Conversation
from nbkit.loop.turn import State
from nbkit.wire.blocks import Json
from nbkit.wire.events import message_events
from scripted import Raw, Scripted, call, chat, reply, says
from served_walk import Server
from walking import WEB_SEARCH, Weather

FOR_EVER = ["calls", "searches", "searches and calls", "unknown tool", "call and new word"]
LIMITS: list[tuple[Json, str]] = [
    ({"max_steps": 3}, "has made 3 requests"),
    ({"max_tokens": 40}, "has used 45 tokens of 40"),
    ({"max_cost": 0.0002}, r"has cost \$0.0002"),
]


def endless(kind: str, **options: Any) -> tuple[Conversation, Server]:
    """A model that answers so for ever; unknown tools are refused, the others are allowed."""
    server = Server()
    server.kinds, server.for_ever = [kind], True
    tools: list[Any] = [Weather().tool(), WEB_SEARCH]
    always = nbkit.first_of(nbkit.by_name(nobody=nbkit.Refuse()), allow)
    return Conversation(client=server, tools=tools, policy=always, **options), server


@pytest.mark.parametrize("kind", FOR_EVER)
@pytest.mark.parametrize("awaits", [False, True])
def test_a_turn_that_never_ends_is_stopped(kind: str, awaits: bool) -> None:
    conversation, server = endless(kind, max_steps=7)
    with pytest.raises(TurnError, match="has made 7 requests and is not at its end"):
        asyncio.run(conversation.asend("go")) if awaits else conversation.send("go")
    assert (len(server.requests), conversation.state) == (7, State.READY)


@pytest.mark.parametrize("kind", FOR_EVER)
@pytest.mark.parametrize(("limits", "words"), LIMITS)
@pytest.mark.parametrize("awaits", [False, True])
def test_every_limit_stops_every_kind_of_endless_turn(
    kind: str, limits: Json, words: str, awaits: bool
) -> None:
    conversation, server = endless(kind, max_steps=1)
    with pytest.raises(TurnError):
        conversation.send("go")
    conversation.max_steps = 25
    with pytest.raises(TurnError, match=words):
        asyncio.run(conversation.arun_to_end(**limits)) if awaits else conversation.run_to_end(**limits)
    assert len(server.requests) == 4
    assert [each for each in conversation.problems() if each.level == "error"] == []


def test_the_simulator_s_model_that_calls_for_ever_is_stopped() -> None:
    conversation = nbkit.Conversation(
        client=nbkit.Simulator(scenario="endless_loop"), policy=allow, max_steps=4
    )
    conversation.tools = [Weather().tool()]
    with pytest.raises(TurnError, match="has made 4 requests"):
        conversation.send("What is the weather in Paris?")
    with pytest.raises(TurnError, match="has made 2 requests"):
        conversation.run_to_end(max_steps=2)
    with pytest.raises(TurnError, match="tokens of 500"):
        conversation.run_to_end(max_tokens=500)


@pytest.mark.parametrize(
    ("usage", "limits", "words"),
    [
        (None, {"max_tokens": 100}, "doesn't say how many tokens"),
        (None, {"max_cost": 1.0}, "doesn't say how many tokens"),
        ({"output_tokens": "many"}, {"max_tokens": 100}, "has made 4 requests"),
        ({"output_tokens": [], "cache_creation": 7}, {"max_cost": 1.0}, "has made 4 requests"),
        ({"output_tokens": -5, "input_tokens": 60}, {"max_tokens": 100}, "has used 120 tokens"),
        (None, {}, "has made 4 requests"),
    ],
)
def test_a_limit_holds_where_a_server_counts_oddly(usage: Any, limits: Json, words: str) -> None:
    replies = [reply(call(f"toolu_{n}"), stop_reason="tool_use") | {"usage": usage} for n in range(9)]
    conversation, _ = chat(
        *[Raw([counted(event, usage) for event in message_events(each)]) for each in replies]
    )
    conversation.send("go")
    with pytest.raises(TurnError, match=words):
        conversation.run_to_end(max_steps=4, **limits)
    assert conversation.state is State.READY


def counted(event: Json, usage: Any) -> Json:
    """The event with this usage, and no other one."""
    return {**event, "usage": usage} if "usage" in event else event


def test_dollars_are_not_counted_on_where_another_model_answers() -> None:
    steps = [reply(call(f"toolu_{n}"), stop_reason="tool_use") | {"model": "someone-else"} for n in range(9)]
    conversation, script = chat(*steps)
    conversation.send("go")
    with pytest.raises(TurnError, match="someone-else', whose price isn't known"):
        conversation.run_to_end(max_cost=1)
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    "limits",
    [
        {"max_cost": float("nan")},
        {"max_tokens": "5"},
        {"max_steps": 1.5},
        {"max_cost": [1]},
        {"max_steps": "all"},
    ],
)
def test_what_is_no_limit_is_told_before_anything_happens(limits: Any) -> None:
    conversation, script = chat(reply(call("toolu_1"), stop_reason="tool_use"), says("done"))
    conversation.send("go")
    with pytest.raises(UsageError, match=next(iter(limits))):
        conversation.run_to_end(**limits)
    assert (len(script.requests), conversation.state) == (1, State.PAUSED)


def test_nothing_that_would_be_refused_is_held_at_a_breakpoint() -> None:
    """It would lie there and nobody would know why it can't go on."""
    conversation = Conversation(client=Scripted([says("hi")]))
    conversation.breakpoints = [Break(on="request")]
    with pytest.raises(InvalidRequest):
        conversation.send("")
    assert (conversation.messages, conversation.stopped_at) == ([], None)
    conversation.send("hello")
    assert conversation.stopped_at == "before a request"
