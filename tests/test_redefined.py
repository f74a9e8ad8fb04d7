"""A tool redefined while a turn is paused is the one that runs, and a changed schema says what it costs."""

from typing import Any

import pytest

import nbkit
from nbkit import Approve, ToolError
from nbkit.loop.conversation import Conversation
from nbkit.notebook.toolbox import resolver
from scripted import Scripted, call, calls, says


def get_weather(city: str) -> str:
    """Current weather in a city."""
    return "old"


def same_schema(city: str) -> str:
    """Current weather in a city."""
    return "new"


def other_schema(city: str, unit: str) -> str:
    """Current weather in a city."""
    return f"new {unit}"


def paused(now: Any, **more: Any) -> Conversation:
    chat = Conversation(tools=[get_weather], client=Scripted([calls(call("toolu_1")), says("done")]), **more)
    now.__name__ = "get_weather"
    chat.resolver = resolver(chat, {"get_weather": now})
    chat.send("go")
    return chat


def test_the_new_function_runs_and_nothing_is_said_where_the_schema_is_the_same() -> None:
    chat = paused(same_schema)
    assert chat.pending["toolu_1"].redefined is None
    assert (chat.decide("toolu_1", Approve()).result or {})["content"] == "new"


def test_another_schema_judges_the_open_call_and_says_what_it_costs_to_offer_it() -> None:
    chat = paused(other_schema)
    pending = chat.pending["toolu_1"]
    assert pending.why_not == "the input does not fit get_weather: unit: Field required"
    assert pending.redefined is not None
    assert pending.redefined.endswith("costs nothing more: nothing of this prompt is cached")
    with pytest.raises(ToolError, match="unit: Field required"):
        chat.decide("toolu_1", Approve())
    run = chat.decide("toolu_1", nbkit.EditInput({"city": "Paris", "unit": "C"}))
    assert (run.result or {})["content"] == "new C"


def test_what_is_cached_is_lost_and_that_is_counted() -> None:
    system = [{"type": "text", "text": "word " * 10_000, "cache_control": {"type": "ephemeral"}}]
    words = paused(other_schema, system=system).pending["toolu_1"].redefined
    assert words is not None
    assert "loses its cache: about 19,0" in words
    assert words.endswith(" more than to read them")
    chat = paused(other_schema, system=system)
    chat.tools = [other_schema]
    assert chat.pending["toolu_1"].redefined is None
