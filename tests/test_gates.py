"""Betas and versions switch fields, blocks and tools on; without them these don't exist."""

from __future__ import annotations

from typing import Any

import pytest

from asking import OLD, TOOL, ask, assistant, mended, refused, rules, system, text, user
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


def test_how_blocks_are_bound_can_be_said_without_a_way_of_thinking() -> None:
    """Recorded for pydantic/pydantic-ai#7989 on claude-fable-5-1: 200."""
    header = {"anthropic-beta": "thinking-binding-controls-2026-08-01"}
    for binding in ({"prefix_mismatch_behavior": "drop_block"}, {}, None):
        bound = ask(model="claude-fable-5-1", thinking={"block_binding": binding})
        assert refused(bound, header) == []
    assert rules(bound) == ["R9"]
    wrong: list[Any] = [{}, {"display": "omitted"}, {"block_binding": {"prefix_mismatch_behavior": "drop"}}]
    for thinking in (*wrong, {"block_binding": "drop_block"}, {"block_binding": {"by": 1}}):
        (problem,) = refused(ask(thinking=thinking), header)
        assert problem.message == "thinking.type: Field required"


def test_a_block_of_a_beta_needs_its_header() -> None:
    request = ask(assistant({"type": "compaction", "content": "so far"}, text()), user("go on"))
    (problem,) = refused(request)
    assert (problem.rule, problem.path) == ("R79", "messages.0.content.0")
    assert problem.message.startswith(
        "messages.0.content.0: Input tag 'compaction' found using 'type' does not match"
    )
    assert refused(request, {"anthropic-beta": "compact-2026-09-04"}) == []


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


@pytest.mark.parametrize(
    ("tool", "beta"),
    [
        (
            {"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-5"},
            "advisor-tool-2026-03-01",
        ),
        ({"type": "mcp_toolset", "mcp_server_name": "docs"}, "mcp-client-2025-11-20"),
        ({"type": "bash_20241022", "name": "bash"}, "computer-use-2024-10-22"),
    ],
)
def test_a_beta_tool_defined_in_mid_conversation_needs_its_own_header_too(
    tool: dict[str, Any], beta: str
) -> None:
    betas = "mid-conversation-tool-changes-2026-07-01,inline-tools-2026-09-15"
    addition = {"type": "tool_addition", "tool": {"type": "tool_definition", "definition": tool}}
    request = ask(user("q"), system(addition), model="claude-opus-4-8")
    (problem,) = refused(request, {"anthropic-beta": betas})
    assert problem.rule == "R79"
    assert problem.path == "messages.1.content.0.tool_addition.tool.tool_definition.definition"
    assert beta in problem.why
    assert refused(request, {"anthropic-beta": f"{betas},{beta}"}) == []
    assert refused(mended(request, {"anthropic-beta": betas}), {"anthropic-beta": betas}) == []


def test_a_display_that_is_none_names_those_that_are_switched_on() -> None:
    request = ask(thinking={"type": "adaptive", "display": "loud"})
    path = "thinking.adaptive.display"
    (problem,) = refused(request)
    assert problem.message == f"{path}: Input should be 'summarized' or 'omitted'"
    (problem,) = refused(request, {"anthropic-beta": "thinking-display-updates-2026-08-18"})
    assert problem.message == f"{path}: Input should be 'summarized', 'omitted' or 'updates'"


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


EVERY_BETA = {
    "anthropic-beta": "server-side-fallback-2026-07-01,fallback-credit-2026-07-01,message-threads-2026-08-12,"
    "compact-2026-09-04,context-management-2025-06-27"
}
CLEARS = {"anthropic-beta": "context-management-2025-06-27"}
COMPACTS = {"anthropic-beta": "compact-2026-01-12"}


def test_clearing_is_one_beta_and_compacting_another() -> None:
    clear = ask(context_management={"edits": [{"type": "clear_tool_uses_20250919"}]})
    compact = ask(context_management={"edits": [{"type": "compact_20260112"}]})
    assert refused(clear, CLEARS) == []
    assert refused(compact, COMPACTS) == []
    (problem,) = refused(compact, CLEARS)
    assert problem.message == (
        "context_management.edits.0: Input tag 'compact_20260112' found using 'type' does not match any of "
        "the expected tags: 'clear_thinking_20251015', 'clear_tool_uses_20250919'"
    )
    assert rules(clear, COMPACTS) == ["R79"]


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"fallbacks": "always"}, "fallbacks"),
        ({"fallbacks": [{"model": "claude-opus-5", "temperature": 1}]}, "fallbacks.0.temperature"),
        ({"fallbacks": [{"model": "claude-opus-5"}, {"model": "claude-opus-5"}]}, "fallbacks"),
        ({"fallback_credit_token": {"token": "t", "mode": "often"}}, "fallback_credit_token.mode"),
        ({"thread": {"type": "continue"}}, "thread.continue.previous_message_id"),
        ({"compaction": {"type": "summarize"}, "context_management": {"edits": []}}, "compaction"),
    ],
)
def test_parameters_of_betas_have_their_shapes(params: dict[str, Any], path: str) -> None:
    (problem,) = refused(ask(**params), EVERY_BETA)
    assert problem.path == path


@pytest.mark.parametrize(
    "params",
    [
        {"fallbacks": "default"},
        {"fallbacks": [{"model": "claude-opus-5", "max_tokens": 9, "speed": "fast"}]},
        {"fallback_credit_token": "t"},
        {"fallback_credit_token": {"token": "t", "mode": "strict"}},
        {"thread": {"type": "create"}},
        {"thread": {"type": "continue", "previous_message_id": "msg_1"}},
        {"compaction": {"type": "summarize", "instructions": "briefly"}},
    ],
)
def test_parameters_of_betas_that_pass(params: dict[str, Any]) -> None:
    assert refused(ask(**params), EVERY_BETA) == []


def test_an_effort_on_the_way_is_the_systems_to_set() -> None:
    effort = {"output_config": {"effort": "low"}}
    headers = {"anthropic-beta": "mid-conversation-output-config-2026-07-01"}
    assert rules(ask({**user("q"), **effort}), headers) == ["R91"]
    directive = {"role": "system", "content": [], **effort}
    assert refused(ask(user("q"), directive, model="claude-opus-5"), headers) == []


def test_a_format_where_it_used_to_be_is_moved_to_where_it_is_today() -> None:
    shape = {
        "type": "json_schema",
        "schema": {"type": "object", "properties": {}, "additionalProperties": False},
    }
    for there in ({}, {"output_config": {"effort": "low"}}):
        request = ask(output_format=shape, **there)
        (problem,) = refused(request)
        assert problem.fix is not None
        assert problem.fix.label == "move it to output_config.format"
        fixed = problem.fix.apply(request)
        assert fixed["output_config"] == {**there.get("output_config", {}), "format": shape}
        assert "output_format" not in fixed
        assert refused(fixed) == []


def test_the_beta_that_would_make_a_field_legal_is_told_by_its_newest_name() -> None:
    request = ask(mcp_servers=[], thread={"type": "create"})
    told = {problem.path: problem.beta for problem in refused(request)}
    assert told == {"mcp_servers": "mcp-client-2026-09-15", "thread": "message-threads-2026-08-12"}
    assert all(each.to_json()["beta"] == told[each.path] for each in refused(request))
