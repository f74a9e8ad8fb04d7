"""Client toolsets stand once, with members that exist."""

from __future__ import annotations

from typing import Any

import pytest

from asking import TOOL, ask, assistant, mended, refused, result, rules, text, use, user
from nbkit.rules.toolsets import MEMBERS

COMPUTER: dict[str, Any] = {"type": "computer_toolset_20260801"}
BROWSER: dict[str, Any] = {"type": "browser_toolset_20260801"}


@pytest.mark.parametrize(
    ("broken", "rule", "legal"),
    [
        ([COMPUTER, COMPUTER], "tools", [COMPUTER, BROWSER]),
        ([COMPUTER, {**TOOL, "name": "computer"}], "tools", [COMPUTER, {**TOOL, "name": "left_click"}]),
        (
            [{**COMPUTER, "configs": {"navigate": {"enabled": True}}}],
            "R10",
            [{**BROWSER, "configs": {"navigate": {"enabled": True}}}],
        ),
        (
            [{**COMPUTER, "configs": {"zoom": {"colour": 1}}}],
            "R10",
            [{**COMPUTER, "configs": {"zoom": {"enabled": False}}}],
        ),
        ([{**COMPUTER, "strict": True}], "R10", [{**COMPUTER, "cache_control": {"type": "ephemeral"}}]),
    ],
)
def test_a_wrong_toolset_and_its_legal_neighbour(
    broken: list[dict[str, Any]], rule: str, legal: list[dict[str, Any]]
) -> None:
    assert rules(ask(tools=broken)) == [rule]
    assert refused(mended(ask(tools=broken))) == []
    assert refused(ask(tools=legal)) == []


def test_some_member_stays_enabled() -> None:
    off: dict[str, Any] = {name: {"enabled": False} for name in MEMBERS["computer"]}
    assert rules(ask(tools=[{**COMPUTER, "configs": off}])) == ["tools"]
    assert refused(ask(tools=[{**COMPUTER, "configs": {**off, "zoom": None}}])) == []


def test_the_members_are_those_of_the_contract() -> None:
    assert {name: len(members) for name, members in MEMBERS.items()} == {"computer": 17, "browser": 31}


def test_a_member_cannot_be_forced() -> None:
    request = ask(tools=[COMPUTER], tool_choice={"type": "tool", "name": "zoom"})
    assert rules(request) == ["tool_choice"]


def told(member: str, *content: Any, **more: Any) -> list[str]:
    """What is said of a member's result."""
    call = use(name=member, toolset_name="browser")
    answer = result(content=list(content), toolset_name="browser", **more)
    offered = [{"type": "browser_toolset_20260801"}]
    request = ask(user("q"), assistant(call), user(answer), tools=offered)
    return [problem.message.partition(": ")[2] for problem in refused(request)]


def tab(name: str = "1", active: bool = True) -> dict[str, Any]:
    return {"tab_id": name, "title": "t", "url": "https://a", "active": active}


def state(*tabs: Any, **more: Any) -> dict[str, Any]:
    return {"type": "browser_state", "tabs": list(tabs), **more}


NOTE = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "d"}}
STARTED = {"type": "download_started", "download_id": "d", "url": "u"}
FAILED = {"type": "download_failed", "download_id": "d", "url": "u"}


@pytest.mark.parametrize(
    ("member", "content", "more"),
    [
        ("navigate", [text()], {}),
        ("navigate", [text(), state(tab())], {}),
        ("navigate", [state()], {}),
        ("navigate", [state(tab(), tab("2", active=False), state_changes=[STARTED])], {}),
        ("new_tab", [state(tab())], {}),
        ("list_tabs", [text("no tabs")], {"is_error": True}),
    ],
)
def test_what_a_member_may_answer(member: str, content: list[Any], more: dict[str, Any]) -> None:
    assert told(member, *content, **more) == []


@pytest.mark.parametrize(
    ("member", "content", "more", "says"),
    [
        ("navigate", [NOTE], {}, "results of toolset members may only contain text and image blocks"),
        ("navigate", [state(), state()], {}, "at most one `browser_state` is permitted in a result"),
        (
            "navigate",
            [state(tab())],
            {"is_error": True},
            "`browser_state` is not permitted in an error result",
        ),
        ("navigate", [state(tab(), tab("2"))], {}, "exactly one tab must be active"),
        ("navigate", [state(tab(active=False))], {}, "exactly one tab must be active"),
        ("navigate", [state(tab(), tab(active=False))], {}, "`tab_id` must be unique"),
        (
            "navigate",
            [state(state_changes=[STARTED, FAILED])],
            {},
            "at most one state change is permitted per `download_id`",
        ),
        ("new_tab", [text()], {}, "`new_tab` must return exactly one `browser_state` and nothing else"),
    ],
)
def test_what_a_member_may_not_answer(
    member: str, content: list[Any], more: dict[str, Any], says: str
) -> None:
    assert told(member, *content, **more) == [says]


def test_members_are_loaded_alike_and_as_a_whole() -> None:
    computer = {"type": "computer_toolset_20260801"}
    apart = {**computer, "configs": {"zoom": {"defer_loading": True}}}
    assert rules(ask(tools=[TOOL, apart])) == ["tools"]
    absent = {**computer, "configs": {"zoom": {"defer_loading": True, "enabled": False}}}
    assert refused(ask(tools=[TOOL, absent])) == []
    fine = {"anthropic-beta": "fine-grained-tool-streaming-2025-05-14"}
    assert rules(ask(tools=[computer]), fine) == ["tools"]
    assert refused(ask(), fine) == []


def test_a_toolset_has_no_name() -> None:
    """The words are those of a live refusal of September 2026."""
    (problem,) = refused(ask(model="claude-opus-5-5", tools=[{**BROWSER, "name": "browser"}]))
    assert problem.path == "tools.0.browser_toolset_20260801"
    assert problem.message == (
        "tools.0.browser_toolset_20260801: name is not accepted on a toolset entry: the member names are "
        "fixed by the dated type, and the served tool keeps the family's bare name"
    )
