"""Betas and versions switch fields, blocks and tools on; without them these don't exist."""

from __future__ import annotations

from typing import Any

import pytest

from asking import OLD, TOOL, ask, assistant, mended, refused, system, text, user
from nbkit.rules.validator import check


@pytest.mark.parametrize(
    ("params", "path", "beta"),
    [
        ({"context_management": {"edits": []}}, "context_management", "context-management-2025-06-27"),
        ({"thread": {"type": "create"}}, "thread", "message-threads-2026-08-12"),
        ({"fallbacks": "default"}, "fallbacks", "server-side-fallback-2026-07-01"),
        ({"compaction": {"type": "summarize"}}, "compaction", "compact-2026-09-04"),
        (
            {"output_config": {"task_budget": {"type": "tokens", "total": 20_000}}},
            "output_config.task_budget",
            "task-budgets-2026-03-13",
        ),
        (
            {"thinking": {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}}},
            "thinking.adaptive.block_binding",
            "thinking-binding-controls-2026-08-01",
        ),
        (
            {"thinking": {"type": "adaptive", "display": "updates"}},
            "thinking.adaptive.display",
            "thinking-display-updates-2026-08-18",
        ),
    ],
)
def test_a_field_of_a_beta_needs_its_header(params: dict[str, Any], path: str, beta: str) -> None:
    (problem,) = refused(ask(**params))
    assert (problem.rule, problem.path) == ("R79", path)
    assert beta in problem.why
    assert refused(ask(**params), {"anthropic-beta": beta}) == []
    assert refused(mended(ask(**params))) == []


def test_a_block_of_a_beta_needs_its_header() -> None:
    request = ask(assistant({"type": "compaction", "content": "so far"}, text()), user("go on"))
    (problem,) = refused(request)
    assert (problem.rule, problem.path) == ("R79", "messages.0.content.0")
    assert problem.message.startswith(
        "messages.0.content.0: Input tag 'compaction' found using 'type' does not match"
    )
    assert refused(request, {"anthropic-beta": "compact-2026-01-12"}) == []


def test_a_tool_defined_in_mid_conversation_needs_a_header_more_than_one_that_is_named() -> None:
    changes = "mid-conversation-tool-changes-2026-07-01"
    named = {"type": "tool_addition", "tool": {"type": "tool_reference", "name": "get_weather"}}
    defined = {
        "type": "tool_addition",
        "tool": {"type": "tool_definition", "definition": {**TOOL, "name": "get_time"}},
    }
    request = ask(user("q"), system(named, defined), model="claude-opus-4-8")
    (problem,) = refused(request, {"anthropic-beta": changes})
    assert problem.message.startswith("messages.1.content.1.tool_addition.tool: Input tag 'tool_definition'")
    assert refused(request, {"anthropic-beta": f"{changes},inline-tools-2026-09-15"}) == []
    assert refused(mended(request, {"anthropic-beta": changes}), {"anthropic-beta": changes}) == []


def test_a_tool_of_a_beta_needs_its_header() -> None:
    tool = {"type": "bash_20241022", "name": "bash"}
    assert [p.path for p in refused(ask(tools=[tool]))] == ["tools.0"]
    assert refused(ask(tools=[tool]), {"anthropic-beta": "computer-use-2024-10-22"}) == []


def test_with_a_beta_nobody_knows_an_unknown_field_may_be_its_own() -> None:
    problems = check(ask(telepathy=True), {"anthropic-beta": "telepathy-2027-01-01"})
    assert {problem.level for problem in problems} == {"unknown"}
    assert [problem.message for problem in refused(ask(telepathy=True))] == [
        "telepathy: Extra inputs are not permitted"
    ]


def test_sampling_left_with_the_new_version() -> None:
    request = ask(model="claude-sonnet-4-5", temperature=1)
    (problem,) = refused(request)
    assert (problem.rule, problem.message) == ("R14", "temperature: Extra inputs are not permitted")
    assert refused(request, OLD) == []
    assert refused(mended(request)) == []
