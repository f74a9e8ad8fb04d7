"""A conversation with the simulator's brain, without a request or a stream around it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from nbkit.sim.brain.intent import Intent, think
from nbkit.sim.brain.scene import Call

Json = dict[str, Any]
Tool = Callable[[str, Json], Any]

WEATHERS = {"Paris": "22 °C, sunny", "Oslo": "7 °C, rain", "Rome": "30 °C, clear"}


def tool(name: str, description: str, /, **properties: Any) -> Json:
    parts = {key: {"type": kind} if isinstance(kind, str) else kind for key, kind in properties.items()}
    schema = {"type": "object", "properties": parts, "required": list(parts)}
    return {"name": name, "description": description, "input_schema": schema}


WEATHER = tool("get_weather", "Current weather in a city.", city="string")
CLOCK = tool("get_time", "Current local time in a time zone.", timezone="string")


def weather(name: str, arguments: Json) -> Any:
    return WEATHERS.get(arguments.get("city", ""), "03:33")


class Talk:
    """A conversation with the brain; calls are answered by a function, and all of it stays in one array."""

    def __init__(self, tools: list[Json], run: Tool = weather, **more: Any) -> None:
        self.body: Json = {"model": "m", "max_tokens": 999, "messages": [], "tools": tools, **more}
        self.run = run
        self.calls: list[Json] = []
        self.rounds: list[int] = []

    def say(self, text: str | list[Json]) -> str:
        self.body["messages"].append({"role": "user", "content": text})
        self.calls, self.rounds = [], []
        for _ in range(6):
            intent = think(self.body)
            self._hear(intent)
            if not intent.calls:
                return intent.text
        raise AssertionError(f"it goes round in circles: {self.calls}")

    def _hear(self, intent: Intent) -> None:
        first = len(self.body["messages"])
        blocks: list[Json] = [{"type": "text", "text": intent.text}] if intent.text else []
        results = []
        for number, call in enumerate(intent.calls):
            blocks.append(
                {"type": "tool_use", "id": f"t{first}_{number}", "name": call.name, "input": call.input}
            )
            results.append({"type": "tool_result", "tool_use_id": f"t{first}_{number}", **self._result(call)})
            self.calls.append({call.name: call.input})
        self.body["messages"].append({"role": "assistant", "content": blocks})
        if results:
            self.rounds.append(len(results))
            self.body["messages"].append({"role": "user", "content": results})

    def _result(self, call: Call) -> Json:
        value = self.run(call.name, call.input)
        if isinstance(value, dict) and isinstance(value.get("content"), str | list):
            return value
        return {"content": value if isinstance(value, str) else json.dumps(value)}


def always(value: Any) -> Tool:
    return lambda name, arguments: value
