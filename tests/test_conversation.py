"""A conversation as its user meets it: send, pause, go on, take back."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from nbkit.errors import (
    APIError,
    InvalidRequest,
    ToolError,
    TurnError,
    UsageError,
)
from nbkit.loop.calls.decisions import Approve, EditInput, Fake, Refuse
from nbkit.loop.calls.policy import allow
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import tool
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json
from scripted import (
    PAUSE,
    REFUSED,
    TWO,
    Scripted,
    Weather,
    chat,
    reply,
    results,
    says,
)


def test_a_question_and_its_answer() -> None:
    conversation, script = chat(says("Hello!"))
    message = conversation.send("hi")
    assert message.text == "Hello!"
    assert conversation.messages == [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [{"type": "text", "text": "Hello!"}]},
    ]
    assert conversation.state.value == "idle"
    assert repr(conversation) == "<Conversation 'chat': claude-sonnet-5, 2 messages, idle>"
    assert [node.blocks[0].by.by for node in conversation.history] == ["person", "simulator"]
    assert script.headers == [("2026-10-21", ())]


def test_a_reply_of_a_real_server_is_the_models() -> None:
    conversation = Conversation(client=Scripted([says("x")], simulated=False))
    conversation.send("hi")
    assert conversation.history[1].blocks[0].by.by == "model"


def test_the_request_is_exactly_what_goes_out() -> None:
    conversation, script = chat(PAUSE, says("done"), system="Be brief.", stop_sequences=["END"])
    conversation.send("weather?")
    conversation.decide("toolu_1", Fake("22 °C"))
    body = conversation.request()
    conversation.resume()
    assert script.requests[1] == json.loads(json.dumps(body))
    assert list(body) == [
        "model",
        "max_tokens",
        "system",
        "tools",
        "thinking",
        "stop_sequences",
        "messages",
        "stream",
    ]
    assert body["messages"][2]["content"] == [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "22 °C"}
    ]


def test_a_parameter_that_is_none_is_left_out_and_old_models_get_no_thinking() -> None:
    assert "thinking" not in Conversation(thinking=None).request()
    assert "thinking" not in Conversation(model="claude-haiku-4-5").request()
    assert "thinking" not in Conversation(model="somebody-elses").request()
    assert Conversation().request()["thinking"] == {"type": "adaptive", "display": "summarized"}


def test_the_call_pauses_the_turn_and_a_second_send_is_refused() -> None:
    conversation, _ = chat(PAUSE)
    conversation.send("weather?")
    assert conversation.state.value == "paused"
    with pytest.raises(TurnError, match="paused on toolu_1; decide"):
        conversation.send("hello?")
    with pytest.raises(TurnError, match="paused on toolu_1"):
        conversation.resume()
    assert len(conversation.messages) == 2


def test_results_go_out_together_in_call_order_before_a_remark() -> None:
    weather = Weather()
    conversation, script = chat(TWO, says("done"), weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_2", Approve())
    assert conversation.state.value == "paused"
    conversation.decide("toolu_1", Refuse("not Paris"))
    assert conversation.state.value == "ready"
    assert len(conversation.messages) == 2
    conversation.send("and be quick")
    content = script.requests[1]["messages"][2]["content"]
    assert [block.get("tool_use_id", block.get("text")) for block in content] == [
        "toolu_1",
        "toolu_2",
        "and be quick",
    ]
    assert content[1]["content"] == "22 °C in Oslo"
    assert [block.by.by for block in conversation.history[2].blocks] == ["refusal", "tool", "person"]
    assert weather.asked == ["Oslo"]


def test_stop_answers_open_calls_and_a_new_message_can_follow() -> None:
    weather = Weather()
    conversation, script = chat(TWO, says("fine"), weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", Approve())
    conversation.stop()
    first, second = conversation.messages[2]["content"]
    assert first["content"] == "22 °C in Paris"
    assert second["is_error"] is True
    assert conversation.send("never mind").text == "fine"
    assert weather.asked == ["Paris"]
    assert check(script.requests[-1]) == []


def test_options_hold_for_the_turn_and_a_forced_tool_for_its_first_request() -> None:
    conversation, script = chat(PAUSE, says("done"), says("next"))
    choice = {"type": "tool", "name": "get_weather"}
    options = {
        "tool_choice": choice,
        "max_tokens": 99,
        "version": "2023-06-01",
        "betas": ["x"],
        "thinking": None,
    }
    conversation.send("weather?", options=options, check=False)
    conversation.decide("toolu_1", Fake("22"))
    conversation.resume(check=False)
    conversation.send("and?")
    assert [body.get("tool_choice") for body in script.requests] == [choice, None, None]
    assert [body["max_tokens"] for body in script.requests] == [99, 99, 4096]
    assert [version for version, _ in script.headers] == ["2023-06-01", "2023-06-01", "2026-10-21"]


def test_a_tool_that_the_conversation_forces_is_forced_once_a_turn_and_the_rest_is_said() -> None:
    conversation, script = chat(PAUSE, says("done"), PAUSE, says("done"), tool_choice={"type": "any"})
    for _ in range(2):
        conversation.send("weather?", check=False)
        assert conversation.released == {"type": "any"}
        conversation.decide("toolu_1", Fake("22"))
        assert "tool_choice" not in conversation.request()
        conversation.resume(check=False)
        assert conversation.released is None
    assert [body.get("tool_choice") for body in script.requests] == [{"type": "any"}, None] * 2


def test_a_tool_that_is_defined_anew_is_the_one_that_runs() -> None:
    @tool
    def get_weather(town: str = "x") -> str:
        return "new"

    conversation, _ = chat(PAUSE)
    conversation.send("weather?")
    conversation.resolver = {"get_weather": get_weather}.get
    with pytest.raises(ToolError, match="city: Extra"):
        conversation.decide("toolu_1", Approve())
    conversation.decide("toolu_1", EditInput({"town": "Rome"}, rewrite=False))
    assert results(conversation)[0]["content"].endswith("new")


def test_an_open_call_can_be_sent_on_purpose_and_stays_open() -> None:
    conversation, script = chat(TWO, REFUSED)
    conversation.send("weather?")
    conversation.decide("toolu_1", Fake("1"))
    with pytest.raises(APIError):
        conversation.resume(check=False)
    assert len(script.requests[1]["messages"][2]["content"]) == 1
    assert conversation.state.value == "paused"
    assert conversation.pending["toolu_1"].settled


class Watcher:
    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.log: list[str] = []
        self.data = b""

    def on_request(self, body: Json) -> None:
        self.log.append(f"request {len(body['messages'])}")

    def on_change(self, event: Any, change: Any) -> None:
        partial = self.conversation.partial
        self.log.append(f"{change.kind} {partial.text if partial else None}")

    def on_chunk(self, data: bytes) -> None:
        self.data += data

    def on_update(self) -> None:
        self.log.append(f"{self.conversation.state.value} {len(self.conversation.history)}")


def test_watchers_see_what_happens_when_it_happens() -> None:
    conversation, _ = chat(says("Hi!"))
    watcher = Watcher(conversation)
    conversation.add_observer(watcher)
    conversation.send("hi")
    assert watcher.log == [
        "ready 1",
        "streaming 1",
        "request 1",
        "start ",
        "block ",
        "grow Hi!",
        "stop Hi!",
        "update Hi!",
        "finish Hi!",
        "idle 2",
        "idle 2",
    ]
    assert watcher.data.startswith(b"event: message_start")
    conversation.remove_observer(watcher)
    conversation.undo()
    assert watcher.log[-1] == "idle 2"


def test_what_is_told_once_is_told_with_the_first_request_or_at_the_end() -> None:
    conversation, _ = chat(says("Hi!"), says("Ho!"))
    conversation.send("hi")
    watcher = Watcher(conversation)
    conversation.add_observer(watcher)
    with conversation.told_once():
        conversation.rewind(0)
        assert watcher.log == []
        conversation.send("ho")
        assert watcher.log[:3] == ["streaming 1", "request 1", "start "]
        told = len(watcher.log)
    assert len(watcher.log) == told
    with conversation.told_once():
        conversation.undo()
        conversation.undo()
    assert [each["content"] for each in conversation.messages][:1] == ["hi"]
    assert watcher.log[told:] == ["idle 2"]
    with conversation.told_once(), pytest.raises(UsageError):
        conversation.rewind(7)
    assert watcher.log[told + 1 :] == ["idle 2"]


def test_a_watcher_sees_a_tool_run() -> None:
    conversation, _ = chat(PAUSE)
    conversation.send("weather?")
    watcher = Watcher(conversation)
    conversation.add_observer(watcher)
    conversation.decide("toolu_1", Approve())
    assert watcher.log == ["paused 2", "running 2", "ready 2", "ready 2"]


def test_stepping_does_one_thing_at_a_time() -> None:
    weather = Weather()
    conversation, script = chat(TWO, says("done"), weather=weather, policy=allow)
    conversation.stepping = True
    conversation.send("weather?")
    assert weather.asked == []
    conversation.step()
    assert weather.asked == ["Paris"]
    conversation.step()
    assert conversation.state.value == "ready"
    assert len(script.requests) == 1
    conversation.step()
    assert conversation.state.value == "idle"
    with pytest.raises(TurnError):
        conversation.step()


def test_pause_turn_goes_on_by_itself() -> None:
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
    web = {"type": "web_search_20250305", "name": "web_search"}
    conversation, script = chat(reply(search, stop_reason="pause_turn"), says("found"), tools=[web])
    assert conversation.send("search").text == "found"
    assert script.requests[1]["messages"][1] == {"role": "assistant", "content": [search]}
    assert [message["role"] for message in conversation.messages] == ["user", "assistant", "assistant"]


def test_while_a_tool_runs_nothing_else_is_sent_or_edited() -> None:
    started = asyncio.Event()

    @tool
    async def get_weather(city: str) -> str:
        started.set()
        await asyncio.Event().wait()
        return city

    async def inside() -> None:
        conversation, _ = chat(PAUSE, tools=[get_weather])
        await conversation.asend("weather?")
        task = asyncio.create_task(conversation.adecide("toolu_1", Approve()))
        await started.wait()
        assert conversation.state.value == "running"
        attempts: list[Callable[[], object]] = [
            lambda: conversation.send("x"),
            conversation.resume,
            conversation.undo,
            lambda: conversation.edit("messages.0.content", "x"),
            lambda: conversation.decide("toolu_1", Fake("x")),
            conversation.stop,
        ]
        for attempt in attempts:
            with pytest.raises(TurnError, match="running"):
                attempt()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert conversation.state.value == "paused"
        assert conversation.pending["toolu_1"].may_have_run
        conversation.stop()
        assert "may have run" in conversation.messages[2]["content"][0]["content"]

    asyncio.run(inside())


def test_a_field_newer_than_our_facts_goes_back_as_it_came_unless_a_person_wrote_it() -> None:
    newer = {"type": "text", "text": "one", "mood": "calm"}
    conversation, script = chat(reply(newer), says("two"))
    conversation.send("a")
    assert [problem.level for problem in conversation.problems()] == ["unknown"]
    conversation.send("b")
    assert script.requests[1]["messages"][1]["content"] == [newer]
    conversation.edit("messages.1.content.0.text", "another")
    assert [problem.level for problem in conversation.problems()] == ["error"]
    with pytest.raises(InvalidRequest, match="mood: Extra inputs are not permitted"):
        conversation.send("c")
