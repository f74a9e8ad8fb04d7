"""What the journeys' notebooks are made of, and what their simulator received."""

from __future__ import annotations

import json
from typing import Any

from journeys.page import Notebook

# A simulator that keeps the bytes of every request, and can be slow.
RECORDER = """\
import dataclasses


class Recorder(nbkit.Simulator):
    wait = 0.0

    def respond(self, method, path, headers, body=b""):
        with open("received.jsonl", "ab") as log:
            log.write(body + b"\\n")
        plan = super().respond(method, path, headers, body)
        return dataclasses.replace(plan, steps=self.slowly(plan.steps))

    def slowly(self, steps):
        for step in steps:
            if self.wait:
                yield self.wait
            yield step
"""

# A tool that keeps its runs, and a conversation on that simulator.
SETUP = f"""\
import nbkit
%load_ext nbkit
{RECORDER}
Recorder.wait = WAIT


@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    with open("ran.txt", "a") as log:
        log.write(city + "\\n")
    return f"light rain in {{city}}, 11 °C"


chat = nbkit.Conversation(client=Recorder())
"""

QUESTION = "Should I take an umbrella in Paris?"
TWO_CITIES = "What is the weather in Paris and in Oslo?"


def setup(wait: float = 0) -> str:
    """The first cell; the simulator waits so many seconds before each thing it says."""
    return SETUP.replace("WAIT", str(wait))


def ask(question: str, *options: str) -> str:
    """A `%%claude` cell."""
    return " ".join(["%%claude --tools get_weather", *options]) + f"\n{question}"


def received(notebook: Notebook) -> list[dict[str, Any]]:
    """Every request as the simulator received it: the bytes, decoded."""
    log = notebook.file.parent / "received.jsonl"
    return [json.loads(line) for line in log.read_bytes().splitlines()] if log.exists() else []


def ran(notebook: Notebook) -> list[str]:
    """The cities that the tool was really run for."""
    log = notebook.file.parent / "ran.txt"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def shape(body: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """A request's array as roles and block types; a string counts as text."""
    return [(message["role"], _types(message["content"])) for message in body["messages"]]


def results(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The results in the last message of a request."""
    content = body["messages"][-1]["content"]
    return [] if isinstance(content, str) else [block for block in content if block["type"] == "tool_result"]


def _types(content: Any) -> list[str]:
    return ["text"] if isinstance(content, str) else [block["type"] for block in content]
