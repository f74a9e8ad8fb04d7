"""What nobody has confirmed has a name that some rule uses, and lets a request through."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from asking import ask, assistant, refused, result, rules, system, use, user
from nbkit.facts import facts, switches
from nbkit.rules import table
from nbkit.rules.validator import check

ROOM = Path(table.__file__).parent
NAMES = [name for name in vars(switches) if name.isupper()]


def used() -> set[str]:
    """Every `switches.NAME` in the rules."""
    return {
        node.attr
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "switches"
    }


def test_every_switch_is_used_and_no_other_is() -> None:
    assert set(NAMES) == used()


def test_history_without_tools_is_let_through_with_a_warning() -> None:
    (problem,) = check(ask(user("q"), assistant(use()), user(result()), tools=[]))
    assert (problem.rule, problem.level) == ("R31", "warning")


@pytest.mark.parametrize(
    ("model", "level"),
    [("claude-fable-5-1", "error"), ("claude-fable-5-2", "warning"), ("claude-mythos-5-2", "warning")],
)
def test_a_forced_tool_is_refused_only_where_that_is_confirmed(model: str, level: str) -> None:
    (problem,) = check(ask(model=model, tool_choice={"type": "any"}))
    assert (problem.rule, problem.level) == ("R45", level)


@pytest.mark.parametrize(
    ("model", "kind", "level"),
    [
        ("claude-haiku-5-5", "between_tools", "warning"),
        ("claude-fable-5", "between_tools", "warning"),
        ("claude-fable-5", "disabled", "error"),
        ("claude-sonnet-5", "between_tools", "error"),
    ],
)
def test_a_mode_of_thinking_is_refused_only_where_that_is_confirmed(
    model: str, kind: str, level: str
) -> None:
    (problem,) = check(ask(model=model, thinking={"type": kind}))
    assert (problem.rule, problem.level) == ("R42", level)


def test_what_is_unsure_about_a_model_is_a_fact_it_has() -> None:
    known = {"price", "thinking", *(f"thinking.{kind}" for kind in ("adaptive", "between_tools", "disabled"))}
    for model in facts.models():
        gone = {f"tools.{kind}" for kind in model.tools_gone}
        assert all(doubt in known | gone or hasattr(model, doubt) for doubt in model.unconfirmed), model.id


def test_an_upload_and_a_caller_that_came_in_may_go_back() -> None:
    upload = {"type": "container_upload", "file_id": "file_1"}
    assert refused(ask(user("q"), assistant(upload, use(caller={"type": "direct"})), user(result()))) == []


def test_a_model_that_is_not_sure_to_refuse_system_messages_is_warned_of() -> None:
    (problem,) = check(ask(user("a"), system("s")))
    assert (problem.rule, problem.level, problem.path) == ("R86", "warning", "messages.1.role")
    (misplaced,) = refused(ask(user("a"), system("s"), user("b")))
    assert misplaced.rule == "R88"


def test_empty_messages_can_be_judged_as_live_replies_of_2026_do(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = ask(user("a"), assistant(), user("b"))
    assert rules(silent) == ["R5"]
    monkeypatch.setattr(switches, "ONLY_USERS_MUST_SPEAK", True)
    assert refused(silent) == []
    (problem,) = refused(ask(user("")))
    assert problem.message == "messages.0: user messages must have non-empty content"
