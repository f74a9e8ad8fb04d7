"""The blocking and the awaiting driver do the same: array, requests, decisions and errors are equal."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from nbkit.errors import APIError
from nbkit.loop.calls.breaks import Break
from nbkit.loop.calls.decisions import Approve, EditInput, EditResult, Fake, Refuse, Stop
from nbkit.loop.calls.policy import allow, deny
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved.document import document
from nbkit.loop.tools.tool import Tool
from nbkit.wire.blocks import Json
from scripted import Cut, Scripted, Step, call, calls, reply, says

PAUSE = calls(call("toolu_1"), call("toolu_2", city="Atlantis"))
OVERLOADED = APIError(529, "overloaded_error", "Overloaded")


GIVEN_UP = threading.Event()
RUNNING: list[Conversation] = []


def get_weather(city: str) -> str:
    if city == "Atlantis":
        raise LookupError("no such city")
    if city == "Interrupt":
        raise KeyboardInterrupt
    if city == "Exit":
        raise SystemExit(3)
    if city == "Babel":
        print("what it prints")
    if city == "Nowhere":
        GIVEN_UP.wait(10)
    if city == "Brief":
        RUNNING[0].abandon("toolu_2")
        while "toolu_2" in RUNNING[0].running:
            time.sleep(0.001)
        GIVEN_UP.set()
    return f"22 °C in {city}"


async def get_weather_async(city: str) -> str:
    await asyncio.sleep(0)
    return get_weather(city)


@dataclass
class Scenario:
    steps: list[Step]
    moves: list[tuple[str, Any]]
    settings: dict[str, Any] = field(default_factory=dict)


SCENARIOS: dict[str, Scenario] = {
    "text": Scenario([says("hi")], [("send", "hello")]),
    "by policy": Scenario([PAUSE, says("done")], [("send", "go")], {"policy": allow}),
    "denied": Scenario([PAUSE, says("done")], [("send", "go")], {"policy": deny}),
    "by hand": Scenario(
        [PAUSE, says("done")],
        [
            ("send", "go"),
            ("decide", ("toolu_2", Approve(look=True))),
            ("decide", ("toolu_1", EditInput({"city": "Rome"}, rewrite=False))),
            ("decide", ("toolu_2", Approve())),
            ("resume", None),
        ],
    ),
    "stopped": Scenario([PAUSE], [("send", "go"), ("decide", ("toolu_1", Stop())), ("resume", None)]),
    "wrong moves": Scenario(
        [PAUSE, says("done")],
        [
            ("resume", None),
            ("send", "go"),
            ("send", "again"),
            ("decide", ("toolu_9", Approve())),
            ("decide", ("toolu_1", EditInput({"town": "Rome"}))),
            ("decide", ("toolu_1", Fake("1"))),
            ("resume", None),
            ("decide", ("toolu_2", Refuse("2"))),
            ("resume", None),
        ],
    ),
    "first request fails": Scenario([OVERLOADED, says("hi")], [("send", "hello"), ("send", "hello")]),
    "later request fails": Scenario(
        [PAUSE, OVERLOADED, says("done")], [("send", "go"), ("resume", None)], {"policy": allow}
    ),
    "cut": Scenario([Cut(says("Hello there"), after=4), says("hi")], [("send", "hello"), ("send", "hello")]),
    "interrupted": Scenario(
        [Cut(says("Hello there"), after=4, error=KeyboardInterrupt())], [("send", "hello")]
    ),
    "tool interrupted": Scenario(
        [calls(call("toolu_1", city="Interrupt"), call("toolu_2"))], [("send", "go")], {"policy": allow}
    ),
    "tool exits": Scenario(
        [calls(call("toolu_1", city="Exit"), call("toolu_2")), says("done")],
        [("send", "go")],
        {"policy": allow},
    ),
    "pause_turn": Scenario(
        [
            reply(
                {
                    "type": "server_tool_use",
                    "id": "srvtoolu_1",
                    "name": "web_search",
                    "input": {"query": "x"},
                },
                stop_reason="pause_turn",
            ),
            says("found"),
        ],
        [("send", "search")],
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
    ),
    "endless": Scenario([PAUSE] * 9, [("send", "go"), ("resume", None)], {"policy": allow, "max_steps": 2}),
    "stepping": Scenario(
        [PAUSE, says("done")],
        [("send", "go"), ("step", None), ("step", None), ("step", None), ("step", None)],
        {"policy": allow, "stepping": True},
    ),
    "not legal": Scenario([OVERLOADED], [("send", ""), ("force", "")]),
    "all at once": Scenario(
        [PAUSE, says("done")],
        [("decide_all", Approve()), ("send", "go"), ("decide_all", Approve()), ("resume", None)],
    ),
    "all looked at": Scenario(
        [PAUSE, says("done")],
        [
            ("send", "go"),
            ("decide_all", Approve(look=True)),
            ("run_to_end", {}),
            ("decide", ("toolu_1", EditResult("fog"))),
            ("decide_all", Approve()),
            ("run_to_end", {}),
        ],
    ),
    "all but one can't be": Scenario(
        [calls(call("toolu_1"), call("toolu_2", town="Rome"))],
        [("send", "go"), ("decide_all", Approve()), ("decide_all", Refuse("no")), ("stop", None)],
    ),
    "all stopped": Scenario([PAUSE], [("send", "go"), ("decide_all", Stop()), ("stop", None)]),
    "to the end": Scenario(
        [PAUSE, calls(call("toolu_3")), says("done")],
        [("send", "go"), ("run_to_end", {}), ("run_to_end", {})],
    ),
    "to a limit of steps": Scenario(
        [calls(call(f"toolu_{number}")) for number in range(9)],
        [("send", "go"), ("run_to_end", {"max_steps": 2}), ("run_to_end", {"max_steps": 0}), ("stop", None)],
    ),
    "to a limit of tokens": Scenario(
        [calls(call(f"toolu_{number}")) for number in range(9)],
        [("send", "go"), ("run_to_end", {"max_tokens": 1}), ("run_to_end", {"max_cost": -1})],
    ),
    "breakpoints": Scenario(
        [PAUSE, calls(call("toolu_3", city="Rome")), says("done")],
        [
            (
                "break",
                [Break("get_weather", when=lambda call: call.input["city"] == "Rome"), Break(on="request")],
            ),
            ("send", "go"),
            *[("resume", None)] * 5,
            ("decide", ("toolu_3", Fake("3"))),
            ("run_to_end", {}),
            ("step", None),
        ],
        {"policy": allow},
    ),
    "a break on error": Scenario(
        [PAUSE, says("done")],
        [("break", [Break(on="error")]), ("send", "go"), ("resume", None)],
        {"policy": allow},
    ),
    "steps by hand": Scenario(
        [PAUSE, says("done")],
        [
            ("send", "go"),
            ("step", None),
            ("decide", ("toolu_1", Fake("1"))),
            ("decide", ("toolu_2", Fake("2"))),
        ]
        + [("step", None)] * 2,
    ),
    "stopped and said": Scenario(
        [PAUSE, says("as you like")],
        [("stop", None), ("send", "go"), ("stop", None), ("stop", None), ("send", "never mind")],
    ),
    "undone and done again": Scenario(
        [PAUSE, says("done")],
        [
            ("send", "go"),
            ("decide", ("toolu_1", Approve())),
            ("undo", None),
            ("redo", None),
            ("undo", None),
            ("run_to_end", {}),
            ("undo", None),
        ],
    ),
    "a policy that fails": Scenario(
        [PAUSE], [("send", "go"), ("resume", None)], {"policy": lambda call, history: 1 / 0}
    ),
    "what tools print": Scenario(
        [calls(call("toolu_1", city="Babel"), call("toolu_2", city="Babel"))],
        [("send", "go"), ("decide", ("toolu_1", Approve(look=True))), ("decide_all", Approve())],
    ),
    "a tool that hangs": Scenario(
        [calls(call("toolu_1", city="Nowhere"), call("toolu_2")), says("done")],
        [("send", "go"), ("decide_all", Approve()), ("resume", None)],
        {"tool_timeout": 0.05},
    ),
    "a tool that is given up": Scenario(
        [calls(call("toolu_1", city="Brief"), call("toolu_2", city="Nowhere")), says("done")],
        [
            ("abandon", "toolu_2"),
            ("send", "go"),
            ("decide_all", Approve()),
            ("resume", None),
            ("run_to_end", {}),
            ("decide", ("toolu_2", Fake("2"))),
            ("resume", None),
        ],
    ),
    "waited for": Scenario(
        [PAUSE, OVERLOADED, says("done")],
        [
            ("wait", 1),
            ("send", "go"),
            ("wait", 0.01),
            ("wait", -1),
            ("decide_all", Fake("x")),
            ("wait", 1),
            ("wait", 1),
            ("wait", None),
        ],
    ),
}
IN_THREADS = (
    "a tool that hangs",
    "a tool that is given up",
)  # where an async tool would hold up its own loop


class Watcher:
    def __init__(self, log: list[Any]) -> None:
        self.log = log
        self.conversation: Conversation

    def on_request(self, body: Json) -> None:
        self.log.append("request")

    def on_change(self, event: Any, change: Any) -> None:
        self.log.append(change)

    def on_chunk(self, data: bytes) -> None:
        self.log.append(data)

    def on_update(self) -> None:
        self.log.append(self.conversation.state)


def prepared(scenario: Scenario, tool: Tool) -> tuple[Conversation, Scripted, list[Any]]:
    script = Scripted(list(scenario.steps))
    settings = {"tools": [tool], **scenario.settings}
    stepping = settings.pop("stepping", False)
    conversation = Conversation(client=script, **settings)
    conversation.stepping = stepping
    log: list[Any] = []
    GIVEN_UP.clear()
    RUNNING[:] = [conversation]
    watcher = Watcher(log)
    watcher.conversation = conversation
    conversation.add_observer(watcher)
    return conversation, script, log


def told(conversation: Conversation, script: Scripted, log: list[Any]) -> dict[str, Any]:
    return {
        "document": document(conversation),
        "ids": [node.id for node in conversation.history],
        "state": conversation.state,
        "error": repr(conversation.error),
        "stopped_at": conversation.stopped_at,
        "requests": script.requests,
        "log": log,
    }


def at_once(conversation: Conversation) -> dict[str, Callable[[Any], Any]]:
    """What never waits, so both drivers share it."""
    return {
        "stop": lambda _: conversation.stop(),
        "abandon": conversation.abandon,
        "break": lambda given: setattr(conversation, "breakpoints", given),
        "undo": lambda _: conversation.undo(),
        "redo": lambda _: conversation.redo(),
    }


def blocking(scenario: Scenario, tool: Tool) -> dict[str, Any]:
    conversation, script, log = prepared(scenario, tool)
    doors: dict[str, Callable[[Any], Any]] = {
        "send": conversation.send,
        "force": lambda content: conversation.send(content, check=False),
        "decide": lambda given: conversation.decide(*given),
        "resume": lambda _: conversation.resume(),
        "step": lambda _: conversation.step(),
        "decide_all": conversation.decide_all,
        "run_to_end": lambda given: conversation.run_to_end(**given),
        "wait": conversation.wait,
        **at_once(conversation),
    }
    for name, given in scenario.moves:
        try:
            log.append(repr(doors[name](given)))
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # both drivers must raise the same
            log.append(repr(error))
    return told(conversation, script, log)


async def awaiting(scenario: Scenario, tool: Tool) -> dict[str, Any]:
    conversation, script, log = prepared(scenario, tool)
    doors: dict[str, Callable[[Any], Any]] = {
        "send": conversation.asend,
        "force": lambda content: conversation.asend(content, check=False),
        "decide": lambda given: conversation.adecide(*given),
        "resume": lambda _: conversation.aresume(),
        "step": lambda _: conversation.astep(),
        "decide_all": conversation.adecide_all,
        "run_to_end": lambda given: conversation.arun_to_end(**given),
        "wait": conversation.await_,
    }
    now = at_once(conversation)
    for name, given in scenario.moves:
        try:
            log.append(repr(now[name](given) if name in now else await doors[name](given)))
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # both drivers must raise the same
            log.append(repr(error))
    return told(conversation, script, log)


@pytest.mark.parametrize("name", SCENARIOS)
def test_both_drivers_do_the_same(name: str) -> None:
    scenario = SCENARIOS[name]
    sync = Tool(get_weather)
    first = blocking(scenario, sync)
    if name == "tool interrupted":
        # An interrupt belongs to the main thread: a tool in a worker thread never sees one.
        return
    assert asyncio.run(awaiting(scenario, sync)) == first


@pytest.mark.parametrize(
    "name", [name for name in SCENARIOS if name not in ("tool interrupted", *IN_THREADS)]
)
def test_async_tools_give_what_sync_tools_give(name: str) -> None:
    scenario = SCENARIOS[name]
    waits = Tool(get_weather_async, name="get_weather")
    first = blocking(scenario, waits)
    assert asyncio.run(awaiting(scenario, waits)) == first
    assert blocking(scenario, Tool(get_weather)) == first


def test_a_cancelled_reply_leaves_nothing_behind() -> None:
    async def inside() -> None:
        task: asyncio.Task[Any] | None = None

        class Canceller(Watcher):
            def on_change(self, event: Any, change: Any) -> None:
                if change.kind == "grow" and task is not None:
                    task.cancel()

        conversation = Conversation(client=Scripted([says("Hello there")]))
        watcher = Canceller([])
        watcher.conversation = conversation
        conversation.add_observer(watcher)
        task = asyncio.create_task(conversation.asend("hello"))
        with pytest.raises(asyncio.CancelledError):
            await task
        assert conversation.messages == []
        assert "stopped while the reply was streaming" in str(conversation.error)

    asyncio.run(inside())
