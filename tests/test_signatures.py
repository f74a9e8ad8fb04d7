"""Thinking blocks: signed, recognised, and refused where the contract refuses them (R34 to R37)."""

import base64
import copy
import json
from typing import Any

import pytest

from nbkit.sim.signatures import findings, sign
from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21", "content-type": "application/json"}
BINDING = "thinking-binding-controls-2026-08-01"
TOOL: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def ask(body: Json, **headers: str) -> tuple[int, Json]:
    plan = Simulator().respond("POST", "/v1/messages", {**HEADERS, **headers}, json.dumps(body).encode())
    answer: Json = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))
    return plan.status, answer


def loop(model: str = "claude-sonnet-5", display: str = "summarized") -> Json:
    """A request whose last turn is a signed thinking block, a call and its result."""
    body: Json = {
        "model": model,
        "max_tokens": 500,
        "thinking": {"type": "adaptive", "display": display},
        "tools": [TOOL],
        "messages": [{"role": "user", "content": "Umbrella in Paris?"}],
    }
    status, reply = ask(body)
    assert status == 200
    assert reply["content"][0]["type"] == "thinking"
    call = reply["content"][-1]
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": "rain"}
    body["messages"] += [
        {"role": "assistant", "content": reply["content"]},
        {"role": "user", "content": [result]},
    ]
    return body


def thought(body: Json) -> Json:
    block: Json = body["messages"][1]["content"][0]
    return block


def test_a_signature_is_base64_and_longer_than_what_it_signs() -> None:
    block = thought(loop())
    assert len(base64.b64decode(block["signature"], validate=True)) > len(block["thinking"])


@pytest.mark.parametrize("display", ["summarized", "omitted"])
def test_a_block_sent_back_as_it_came_is_accepted(display: str) -> None:
    body = loop(display=display)
    assert bool(thought(body)["thinking"]) is (display == "summarized")
    assert ask(body)[0] == 200


def test_the_signature_is_the_same_whatever_is_shown() -> None:
    assert thought(loop(display="omitted"))["signature"] == thought(loop())["signature"]


def test_a_shown_text_may_be_left_empty_when_it_is_sent_back() -> None:
    body = loop()
    thought(body)["thinking"] = ""
    assert ask(body)[0] == 200


def test_an_edited_thought_of_the_latest_turn_is_refused_as_modified() -> None:
    body = loop()
    thought(body)["thinking"] = "Something else."
    status, answer = ask(body)
    assert status == 400
    assert answer["error"]["message"] == (
        "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message "
        "cannot be modified. These blocks must remain as they were in the original response."
    )


def test_an_edited_thought_of_an_earlier_turn_has_an_invalid_signature() -> None:
    body = loop()
    thought(body)["thinking"] = "Something else."
    body["messages"] += [{"role": "assistant", "content": "Yes."}, {"role": "user", "content": "Thanks"}]
    assert ask(body)[1]["error"]["message"] == "messages.1.content.0: Invalid `signature` in `thinking` block"


def test_no_letter_of_a_signature_can_be_changed() -> None:
    body = loop()
    good = thought(body)["signature"]
    for at in range(0, len(good.rstrip("=")), 7):
        forged = good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]
        thought(body)["signature"] = forged
        faults = [finding.fault for finding in findings(body, "claude-sonnet-5", bound=False)]
        assert faults == ["signature"], at


@pytest.mark.parametrize("forged", ["", "EoYB", "not base64 at all!", "QUJD" * 100, "é"])
def test_foreign_signatures_are_refused(forged: str) -> None:
    body = loop()
    thought(body)["signature"] = forged
    status, answer = ask(body)
    assert status == 400
    assert "signature" in answer["error"]["message"]


def test_a_thought_of_another_model_is_dropped_without_a_word() -> None:
    body = loop("claude-opus-5")
    body["model"] = "claude-sonnet-5"
    status, answer = ask(body)
    assert status == 200
    assert "input_transformations" not in answer


def test_what_is_dropped_is_reported_to_those_who_ask() -> None:
    body = loop("claude-opus-5")
    body["model"] = "claude-sonnet-5"
    status, answer = ask(body, **{"anthropic-beta": BINDING})
    assert status == 200
    assert answer["input_transformations"] == [
        {"type": "thinking_dropped", "path": "messages.1.content.0", "reason": "model_binding_mismatch"}
    ]


def test_on_unbound_models_history_may_be_edited() -> None:
    body = loop("claude-sonnet-5")
    body["messages"][0]["content"] = "Umbrella in Rome?"
    assert ask(body)[0] == 200


def change_question(body: Json) -> None:
    body["messages"][0]["content"] = "Umbrella in Rome?"


def change_system(body: Json) -> None:
    body["system"] = "Be brief."


def change_tools(body: Json) -> None:
    body["tools"][0]["description"] = "Weather."


@pytest.mark.parametrize("change", [change_question, change_system, change_tools])
def test_on_bound_models_the_prefix_may_not_change(change: Any) -> None:
    body = loop("claude-sonnet-5-5")
    assert ask(body)[0] == 200
    change(body)
    status, answer = ask(body)
    assert status == 400
    message = answer["error"]["message"]
    assert message.startswith(
        "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound"
    )
    assert f"That setting requires the `{BINDING}` value in the `anthropic-beta` header." in message


def test_another_system_prompt_is_named() -> None:
    body = loop("claude-sonnet-5-5")
    body["system"] = "Today is Monday."
    status, answer = ask(body, **{"anthropic-beta": BINDING})
    assert status == 400
    assert answer["error"]["message"].endswith(
        'to "drop_block". The `system` prompt differs from the one this block was created with.'
    )


def test_nothing_dropped_is_reported_too() -> None:
    status, answer = ask(loop("claude-sonnet-5-5"), **{"anthropic-beta": BINDING})
    assert (status, answer["input_transformations"]) == (200, [])


def test_drop_block_lets_a_changed_prefix_pass_and_reports_it() -> None:
    body = loop("claude-sonnet-5-5")
    change_question(body)
    body["thinking"]["block_binding"] = {"prefix_mismatch_behavior": "drop_block"}
    status, answer = ask(body, **{"anthropic-beta": BINDING})
    assert status == 200
    assert answer["input_transformations"][0]["reason"] == "prefix_binding_mismatch"


def test_spelling_the_same_prefix_differently_changes_nothing() -> None:
    body = loop("claude-sonnet-5-5")
    other = copy.deepcopy(body)
    text = {"type": "text", "text": body["messages"][0]["content"], "cache_control": {"type": "ephemeral"}}
    other["messages"][0]["content"] = [text]
    assert ask(other)[0] == 200


def test_a_signature_depends_on_model_text_and_prefix_alone() -> None:
    body: Json = {"messages": [{"role": "user", "content": "hi"}]}
    one = sign(body, "claude-sonnet-5", "Hm.")
    assert one == sign({**body, "max_tokens": 7}, "claude-sonnet-5", "Hm.")
    others = {
        sign(body, "claude-opus-5", "Hm."),
        sign(body, "claude-sonnet-5", "Hm!"),
        sign({**body, "system": "x"}, "claude-sonnet-5", "Hm."),
    }
    assert one not in others
    assert len(others) == 3
