"""What tools that run on a server are held to, in the words of live refusals."""

from __future__ import annotations

from typing import Any

import pytest

from asking import SEARCH_TOOL, ask, mended, refused

PATH = "tools.0.web_search_20250305"


def searching(**more: Any) -> dict[str, Any]:
    return ask(tools=[{**SEARCH_TOOL, **more}])


def placed(**place: str) -> dict[str, Any]:
    return searching(user_location={"type": "approximate", **place})


@pytest.mark.parametrize(
    ("broken", "says", "legal"),
    [
        (  # CherryHQ/cherry-studio PR 10374
            searching(blocked_domains=[]),
            f"{PATH}.blocked_domains: Empty list of domains is ambiguous. Provide at least one domain or ",
            searching(blocked_domains=None),
        ),
        (  # anthropics/anthropic-sdk-python#995
            placed(country="SG", timezone="Asia/Singapore"),
            f"{PATH}: Country code SG is not supported.",
            placed(country="FR", timezone="Asia/Singapore"),
        ),
        (
            placed(country="France"),
            f"{PATH}.user_location.country: String should have at most 2 characters",
            placed(country="FR"),
        ),
        (  # anthropics/claude-code#76310
            searching(allowed_domains=["example.com", "reddit.com"]),
            "The following domains are not accessible to our user agent: ['reddit.com']. Read more: https://",
            searching(blocked_domains=["reddit.com"]),
        ),
    ],
)
def test_a_search_that_is_refused(broken: dict[str, Any], says: str, legal: dict[str, Any]) -> None:
    (problem,) = refused(broken)
    assert problem.message.startswith(says)
    assert problem.fix is None or refused(mended(broken)) == []
    assert refused(legal) == []


def test_skills_want_a_tool_that_runs_code() -> None:
    """As measured in April 2026; a container without anything in it is told the same."""
    skills = {"skills": [{"type": "anthropic", "skill_id": "pptx", "version": "latest"}]}
    code = {"type": "code_execution_20250825", "name": "code_execution"}
    for container in (skills, {}):
        (problem,) = refused(ask(container=container))
        assert problem.message == "container: skills can only be used when a code execution tool is enabled"
        assert refused(mended(ask(container=container))) == []
        assert refused(ask(container=container, tools=[code])) == []


def test_an_advisor_is_as_able_as_who_asks() -> None:
    """anthropics/claude-code#67764."""

    def advised(model: str, advisor: str) -> dict[str, Any]:
        return ask(model=model, tools=[{"type": "advisor_20260301", "name": "advisor", "model": advisor}])

    beta = {"anthropic-beta": "advisor-tool-2026-03-01"}
    (problem,) = refused(advised("claude-fable-5", "claude-opus-4-8"), beta)
    assert problem.message == (
        "tools.0.model: 'claude-opus-4-8' cannot be used as an advisor when the request model is "
        "'claude-fable-5'."
    )
    assert refused(mended(advised("claude-fable-5", "claude-opus-4-8"), beta), beta) == []
    assert refused(advised("claude-fable-5-1", "claude-fable-5"), beta) != []
    for model, advisor in (("claude-haiku-4-5", "claude-opus-4-6"), ("claude-opus-5", "claude-opus-5")):
        assert refused(advised(model, advisor), beta) == []
