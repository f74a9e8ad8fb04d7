"""A conversation as its user meets it: send, pause, decide, go on, take back; and when things fail."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from nbkit.errors import (
    APIError,
    InvalidRequest,
    StreamError,
    ToolError,
    TransportError,
    TurnError,
    UsageError,
)
from nbkit.loop.conversation import Conversation
from nbkit.loop.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, Stop
from nbkit.loop.policy import allow, by_name, deny
from nbkit.loop.replaying import scripted
from nbkit.loop.tools import tool
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json, ToolUse
from scripted import (
    PAUSE,
    REFUSED,
    TWO,
    Cut,
    Raw,
    Scripted,
    Step,
    Weather,
    call,
    calls,
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


@pytest.mark.parametrize(
    "decision", [Fake("", is_error=True), Fake("22"), Fake({"a": 1}, is_error=True), Refuse("no"), Stop()]
)
def test_fake_refuse_and_stop_never_run_the_tool(decision: Decision) -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", decision)
    assert weather.asked == []
    assert conversation.state.value == "ready"
    assert check(conversation.request()) == []


def test_a_result_can_be_looked_at_and_edited_before_it_goes() -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    pending = conversation.decide("toolu_1", Approve(look=True))
    assert pending.looking
    assert conversation.state.value == "paused"
    conversation.decide("toolu_1", EditResult("40 °C"))
    assert conversation.state.value == "ready"
    assert results(conversation)[0]["content"] == "40 °C"
    by = conversation.pending["toolu_1"].by
    assert by is not None
    assert by.by == "edit"
    assert by.original["content"] == "22 °C in Paris"
    assert weather.asked == ["Paris"]


def test_a_looked_at_result_is_let_go_without_a_second_run() -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", Approve(look=True))
    conversation.decide("toolu_1", Approve(is_error=True))
    assert weather.asked == ["Paris"]
    assert results(conversation)[0]["is_error"] is True


def test_a_call_may_be_decided_again_until_the_loop_goes_on() -> None:
    conversation, _ = chat(PAUSE, says("done"))
    conversation.send("weather?")
    for decision in (Fake("1"), Refuse("2"), Approve()):
        conversation.decide("toolu_1", decision)
    assert results(conversation)[0]["content"] == "22 °C in Paris"
    conversation.resume()
    with pytest.raises(TurnError):
        conversation.decide("toolu_1", Fake("late"))


def test_an_edited_input_rewrites_the_call_and_the_original_is_kept() -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", EditInput({"city": "Rome"}))
    assert weather.asked == ["Rome"]
    assert conversation.messages[1]["content"][0]["input"] == {"city": "Rome"}
    assert conversation.history[1].blocks[0].by.original["input"] == {"city": "Paris"}


def test_an_edited_input_that_does_not_rewrite_tells_the_model() -> None:
    weather = Weather()
    conversation, _ = chat(PAUSE, weather=weather)
    conversation.send("weather?")
    conversation.decide("toolu_1", EditInput({"city": "Rome"}, rewrite=False))
    assert weather.asked == ["Rome"]
    assert conversation.messages[1]["content"][0]["input"] == {"city": "Paris"}
    assert '{"city": "Rome"}' in results(conversation)[0]["content"]
    assert results(conversation)[0]["content"].endswith("22 °C in Rome")


UNFIT: list[tuple[Step, str]] = [
    (calls(call("toolu_1", place="Paris")), "city: Field required"),
    (calls(call("toolu_1", name="get_wether")), "no tool called get_wether"),
    (calls(call("toolu_1", name="plain")), "no function"),
    (reply(call("toolu_1"), stop_reason="max_tokens"), "cut off"),
]


@pytest.mark.parametrize(("step", "why"), UNFIT)
def test_a_call_that_can_not_run_says_why_and_can_be_answered(step: Step, why: str) -> None:
    weather = Weather()
    plain = {"name": "plain", "input_schema": {"type": "object"}}
    conversation, _ = chat(step, says("ok"), tools=[weather.tool(), plain], policy=allow)
    conversation.send("weather?")
    assert conversation.state.value == "paused"
    assert why in str(conversation.pending["toolu_1"].why_not)
    before = conversation.messages
    with pytest.raises(ToolError, match="can't be run"):
        conversation.decide("toolu_1", Approve())
    assert weather.asked == []
    assert conversation.messages == before
    conversation.decide("toolu_1", Fake("22"))
    conversation.policy = None
    conversation.resume()
    assert conversation.state.value == "idle"


def test_garbled_input_can_be_edited_and_then_run() -> None:
    weather = Weather()
    start = {"type": "content_block_start", "index": 0, "content_block": {**call("toolu_1"), "input": {}}}
    events: list[Json] = [
        {"type": "message_start", "message": {**reply(), "stop_reason": None}},
        start,
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": '{"ci'},
        },
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 3}},
        {"type": "message_stop"},
    ]
    conversation, _ = chat(Raw(events), weather=weather)
    conversation.send("weather?")
    assert '{"ci' in str(conversation.pending["toolu_1"].why_not)
    with pytest.raises(ToolError):
        conversation.decide("toolu_1", Approve())
    with pytest.raises(ToolError):
        conversation.decide("toolu_1", EditInput({"town": "Rome"}))
    conversation.decide("toolu_1", EditInput({"city": "Rome"}))
    assert weather.asked == ["Rome"]


def test_a_tool_that_raises_answers_with_its_error_and_the_loop_goes_on() -> None:
    conversation, script = chat(calls(call("toolu_1", city="Atlantis")), says("sorry"), policy=allow)
    assert conversation.send("weather?").text == "sorry"
    [result] = script.requests[1]["messages"][2]["content"]
    assert result["content"] == "LookupError: no such city"
    assert result["is_error"] is True


def test_a_tool_that_returns_something_odd_answers_with_an_error() -> None:
    @tool
    def get_weather(city: str) -> Any:
        return {"type": "text", "text": object()}

    conversation, _ = chat(PAUSE, tools=[get_weather])
    conversation.send("weather?")
    conversation.decide("toolu_1", Approve())
    assert results(conversation)[0]["is_error"] is True
    assert "JSON" in results(conversation)[0]["content"]


def test_an_interrupted_tool_leaves_the_call_open_and_says_that_it_may_have_run() -> None:
    conversation, _ = chat(calls(call("toolu_1", city="Interrupt")), policy=allow)
    with pytest.raises(KeyboardInterrupt):
        conversation.send("weather?")
    assert conversation.state.value == "paused"
    pending = conversation.pending["toolu_1"]
    assert pending.started
    assert pending.may_have_run
    assert "may have run" in str(conversation.error)
    assert len(conversation.messages) == 2
    conversation.decide("toolu_1", Fake("22"))
    assert conversation.state.value == "ready"


def test_what_the_api_would_refuse_is_not_sent_and_adds_nothing() -> None:
    conversation, script = chat(max_tokens=0)
    with pytest.raises(InvalidRequest):
        conversation.send("hi")
    with pytest.raises(InvalidRequest):
        Conversation(client=script).send("")
    assert script.requests == []
    assert conversation.messages == []
    assert isinstance(conversation.error, InvalidRequest)


def test_a_broken_array_can_be_sent_on_purpose_and_stays_as_it_was() -> None:
    conversation, script = chat(PAUSE, says("done"), REFUSED, REFUSED)
    conversation.send("weather?")
    conversation.decide("toolu_1", Fake("22"))
    conversation.resume()
    conversation.delete("messages.2")
    broken = conversation.messages
    assert [problem.rule for problem in conversation.problems()] == ["R19"]
    with pytest.raises(InvalidRequest, match="tool_use"):
        conversation.send("and now?")
    sends: list[Callable[[], object]] = [
        lambda: conversation.send("and now?", check=False),
        lambda: conversation.resume(check=False),
    ]
    for send in sends:
        with pytest.raises(APIError, match=r"messages\.0: no"):
            send()
        assert conversation.messages == broken
        assert conversation.error is REFUSED
    assert len(script.requests) == 4
    assert script.requests[2]["messages"][-1] == {"role": "user", "content": "and now?"}


FAILURES: list[tuple[Step, type[BaseException]]] = [
    (REFUSED, APIError),
    (TransportError("no connection to nowhere"), TransportError),
    (Cut(says("Hello there, how are you?"), after=5), StreamError),
    (Cut(says("Hello there"), after=4, error=KeyboardInterrupt()), KeyboardInterrupt),
    (Cut(says("Hello there"), after=4, error=APIError(200, "overloaded_error", "Overloaded")), APIError),
]


@pytest.mark.parametrize(("step", "kind"), FAILURES)
def test_when_the_first_request_fails_the_array_is_as_it_was(step: Step, kind: type[BaseException]) -> None:
    conversation, _ = chat(says("first"), step, says("again"))
    conversation.send("one")
    before = conversation.history
    with pytest.raises(kind):
        conversation.send("two")
    assert conversation.history is before
    assert conversation.state.value == "idle"
    assert str(conversation.error)
    assert "\n" not in str(conversation.error)
    assert conversation.partial is None
    conversation.undo()
    assert conversation.messages == []
    conversation.redo()
    assert conversation.send("two").text == "again"
    assert conversation.error is None


@pytest.mark.parametrize(("step", "kind"), FAILURES)
def test_when_a_later_request_fails_the_results_are_kept(step: Step, kind: type[BaseException]) -> None:
    weather = Weather()
    conversation, script = chat(PAUSE, step, says("done"), weather=weather, policy=allow)
    with pytest.raises(kind):
        conversation.send("weather?")
    assert conversation.state.value == "ready"
    assert len(conversation.messages) == 3
    assert conversation.resume().text == "done"
    assert weather.asked == ["Paris"]
    assert script.requests[1] == script.requests[2]


def test_the_part_that_had_arrived_is_on_the_error() -> None:
    conversation, _ = chat(Cut(says("Hello there"), after=4, error=KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        conversation.send("hi")
    assert isinstance(conversation.error, StreamError)
    assert conversation.error.partial is not None
    assert conversation.error.partial.text == "Hello "


def test_results_that_break_a_rule_are_not_sent_and_can_be_decided_again() -> None:
    conversation, script = chat(PAUSE, says("done"))
    conversation.send("weather?")
    conversation.decide("toolu_1", Fake([{"type": "image", "source": {"type": "nothing"}}]))
    with pytest.raises(InvalidRequest):
        conversation.resume()
    assert len(script.requests) == 1
    assert conversation.state.value == "ready"
    conversation.decide("toolu_1", Fake("22"))
    assert conversation.resume().text == "done"


def test_a_policy_that_fails_or_answers_nonsense_leaves_the_call_to_a_person() -> None:
    def broken(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        raise RuntimeError("oops")

    def yes(call: ToolUse, history: Sequence[Json]) -> Any:
        return True

    for policy in (broken, yes):
        weather = Weather()
        conversation, _ = chat(PAUSE, weather=weather, policy=policy, unattended=allow)
        conversation.send("weather?")
        assert conversation.state.value == "paused"
        assert "decide it yourself" in str(conversation.error)
        assert weather.asked == []


def test_unattended_is_asked_only_where_nobody_is() -> None:
    for attended, state in ((False, "idle"), (True, "paused")):
        conversation, _ = chat(PAUSE, says("done"), unattended=Fake("22"))
        conversation.attended = attended
        conversation.send("weather?")
        assert conversation.state.value == state
    assert conversation.decisions == []


def test_a_policy_sees_the_array_and_can_not_change_it() -> None:
    seen: list[Json] = []

    def nosy(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        call.input["city"] = "Rome"
        seen.extend(history)
        history[0]["content"] = "changed"
        return Refuse()

    conversation, _ = chat(PAUSE, says("ok"), policy=nosy)
    conversation.send("weather?")
    assert seen[0] == {"role": "user", "content": "weather?"}
    assert conversation.messages[0] == seen[0] | {"content": "weather?"}
    assert conversation.messages[1]["content"][0]["input"] == {"city": "Paris"}


def test_a_policy_may_ask_for_a_look_and_let_it_go() -> None:
    weather = Weather()
    answers: list[Decision] = [Approve(look=True), EditResult("edited")]
    conversation, script = chat(PAUSE, says("done"), weather=weather, policy=scripted(answers))
    conversation.send("weather?")
    assert script.requests[1]["messages"][2]["content"][0]["content"] == "edited"
    looking, _ = chat(PAUSE, weather=weather, policy=Approve(look=True))
    looking.send("weather?")
    assert looking.state.value == "paused"
    assert weather.asked == ["Paris", "Paris"]


def test_a_policy_set_later_is_asked_when_the_conversation_goes_on() -> None:
    conversation, _ = chat(PAUSE, says("done"))
    conversation.send("weather?")
    conversation.policy = deny
    assert conversation.resume().text == "done"


def test_a_policy_may_stop_the_turn() -> None:
    conversation, script = chat(TWO, policy=by_name(get_weather=Stop()))
    assert conversation.send("weather?").stop_reason == "tool_use"
    assert len(script.requests) == 1
    assert [block["is_error"] for block in conversation.messages[2]["content"]] == [True, True]


def test_a_loop_without_end_is_stopped_with_its_results_kept() -> None:
    steps = [calls(call(f"toolu_{n}")) for n in range(5)]
    conversation, script = chat(*steps, policy=allow, max_steps=3)
    with pytest.raises(TurnError, match="3 requests"):
        conversation.send("weather?")
    assert len(script.requests) == 3
    assert conversation.state.value == "ready"
    assert conversation.pending["toolu_2"].settled


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


def test_a_decision_that_can_not_be_leaves_the_error_of_the_stretch() -> None:
    conversation, _ = chat(PAUSE, REFUSED)
    conversation.send("weather?")
    with pytest.raises(APIError):
        conversation.resume(check=False)
    with pytest.raises(ToolError):
        conversation.decide("toolu_1", EditInput({"town": "Rome"}))
    assert conversation.error is REFUSED
    conversation.decide("toolu_1", Fake("23"))
    assert conversation.error is None


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


def test_a_refusal_adds_nothing() -> None:
    conversation, _ = chat(reply(stop_reason="refusal"), says("ok"))
    assert conversation.send("bad").stop_reason == "refusal"
    assert len(conversation.messages) == 1
    assert conversation.send("good").text == "ok"


def test_the_log_of_a_person_can_be_played_without_one() -> None:
    def steps() -> list[Step]:
        return [TWO, calls(call("toolu_3", city="Rome")), says("done")]

    by_hand, _ = chat(*steps())
    by_hand.send("weather?")
    by_hand.decide("toolu_2", Approve(look=True))
    by_hand.decide("toolu_2", EditResult("40"))
    by_hand.decide("toolu_1", Fake("1"))
    by_hand.decide("toolu_1", Approve())
    by_hand.resume()
    by_hand.decide("toolu_3", EditInput({"city": "Bern"}))
    by_hand.resume()
    replayed, _ = chat(*steps(), policy=scripted(by_hand.decisions))
    replayed.send("weather?")
    assert replayed.messages == by_hand.messages
    assert {record["who"] for record in replayed.decisions} == {"policy"}


def test_nobody_to_talk_to_is_one_sentence() -> None:
    with pytest.raises(UsageError, match=r"nbkit\.connect"):
        Conversation().send("hi")
    with pytest.raises(UsageError, match="no parameters"):
        Conversation(messages=[])


def test_a_decision_on_nothing_says_what_is_open() -> None:
    conversation, _ = chat(TWO)
    with pytest.raises(TurnError, match="idle"):
        conversation.decide("toolu_1", Approve())
    conversation.send("weather?")
    with pytest.raises(TurnError, match="open is toolu_1 and toolu_2"):
        conversation.decide("toolu_9", Approve())
    with pytest.raises(TurnError, match="no decision"):
        conversation.decide("toolu_1", {"type": "run"})
    conversation.decide("toolu_1", {"type": "refuse", "reason": "no"})


def test_an_async_tool_in_a_blocking_driver_under_a_loop_is_left_to_a_person() -> None:
    @tool
    async def get_weather(city: str) -> str:
        return "async"

    async def inside() -> Conversation:
        conversation, _ = chat(PAUSE, says("done"), tools=[get_weather], policy=allow)
        conversation.send("weather?")
        assert conversation.state.value == "paused"
        assert "adecide" in str(conversation.error)
        with pytest.raises(ToolError, match="adecide"):
            conversation.decide("toolu_1", Approve())
        await conversation.adecide("toolu_1", Approve())
        return conversation

    assert results(asyncio.run(inside()))[0]["content"] == "async"


def test_two_calls_may_run_at_the_same_time() -> None:
    inside = 0
    most = 0

    @tool
    async def get_weather(city: str) -> str:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        return city

    async def both() -> Conversation:
        conversation, _ = chat(TWO, tools=[get_weather])
        await conversation.asend("weather?")
        decided = [conversation.adecide(id, Approve()) for id in ("toolu_1", "toolu_2")]
        await asyncio.gather(*decided)
        return conversation

    conversation = asyncio.run(both())
    assert most == 2
    assert conversation.state.value == "ready"
    assert [result["content"] for result in results(conversation)] == ["Paris", "Oslo"]


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


def test_content_that_can_not_be_told_changes_nothing() -> None:
    class Shy:
        def __str__(self) -> str:
            raise ValueError("not me")

    conversation, _ = chat(PAUSE)
    conversation.send("weather?")
    holds_itself: list[Any] = []
    holds_itself.append({"type": "text", "text": holds_itself})
    with pytest.raises(TurnError, match="can't be told"):
        conversation.decide("toolu_1", Fake(Shy()))
    with pytest.raises(UsageError, match="holds itself"):
        conversation.decide("toolu_1", Fake(holds_itself))
    assert conversation.pending["toolu_1"].decision is None


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
