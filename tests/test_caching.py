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
    assert problem.message == "messages.0.content.0.text.cache_control.ttl: Input should be '5m' or '1h'"


def test_the_automatic_marker_agrees_with_the_one_that_is_there() -> None:
    assert rules(ask(user(text(**HOUR)), **MARK)) == ["R50"]
    assert refused(ask(user(text(**MARK)), **MARK)) == []
