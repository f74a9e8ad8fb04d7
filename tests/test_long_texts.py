"""Texts of one sign over and over: a way of reading that looks back takes the square of their length."""

from __future__ import annotations

import json
import time

import pytest

from nbkit.sim.simulator import Simulator

HEADERS = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
LENGTHS = [12_000, 100_000]  # the first is read whole, of the second only its ends
SECONDS = 2.0  # of CPU; each takes a fraction of it, and what is wrong a multiple
TOOL = {
    "name": "get_weather",
    "description": "Get the weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
SIGNS = [
    ".",
    '"',
    "a",
    "1",
    " ",
    "\n",
    "«",
    "“",
    "‘",
    "<a>",
    "```\n",
    "(1",
    "a=b&",
    "- a\n",
    "/a",
    "A b ",
    "in <a> ",
]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("sign", SIGNS)
def test_no_text_takes_long(sign: str, length: int) -> None:
    simulator = Simulator()
    seconds_for(simulator, "warm up")  # what is imported and read from tables
    assert seconds_for(simulator, (sign * length)[:length]) < SECONDS


def seconds_for(simulator: Simulator, text: str) -> float:
    start = time.process_time()
    asked = {"role": "user", "content": "What is the weather in Paris?"}
    for more in (
        {"messages": [{"role": "user", "content": f"Look up {text}x"}], "tools": [TOOL]},
        {"messages": [asked], "system": f"Be brief. {text}x"},
    ):
        body = json.dumps({"model": "claude-sonnet-5", "max_tokens": 50, **more}).encode()
        plan = simulator.respond("POST", "/v1/messages", HEADERS, body)
        answer = b"".join(step for step in plan.steps if isinstance(step, bytes))
        assert plan.status == 200, answer
    return time.process_time() - start
