"""A streamer that answers from a script: real events through the real assembler, and no socket."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from nbkit.errors import APIError, StreamError
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import Tool
from nbkit.wire.assembler import Assembler, Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event, encode_event, message_events
from nbkit.wire.messages import Message, Target

USAGE = {"input_tokens": 10, "output_tokens": 5}


def reply(*content: Json, stop_reason: str = "end_turn") -> Json:
    """A message of the server's."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": list(content),
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": USAGE,
    }


def says(text: str) -> Json:
    return reply({"type": "text", "text": text})


def call(id: str, name: str = "get_weather", **input: Any) -> Json:
    return {"type": "tool_use", "id": id, "name": name, "input": input or {"city": "Paris"}}


def calls(*blocks: Json) -> Json:
    return reply(*blocks, stop_reason="tool_use")


@dataclass
class Cut:
    """A reply that breaks off after some of its events, with an error of the script's choice."""

    message: Json
    after: int
    error: BaseException | None = None


@dataclass
class Raw:
    """A reply given as the events themselves."""

    events: list[Json]


Step = Json | Cut | Raw | BaseException | Callable[[Json], Json]


@dataclass
class Scripted:
    """Answers each request with the next step; `requests` are the bodies that came."""

    steps: list[Step]
    simulated: bool = True
    requests: list[Json] = field(default_factory=list)
    headers: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    @property
    def target(self) -> Target:
        return Target("script", "nowhere", self.simulated)

    @contextmanager
    def stream(
        self, body: Mapping[str, Any], *, version: str, betas: Sequence[str] = (), tap: Any = None
    ) -> Iterator[ScriptedReply]:
        yield ScriptedReply(self._next(body, version, betas), tap)

    @asynccontextmanager
    async def astream(
        self, body: Mapping[str, Any], *, version: str, betas: Sequence[str] = (), tap: Any = None
    ) -> AsyncIterator[AsyncScriptedReply]:
        yield AsyncScriptedReply(ScriptedReply(self._next(body, version, betas), tap))

    def _next(self, body: Mapping[str, Any], version: str, betas: Sequence[str]) -> Step:
        self.requests.append(json.loads(json.dumps(body)))
        self.headers.append((version, tuple(betas)))
        step = self.steps.pop(0)
        if callable(step) and not isinstance(step, BaseException):
            step = step(self.requests[-1])
        if isinstance(step, BaseException):
            raise step
        return copy.deepcopy(step) if isinstance(step, dict) else step


class ScriptedReply:
    def __init__(self, step: Step, tap: Any) -> None:
        self._step = step
        self._tap = tap
        self._assembler = Assembler()

    @property
    def message(self) -> Message:
        return self._assembler.message

    def __iter__(self) -> Iterator[tuple[Event, Change]]:
        for data in self._events():
            if self._tap is not None:
                self._tap(encode_event(data))
            event = Event(data["type"], data)
            yield event, self._assembler.feed(event)
        self._assembler.close()

    def _events(self) -> Iterator[Json]:
        step = self._step
        if isinstance(step, Raw):
            yield from step.events
        elif isinstance(step, Cut):
            for number, data in enumerate(message_events(step.message, chunk=3)):
                if number == step.after:
                    raise step.error or StreamError("the stream was cut", partial=self.message)
                yield data
        else:
            assert isinstance(step, dict)
            yield from message_events(step, chunk=3)


class AsyncScriptedReply:
    def __init__(self, reply: ScriptedReply) -> None:
        self._reply = reply

    @property
    def message(self) -> Message:
        return self._reply.message

    async def __aiter__(self) -> AsyncIterator[tuple[Event, Change]]:
        for pair in self._reply:
            await asyncio.sleep(0)
            yield pair


REFUSED = APIError(400, "invalid_request_error", "messages.0: no")
PAUSE = calls(call("toolu_1"))
TWO = calls({"type": "text", "text": "Both."}, call("toolu_1"), call("toolu_2", city="Oslo"))


class Weather:
    """A tool that knows how often it ran."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def tool(self) -> Tool:
        def get_weather(city: str) -> str:
            self.asked.append(city)
            if city == "Atlantis":
                raise LookupError("no such city")
            if city == "Interrupt":
                raise KeyboardInterrupt
            return f"22 °C in {city}"

        return Tool(get_weather)


def chat(*steps: Step, weather: Weather | None = None, **options: Any) -> tuple[Conversation, Scripted]:
    script = Scripted(list(steps))
    tools = [(weather or Weather()).tool()]
    return Conversation(client=script, **{"tools": tools, **options}), script


def results(conversation: Conversation) -> list[Json]:
    """The results in the last user message of the next request."""
    return [b for b in conversation.request()["messages"][-1]["content"] if b["type"] == "tool_result"]
