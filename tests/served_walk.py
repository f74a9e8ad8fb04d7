"""A server for walks: it answers anything that one may answer, and refuses to see an illegal request."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from nbkit.errors import APIError, TransportError
from nbkit.loop.settings import Outgoing
from nbkit.rules.between.succession import check_session
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json
from nbkit.wire.events import message_events
from nbkit.wire.written import body_bytes
from scripted import Cut, Raw, Scripted, call, reply

TEXT: Json = {"type": "text", "text": "Well."}
SEARCH: Json = {"type": "server_tool_use", "name": "web_search", "input": {"query": "rain"}}
OVERLOADED = APIError(529, "overloaded_error", "Overloaded")
CITY = "Paris"

# What it answers, by a name: blocks, and why they end there. {} stands for a call of the tool.
WHOLE: dict[str, tuple[list[Json], str]] = {
    "text": ([TEXT], "end_turn"),
    "empty": ([], "end_turn"),
    "blank": ([{"type": "text", "text": " "}], "end_turn"),
    "refusal": ([TEXT, {}], "refusal"),
    "empty refusal": ([], "refusal"),
    "cut text": ([TEXT], "max_tokens"),
    "full": ([TEXT], "model_context_window_exceeded"),
    "new word": ([TEXT], "brand_new"),
    "stop sequence": ([TEXT], "stop_sequence"),
    "call": ([TEXT, {}], "tool_use"),
    "calls": ([{}, {}], "tool_use"),
    "thinks": ([{"type": "thinking", "thinking": "", "signature": "Eo"}, {}], "tool_use"),
    "unknown tool": ([{"name": "nobody"}, {}], "tool_use"),
    "wrong arguments": ([{"input": {"city": 5}}, {}], "tool_use"),
    "fails": ([{"input": {"city": "Atlantis"}}], "tool_use"),
    "exits": ([{"input": {"city": "Exit"}}], "tool_use"),
    "interrupts": ([{"input": {"city": "Interrupt"}}], "tool_use"),
    "searches": ([TEXT, SEARCH], "pause_turn"),
    "searches and calls": ([SEARCH, {}], "tool_use"),
    "call and new word": ([{}], "brand_new"),
    "cut call": ([{}, {}], "max_tokens"),
}
GARBLED = {"garbled": ('{"city": Par', "tool_use"), "torn": ('{"city": "Par', "max_tokens")}
ERRORS: dict[str, BaseException] = {
    "no connection": TransportError("no connection"),
    "overloaded": OVERLOADED,
}
BREAKS: dict[str, tuple[int, BaseException | None]] = {
    "breaks off": (4, None),
    "breaks at the end": (9, None),
    "overloaded midway": (4, OVERLOADED),
    "interrupted": (5, KeyboardInterrupt()),
    "cancelled": (5, asyncio.CancelledError()),
}
KINDS = [*WHOLE, *GARBLED, *ERRORS, *BREAKS]


class Server(Scripted):
    """Answers by the names in `kinds`, the last one for ever, and `text` where there is none.

    Ids are counted from what the request holds, so that the same history gives the same reply. `seen` are the
    requests since it was cleared and the replies to them, to be compared with one another.
    """

    def __init__(self) -> None:
        super().__init__([])
        self.kinds: list[str] = []
        self.for_ever = False
        self.seen: list[tuple[Json, Json | None]] = []

    def _next(self, body: Mapping[str, Any], version: str, betas: Sequence[str]) -> Any:
        assert body_bytes(body) == body_bytes(copy.deepcopy(body))
        problems = check(dict(body), Outgoing({}, version, tuple(betas)).headers)
        assert [each.message for each in problems if each.level == "error"] == []
        kind = self.kinds[0] if self.kinds else "text"
        self.kinds = self.kinds if self.for_ever else self.kinds[1:]
        step = answer(kind, dict(body))
        self.seen.append((copy.deepcopy(dict(body)), step if isinstance(step, dict) else None))
        self.steps = [step]
        return super()._next(body, version, betas)

    def lost(self) -> list[str]:
        """What got lost between the requests that were seen."""
        problems = check_session([body for body, _ in self.seen], [message for _, message in self.seen])
        return [each.message for each in problems if each.level == "error"]


def answer(kind: str, body: Json) -> Any:
    """The reply of a kind to a request: a message, a stream that breaks off, or an error."""
    ids = [block["id"] for block in blocks_of(body) if block["type"] in ("tool_use", "server_tool_use")]
    number = 1 + max([int(id.rpartition("_")[2]) for id in ids], default=0)  # some may be taken away
    first = [searched(id) for id in waiting(body)]
    if kind in ERRORS:
        return ERRORS[kind]
    if kind in BREAKS:
        after, error = BREAKS[kind]
        return Cut(reply(*first, TEXT, called({}, number), stop_reason="tool_use"), after, error)
    if kind in GARBLED:
        return garbled(reply(*first, called({}, number), stop_reason=GARBLED[kind][1]), GARBLED[kind][0])
    blocks, reason = WHOLE[kind]
    numbers = count(number)
    named = [each if "text" in each or "thinking" in each else called(each, next(numbers)) for each in blocks]
    return reply(*(first if blocks else []), *named, stop_reason=reason)


def called(wanted: Json, number: int) -> Json:
    if wanted.get("type") == "server_tool_use":
        return {**wanted, "id": f"srvtoolu_{number}"}
    id = f"toolu_{number}"
    return call(
        id, wanted.get("name", "get_weather"), **{"city": CITY, **wanted.get("input", {}), "call": id}
    )


def garbled(message: Json, text: str) -> Raw:
    """The message with other JSON for the input of its call."""
    events = []
    for event in message_events(message, chunk=1000):
        if event["type"] == "content_block_delta" and event["delta"]["type"] == "input_json_delta":
            event = {**event, "delta": {**event["delta"], "partial_json": text}}
        events.append(event)
    return Raw(events)


def blocks_of(body: Json) -> list[Json]:
    contents = [message["content"] for message in body["messages"]]
    return [block for content in contents if isinstance(content, list) for block in content]


def waiting(body: Json) -> list[str]:
    """The ids of searches that have no result yet: those of the last reply are the server's to answer."""
    done = {block.get("tool_use_id") for block in blocks_of(body)}
    return [b["id"] for b in blocks_of(body) if b["type"] == "server_tool_use" and b["id"] not in done]


def searched(id: str) -> Json:
    found = {
        "type": "web_search_result",
        "url": "https://example.org",
        "title": "Rain",
        "encrypted_content": "E",
        "page_age": None,
    }
    return {"type": "web_search_tool_result", "tool_use_id": id, "content": [found]}
