"""Which thinking a model takes, what goes with it, and where its blocks stand."""

from __future__ import annotations

from typing import Any

import pytest

from asking import OLD, ask, assistant, mended, refused, result, rules, text, thought, use, user

ENABLED = {"type": "enabled", "budget_tokens": 2048}
MANUAL = {"model": "claude-sonnet-4-5", "max_tokens": 4096, "thinking": ENABLED}
LOOP = [user("q"), assistant(use()), user(result())]
CLEAR = {"context_management": {"edits": [{"type": "clear_thinking_20251015"}]}}
MANAGED = {"anthropic-beta": "context-management-2025-06-27"}


def asked(model: str, kind: str, **params: Any) -> dict[str, Any]:
    thinking = {**ENABLED} if kind == "enabled" else {"type": kind}
    return ask(model=model, thinking=thinking, **{"max_tokens": 8192, **params})


@pytest.mark.parametrize(
    ("model", "kind", "rule", "words"),
    [
        ("claude-opus-4-7", "enabled", "R40", '"thinking.type.enabled" is not supported for this model.'),
        ("claude-sonnet-5", "enabled", "R40", '"thinking.type.enabled" is not supported for this model.'),
        ("claude-haiku-4-5", "adaptive", "R41", "adaptive thinking is not supported on this model"),
        ("claude-opus-5-5", "disabled", "R42", '"thinking.type.disabled" is not supported for this model.'),
        ("claude-sonnet-5-5", "disabled", "R42", "To turn thinking off on this model, send"),
        ("claude-sonnet-5", "between_tools", "R42", '"thinking.type.between_tools" is not supported'),
    ],
)
def test_a_mode_the_model_does_not_take(model: str, kind: str, rule: str, words: str) -> None:
    (problem,) = refused(asked(model, kind))
    assert problem.rule == rule
    assert problem.message.startswith(words)
    assert refused(mended(asked(model, kind))) == []


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("claude-sonnet-5", "adaptive"),
        ("claude-sonnet-5", "disabled"),
        ("claude-sonnet-5-5", "between_tools"),
        ("claude-sonnet-4-6", "enabled"),
        ("claude-sonnet-4-6", "adaptive"),
        ("claude-haiku-4-5", "enabled"),
        ("claude-opus-5", "disabled"),
        ("claude-fable-5-2", "adaptive"),
    ],
)
def test_a_mode_the_model_takes(model: str, kind: str) -> None:
    assert refused(asked(model, kind)) == []


def test_at_the_highest_effort_thinking_stays_on() -> None:
    """logancyang/obsidian-copilot#2843."""
    request = asked("claude-opus-5", "disabled", output_config={"effort": "xhigh"})
    (problem,) = refused(request)
    assert problem.message == (
        "output_config.effort 'xhigh' is not supported when thinking is disabled on this model. Use effort "
        "'high' or below, or enable thinking."
    )
    assert refused(mended(request)) == []
    assert rules(asked("claude-opus-5", "disabled", output_config={"effort": "max"})) == ["R42"]
    assert refused(asked("claude-opus-5", "disabled", output_config={"effort": "high"})) == []


def test_haiku_5_5_takes_no_budget_and_the_preview_thinks_always() -> None:
    """The first measured in October 2026, the words of the other from the docs of errors."""
    assert rules(asked("claude-haiku-5-5", "enabled")) == ["R40"]
    assert refused(asked("claude-haiku-5-5", "adaptive")) == []
    (problem,) = refused(asked("claude-mythos-preview", "disabled"))
    assert problem.message.endswith(
        'when not specified; use "thinking.type.enabled" with "budget_tokens" for extended thinking.'
    )


def test_the_budget_is_at_least_1024_and_below_max_tokens() -> None:
    small = ask(**{**MANUAL, "thinking": {"type": "enabled", "budget_tokens": 1023}})
    assert rules(small) == ["R38"]
    assert rules(ask(**{**MANUAL, "max_tokens": 2048})) == ["R39"]
    assert refused(mended(ask(**{**MANUAL, "max_tokens": 2048}))) == []
    assert refused(ask(**{**MANUAL, "max_tokens": 2049})) == []


def test_interleaved_thinking_may_have_a_larger_budget() -> None:
    headers = {"anthropic-beta": "interleaved-thinking-2025-05-14"}
    assert refused(ask(**{**MANUAL, "max_tokens": 2048}), headers) == []
    (problem,) = refused(ask(**{**MANUAL, "max_tokens": 2048, "model": "claude-haiku-4-5"}), headers)
    assert problem.rule == "R39"
    assert "has no effect on this model" in problem.why


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
def test_a_forced_tool_leaves_no_room_to_think(choice: dict[str, Any]) -> None:
    assert rules(ask(**MANUAL, tool_choice=choice)) == ["R44"]
    assert rules(ask(model="claude-opus-5-5", tool_choice=choice)) == ["R45"]
    assert refused(ask(model="claude-sonnet-5", tool_choice=choice)) == []
    assert refused(ask(model="claude-sonnet-4-5", tool_choice=choice)) == []
    assert refused(ask(**MANUAL, tool_choice={"type": "auto"})) == []


@pytest.mark.parametrize(
    ("params", "legal"),
    [({"temperature": 0.5}, {"temperature": 1}), ({"top_k": 4}, {}), ({"top_p": 0.9}, {"top_p": 0.95})],
)
def test_sampling_with_thinking(params: dict[str, Any], legal: dict[str, Any]) -> None:
    assert rules(ask(**MANUAL, **params), OLD) == ["R46"]
    assert refused(ask(**MANUAL, **legal), OLD) == []


def test_a_turn_with_open_calls_begins_with_thinking_in_manual_mode() -> None:
    (problem,) = refused(ask(*LOOP, **MANUAL))
    assert (problem.rule, problem.path) == ("R33", "messages.1.content.0")
    assert problem.message.startswith(
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When"
    )
    assert refused(mended(ask(*LOOP, **MANUAL))) == []


@pytest.mark.parametrize(
    "messages",
    [
        [user("q"), assistant(thought(), use()), user(result())],
        [user("q"), assistant({"type": "redacted_thinking", "data": "x"}, use()), user(result())],
        # In one turn the model thinks once, before its first call.
        [
            user("q"),
            assistant(thought(), use("a")),
            user(result("a")),
            assistant(use("b")),
            user(result("b")),
        ],
        # The turn is over: a new question follows.
        [*LOOP, assistant("done"), user("next")],
        [user("q"), assistant("a"), user("b")],
    ],
)
def test_manual_mode_lets_these_through(messages: list[Any]) -> None:
    assert refused(ask(*messages, **MANUAL)) == []


def test_adaptive_mode_does_not_ask_for_thinking_first() -> None:
    assert refused(ask(*LOOP, thinking={"type": "adaptive"})) == []


def test_text_before_thinking() -> None:
    request = ask(user("q"), assistant(text(), thought(), text()), user("more"), **MANUAL)
    (problem,) = refused(request)
    assert problem.message == (
        "messages.1.content.0: If an assistant message contains any thinking blocks, the first block must be "
        "`thinking` or `redacted_thinking`. Found `text`."
    )
    assert refused({**request, "thinking": {"type": "disabled"}}) == []


def test_a_thought_without_words_and_signature_is_none() -> None:
    """As measured in 2026: a signed one may be without words."""
    blank = {"type": "thinking", "thinking": "", "signature": ""}
    (problem,) = refused(ask(user("a"), assistant(blank, text()), user("b")))
    assert problem.message == "messages.1.content.0.thinking: each thinking block must contain thinking"
    signed = {**blank, "signature": "EqMB"}
    assert refused(ask(user("a"), assistant(signed, text()), user("b"))) == []


def test_an_empty_signature_never_verifies() -> None:
    request = ask(user("q"), assistant(thought(signature=""), text()), user("more"))
    assert rules(request) == ["R35"]
    assert refused(mended(request)) == []
    assert refused(ask(user("q"), assistant(thought(), text()), user("more"))) == []


def test_a_final_assistant_message_holds_no_thinking_when_it_is_off() -> None:
    final = [user("q"), assistant(thought(), text("partial"))]
    (problem,) = refused(ask(*final, model="claude-sonnet-4-5"))
    assert problem.path == "messages.1.content.0"
    assert "When thinking is disabled" in problem.message
    assert refused(ask(*final, **MANUAL)) == []


def test_clearing_thinking_needs_thinking() -> None:
    assert rules(ask(model="claude-sonnet-4-5", **CLEAR), MANAGED) == ["context_management"]
    assert rules(ask(**CLEAR, thinking={"type": "disabled"}), MANAGED) == ["context_management"]
    assert refused(ask(**CLEAR), MANAGED) == []
    assert refused(ask(**CLEAR, **MANUAL), MANAGED) == []


def test_no_display_and_no_cache_marker_where_thinking_has_none() -> None:
    assert rules(ask(thinking={"type": "disabled", "display": "omitted"})) == ["R43"]
    marked = {**thought(), "cache_control": {"type": "ephemeral"}}
    assert rules(ask(user("q"), assistant(marked, text()), user("r"))) == ["R47"]
