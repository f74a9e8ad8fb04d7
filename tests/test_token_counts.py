"""A text has the same number of tokens wherever the simulator counts: by the tokenizer of its model (9.5)."""

import json
from typing import Any

import pytest

from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

OLDER, NEWER = "claude-haiku-4-5", "claude-sonnet-5"
LONG = "The harbour lies in the fog this morning. " * 500
GOOGLE = "/v1/projects/p/locations/r/publishers/anthropic/models"
MARK = {"type": "ephemeral"}


def answered(path: str, request: Json, **headers: str) -> tuple[int, Json]:
    sent = {"x-api-key": "k", "anthropic-version": "2026-10-21", **headers}
    plan = Simulator().respond("POST", path, sent, json.dumps(request).encode())
    return plan.status, json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))


def asking(model: str, words: Any = LONG, **more: Any) -> Json:
    return {"model": model, "messages": [{"role": "user", "content": words}], **more}


def input_tokens(model: str) -> int:
    return int(answered("/v1/messages/count_tokens", asking(model))[1]["input_tokens"])


@pytest.mark.parametrize("model", [OLDER, NEWER, "claude-opus-4-7", "claude-opus-4-6"])
def test_a_prompt_is_counted_as_it_is_billed(model: str) -> None:
    _, reply = answered("/v1/messages", asking(model, max_tokens=100))
    assert reply["usage"]["input_tokens"] == input_tokens(model)


def test_newer_models_make_a_third_more_tokens_of_what_is_asked_and_answered() -> None:
    assert input_tokens(NEWER) / input_tokens(OLDER) == pytest.approx(1.3, abs=0.01)
    replies = [
        answered(
            "/v1/messages",
            asking(model, "Count to 200", max_tokens=4000, thinking={"type": "disabled"}),
        )[1]
        for model in (OLDER, NEWER)
    ]
    assert replies[0]["content"] == replies[1]["content"]
    counts = [reply["usage"]["output_tokens"] for reply in replies]
    assert counts[1] / counts[0] == pytest.approx(1.3, abs=0.01)


@pytest.mark.parametrize("model", [OLDER, NEWER])
@pytest.mark.parametrize("limit", [7, 10, 14, 100])
def test_a_reply_that_is_cut_has_the_tokens_it_was_allowed(model: str, limit: int) -> None:
    off = {"type": "disabled"}
    _, reply = answered("/v1/messages", asking(model, "Count to 200", max_tokens=limit, thinking=off))
    assert (reply["stop_reason"], reply["usage"]["output_tokens"]) == ("max_tokens", limit)


def test_the_least_that_can_be_cached_is_counted_alike() -> None:
    words = [{"type": "text", "text": "x" * 3000, "cache_control": MARK}]  # 860 tokens, or 1115
    written = [
        answered("/v1/messages", asking(model, words, max_tokens=10))[1]["usage"][
            "cache_creation_input_tokens"
        ]
        for model in ("claude-sonnet-4-5", NEWER)  # from 1024 tokens on, both
    ]
    assert written[0] == 0
    assert written[1] == pytest.approx(1115, abs=10)


@pytest.mark.parametrize("path", ["bedrock", "vertex", "header"])
def test_a_beta_makes_the_context_larger_wherever_it_is_named(path: str) -> None:
    request = {"messages": asking(OLDER, LONG * 60)["messages"], "max_tokens": 3000}  # about 360 000 tokens
    beta = "context-1m-2025-08-07"
    paths = {
        "bedrock": "/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke",
        "vertex": f"{GOOGLE}/claude-sonnet-4-5@20250929:rawPredict",
        "header": "/v1/messages",
    }
    versions = {"bedrock": "bedrock-2023-05-31", "vertex": "vertex-2023-10-16"}
    headers = {"authorization": "Bearer k", "x-api-key": ""}
    if path == "header":
        request["model"] = "claude-sonnet-4-5"
    else:
        request["anthropic_version"] = versions[path]
    status, refused = answered(paths[path], request, **headers)
    assert status == 400
    assert "prompt is too long" in json.dumps(refused)
    if path == "header":
        headers["anthropic-beta"] = f"interleaved-thinking-2025-05-14, {beta}"
    else:
        request["anthropic_beta"] = [beta]
    status, reply = answered(paths[path], request, **headers)
    assert status == 200, reply
    assert reply["stop_reason"] == "end_turn"
