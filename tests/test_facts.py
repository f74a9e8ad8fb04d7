from __future__ import annotations

from nbkit.facts import facts


def test_the_default_model_can_be_edited_and_used_as_the_defaults_say() -> None:
    model = facts.model(facts.DEFAULT_MODEL)
    assert model is not None
    assert not model.prefix_bound
    assert facts.DEFAULT_THINKING["type"] in model.thinking
    assert model.max_output >= facts.DEFAULT_MAX_TOKENS


def test_an_alias_is_the_same_model_and_an_unknown_one_is_none() -> None:
    assert facts.model("claude-sonnet-4-5") == facts.model("claude-sonnet-4-5-20250929")
    assert facts.model("claude-sonnet-4-5 ") is None


def test_each_model_is_listed_once() -> None:
    ids = [model.id for model in facts.models()]
    assert len(ids) == len(set(ids)) > 15


def test_a_tool_type_says_who_runs_it() -> None:
    bash, search = facts.tool_type("bash_20250124"), facts.tool_type("web_search_20260318")
    assert bash is not None
    assert search is not None
    assert (bash.runs, search.runs) == ("client", "server")
    assert facts.tool_type("bash_20990101") is None


def test_betas_that_tool_types_need_are_known() -> None:
    needed = {beta for tool in facts.tool_types() for beta in tool.betas}
    assert needed
    assert all(facts.is_beta(name) for name in needed)
