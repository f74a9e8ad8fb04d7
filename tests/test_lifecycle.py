"""A model that lives passes, one that has left is told with its day, and a clock is never asked."""

from __future__ import annotations

import pytest

from asking import ask, judged, mended, refused, user
from nbkit.facts import facts
from nbkit.loop.conversation import Conversation
from nbkit.rules.portable.portability import portability
from nbkit.rules.problem import Problem
from nbkit.rules.validator import check

THE_OLD = [
    ("claude-3-opus-20240229", "2026-01-05", "claude-opus-4-8"),
    ("claude-3-5-sonnet-20240620", "2025-10-28", "claude-sonnet-4-6"),
    ("claude-3-7-sonnet-latest", "2026-02-19", "claude-sonnet-4-6"),
    ("claude-opus-4-20250514", "2026-06-15", "claude-opus-4-8"),
    ("claude-2.1", "2025-07-21", "claude-opus-4-8"),
    ("claude-instant-1.2", "2024-11-06", "claude-haiku-4-5-20251001"),
    ("anthropic.claude-3-haiku-20240307-v1:0", "2026-04-20", "claude-haiku-4-5-20251001"),
]


def of_model(name: str, platform: str = "anthropic") -> Problem | None:
    return next((each for each in check(ask(model=name), platform=platform) if each.rule == "R76"), None)


@pytest.mark.parametrize(("name", "day", "instead"), THE_OLD)
def test_a_retired_model_is_refused_with_its_day_and_what_replaces_it(
    name: str, day: str, instead: str
) -> None:
    problem = of_model(name)
    assert problem is not None
    assert (problem.level, problem.status, problem.type) == ("error", 404, "not_found_error")
    assert problem.message == f"model: {name}"
    assert f"retired on {day}; use {instead} instead" in problem.why
    assert mended(ask(model=name))["model"] == instead
    assert refused(ask(model=instead, thinking={"type": "disabled"})) == []


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "bedrock"),
        ("claude-3-7-sonnet@20250219", "vertex"),
        ("claude-3-opus-20240229", "strict"),
    ],
)
def test_others_may_still_have_a_retired_model(name: str, platform: str) -> None:
    problem = of_model(name, platform)
    assert problem is not None
    assert problem.level == "unknown"
    assert "retired on" in problem.why


@pytest.mark.parametrize(
    ("name", "day"), [("claude-opus-4-1", "2026-08-05"), ("claude-mythos-preview", "2026-06-30")]
)
def test_a_retired_model_whose_limits_are_known_is_judged_with_a_warning(name: str, day: str) -> None:
    problem = of_model(name)
    assert problem is not None
    assert (problem.level, problem.status) == ("warning", 404)
    assert f"retired on {day}" in problem.why


@pytest.mark.parametrize("name", ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"])
def test_a_deprecated_model_passes_with_a_warning_that_names_its_last_day(name: str) -> None:
    (problem,) = check(ask(model=name))
    assert problem.level == "warning"
    assert problem.message == "this model is deprecated and retires on 2026-11-30"
    assert "use claude-sonnet-5-5 instead" in problem.why
    assert check(ask(model="claude-haiku-4-5")) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("claude-sonnet-5.5", "claude-sonnet-5-5"),
        ("Claude-Sonnet-5", "claude-sonnet-5"),
        ("claude-sonet-5", "claude-sonnet-5"),
        ("anthropic.claude-opus-4-8-v1:0", "claude-opus-4-8"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5-20250929"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("anthropic/claude-opus-5", "claude-opus-5"),
    ],
)
def test_a_name_that_is_misspelt_says_which_may_be_meant(name: str, meant: str) -> None:
    problem = of_model(name)
    assert problem is not None
    assert problem.level == "unknown"
    assert problem.why.endswith(f"Much like it: {meant}.")
    assert problem.fix is not None
    assert problem.fix.apply(ask(model=name))["model"] == meant


@pytest.mark.parametrize("name", ["claude-sonnet-6", "claude-opus-9-1", "gpt-5", "x" * 100_000])
def test_a_name_that_may_be_newer_is_likened_to_none(name: str) -> None:
    problem = of_model(name)
    assert problem is not None
    assert (problem.level, problem.fix) == ("unknown", None)


@pytest.mark.parametrize("name", ["claude-sonnet-5 ", "\tclaude-sonnet-5", "claude-sonnet-5\n"])
def test_white_space_around_a_name_is_a_part_of_it(name: str) -> None:
    (problem,) = check(ask(model=name))
    assert (problem.level, problem.status, problem.message) == ("error", 404, f"model: {name}")
    assert "White space" in problem.why
    assert check(mended(ask(model=name))) == []


def test_what_replaces_a_model_is_alive() -> None:
    rows = [model.replacement for model in facts.models() if model.replacement]
    named = [*rows, *(instead for _, _, instead in THE_OLD)]
    found = [facts.model(name) for name in named]
    assert all(model is not None and model.lifecycle == "active" for model in found)
    leaving = [model for model in facts.models() if model.lifecycle != "active"]
    assert all(model.retires and model.replacement for model in leaving)


def test_a_table_has_the_requests_own_model_whatever_became_of_it() -> None:
    for name, row in [
        ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
        ("claude-opus-4-1", "claude-opus-4-1-20250805"),
        ("claude-2.1", "claude-2.1"),
        ("claude-from-next-year", "claude-from-next-year"),
    ]:
        assert row in {cell.model for cell in portability(ask(model=name))}
    active = [model.id for model in facts.models() if model.lifecycle == "active"]
    assert list(dict.fromkeys(cell.model for cell in portability(ask()))) == active


def test_a_table_names_no_model_that_it_does_not_show_without_saying_whose_it_is() -> None:
    told = str(portability(ask(model="claude-sonnet-4-5"), models=["claude-opus-5"]))
    assert "off with the request's own claude-sonnet-4-5-20250929" in told
    shown = str(portability(ask(model="claude-sonnet-4-5"), models=["claude-opus-5", "claude-sonnet-4-5"]))
    assert "off with claude-sonnet-4-5-20250929" in shown


def test_a_deprecated_model_is_told_once_in_a_table() -> None:
    cell = judged(ask(model="claude-sonnet-4-5"), "claude-sonnet-4-5")
    assert [each.rule for each in cell.problems].count("R76") == 1
    assert cell.verdict == "different"


def test_the_numbers_of_a_cell_ascend() -> None:
    table = portability(ask(model="claude-sonnet-4-5", temperature=1, top_p=1, max_tokens=100_000))
    cells = [part.split()[0] for part in str(table).split("refused ")[1:]]
    several = [[int(number) for number in cell.split(",")] for cell in cells if cell[0].isdecimal()]
    assert any(len(numbers) > 1 for numbers in several)
    assert all(numbers == sorted(numbers) for numbers in several)


def test_a_conversation_may_ask_whoever_answers_for_a_retired_model() -> None:
    chat = Conversation(model="claude-3-opus-20240229")
    chat.messages = [user("hi")]
    (problem,) = chat.problems()
    assert (problem.rule, problem.level) == ("R76", "unknown")
    assert "retired on 2026-01-05" in problem.why
