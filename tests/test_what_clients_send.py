"""Forms that public clients were recorded sending, each answered with 200; the bodies here are our own."""

from __future__ import annotations

from typing import Any

import pytest

from asking import Json, ask, assistant, refused, result, text, use, user
from nbkit import check

NAMED = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
SEEN: Json = {"name": "load", "description": "", "input_schema": NAMED}
DEFERRED: Json = {"name": "refund", "description": "", "input_schema": NAMED, "defer_loading": True}
CHANGES = {"anthropic-beta": "mid-conversation-tool-changes-2026-07-01"}
BINDING = {"anthropic-beta": "thinking-binding-controls-2026-08-01"}
REFERENCE = [{"type": "tool_reference", "tool_name": "refund"}]
ADDITION = {"type": "tool_addition", "tool": {"type": "tool_reference", "name": "refund"}}
WEB = dict.fromkeys(("allowed_domains", "blocked_domains", "max_uses"))
EXECUTION = {"type": "code_execution_20260120", "name": "code_execution"}
LOADED = [user("refund it"), assistant(use("c1", name="load")), user(result("c1"))]
LONG: Json = {"type": "ephemeral", "ttl": "1h"}

ANSWERED: dict[str, tuple[Json, dict[str, str]]] = {
    "every field of the web tools null": (
        ask(
            user("ok"),
            tools=[
                {"type": "web_search_20260209", "name": "web_search", "user_location": None, **WEB},
                {"type": "web_fetch_20260209", "name": "web_fetch", "citations": None, **WEB},
                EXECUTION,
            ],
        ),
        {},
    ),
    "a deferred tool and nothing that searches": (ask(user("hi"), tools=[SEEN, DEFERRED]), {}),
    "a tool found by a search of the client's own, under an id of its own": (
        ask(
            *LOADED,
            assistant(use("auto_load_0f10", name="search_tools", input={"queries": ["refund"]})),
            user(result("auto_load_0f10", REFERENCE, is_error=False)),
            model="claude-fable-5",
            tools=[SEEN, DEFERRED],
        ),
        {},
    ),
    "a tool added behind results, and called": (
        ask(
            *LOADED,
            {"role": "system", "content": [ADDITION]},
            assistant(use("c2", name="refund", input={"id": "A"})),
            user(result("c2")),
            model="claude-fable-5",
            tools=[SEEN, DEFERRED],
        ),
        CHANGES,
    ),
    "manual thinking behind a finished turn that had none": (
        ask(
            *LOADED,
            user("<assistant_thinking>it was refunded</assistant_thinking>"),
            assistant("Done."),
            user("Thanks. And B?"),
            model="claude-sonnet-4-5",
            tools=[SEEN],
            max_tokens=4096,
            thinking={"type": "enabled", "budget_tokens": 1024},
        ),
        {},
    ),
    "block_binding without a way of thinking": (
        ask(
            user("hi"),
            model="claude-fable-5-1",
            thinking={"block_binding": {"prefix_mismatch_behavior": "drop_block"}},
        ),
        BINDING,
    ),
    "a summary without its sealed twin": (
        ask(
            user("Hello!"),
            assistant({"type": "compaction", "content": "The user said hello."}, text("Hello!")),
            user(text("What did I say?"), text("What did I say?")),
            model="claude-sonnet-4-6",
            context_management={"edits": [{"type": "compact_20260112"}]},
        ),
        {"anthropic-beta": "compact-2026-01-12"},
    ),
    "every slot of the cache taken, the last one automatically": (
        ask(
            user("hi"),
            model="claude-sonnet-4-6",
            cache_control={"type": "ephemeral"},
            system=[{"type": "text", "text": "Be brief.", "cache_control": LONG}],
            tools=[{**SEEN, "cache_control": LONG}, {**SEEN, "name": "b", "cache_control": LONG}],
        ),
        {},
    ),
    "calls in a message of their own behind text, results and text in two": (
        ask(
            assistant("I will look."),
            assistant(use("call_1", name="load")),
            user(result("call_1")),
            user("Use that."),
            model="claude-haiku-4-5",
            tools=[SEEN],
        ),
        {},
    ),
    "an adaptive model made to call, thinking": (
        ask(
            user("hi"),
            model="claude-opus-4-6",
            thinking={"type": "adaptive"},
            tool_choice={"type": "any"},
            tools=[SEEN],
        ),
        {},
    ),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_it_is_no_error(name: str) -> None:
    request, headers = ANSWERED[name]
    assert refused(request, {"anthropic-version": "2023-06-01", **headers}) == []


def test_a_call_followed_by_text_was_answered_with_400() -> None:
    history: list[Any] = [
        user("Weather?"),
        assistant(use("call_1", name="load"), text("I will look.")),
        user(result("call_1")),
    ]
    problem = check(ask(*history, model="claude-haiku-4-5", tools=[SEEN]))[0]
    assert problem.message.startswith("messages.1: `tool_use` ids were found without `tool_result` blocks")
