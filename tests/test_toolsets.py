"""Client toolsets stand once, with members that exist."""

from __future__ import annotations

from typing import Any

import pytest

from asking import TOOL, ask, mended, refused, rules
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
