"""The list of models, as the official SDK has it, and as bytes for what it can't send."""

import json
from datetime import UTC, datetime
from typing import Any

import anthropic
import pytest

from bridges import sdk_for
from nbkit.facts import facts
from nbkit.sim.simulator import Simulator

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}


@pytest.fixture
def sdk() -> anthropic.Anthropic:
    return sdk_for(Simulator())


def get(path: str) -> tuple[int, Any]:
    plan = Simulator().respond("GET", path, HEADERS)
    return plan.status, json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))


def test_every_field_agrees_with_the_table(sdk: anthropic.Anthropic) -> None:
    told = {model.id: model for model in sdk.models.list(lifecycle=["active", "deprecated", "retired"])}
    assert set(told) == {model.id for model in facts.models()}
    for model in facts.models():
        one = told[model.id]
        assert one.capabilities
        assert (one.lifecycle, one.line, one.display_name) == (model.lifecycle, model.line, model.name)
        assert (one.max_input_tokens, one.max_tokens) == (model.context, model.max_output)
        assert one.capabilities.code_execution.supported == model.called_by_code
        assert one.capabilities.thinking.types.adaptive.supported == ("adaptive" in model.thinking)
        assert one.capabilities.effort.max.supported == ("max" in model.effort)
        assert (one.deprecated_at is None) == (model.lifecycle == "active")
    sonnet = told["claude-sonnet-4-5-20250929"]
    assert sonnet.deprecated_at == datetime(2026, 9, 30, tzinfo=UTC)
    assert sonnet.retires_at == datetime(2026, 11, 30, tzinfo=UTC)


def test_retired_models_are_listed_when_asked_for(sdk: anthropic.Anthropic) -> None:
    assert {model.lifecycle for model in sdk.models.list()} == {"active", "deprecated"}
    assert {model.lifecycle for model in sdk.models.list(lifecycle=["retired"])} == {"retired"}


def test_the_pages_meet(sdk: anthropic.Anthropic) -> None:
    ids = [model.id for model in sdk.models.list()]
    assert [model.id for model in sdk.models.list(limit=3)] == ids
    page = sdk.models.list(limit=3, before_id=ids[5])
    assert [model.id for model in page.data] == ids[2:5]
    assert page.has_more
    assert not sdk.models.list(limit=3, before_id=ids[2]).has_more


def test_the_beta_has_what_it_reads(sdk: anthropic.Anthropic) -> None:
    model = sdk.beta.models.retrieve("claude-sonnet-5")
    assert model.capabilities
    assert model.capabilities.compaction
    assert model.capabilities.compaction.summarize.supported
    assert get("/v1/models/claude-sonnet-5?beta=true") == get("/v1/models/claude-sonnet-5")
    assert {each.id for each in sdk.beta.models.list()} == {each.id for each in sdk.models.list()}


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("?lifecycle[]=old", 400, "lifecycle.0: Input should be 'active', 'deprecated' or 'retired'"),
        ("?" + "lifecycle[]=active&" * 4, 400, "lifecycle: List should have at most 3 items"),
        ("?limit=abc", 400, "limit: Input should be a valid integer, unable to parse string as an integer"),
        ("?limit=1001", 400, "limit: Input should be less than or equal to 1000"),
        ("?after_id=gpt-9", 400, "after_id: "),
        ("/gpt-9", 404, "model: gpt-9"),
        ("/%2e%2e", 404, "model: .."),
        ("/a%2Fb", 404, "model: a/b"),
        ("/a/b", 404, "Not Found"),
    ],
)
def test_what_there_is_not_is_told(path: str, status: int, message: str) -> None:
    found, answer = get("/v1/models" + path)
    assert found == status
    assert answer["error"]["message"].startswith(message)
