"""Calls to the batches of a simulator in this process, as bytes and as what they mean."""

import json
from typing import Any

from nbkit.sim.simulator import Simulator

Json = dict[str, Any]
HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21", "content-type": "application/json"}
PATH = "/v1/messages/batches"
DAY = 24 * 3600


def params(text: str = "Hello", **more: Any) -> Any:
    messages = [{"role": "user", "content": text}]
    return {"model": "claude-sonnet-5", "max_tokens": 300, "messages": messages, **more}


def entries(count: int = 3, **more: Any) -> Any:
    return [{"custom_id": f"r-{at}", "params": params(f"What is {at} + 400?", **more)} for at in range(count)]


def send(
    simulator: Simulator, method: str, path: str, body: Any = b"", key: str = "k", **headers: str
) -> tuple[int, Any]:
    status, _, content = answered(simulator, method, path, body, {**HEADERS, "x-api-key": key, **headers})
    return status, json.loads(content)


def answered(
    simulator: Simulator, method: str, path: str, body: Any, headers: Json
) -> tuple[int, dict[str, str], bytes]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    plan = simulator.respond(method, path, headers, data)
    return plan.status, plan.headers, b"".join(step for step in plan.steps if isinstance(step, bytes))


def created(simulator: Simulator, requests: Any, key: str = "k") -> Json:
    status, batch = send(simulator, "POST", PATH, {"requests": requests}, key)
    assert status == 200, batch
    answer: Json = batch
    return answer


def lines_of(simulator: Simulator, batch: Json) -> dict[str, Json]:
    status, headers, content = answered(simulator, "GET", f"{PATH}/{batch['id']}/results", b"", HEADERS)
    assert status == 200, content
    assert headers["content-type"] == "application/x-jsonl"
    lines = [json.loads(line) for line in content.splitlines()]
    results = {line["custom_id"]: line["result"] for line in lines}
    assert len(results) == len(lines)
    return results
