"""Cache markers: four at most, lifetimes that only fall, and none on nothing."""

from __future__ import annotations

from typing import Any

import pytest

from asking import TOOL, ask, assistant, mended, refused, result, rules, text, use, user

MARK: dict[str, Any] = {"cache_control": {"type": "ephemeral"}}
HOUR: dict[str, Any] = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}


def marked(count: int) -> list[dict[str, Any]]:
    return [text(f"t{n}", **MARK) for n in range(count)]


def test_four_markers_pass_and_a_fifth_does_not() -> None:
    system = [{"type": "text", "text": "s", **MARK}]
    tools = [{**TOOL, **MARK}]
    assert refused(ask(user(*marked(2)), system=system, tools=tools)) == []
    (problem,) = refused(ask(user(*marked(3)), system=system, tools=tools))
    assert problem.rule == "R49"
    assert problem.message == "A maximum of 4 blocks with cache_control may be provided. Found 5."
    assert problem.path == "messages.0.content.2.cache_control"


def test_automatic_caching_takes_a_place() -> None:
    assert refused(ask(user(*marked(3), text()), **MARK)) == []
    assert rules(ask(user(*marked(4), text()), **MARK)) == ["R49"]
    assert refused(ask(user(*marked(4)), **MARK)) == []  # it falls on a marker that is there already


def test_markers_inside_results_count() -> None:
    inside = result(content=[text("a", **MARK), text("b", **MARK)], **MARK)
    assert rules(ask(user("q"), assistant(use()), user(inside, *marked(2)))) == ["R49"]
    assert refused(ask(user("q"), assistant(use()), user(inside, *marked(1)))) == []


@pytest.mark.parametrize("count", [5, 7])
def test_the_fix_keeps_the_last_four(count: int) -> None:
    request = mended(ask(user(*marked(count))))
    assert refused(request) == []
    kept = ["cache_control" in block for block in request["messages"][0]["content"]]
    assert kept == [False] * (count - 4) + [True] * 4


def test_an_hour_may_not_follow_five_minutes() -> None:
    (problem,) = refused(ask(user(text("a", **MARK), text("b", **HOUR))))
    assert (problem.rule, problem.path) == ("R50", "messages.0.content.1.cache_control.ttl")
    assert refused(mended(ask(user(text("a", **MARK), text("b", **HOUR))))) == []
    assert refused(ask(user(text("a", **HOUR), text("b", **MARK)))) == []
    assert rules(ask(user(text("b", **HOUR)), tools=[{**TOOL, **MARK}])) == ["R50"]


def test_an_empty_text_carries_no_marker() -> None:
    (problem,) = refused(ask(user(text("a"), text("", **MARK))))
    assert problem.message == "messages.0.content.1.text: cache_control cannot be set for empty text blocks"
    (problem,) = refused(ask(system=[{"type": "text", "text": "", **MARK}]))
    assert problem.message == "system.0: cache_control cannot be set for empty text blocks"
    assert refused(mended(ask(system=[{"type": "text", "text": "", **MARK}]))) == []


def test_a_lifetime_is_one_of_two() -> None:
    wrong = {"type": "ephemeral", "ttl": "2h"}
    (problem,) = refused(ask(user(text(cache_control=wrong))))
    assert problem.rule == "R52"
    words = "messages.0.content.0.text.cache_control.ephemeral.ttl: Input should be '5m' or '1h'"
    assert problem.message == words


def test_a_marker_is_ephemeral_and_a_scope_is_a_betas() -> None:
    (problem,) = refused(ask(system=[text(cache_control={"type": "lasting"})]))
    assert (problem.rule, problem.path) == ("R52", "system.0.cache_control")
    assert problem.message.endswith("does not match any of the expected tags: 'ephemeral'")
    scoped = ask(system=[text(cache_control={"type": "ephemeral", "scope": "global"})])
    (problem,) = refused(scoped)
    assert problem.message == "system.0.cache_control.ephemeral.scope: Extra inputs are not permitted"
    assert refused(scoped, {"anthropic-beta": "prompt-caching-scope-2026-01-05"}) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([text("")], "system: text content blocks must be non-empty"),
        ([text("a"), text(" \n")], "system: text content blocks must contain non-whitespace text"),
        ("  ", "system: text content blocks must contain non-whitespace text"),
        ([text("a"), text("", **MARK)], "system.1: cache_control cannot be set for empty text blocks"),
    ],
)
def test_every_text_of_the_system_says_something(given: Any, message: str) -> None:
    (problem,) = refused(ask(system=given))
    assert problem.message == message
    assert refused(mended(ask(system=given))) == []


@pytest.mark.parametrize("given", ["", [], "a ", [text("a "), text("b")]])
def test_a_system_that_says_nothing_at_all_or_something_passes(given: Any) -> None:
    assert refused(ask(system=given)) == []


def test_the_automatic_marker_agrees_with_the_one_that_is_there() -> None:
    assert rules(ask(user(text(**HOUR)), **MARK)) == ["R50"]
    assert refused(ask(user(text(**MARK)), **MARK)) == []
