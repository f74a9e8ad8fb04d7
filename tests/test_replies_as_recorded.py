"""What recorded replies have beside their words: headers, ids, `usage`, pings; and what a page may read."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from nbkit.sim.simulator import Simulator

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
PLACE = "/v1/projects/p/locations/global/publishers/anthropic/models"
BEDROCK = {"anthropic_version": "bedrock-2023-05-31"}
VERTEX = {"anthropic_version": "vertex-2023-10-16"}
WEATHER = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
MEANT = {"anthropic-dangerous-direct-browser-access": "true"}
PAGE = {"origin": "https://page.example"}


def post(body: Any, path: str = "/v1/messages", **headers: str) -> httpx.Response:
    with httpx.Client(transport=Simulator().transport(), base_url="http://sim") as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(path, json=body, headers={**HEADERS, **named})


def asking(text: str = "Hello", model: str = "claude-haiku-4-5", **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text}]
    return {"model": model, "max_tokens": 400, "messages": messages, **more}


def elsewhere(text: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in asking(text, **more).items() if name != "model"}


def types(response: httpx.Response) -> list[str]:
    lines = response.text.splitlines()
    return [json.loads(line[5:])["type"] for line in lines if line.startswith("data:")]


def test_an_alias_is_answered_by_the_model_that_it_stands_for() -> None:
    assert post(asking()).json()["model"] == "claude-haiku-4-5-20251001"


@pytest.mark.parametrize(
    ("model", "place"), [("claude-sonnet-4-6", "global"), ("claude-haiku-4-5", "not_available")]
)
def test_usage_says_where_a_model_ran(model: str, place: str) -> None:
    assert post(asking(model=model)).json()["usage"]["inference_geo"] == place


def test_a_stream_pings_behind_its_first_block_and_before_nothing_at_all() -> None:
    assert types(post(asking(stream=True)))[:4] == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
    ]
    refused = asking(
        "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL_1FAEFB6177B4672DEE07F9D3AFC62588CCD2631EDCF22E8CCC1FB35B501C9C86"
    )
    assert types(post({**refused, "stream": True})) == [
        "message_start",
        "ping",
        "message_delta",
        "message_stop",
    ]
    vertex = post(
        elsewhere("Hello", stream=True, **VERTEX),
        f"{PLACE}/claude-haiku-4-5@20251001:streamRawPredict",
        authorization="Bearer t",
    )
    assert types(vertex)[:2] == ["message_start", "ping"]


@pytest.mark.parametrize(
    ("path", "version", "mark"),
    [
        ("/model/global.anthropic.claude-haiku-4-5-20251001-v1:0/invoke", BEDROCK, "bdrk"),
        (f"{PLACE}/claude-haiku-4-5@20251001:rawPredict", VERTEX, "vrtx"),
    ],
)
def test_a_cloud_marks_its_ids_and_tells_less(path: str, version: dict[str, str], mark: str) -> None:
    body = elsewhere("What is the weather in Rome?", tools=[WEATHER], **version)
    response = post(body, path, authorization="Bearer t")
    message = response.json()
    (call,) = [block for block in message["content"] if block["type"] == "tool_use"]
    assert message["id"].startswith(f"msg_{mark}_01")
    assert call["id"].startswith(f"toolu_{mark}_01")
    assert not message["usage"].keys() & {"service_tier", "inference_geo"}
    assert not [name for name in response.headers if name.startswith("anthropic-")]
    assert ("request-id" in response.headers) is (mark == "vrtx")
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": "rain"}
    said = {"role": "assistant", "content": message["content"]}
    body["messages"] += [said, {"role": "user", "content": [result]}]
    assert "rain" in post(body, path, authorization="Bearer t").json()["content"][0]["text"]


def test_an_error_says_whether_to_try_again() -> None:
    told = {
        name: post(asking(), x_nbkit_fault=name).headers["x-should-retry"]
        for name in ("rate_limit", "overloaded", "server_error", "conflict", "permission")
    }
    assert told == {
        "rate_limit": "true",
        "overloaded": "true",
        "server_error": "true",
        "conflict": "true",
        "permission": "false",
    }
    assert "x-should-retry" not in post(asking()).headers
    nobody = post(asking(), x_api_key="invalid")
    assert nobody.headers["x-should-retry"] == "false"
    assert "anthropic-organization-id" not in nobody.headers


def test_an_answer_says_whose_workspace_it_was() -> None:
    mine = post(asking()).headers["anthropic-workspace-id"]
    assert mine.startswith("wrkspc_")
    assert post(asking(max_tokens=-1)).headers["anthropic-workspace-id"] == mine
    assert post(asking(), x_api_key="other").headers["anthropic-workspace-id"] != mine
    named = post(asking(), anthropic_workspace_id="wrkspc_01AbCd")
    assert named.headers["anthropic-workspace-id"] == "wrkspc_01AbCd"
    assert "anthropic-workspace-id" not in post(asking(), x_api_key="invalid").headers


def test_the_older_name_of_structured_output_is_heard() -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    shape = {"type": "json_schema", "schema": {**schema, "additionalProperties": False}}
    beta = {"anthropic_beta": "structured-outputs-2025-11-13"}
    reply = post(asking("Anna is 31.", output_format=shape), **beta).json()
    assert json.loads(reply["content"][0]["text"]) == {"age": 31}


def test_amazons_errors_know_nothing_of_the_makers_limits() -> None:
    path = "/model/global.anthropic.claude-haiku-4-5-20251001-v1:0/invoke"
    refused = post(elsewhere("Hello", **BEDROCK), path, authorization="Bearer t", x_nbkit_fault="rate_limit")
    assert refused.status_code == 429
    assert not [name for name in refused.headers if name.startswith(("anthropic-", "x-should"))]
    assert set(refused.json()) == {"message"}


def test_a_stream_is_not_to_be_cached() -> None:
    assert post(asking(stream=True)).headers["cache-control"] == "no-cache"


def test_a_page_reads_answers_only_if_it_says_that_it_means_it() -> None:
    refused = post(asking(), **PAGE)
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (401, False)
    assert "anthropic-dangerous-direct-browser-access" in refused.json()["error"]["message"]
    for body in (asking(), asking(stream=True), asking(max_tokens=-1)):
        assert post(body, **PAGE, **MEANT).headers["access-control-allow-origin"] == "*"


def test_a_browser_is_told_before_what_it_may_send() -> None:
    wanted = "anthropic-dangerous-direct-browser-access,anthropic-version,authorization,content-type"
    asked = {**PAGE, "access-control-request-method": "POST"}
    with httpx.Client(transport=Simulator().transport(), base_url="http://sim") as client:
        told = client.options("/v1/messages", headers={**asked, "access-control-request-headers": wanted})
        assert told.status_code == 200
        assert told.headers["access-control-allow-headers"] == wanted
        assert "POST" in told.headers["access-control-allow-methods"]
        silent = client.options(
            "/v1/messages", headers={**asked, "access-control-request-headers": "x-api-key"}
        )
        assert "access-control-allow-origin" not in silent.headers
        assert client.options("/v1/messages").status_code == 405
