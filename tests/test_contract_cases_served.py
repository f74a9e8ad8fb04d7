"""Every case of the collection, sent to the simulator over HTTP, gets the API's verdict."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from nbkit.sim import signatures
from nbkit.sim.sealing import sealed
from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator
from test_contract_cases import CASES, DEFAULTS, expand

Json = dict[str, Any]


def cases() -> list[Json]:
    return (
        [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
        if CASES.exists()
        else []
    )


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        LocalServer(Simulator()) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client,
    ):
        yield client


def genuine(request: Json) -> Json:
    """Put in what only this server could have sent: signatures of thinking, seals of search results."""
    request = copy.deepcopy(request)
    given = request.get("messages")
    messages: list[Any] = given if isinstance(given, list) else []
    for i, message in enumerate(messages):
        content = message.get("content") if isinstance(message, dict) else None
        blocks: list[Json] = content if isinstance(content, list) else []
        for j, block in enumerate(blocks):
            if block.get("signature") == "PLACEHOLDER_VALID_SIGNATURE":
                before = [*messages[:i], {**message, "content": blocks[:j]}]
                model = "claude-sonnet-4-5-20250929"
                block["signature"] = signatures.sign(
                    {**request, "messages": before}, model, block["thinking"]
                )
            hits = block.get("content") if block.get("type") == "web_search_tool_result" else None
            for hit in hits if isinstance(hits, list) else []:
                if hit.get("encrypted_content") == "PLACEHOLDER":
                    hit["encrypted_content"] = sealed("encrypted_content", [hit["url"], hit["title"], None])
    return request


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["id"]))
def test_case(client: httpx.Client, case: Json) -> None:
    changes: dict[str, str | None] = case.get("headers") or {}
    headers = {name: value for name, value in {**DEFAULTS, **changes}.items() if value is not None}
    raw = case.get("raw_body")
    body = raw.encode() if raw else json.dumps(genuine(expand(case["request"]))).encode()
    answer = client.post(case["endpoint"], headers=headers, content=body)
    if case["kind"] == "loop" or case["verdict"] == "accept":
        assert answer.status_code == 200, answer.text[:500]
        return
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (case["status"], case["error_type"]), error
    assert re.search(case["message_regex"], error["message"]), error["message"]
