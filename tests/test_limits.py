"""Parameters against the model's limits, and against each other."""

from __future__ import annotations

from typing import Any

import pytest

from asking import OLD, ask, assistant, mended, refused, rules, text, user
from nbkit.rules.checker import Checker
from nbkit.rules.validator import check

FORMAT = {"format": {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}}


@pytest.mark.parametrize(
    ("broken", "rule", "legal"),
    [
        ({"max_tokens": 128_001}, "R68", {"max_tokens": 128_000}),
        ({"max_tokens": -1}, "R69", {"max_tokens": 0}),
        ({"max_tokens": 0, "stream": True}, "R69", {"max_tokens": 0, "stream": False}),
        ({"max_tokens": 0, "output_config": FORMAT}, "R69", {"output_config": FORMAT}),
        ({"max_tokens": 0, "tool_choice": {"type": "any"}}, "R69", {"max_tokens": 0}),
        ({"stop_sequences": ["a", " "]}, "R73", {"stop_sequences": ["a", " b"]}),
        ({"stop_sequences": [""]}, "R73", {"stop_sequences": []}),
        ({"metadata": {"user_id": "a@example.com"}}, "R74", {"metadata": {"user_id": "a-uuid"}}),
        ({"metadata": {"user_id": "x" * 257}}, "R74", {"metadata": {"user_id": None}}),
        ({"metadata": {"name": "x"}}, "R10", {"metadata": {}}),
        (
            {"model": "claude-sonnet-4-6", "output_config": {"effort": "xhigh"}},
            "R80",
            {"output_config": {"effort": "xhigh"}},
        ),
        (
            {"model": "claude-haiku-4-5", "output_config": {"effort": "low"}},
            "R80",
            {"model": "claude-haiku-4-5"},
        ),
        ({"model": "claude-opus-4-5", "inference_geo": "us"}, "R85", {"inference_geo": "us"}),
        ({"temperature": 1}, "R14", {}),
        ({"top_k": 5}, "R14", {}),
    ],
)
def test_a_parameter_out_of_bounds(broken: dict[str, Any], rule: str, legal: dict[str, Any]) -> None:
    assert rules(ask(**broken))[0] == rule
    assert refused(ask(**legal)) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"max_tokens": 128_001},
        {"max_tokens": 0, "stream": True},
        {"stop_sequences": ["", "a", "\n"]},
        {"metadata": {"user_id": "a@example.com"}},
        {"model": "claude-sonnet-4-6", "output_config": {"effort": "xhigh"}},
        {"temperature": 0.2, "top_p": 0.5},
    ],
)
def test_the_fixes_make_it_legal(broken: dict[str, Any]) -> None:
    assert refused(mended(ask(**broken))) == []


def test_the_words_about_max_tokens_name_the_model_in_full() -> None:
    """BerriAI/litellm PR 15715: whatever a cloud or an alias calls it."""
    (problem,) = refused(ask(model="claude-sonnet-4-5", max_tokens=64_001))
    assert problem.message == (
        "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens "
        "for claude-sonnet-4-5-20250929"
    )


def test_a_retired_model_has_its_limit_still() -> None:
    """BerriAI/litellm#8984."""
    request = ask(model="claude-3-7-sonnet-20250219", max_tokens=128_000)
    assert check(request)[0].message == (
        "max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens "
        "for claude-3-7-sonnet-20250219"
    )
    assert [problem.rule for problem in check({**request, "max_tokens": 64_000})] == ["R76"]


def test_the_words_about_effort_list_the_levels() -> None:
    (problem,) = refused(ask(model="claude-sonnet-4-6", output_config={"effort": "xhigh"}))
    assert problem.message == (
        "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium."
    )


@pytest.mark.parametrize(
    ("model", "params", "legal"),
    [
        ("claude-opus-4-8", {"temperature": 0}, {"temperature": 1}),
        ("claude-opus-4-8", {"top_p": 1}, {}),
        ("claude-sonnet-4-5", {"temperature": 0.5, "top_p": 0.5}, {"temperature": 0.5}),
        ("claude-sonnet-4-6", {"temperature": 0.5, "top_p": 0.5}, {"top_p": 0.5, "top_k": 3}),
    ],
)
def test_sampling_under_the_old_version(model: str, params: dict[str, Any], legal: dict[str, Any]) -> None:
    assert rules(ask(model=model, **params), OLD) == ["sampling"]
    assert refused(ask(model=model, **legal), OLD) == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"temperature": 1.5}, "temperature: range: 0..1"),
        ({"temperature": -0.1}, "temperature: range: 0..1"),
        ({"temperature": -1}, "`temperature` cannot be set to -1 for this model"),
        ({"top_p": 1.01}, "top_p: range: 0..1"),
        ({"top_k": -2}, "top_k: Input should be greater than or equal to -1"),
    ],
)
def test_sampling_out_of_its_range(params: dict[str, Any], message: str) -> None:
    (problem,) = refused(ask(model="claude-haiku-4-5", **params), OLD)
    assert problem.message == message


@pytest.mark.parametrize("params", [{"temperature": 0}, {"temperature": 1}, {"top_p": 0.0}, {"top_k": -1}])
def test_sampling_at_its_limits(params: dict[str, Any]) -> None:
    assert refused(ask(model="claude-haiku-4-5", **params), OLD) == []


def test_a_place_nobody_knows_may_be_a_workspaces_own() -> None:
    (problem,) = check(ask(inference_geo="eu"))
    assert (problem.level, problem.message) == ("unknown", "inference_geo: must be one of ['global', 'us']")
    assert check(ask(inference_geo="global")) == []


def test_only_newer_opus_models_can_hurry() -> None:
    assert rules(ask(speed="fast")) == ["speed"]
    assert rules(ask(speed="fast", model="claude-opus-4-5")) == ["speed"]
    assert refused(mended(ask(speed="fast"))) == []
    for model in ("claude-opus-5", "claude-opus-4-6"):
        assert refused(ask(speed="fast", model=model)) == []


def test_an_unknown_model_may_be_newer_than_the_table() -> None:
    (problem,) = check(ask(model="claude-opus-9"))
    assert (problem.status, problem.type, problem.level) == (404, "not_found_error", "unknown")
    assert problem.message == "model: claude-opus-9"


def test_only_what_can_never_fit_is_too_long() -> None:
    words = "word " * 260_000
    (problem,) = refused(ask(user(text(words)), model="claude-haiku-4-5"))
    assert problem.rule == "R70"
    assert problem.message.startswith("prompt is too long: ")
    assert refused(ask(user(text(words)))) == []
    long_context = {"anthropic-beta": "context-1m-2025-08-07"}
    assert refused(ask(user(text(words)), model="claude-sonnet-4-5"), long_context) == []
    assert refused(ask(user(text(words[:1_000_000])), model="claude-haiku-4-5")) == []


def test_short_words_are_a_token_each() -> None:
    (problem,) = refused(ask(user("a " * 250_000), model="claude-haiku-4-5"))
    assert (problem.rule, problem.path) == ("R70", "messages")
    turns = [user("a " * 90_000), assistant("b " * 90_000), user("c " * 90_000)]
    assert [each.rule for each in refused(ask(*turns, model="claude-haiku-4-5"))] == ["R70"]
    assert refused(ask(*turns[:2], user("go on"), model="claude-haiku-4-5")) == []
    assert refused(ask(user("a " * 250_000))) == []
    assert refused(ask(user(" " * 500_000 + "a"), model="claude-haiku-4-5")) == []


def test_words_that_were_taken_back_no_longer_count() -> None:
    checker = Checker(ask(user("a " * 150_000), model="claude-haiku-4-5"))
    checker.extend(user("b " * 150_000))
    assert [each.rule for each in checker.problems()] == ["R70"]
    checker.rewind(1)
    checker.extend(user("c"))
    assert checker.problems() == []


def test_a_prompt_that_is_too_long_goes_to_a_model_with_more_context_whole() -> None:
    request = ask(user("a " * 250_000), model="claude-haiku-4-5")
    (problem,) = refused(request)
    assert problem.fix is not None
    assert "1,000,000 tokens" in problem.fix.label
    fixed = problem.fix.apply(request)
    assert (fixed["model"], fixed["messages"]) == ("claude-haiku-5-5", request["messages"])
    assert refused(fixed) == []
    (whole_library,) = refused(ask(user("word " * 1_300_000), model="claude-haiku-4-5"))
    assert whole_library.fix is None
    assert "summary" in whole_library.why


def test_a_deprecated_model_has_the_one_to_use_instead() -> None:
    request = ask(model="claude-sonnet-4-5")
    (problem,) = check(request)
    assert (problem.level, problem.fix and problem.fix.label) == ("warning", "use claude-sonnet-5-5")
    assert list(check(problem.fix.apply(request) if problem.fix else request)) == []


def test_a_budget_below_the_least_is_set_to_it() -> None:
    thinking = {"type": "enabled", "budget_tokens": 100}
    request = ask(thinking=thinking, model="claude-opus-4-5", max_tokens=4096)
    (problem,) = refused(request)
    assert problem.fix is not None
    assert problem.fix.label == "set it to 1024"
    assert refused(problem.fix.apply(request)) == []
