"""What a request loses or changes where it is accepted: said where it is so, and not beside it."""

from __future__ import annotations

from typing import Any

import pytest

from asking import ask, assistant, judged, result, text, thought, use, user
from nbkit.rules.portable.portability import Cell
from pictures import image, png

Json = dict[str, Any]
MARK = {"type": "ephemeral"}


def said(cell: Cell) -> list[str]:
    assert cell.verdict in ("accepted", "different"), cell
    return [problem.rule for problem in cell.differences]


@pytest.mark.parametrize(
    ("home", "there", "words"),
    [
        (
            "claude-opus-5-5",
            "claude-opus-5",
            "2 thinking blocks of the request's own claude-opus-5-5 are dropped here",
        ),
        (
            "claude-opus-5",
            "claude-opus-5-5",
            "2 thinking blocks of the request's own claude-opus-5 may be dropped here",
        ),
        ("claude-opus-5", "claude-opus-5", None),
    ],
)
def test_thinking_of_another_model_is_dropped(home: str, there: str, words: str | None) -> None:
    history = [
        user("x"),
        assistant(thought(), use()),
        user(result()),
        assistant(thought(), text()),
        user("y"),
    ]
    thinking = {"type": "adaptive", "display": "summarized"}
    cell = judged(ask(*history, model=home, thinking=thinking, output_config={"effort": "low"}), there)
    told = [(each.message, each.path) for each in cell.differences if each.rule == "R37"]
    assert told == ([(words, "messages.1.content.0")] if words else [])


def test_thinking_that_is_bound_may_not_survive_another_platform() -> None:
    request = ask(
        user("x"),
        assistant(thought(), text()),
        user("y"),
        model="claude-sonnet-5-5",
        tools=[],
        thinking={"type": "adaptive", "display": "summarized"},
    )
    assert said(judged(request, "claude-sonnet-5-5")) == []
    assert said(judged(request, "claude-sonnet-5-5", "vertex")) == ["R37"]


def test_thinking_that_nobody_set_is_on_or_off_by_the_model() -> None:
    (problem,) = judged(ask(), "claude-opus-4-8").differences
    assert (
        problem.message
        == "thinking is not set: it is off here, but on with the request's own claude-sonnet-5"
    )
    assert said(judged(ask(), "claude-opus-5")) == []
    named = ask(thinking={"type": "disabled"})
    assert said(judged(named, "claude-opus-4-8")) == []


def test_thinking_without_display_arrives_empty_from_4_7_on() -> None:
    request = ask(model="claude-opus-4-7", thinking={"type": "adaptive"})
    assert said(judged(request, "claude-opus-4-7")) == ["display"]
    assert "display" not in said(judged(request, "claude-opus-4-6"))
    shown = ask(model="claude-opus-4-7", thinking={"type": "adaptive", "display": "summarized"})
    assert said(judged(shown, "claude-opus-4-7")) == []


def test_the_newest_tell_their_progress_in_thinking_blocks() -> None:
    request = ask(model="claude-opus-5", output_config={"effort": "low"})
    assert said(judged(request, "claude-opus-5-5")) == ["thinking"]
    assert said(judged({**request, "tools": []}, "claude-opus-5-5")) == []


def test_an_effort_that_nobody_set_is_the_models_own() -> None:
    request = ask(model="claude-opus-5", tools=[])
    (problem,) = judged(request, "claude-opus-5-5").differences
    assert (
        problem.message
        == "effort is not set: it is medium here, but high with the request's own claude-opus-5"
    )
    assert said(judged({**request, "output_config": {"effort": "high"}}, "claude-opus-5-5")) == []


@pytest.mark.parametrize(
    "marked", [{"cache_control": MARK}, {"system": [text("x" * 3000, cache_control=MARK)]}]
)
def test_a_cache_marker_on_too_little_does_nothing_and_nothing_says_so(marked: Json) -> None:
    request = ask(user("word " * 500), tools=[], model="claude-sonnet-5", **marked)
    (problem,) = judged(request, "claude-opus-4-7").differences[-1:]
    assert problem.rule == "R53"
    assert problem.message == "nothing is cached: fewer than 2048 tokens are marked, by estimate"
    assert problem.path == ("cache_control" if "cache_control" in marked else "system.0.cache_control")
    assert "R53" not in said(judged(request, "claude-opus-5"))
    assert "R53" not in said(judged(ask(tools=[]), "claude-opus-4-7"))


def test_fast_mode_is_silently_standard_on_one_model() -> None:
    request = ask(model="claude-opus-4-6", speed="fast", tools=[])
    (problem,) = judged(request, "claude-opus-4-6").differences
    assert problem.message == "speed fast is ignored: the answer comes at standard speed"
    fast, plain = (
        judged(request, "claude-opus-4-8"),
        judged(ask(model="claude-opus-4-6", tools=[]), "claude-opus-4-8"),
    )
    assert fast.input_cost == pytest.approx(2 * (plain.input_cost or 0))
    assert "speed" not in said(fast)


def test_fast_mode_may_be_refused_where_nobody_knows_it() -> None:
    request = ask(model="claude-opus-4-7", speed="fast", tools=[])
    (problem,) = judged(request, "claude-opus-4-7").differences
    assert problem.message == "speed fast may be refused: this model isn't known to have it"
    assert said(judged({**request, "speed": "standard"}, "claude-opus-4-7")) == []


def test_a_large_picture_is_scaled_down_to_what_the_model_sees() -> None:
    request = ask(user(image(png(2400, 1000)), text()), model="claude-opus-4-6", tools=[])
    (problem,) = judged(request, "claude-opus-4-6").differences
    assert problem.message == "1 image is scaled down to 1568 pixels"
    assert problem.path == "messages.0.content.0"
    assert "images" not in said(judged(request, "claude-opus-4-8"))
    assert (
        said(judged(ask(user(image(png(1500, 9))), model="claude-opus-4-6", tools=[]), "claude-opus-4-6"))
        == []
    )


def test_a_beta_without_effect_on_a_model_is_named() -> None:
    headers = {"anthropic-beta": "interleaved-thinking-2025-05-14"}
    request = ask(
        model="claude-opus-4-6", thinking={"type": "enabled", "budget_tokens": 1024}, max_tokens=2048
    )
    assert said(judged(request, "claude-opus-4-6", headers=headers)) == ["betas"]
    assert said(judged(request, "claude-sonnet-4-6", headers=headers)) == []


def test_what_our_own_table_is_unsure_of_says_so() -> None:
    thinks = ask(model="claude-haiku-5-5", thinking={"type": "disabled"})
    assert said(judged(thinks, "claude-haiku-5-5")) == ["thinking"]
    forced = ask(model="claude-haiku-5-5", tool_choice={"type": "any"})
    assert said(judged(forced, "claude-haiku-5-5")) == ["R45"]
    assert said(judged(ask(model="claude-haiku-5-5"), "claude-haiku-5-5")) == []


def test_a_new_tokenizer_counts_more_of_the_same_text() -> None:
    request = ask(user("word " * 1000), model="claude-sonnet-4-6", tools=[])
    old, new = judged(request, "claude-sonnet-4-6"), judged(request, "claude-opus-4-8")
    assert said(old) == []
    assert [each.message for each in new.differences] == ["the same text is about 30 % more tokens here"]
    assert (new.input_tokens or 0) / (old.input_tokens or 1) == pytest.approx(1.3, abs=0.01)


def test_what_may_not_fit_is_said_by_estimate() -> None:
    long = ask(user("word " * 110_000), model="claude-opus-4-5", max_tokens=60_000, tools=[])
    assert said(judged(long, "claude-opus-4-5")) == ["R71"]
    assert said(judged({**long, "max_tokens": 4_000}, "claude-opus-4-5")) == []
    longer = ask(user("word " * 150_000), model="claude-opus-4-5", tools=[])
    assert said(judged(longer, "claude-opus-4-5")) == ["R70"]


def test_a_beta_may_not_be_available_on_a_cloud() -> None:
    headers = {"anthropic-beta": "context-management-2025-06-27"}
    assert said(judged(ask(), "claude-sonnet-5", "bedrock", headers=headers)) == ["betas"]
    assert said(judged(ask(), "claude-sonnet-5", headers=headers)) == []


def test_a_history_of_tools_without_tools_is_only_unsure_elsewhere() -> None:
    request = ask(user("x"), assistant(use()), user(result()))
    del request["tools"]
    assert said(judged(request, "claude-sonnet-5")) == []
    assert said(judged(request, "claude-sonnet-5", "strict")) == ["R31"]
