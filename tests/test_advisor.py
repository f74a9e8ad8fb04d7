"""The advisor as the official SDK sees it over HTTP: when it is asked, what it says, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from served import simulated_sdk

Json = dict[str, Any]
ADVISOR: Json = {"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-5-5"}


@pytest.fixture(scope="module")
def sdk() -> Iterator[anthropic.Anthropic]:
    with simulated_sdk() as client:
        yield client


def asking(question: str, *tools: Json, **more: Any) -> Any:
    return {
        "model": "claude-sonnet-5",
        "max_tokens": 3000,
        "messages": [{"role": "user", "content": question}],
        "tools": [*tools],
        "betas": ["advisor-tool-2026-03-01"],
        **more,
    }


def only(message: Any, kind: str) -> Any:
    (block,) = (block for block in message.content if block.type == kind)
    return block


def test_advice_is_asked_for_once_and_told(sdk: anthropic.Anthropic) -> None:
    message = sdk.beta.messages.create(**asking("Ask the advisor how to brew tea.", ADVISOR))
    use, result = only(message, "server_tool_use"), only(message, "advisor_tool_result")
    assert (use.name, use.input, result.tool_use_id) == ("advisor", {}, use.id)
    assert (result.content.type, result.content.stop_reason) == ("advisor_result", "end_turn")
    assert "tea" in result.content.text
    assert result.content.text in message.content[-1].text


@pytest.mark.parametrize("question", ["Hello", "What is 17*23?"])
def test_what_needs_no_advice_is_answered_without(sdk: anthropic.Anthropic, question: str) -> None:
    message = sdk.beta.messages.create(**asking(question, ADVISOR))
    assert [block.type for block in message.content if block.type != "thinking"] == ["text"]
    assert message.usage.iterations is None


def test_advice_can_be_forced_and_bounded(sdk: anthropic.Anthropic) -> None:
    forced = {"tool_choice": {"type": "tool", "name": "advisor"}}
    long = sdk.beta.messages.create(**asking("How tall are lighthouses?", ADVISOR, **forced))
    short = sdk.beta.messages.create(
        **asking("How tall are lighthouses?", {**ADVISOR, "max_tokens": 5}, **forced)
    )
    said, cut = (only(each, "advisor_tool_result").content for each in (long, short))
    assert cut.stop_reason == "max_tokens"
    assert said.text.startswith(cut.text)
    assert len(cut.text) < len(said.text)


def test_a_model_that_there_is_not_is_an_error_in_the_reply(sdk: anthropic.Anthropic) -> None:
    message = sdk.beta.messages.create(**asking("I want advice on tea", {**ADVISOR, "model": "claude-none"}))
    assert only(message, "advisor_tool_result").content.error_code == "model_not_found"
    assert "model_not_found" in message.content[-1].text


def test_usage_tells_what_the_advisor_took(sdk: anthropic.Anthropic) -> None:
    request = asking("Ask the advisor how to brew tea.", ADVISOR)
    usage = sdk.beta.messages.create(**request).usage
    assert usage.iterations is not None
    first, advice, last = usage.iterations
    assert (first.type, advice.type, last.type) == ("message", "advisor_message", "message")
    assert advice.type == "advisor_message"
    assert advice.model == "claude-opus-5-5"
    assert advice.output_tokens > 0
    assert first.input_tokens + last.input_tokens == usage.input_tokens
    assert last.input_tokens > first.input_tokens
    with sdk.beta.messages.stream(**request) as stream:
        assert stream.get_final_message().usage.iterations == usage.iterations


def test_advice_may_be_sent_back_untouched(sdk: anthropic.Anthropic) -> None:
    request = asking("Ask the advisor how to brew tea.", ADVISOR)
    message = sdk.beta.messages.create(**request)
    said = {"role": "assistant", "content": message.content}
    request["messages"] += [said, {"role": "user", "content": "Thank you."}]
    assert sdk.beta.messages.create(**request).stop_reason == "end_turn"
